"""Logs that follow one another: under a new key of the same name (both keys in the policy, the change an entry of the log), or under a new
name (entry 0 is the old log's last cosigned checkpoint, word for word)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteError, Verifier, open_note, parse_note, parse_vkey
from zi_tlog.policy import Policy
from zi_tlog.succession import quoted
from zi_tlog.tile import bundle_at, read_bundle
from zi_verify.memory import Remembered, moment
from zi_verify.source import DeniedError, Source
from zi_verify.standing import Rotation
from zi_verify.verdict import Finding, Sentence, refused


@dataclass(frozen=True)
class Quote:
    """The old log's last checkpoint as entry 0 of the new log has it."""

    note: bytes
    checkpoint: Checkpoint


def read_quote(source: Source, head: Checkpoint) -> Quote | None:
    """What entry 0 quotes; None when it is an ordinary message, or can't be read."""
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
    held = set()
    for log in policy.logs:
        if log.signs_for(origin):
            try:
                open_note(signed, [Verifier(log.key)])
            except NoteError:
                continue
            held.add(log.key.key_id)
    return [log.key.key_id.hex() for log in policy.logs if log.key.key_id in held]


def rotation_findings(rotations: Iterable[Rotation], note: bytes, policy: Policy) -> Iterator[Finding]:
    """Whether this checkpoint is signed only by keys that the log itself retired before its last entry."""
    head = parse_checkpoint(parse_note(note).text)
    before = [one for one in rotations if one.index < head.size]
    for rotation in before[-1:]:
        try:
            new = parse_vkey(rotation.new)
        except LogError as error:
            yield Finding("checkpoint", refused(error), rotation.index)
            continue
        if new.name == head.origin and new.key_id.hex() not in signers(note, policy):
            yield Finding("checkpoint", _RETIRED, rotation.index)


def rotation_remarks(
    rotations: list[Rotation], head: Checkpoint, policy: Policy, *, reads_entries: bool
) -> Iterator[Sentence]:
    """Each change of the key that the log records, or that it does not."""
    for one in rotations:
        yield Sentence(
            f"Entry {one.index} records that the log's key was replaced: {one.old} by {one.new}.",
            f"Entri {one.index} mencatat bahwa kunci log diganti: {one.old} menjadi {one.new}.",
        )
    keys = [log for log in policy.logs if log.signs_for(head.origin)]
    if reads_entries and len(keys) > len(rotations) + 1:
        yield _UNRECORDED


def quote_findings(
    quote: Quote, policy: Policy, seen: Iterable[Remembered], now: int, *, is_pinned: bool
) -> Iterator[Finding]:
    """Judge whether the policy accepts the quote at `now` (POSIX second), and whether it leaves out what this verifier saw of the old log."""
    try:
        _ = policy.check(quote.note, now) if is_pinned else policy.endorsement(quote.note)
    except LogError as error:
        yield Finding(_FIRST, refused(error), 0)
        return
    for said in seen:
        if said.checkpoint.size > quote.checkpoint.size:
            yield Finding(_FIRST, _left_out(quote, said.checkpoint.size, moment(said.at)), 0)
        elif said.checkpoint.size == quote.checkpoint.size and said.checkpoint.root != quote.checkpoint.root:
            yield Finding(_FIRST, _OTHER_PAST, 0)


def predecessor_findings(quote: Quote | None, old: Source, policy: Policy) -> Iterator[Finding]:
    """Whether entry 0 quotes this old log, and to the end of what its witnesses confirmed."""
    if quote is None:
        yield Finding(_FIRST, _NO_QUOTE, 0)
        return
    published = list(_published(old, policy))
    if not published:
        yield in_predecessor(Finding("checkpoint", _NONE_ACCEPTED))
    elif quote.checkpoint.origin not in {one.origin for one in published}:
        yield Finding(_FIRST, _OTHER_PREDECESSOR, 0)
    elif (size := max(one.size for one in published)) > quote.checkpoint.size:
        yield Finding(_FIRST, _left_out(quote, size, None), 0)


def in_predecessor(finding: Finding) -> Finding:
    """A finding in the files of the old log, where an index is not one of this log."""
    place = "" if finding.index is None else f" ({finding.index})"
    return Finding(f"predecessor/{finding.file}{place}", finding.why)


def _published(old: Source, policy: Policy) -> Iterator[Checkpoint]:
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
