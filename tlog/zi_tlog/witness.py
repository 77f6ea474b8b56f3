"""Requests of a log to a witness and the answers (c2sp.org/tlog-witness, `add-checkpoint`). A request has exactly one encoding. Nothing
that is parsed here is verified yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from zi_tlog.cosignature import CosignatureVerifier
from zi_tlog.error import LogError
from zi_tlog.note import Note, Signature, open_note, parse_note, parse_signatures
from zi_tlog.text import HASH_BYTES, LARGEST, decode_decimal, decode_hash, decode_utf8, encode_base64

ADD_CHECKPOINT = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = 65_536
_OLD = "old "


class WitnessError(LogError):
    """A request to a witness, or its answer, that is malformed."""


@dataclass(frozen=True)
class AddCheckpoint:
    """Please cosign `checkpoint` (a signed note, word for word): it continues the tree of `old` entries, which you cosigned last, as
    `proof` shows (tlog-witness, add-checkpoint)."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.old <= LARGEST:
            raise WitnessError("The old size of a request to a witness is below 2^63 and not negative.")
        if len(self.proof) > MAX_PROOF_LINES:
            raise WitnessError(f"A request to a witness has at most {MAX_PROOF_LINES} proof lines.")
        if any(len(value) != HASH_BYTES for value in self.proof):
            raise WitnessError(f"A proof line of a request to a witness is a hash of {HASH_BYTES} bytes.")

    def format(self) -> bytes:
        """Old size line, proof lines, empty line, checkpoint; parse_add_checkpoint gives the same request back (tlog-witness,
        add-checkpoint)."""
        lines = [f"{_OLD}{self.old}", *map(encode_base64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """The request in a body; whether its checkpoint is one, is signed and continues anything is not looked at (tlog-witness,
    add-checkpoint)."""
    if len(data) > MAX_REQUEST_BYTES:
        raise WitnessError(f"A request to a witness is longer than {MAX_REQUEST_BYTES} bytes.")
    head, found, checkpoint = data.partition(b"\n\n")
    old, *proof = decode_utf8(head, "request").split("\n")
    if not found or not old.startswith(_OLD):
        raise WitnessError("A request to a witness is: old size, proof lines, an empty line, a checkpoint.")
    return AddCheckpoint(decode_decimal(old.removeprefix(_OLD)), tuple(map(decode_hash, proof)), checkpoint)


def format_size(size: int) -> bytes:
    """The body of 409, of type SIZE_TYPE: the size that the witness cosigned last (tlog-witness, add-checkpoint)."""
    return f"{size}\n".encode()


def parse_size(data: bytes) -> int:
    """The size in such a body; format_size gives the same body back (tlog-witness, add-checkpoint)."""
    text = decode_utf8(data, "answer of the witness")
    if not text.endswith("\n"):
        raise WitnessError("A witness tells its size in a line.")
    return decode_decimal(text[:-1])


def format_cosignatures(signatures: Iterable[Signature]) -> bytes:
    """The body of 200: signature lines, each ended by a newline (tlog-witness, add-checkpoint)."""
    return "".join(f"{signature.line}\n" for signature in signatures).encode()


def parse_cosignatures(
    data: bytes, checkpoint: bytes, verifiers: Iterable[CosignatureVerifier]
) -> tuple[Signature, ...]:
    """The cosignatures of known witnesses in a body of 200, which hold over this checkpoint's text; lines of unknown keys are
    ignored, and there must be one of a known key (tlog-witness, add-checkpoint)."""
    lines = parse_signatures(decode_utf8(data, "answer of the witness"))
    return open_note(Note(parse_note(checkpoint).text, lines), verifiers)


def monitoring_path(origin: str) -> str:
    """The path of a witness's last checkpoint of a log, under its monitoring prefix (tlog-witness, monitoring)."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"
