"""Checks an evidence zip (layout: zi_tlog.evidence) offline: each entry against a signed checkpoint, each private item against the
entry that commits to it; nothing in the zip is believed but what a key signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from zi_tlog.error import LogError
from zi_tlog.evidence import PrivateItem
from zi_tlog.evidence_v1 import Entry, Evidence, unpack_evidence
from zi_tlog.note import Verifier, parse_vkey
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy, parse_policy
from zi_tlog.promise import open_promise
from zi_tlog.proof import parse_proof, verify_proof
from zi_tlog.tree import leaf_hash
from zi_verify.message import Message, MessageError, VaultRef, parse_message, strings, vault_refs
from zi_verify.verdict import Erased, Failed, Finding, Included, Matching, Sentence, Verdict, overall, refused

ERASURE, OF_INTAKE = "zi.intake.data_subject_erased", "/intake"


@dataclass(frozen=True)
class CheckedEntry:
    """What one entry of the zip is worth."""

    event_id: str
    type: str
    index: int | None
    verdict: Verdict


@dataclass(frozen=True)
class ReceiptReport:
    """The verdict on every entry, what else must be said, and the one verdict over all."""

    entries: tuple[CheckedEntry, ...]
    remarks: tuple[Sentence, ...]
    verdict: Verdict


@dataclass(frozen=True)
class _Proven:
    # An entry whose message is in the log: by whose word, at which index.
    entry: Entry
    message: Message
    index: int
    endorsement: Endorsement


def check_receipt(data: bytes, pinned: Policy | None) -> ReceiptReport:
    """The report on an evidence zip, under the pinned policy or else under the one in the zip."""
    try:
        evidence = unpack_evidence(data)
    except LogError as error:
        return _unreadable("evidence", error)
    try:
        policy = pinned or parse_policy(evidence.policy)
    except LogError as error:
        return _unreadable("policy", error)
    checked = [_prove(entry, policy, evidence.promise_key) for entry in evidence.entries]
    proven = [result for result in checked if isinstance(result, _Proven)]
    entries = tuple(
        _judge(entry, result, evidence, proven)
        for entry, result in zip(evidence.entries, checked, strict=True)
    )
    astray = (*_astray(evidence), *_contradictions(proven))
    verdicts = [entry.verdict for entry in entries] + ([Failed(astray)] if astray else [])
    remarks = tuple(_remarks(evidence, policy, proven, is_pinned=pinned is not None))
    return ReceiptReport(entries, remarks, overall(verdicts))


def _unreadable(file: str, error: LogError) -> ReceiptReport:
    return ReceiptReport((), (), Failed((Finding(file, refused(error)),)))


def _prove(entry: Entry, policy: Policy, promise_key: str | None) -> _Proven | Failed:
    findings: list[Finding] = []
    message, proven = None, None
    try:
        message = parse_message(entry.message)
        if message.id != entry.event_id:
            findings.append(Finding(_file(entry), _OTHER_EVENT))
    except MessageError as error:
        findings.append(Finding(_file(entry), refused(error)))
    promise = _promise_finding(entry, promise_key)
    findings += [promise] if promise else []
    if entry.proof is None:
        findings.append(Finding(_file(entry), _not_yet(entry, promise)))
    else:
        try:
            proof = parse_proof(entry.proof)
            proven = proof.index, verify_proof(proof, entry.message, policy)
        except LogError as error:
            findings.append(Finding(_file(entry), refused(error)))
    if findings or message is None or proven is None:
        return Failed(tuple(findings))
    return _Proven(entry, message, *proven)


def _promise_finding(entry: Entry, promise_key: str | None) -> Finding | None:
    if entry.promise is None:
        return None
    if promise_key is None:
        return Finding(
            "promise.vkey", Sentence("the key of the promise is missing", "kunci untuk janji tidak ada")
        )
    try:
        verifier = Verifier(parse_vkey(promise_key))
    except LogError as error:
        return Finding("promise.vkey", refused(error))
    file = f"entries/{entry.event_id}.promise"
    try:
        promise = open_promise(entry.promise, verifier)
    except LogError as error:
        return Finding(file, refused(error))
    if (promise.event_id, promise.leaf) != (entry.event_id, leaf_hash(entry.message)):
        return Finding(file, Sentence("the promise is about another message", "janji ini tentang pesan lain"))
    return None


def _not_yet(entry: Entry, promise: Finding | None) -> Sentence:
    if entry.promise is None:
        return Sentence("not yet in the ledger: no promise", "belum ada di buku besar: tanpa janji")
    if promise is not None:
        return Sentence("not yet in the ledger: promise invalid", "belum ada di buku besar: janji tidak sah")
    return Sentence(
        "not yet in the ledger: promise valid (keep it; ask for the evidence again later)",
        "belum ada di buku besar: janji sah (simpanlah; minta bukti lagi nanti)",
    )


def _judge(entry: Entry, result: _Proven | Failed, evidence: Evidence, proven: list[_Proven]) -> CheckedEntry:
    if isinstance(result, Failed):
        return CheckedEntry(entry.event_id, _type(entry), None, result)
    refs = list(vault_refs(result.message.data))
    items = [item for item in evidence.private if item.event_id == entry.event_id]
    findings = tuple(finding for item in items if (finding := _item_finding(item, refs)))
    verdict: Verdict = Failed(findings) if findings else _content(result, refs, items, proven)
    return CheckedEntry(entry.event_id, result.message.type, result.index, verdict)


def _content(
    result: _Proven, refs: list[VaultRef], items: list[PrivateItem], proven: list[_Proven]
) -> Verdict:
    shown = {item.digest for item in items}
    hidden = [ref for ref in refs if ref.digest not in shown]
    erasures = sorted(other.index for other in proven if _erases(other, result, hidden))
    if erasures:
        return Erased(erasures[0])
    return Matching() if items else Included()


def _erases(other: _Proven, result: _Proven, hidden: list[VaultRef]) -> bool:
    # An erasure names items or a data subject; one that names neither is about the whole case (same ticket).
    if other.message.type != ERASURE or not other.message.source.endswith(OF_INTAKE):
        return False
    if other.index < result.index or not hidden:
        return False
    said, data = set(strings(other.message.data)), other.message.data
    if isinstance(data, dict) and not {"items", "data_subject"}.isdisjoint(data):
        subject = result.message.data.get("data_subject") if isinstance(result.message.data, dict) else None
        return subject in said or any(ref.item in said or ref.digest in said for ref in hidden)
    return other.message.subject == result.message.subject != ""


def _item_finding(item: PrivateItem, refs: list[VaultRef]) -> Finding | None:
    file = f"private/{item.item_id}.json"
    if not item.matches:
        return Finding(
            file, Sentence("the content does not match its digest", "isi tidak cocok dengan digest-nya")
        )
    named = [ref for ref in refs if ref.digest == item.digest]
    if not named:
        return Finding(
            file,
            Sentence(
                f"the digest is not in entries/{item.event_id}.json",
                f"digest tidak ada dalam entries/{item.event_id}.json",
            ),
        )
    if not any(ref.item in (None, item.item_id) and ref.field in (None, item.field) for ref in named):
        return Finding(
            file,
            Sentence(
                "the event gives this content another name", "pesan itu menyebut isi ini dengan nama lain"
            ),
        )
    return None


def _astray(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.entries:
        yield Finding("entries", Sentence("the zip has no entry", "zip tidak berisi entri"))
    known = {entry.event_id for entry in evidence.entries}
    for item in evidence.private:
        if item.event_id not in known:
            yield Finding(
                f"private/{item.item_id}.json",
                Sentence("its event is not in the zip", "pesannya tidak ada dalam zip"),
            )
    for name in evidence.unchecked:
        if name.startswith("entries/") and name.endswith((".tlog-proof", ".promise")):
            yield Finding(name, Sentence("its message is not in the zip", "pesannya tidak ada dalam zip"))


def _contradictions(proven: list[_Proven]) -> Iterator[Finding]:
    # One log has one root at one size and one entry at one index; two signed stories are proof of a forged log.
    roots: dict[tuple[str, int], bytes] = {}
    places: dict[tuple[str, int], str] = {}
    for one in proven:
        head, file = one.endorsement.checkpoint, _file(one.entry)
        root = roots.setdefault((head.origin, head.size), head.root)
        place = places.setdefault((head.origin, one.index), one.entry.event_id)
        if root != head.root or place != one.entry.event_id:
            yield Finding(file, _TWO_HISTORIES, one.index)


def _remarks(
    evidence: Evidence, policy: Policy, proven: list[_Proven], *, is_pinned: bool
) -> Iterator[Sentence]:
    if not is_pinned:
        yield OWN_WORD
    if policy.quorum == NO_QUORUM:
        yield NO_WITNESS
    yield from witnesses_named([one.endorsement for one in proven])
    if any(entry.promise for entry in evidence.entries):
        yield Sentence(
            "The promise was checked with the key in the zip, which is the office's own word.",
            "Janji diperiksa dengan kunci di dalam zip, yaitu pernyataan kantor sendiri.",
        )
    if evidence.unchecked:
        names = ", ".join(evidence.unchecked)
        yield Sentence(
            f"Not checked, as they prove nothing: {names}",
            f"Tidak diperiksa karena tidak membuktikan apa pun: {names}",
        )


def witnesses_named(endorsements: list[Endorsement]) -> Iterator[Sentence]:
    """One sentence for each outside witness who cosigned, with the latest time at which it did."""
    latest: dict[str, int] = {}
    for endorsement in endorsements:
        for name, time in endorsement.cosigned.items():
            latest[name] = max(time, latest.get(name, 0))
    for name, time in latest.items():
        when = datetime.fromtimestamp(min(time, 253402300799), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        yield Sentence(f"Witness {name} confirmed it at {when}.", f"Saksi {name} menegaskannya pada {when}.")


def _file(entry: Entry) -> str:
    return f"entries/{entry.event_id}.json"


def _type(entry: Entry) -> str:
    try:
        return parse_message(entry.message).type
    except MessageError:
        return ""


OWN_WORD = Sentence(
    "The keys come from the office itself: this is the office's own word. Pin keys that you got elsewhere with --policy.",
    "Kunci berasal dari kantor itu sendiri: ini pernyataan kantor sendiri. Pakai --policy dengan kunci dari sumber lain.",
)
NO_WITNESS = Sentence(
    "No outside witness is required by the policy (quorum none): none confirms that others see the same log.",
    "Kebijakan tidak menuntut saksi luar (quorum none): tidak ada yang menegaskan bahwa orang lain melihat log yang sama.",
)
_OTHER_EVENT = Sentence(
    "the message has another event id than the file's name", "pesan memuat id lain daripada nama berkas"
)
_TWO_HISTORIES = Sentence(
    "this receipt and another one show two different histories of the log",
    "tanda terima ini dan yang lain menunjukkan dua riwayat log yang berbeda",
)
