"""The check of evidence of the older layout (zi_tlog.evidence_v1), in which every entry has its own proof. It makes no claim of
completeness, but missing versions in the middle are named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from zi_tlog.error import LogError
from zi_tlog.evidence_v1 import Entry, Evidence, unpack_evidence
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.note import NoteKey, Verifier, parse_vkey
from zi_tlog.policy import Endorsement, Policy
from zi_tlog.promise import open_promise
from zi_tlog.proof import parse_proof, verify_proof
from zi_tlog.tree import leaf_hash
from zi_verify.acts import CaseAct, gaps, read_act
from zi_verify.contents import Erasures, content_verdict, counted_erasures, item_finding
from zi_verify.message import MessageError
from zi_verify.report import (
    TWO_HISTORIES,
    CheckedEntry,
    ReceiptReport,
    not_checked,
    trust_remarks,
    unreadable_evidence,
)
from zi_verify.timeline import act_line
from zi_verify.verdict import CheckFinding, Failed, Sentence, Verdict, overall, refused


@dataclass(frozen=True)
class _Proven:
    # An entry whose message is in the log, and by whose word.
    entry: Entry
    act: CaseAct
    index: int
    endorsement: Endorsement


def check_receipt_v1(
    archive: EvidenceArchive, policy: Policy, now: int, key: NoteKey | None = None, *, is_pinned: bool
) -> ReceiptReport:
    """The report on a zip of the older layout, at `now` (POSIX second); with a `key` promises are checked by that."""
    try:
        evidence = unpack_evidence(archive)
    except LogError as error:
        return unreadable_evidence("evidence", error)
    promise_key = evidence.promise_key if key is None else key.vkey
    checked = [_prove(entry, policy, now, promise_key) for entry in evidence.entries]
    proven = [result for result in checked if isinstance(result, _Proven)]
    in_order = sorted((each.act for each in proven), key=lambda act: act.index or 0)
    erasures = counted_erasures(in_order)
    entries = tuple(
        _judge(entry, result, evidence, erasures)
        for entry, result in zip(evidence.entries, checked, strict=True)
    )
    astray = (*_astray(evidence), *_contradictions(proven), *_missing(evidence))
    verdicts = [each.verdict for each in entries if each.verdict is not None] + (
        [Failed(astray)] if astray else []
    )
    endorsements = tuple(each.endorsement for each in proven)
    remarks = _remarks(evidence, policy, endorsements, is_pinned=is_pinned, is_own_key=key is None)
    return ReceiptReport(entries, tuple(remarks), overall(verdicts), (), endorsements)


def _prove(entry: Entry, policy: Policy, now: int, promise_key: str | None) -> _Proven | Failed:
    findings: list[CheckFinding] = []
    act, proven = None, None
    try:
        act = read_act(_file(entry), None, entry.message)
        if act.id != entry.event_id:
            findings.append(CheckFinding(_file(entry), _OTHER_EVENT))
    except MessageError as error:
        findings.append(CheckFinding(_file(entry), refused(error)))
    promise = _promise_finding(entry, promise_key)
    findings += [promise] if promise else []
    if entry.proof is None:
        findings.append(CheckFinding(_file(entry), _not_yet(entry, promise)))
    else:
        try:
            proof = parse_proof(entry.proof)
            proven = proof.index, verify_proof(proof, entry.message, policy, now)
        except LogError as error:
            findings.append(CheckFinding(_file(entry), refused(error)))
    if findings or act is None or proven is None:
        return Failed(tuple(findings))
    return _Proven(entry, replace(act, index=proven[0]), *proven)


def _promise_finding(entry: Entry, promise_key: str | None) -> CheckFinding | None:
    if entry.promise is None:
        return None
    if promise_key is None:
        return CheckFinding(
            "promise.vkey", Sentence("the key of the promise is missing", "kunci untuk janji tidak ada")
        )
    try:
        verifier = Verifier(parse_vkey(promise_key))
    except LogError as error:
        return CheckFinding("promise.vkey", refused(error))
    file = f"entries/{entry.event_id}.promise"
    try:
        promise = open_promise(entry.promise, verifier)
    except LogError as error:
        return CheckFinding(file, refused(error))
    if (promise.event_id, promise.leaf) != (entry.event_id, leaf_hash(entry.message)):
        return CheckFinding(
            file, Sentence("the promise is about another message", "janji ini tentang pesan lain")
        )
    return None


def _not_yet(entry: Entry, promise: CheckFinding | None) -> Sentence:
    if entry.promise is None:
        return Sentence("not yet in the ledger: no promise", "belum ada di catatan publik: tanpa janji")
    if promise is not None:
        return Sentence(
            "not yet in the ledger: promise invalid", "belum ada di catatan publik: janji tidak sah"
        )
    return Sentence(
        "not yet in the ledger: promise valid (keep it; ask for the evidence again later)",
        "belum ada di catatan publik: janji sah (simpanlah; minta bukti lagi nanti)",
    )


def _judge(entry: Entry, result: _Proven | Failed, evidence: Evidence, erasures: Erasures) -> CheckedEntry:
    if isinstance(result, Failed):
        return CheckedEntry(_file(entry), _type(entry), None, Sentence(_file(entry), _file(entry)), result)
    items = [item for item in evidence.private if item.event_id == entry.event_id]
    findings = tuple(finding for item in items if (finding := item_finding(item, result.act)))
    disclosed = frozenset(item.digest for item in items)
    verdict: Verdict = Failed(findings) if findings else content_verdict(result.act, disclosed, erasures)
    return CheckedEntry(_file(entry), result.act.type, result.index, act_line(result.act), verdict)


def _astray(evidence: Evidence) -> Iterator[CheckFinding]:
    if not evidence.entries:
        yield CheckFinding("entries", Sentence("the zip has no entry", "zip tidak berisi entri"))
    known = {entry.event_id for entry in evidence.entries}
    for item in evidence.private:
        if item.event_id not in known:
            yield CheckFinding(
                item.name, Sentence("its event is not in the zip", "pesannya tidak ada dalam zip")
            )
    for name in evidence.unchecked:
        if name.startswith("entries/") and name.endswith((".tlog-proof", ".promise")):
            yield CheckFinding(
                name, Sentence("its message is not in the zip", "pesannya tidak ada dalam zip")
            )


def _contradictions(proven: list[_Proven]) -> Iterator[CheckFinding]:
    # One log has one root at one size and one entry at one index; two signed stories are proof of a forged log.
    roots: dict[tuple[str, int], bytes] = {}
    places: dict[tuple[str, int], str] = {}
    for each in proven:
        head, file = each.endorsement.checkpoint, _file(each.entry)
        root = roots.setdefault((head.origin, head.size), head.root)
        place = places.setdefault((head.origin, each.index), each.entry.event_id)
        if root != head.root or place != each.entry.event_id:
            yield CheckFinding(file, TWO_HISTORIES, each.index)


def _missing(evidence: Evidence) -> Iterator[CheckFinding]:
    return gaps(sorted(_acts(evidence), key=lambda act: act.version), None)


def _acts(evidence: Evidence) -> Iterator[CaseAct]:
    for entry in evidence.entries:
        try:
            yield read_act(_file(entry), None, entry.message)
        except MessageError:
            continue


def _remarks(
    evidence: Evidence,
    policy: Policy,
    endorsements: Iterable[Endorsement],
    *,
    is_pinned: bool,
    is_own_key: bool,
) -> Iterator[Sentence]:
    yield OLDER_LAYOUT
    yield from trust_remarks(policy, endorsements, is_pinned=is_pinned)
    if is_own_key and any(entry.promise for entry in evidence.entries):
        yield Sentence(
            "The promise was checked with the key in the zip, which is the office's own word.",
            "Janji diperiksa dengan kunci di dalam zip, yaitu pernyataan kantor sendiri.",
        )
    yield from not_checked(evidence.unchecked)


def _file(entry: Entry) -> str:
    return f"entries/{entry.event_id}.json"


def _type(entry: Entry) -> str:
    try:
        return read_act(_file(entry), None, entry.message).type
    except MessageError:
        return ""


OLDER_LAYOUT = Sentence(
    "Older layout: makes no claim of completeness, so that a last act may be missing. Ask for the evidence again.",
    "Tata letak lama: tidak menyatakan kelengkapan, sehingga langkah terakhir bisa saja tidak ada. Minta bukti sekali lagi.",
)
_OTHER_EVENT = Sentence(
    "the message has another event id than the file's name", "pesan memuat id lain daripada nama berkas"
)
