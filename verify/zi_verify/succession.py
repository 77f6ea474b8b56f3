"""Logs that follow one another: under a new key of the same name (both keys in the policy, the change an entry of the log), or under a
new name (entry 0 is the old log's last cosigned checkpoint, byte for byte)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteError, Verifier, open_note, parse_note, parse_vkey
from zi_tlog.policy import Policy
from zi_tlog.succession import quoted
from zi_tlog.tile import bundle_at, read_bundle
from zi_verify.memory import Remembered, moment
from zi_verify.source import DeniedError, LogSource
from zi_verify.standing import KeyRotation
from zi_verify.verdict import CheckFinding, Sentence, refused


@dataclass(frozen=True)
class Quote:
    """The old log's last checkpoint as entry 0 of the new log has it."""

    note: bytes
    checkpoint: Checkpoint


def read_quote(source: LogSource, head: Checkpoint) -> Quote | None:
    """Read the checkpoint that entry 0 quotes; None if it is an ordinary message, or can't be read."""
    try:
        entry = read_bundle(bundle_at(0, head.size), source.read)[0]
    except (LogError, DeniedError):
        return None
    checkpoint = quoted(entry)
    return None if checkpoint is None or checkpoint.origin == head.origin else Quote(entry, checkpoint)


def signers(note: bytes, policy: Policy) -> list[str]:
    """The key ids (hex) of the policy's log keys that signed this checkpoint, in the policy's order: the newest key last."""
    signed = parse_note(note)
    origin = parse_checkpoint(signed.text).origin
    key_ids = set()
    for log in policy.logs:
        if log.signs_for(origin):
            try:
                open_note(signed, [Verifier(log.key)])
            except NoteError:
                continue
            key_ids.add(log.key.key_id)
    return [log.key.key_id.hex() for log in policy.logs if log.key.key_id in key_ids]


def rotation_findings(
    rotations: Iterable[KeyRotation], note: bytes, policy: Policy
) -> Iterator[CheckFinding]:
    """Find out if this checkpoint is signed only by keys that the log itself retired before its last entry."""
    head = parse_checkpoint(parse_note(note).text)
    before = [rotation for rotation in rotations if rotation.index < head.size]
    for rotation in before[-1:]:
        try:
            new = parse_vkey(rotation.new)
        except LogError as error:
            yield CheckFinding("checkpoint", refused(error), rotation.index)
            continue
        if new.name == head.origin and new.key_id.hex() not in signers(note, policy):
            yield CheckFinding("checkpoint", _RETIRED, rotation.index)


def rotation_remarks(
    rotations: list[KeyRotation], head: Checkpoint, policy: Policy, *, reads_entries: bool
) -> Iterator[Sentence]:
    """Each change of the key that the log records, or that it does not."""
    for rotation in rotations:
        yield Sentence(
            f"Entry {rotation.index} records that the log's key was replaced: {rotation.old} by {rotation.new}.",
            f"Entri {rotation.index} mencatat bahwa kunci log diganti: {rotation.old} menjadi {rotation.new}.",
        )
    keys = [log for log in policy.logs if log.signs_for(head.origin)]
    if reads_entries and len(keys) > len(rotations) + 1:
        yield _UNRECORDED


def quote_findings(
    quote: Quote, policy: Policy, remembered: Iterable[Remembered], now: int, *, is_pinned: bool
) -> Iterator[CheckFinding]:
    """Judge whether the policy accepts the quote at `now` (POSIX second), and whether it leaves out what this verifier saw of the old log."""
    try:
        _ = policy.check(quote.note, now) if is_pinned else policy.endorsement(quote.note)
    except LogError as error:
        yield CheckFinding(_FIRST, refused(error), 0)
        return
    for earlier in remembered:
        if earlier.checkpoint.size > quote.checkpoint.size:
            yield CheckFinding(_FIRST, _left_out(quote, earlier.checkpoint.size, moment(earlier.at)), 0)
        elif (
            earlier.checkpoint.size == quote.checkpoint.size
            and earlier.checkpoint.root != quote.checkpoint.root
        ):
            yield CheckFinding(_FIRST, _OTHER_PAST, 0)


def predecessor_findings(quote: Quote | None, old: LogSource, policy: Policy) -> Iterator[CheckFinding]:
    """Check that entry 0 quotes this old log, up to the end of what its witnesses confirmed."""
    if quote is None:
        yield CheckFinding(_FIRST, _NO_QUOTE, 0)
        return
    published = list(_published(old, policy))
    if not published:
        yield in_predecessor(CheckFinding("checkpoint", _NONE_ACCEPTED))
    elif quote.checkpoint.origin not in {head.origin for head in published}:
        yield CheckFinding(_FIRST, _OTHER_PREDECESSOR, 0)
    elif (size := max(head.size for head in published)) > quote.checkpoint.size:
        yield CheckFinding(_FIRST, _left_out(quote, size, None), 0)


def in_predecessor(finding: CheckFinding) -> CheckFinding:
    """A finding in the files of the old log, where an index is not one of this log."""
    place = "" if finding.index is None else f" ({finding.index})"
    return CheckFinding(f"predecessor/{finding.file}{place}", finding.why)


def _published(old: LogSource, policy: Policy) -> Iterator[Checkpoint]:
    for name in ("checkpoint", "cosigned"):
        note = old.read(name)
        try:
            if note is not None:
                yield policy.check(note).checkpoint
        except LogError:
            continue


def quote_remark(quote: Quote, *, is_known: bool) -> Sentence:
    """That there was a log before this one."""
    old = quote.checkpoint
    if is_known:
        return Sentence(
            f"Entry 0 continues the log {old.origin} after its {old.size} entries, which were replayed too.",
            f"Entri 0 melanjutkan log {old.origin} setelah {old.size} entrinya, yang juga diputar ulang.",
        )
    return Sentence(
        f"Entry 0 continues the log {old.origin} after its {old.size} entries; nothing before that was checked:"
        " give that log with --predecessor.",
        f"Entri 0 melanjutkan log {old.origin} setelah {old.size} entrinya; yang sebelum itu tidak diperiksa:"
        " berikan log itu dengan --predecessor.",
    )


def _left_out(quote: Quote, size: int, when: str | None) -> Sentence:
    old = quote.checkpoint
    en = "" if when is None else f", verified on {when}"
    id = "" if when is None else f", diperiksa pada {when}"
    return Sentence(
        f"rollback: it quotes {old.origin} with {old.size} entries, but that log had {size}{en}",
        f"kemunduran (rollback): entri ini mengutip {old.origin} dengan {old.size} entri, padahal log itu memuat {size}{id}",
    )


_FIRST = "tile/entries/000"
_RETIRED = Sentence(
    "the checkpoint is signed only by a key that this entry retired",
    "checkpoint hanya ditandatangani kunci yang menurut entri ini sudah diganti",
)
_UNRECORDED = Sentence(
    "The policy names several keys of this log, but the log does not record the change (yet).",
    "Kebijakan menyebut beberapa kunci log ini, tetapi log tidak (belum) mencatat pergantiannya.",
)
_NO_QUOTE = Sentence(
    "it does not quote the last checkpoint of a predecessor",
    "entri ini tidak mengutip checkpoint terakhir log pendahulu",
)
_OTHER_PREDECESSOR = Sentence(
    "it quotes another log than the predecessor that was given",
    "entri ini mengutip log lain daripada pendahulu yang diberikan",
)
_NONE_ACCEPTED = Sentence(
    "the policy accepts no published checkpoint of it",
    "kebijakan tidak menerima satu pun checkpoint terbitannya",
)
_OTHER_PAST = Sentence(
    "fork: it quotes another history of the old log than the one that was verified",
    "percabangan (fork): entri ini mengutip riwayat log lama yang lain daripada yang telah diperiksa",
)
