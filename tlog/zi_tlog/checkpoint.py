"""The log's signed head (c2sp.org/tlog-checkpoint): origin, size and root; what one log signs must never contradict itself."""

from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.note import Note, Signer, Verifier, note_text, open_note, parse_note
from zi_tlog.text import HASH_BYTES, LARGEST, decode_decimal, decode_hash, encode_base64
from zi_tlog.tree import EMPTY_ROOT


class CheckpointError(LogError):
    """A checkpoint that is malformed or another log's."""


class EmptyTreeError(CheckpointError):
    """A checkpoint that gives the empty tree a root that it can't have; a witness answers it in its own way."""


@dataclass(frozen=True)
class Checkpoint:
    """The tree of the first `size` entries of the log `origin` has this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST or len(self.root) != HASH_BYTES:
            raise CheckpointError("A checkpoint has a size below 2^63 and a root of 32 bytes.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise EmptyTreeError("A checkpoint of an empty log has the root of the empty tree.")
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise CheckpointError("The lines of a checkpoint are not empty.")

    @property
    def text(self) -> str:
        """The note text: origin, size, root, extension lines (tlog-checkpoint, Note text)."""
        return "\n".join([self.origin, str(self.size), encode_base64(self.root), *self.extensions, ""])

    def sign(self, *signers: Signer) -> bytes:
        """The signed note; a signer's name must be the origin, so that a checkpoint names its key."""
        if not signers or any(signer.key.name != self.origin for signer in signers):
            raise CheckpointError(f"A checkpoint of {self.origin} is signed by a key of that name.")
        return Note(self.text, tuple(signer.sign(self.text) for signer in signers)).format()


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says; the text of the result is the same text (tlog-checkpoint, Note text)."""
    lines = note_text(text).split("\n")[:-1]
    if len(lines) < 3:
        raise CheckpointError("A checkpoint has an origin, a size and a root.")
    return Checkpoint(lines[0], decode_decimal(lines[1]), decode_hash(lines[2]), tuple(lines[3:]))


def open_checkpoint(data: bytes, *verifiers: Verifier) -> Checkpoint:
    """The checkpoint in a signed note, if one of these keys signed it and is named like the origin (tlog-checkpoint, Signatures)."""
    note = parse_note(data)
    names = {signature.name for signature in open_note(note, verifiers)}
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin not in names:
        raise CheckpointError(f"The checkpoint of {checkpoint.origin} is not signed by that log's key.")
    return checkpoint
