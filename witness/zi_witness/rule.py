"""The rule for cosigning a checkpoint (tlog-witness, add-checkpoint); pure, with the checks in the order of the specification."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint, EmptyTreeError, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import Note, NoteError, Verifier, open_note, parse_note
from zi_tlog.proof import verify_consistency
from zi_tlog.tree import EMPTY_ROOT
from zi_tlog.witness import AddCheckpoint, parse_add_checkpoint
from zi_witness.refusal import (
    InconsistentError,
    MalformedError,
    OldSizeError,
    UnknownLogError,
    UnsignedError,
)

# Origin -> the keys that are trusted for it; empty for a log that is not watched.
Keys = Callable[[str], Sequence[Verifier]]


@dataclass(frozen=True)
class CheckpointOffer:
    """A request whose checkpoint a trusted key of its log signed; `note` has the lines of trusted keys only."""

    request: AddCheckpoint
    note: Note
    head: Checkpoint


@dataclass(frozen=True)
class CosignedHead:
    """The tree that was cosigned last."""

    size: int = 0
    root: bytes = EMPTY_ROOT


def read_offer(data: bytes, keys: Keys) -> CheckpointOffer:
    """Check what does not depend on the last cosigned checkpoint: form (400), origin (404), signature (403)."""
    try:
        request = parse_add_checkpoint(data)
        note = parse_note(request.checkpoint)
    except LogError as error:
        raise MalformedError(str(error)) from error
    signed = _signed(note, keys)
    head = _head(signed)
    if request.old > head.size:
        raise MalformedError(f"The old size {request.old} is beyond the checkpoint's size {head.size}.")
    return CheckpointOffer(request, signed, head)


def _signed(note: Note, keys: Keys) -> Note:
    origin = note.text.partition("\n")[0]
    trusted = keys(origin)
    if not trusted:
        raise UnknownLogError(f"This witness does not watch a log of the origin {origin}.")
    try:
        return Note(note.text, open_note(note, trusted))
    except NoteError as error:
        raise UnsignedError(str(error)) from error


def _head(note: Note) -> Checkpoint:
    try:
        return parse_checkpoint(note.text)
    except EmptyTreeError as error:
        raise InconsistentError(str(error)) from error
    except LogError as error:
        raise MalformedError(str(error)) from error


def must_continue(offer: CheckpointOffer, last: CosignedHead) -> None:
    """Returns only if the offer starts from `last` (409) and continues it (422)."""
    if offer.request.old != last.size:
        raise OldSizeError(last.size)
    try:
        verify_consistency(last.size, offer.head.size, last.root, offer.head.root, offer.request.proof)
    except LogError as error:
        raise InconsistentError(str(error)) from error


def contradicts(offer: CheckpointOffer, last: CosignedHead) -> bool:
    """Tell if the log signed two trees of one size. The two notes prove it to anybody, whatever the answer to the request is."""
    return offer.head.size == last.size and offer.head.root != last.root
