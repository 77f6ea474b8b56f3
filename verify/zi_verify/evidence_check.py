"""Checks evidence of format `zona/evidence/v2`: the signed tree and every entry in it, the seal and what it claims to be complete, the acts
together, their times, and each private item; a member that was not checked is named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.evidence import (
    CHECKPOINT,
    MANIFEST,
    MANIFEST_KEY,
    MANIFEST_NOTE,
    POLICY,
    PROMISE_KEY,
    README,
    EvidenceError,
    Manifest,
    event_of,
    open_manifest,
    parse_manifest,
    parse_private,
)
from zi_tlog.evidence_readme import README_TEXT
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.note import NoteKey, Verifier, parse_vkey
from zi_tlog.policy import Policy
from zi_tlog.promise import Promise, open_promise
from zi_tlog.sparse import tiles_of
from zi_tlog.text import decode_utf8
from zi_verify.acts import CaseAct, breaks, gaps, read_act, strangers
from zi_verify.awaited import judge_awaited
from zi_verify.birth import TOLERANCE, Births, late_remark
from zi_verify.contents import Erasures, content_verdict, counted_erasures, item_finding
from zi_verify.evidence_log import LogPart, read_log_part
from zi_verify.history import DEMO, covering
from zi_verify.message import MessageError
from zi_verify.report import CheckedEntry, ReceiptReport, not_checked, trust_remarks, unreadable_evidence
from zi_verify.timeline import act_line
from zi_verify.verdict import CheckFinding, Failed, Sentence, overall, plain, refused

_CLAIMED_FOLDERS = ("entries/", "pending/", "promises/", "private/", "checkpoints/")


def check_evidence(
    archive: EvidenceArchive, policy: Policy, now: int, key: NoteKey | None = None, *, is_pinned: bool
) -> ReceiptReport:
    """The report on a zip, under this policy; `now` (POSIX second) bounds the births that no tree bounds; `key` is the one that the service
    which made the zip must have, where the reader has it from elsewhere."""
    try:
        manifest = parse_manifest(archive.require(MANIFEST))
    except LogError as error:
        return unreadable_evidence(MANIFEST, error)
    check = _run_checks(archive, manifest, policy, now, key)
    part, findings = check.part, check.findings
    erasures = counted_erasures(part.acts)
    entries = [_judged(act, frozenset(check.disclosed.get(act.id, ())), erasures) for act in check.acts]
    endorsements = () if part.endorsement is None else (part.endorsement,)
    remarks = [
        *trust_remarks(policy, endorsements, is_pinned=is_pinned),
        *_completeness(manifest, check.sealed_by, is_compared=key is not None),
        *_not_shown(part.acts, check.disclosed),
        *check.time_remarks,
        *not_checked(_unchecked(archive, manifest, part)),
    ]
    failed = [Failed(tuple(findings))] if findings else []
    return ReceiptReport(
        entries=tuple(entries),
        remarks=tuple(remarks),
        verdict=overall([*(each.verdict for each in entries if each.verdict is not None), *failed]),
        shortfalls=tuple(
            judge_awaited(act, check.promises.get(act.id), part.endorsement, policy, now)
            for act in check.pending
        ),
        endorsements=endorsements,
    )


@dataclass(frozen=True)
class _Checked:
    """The parts of a zip that were read, and the findings in all of them; `disclosed` are digests by event."""

    part: LogPart
    pending: list[CaseAct]
    sealed_by: Verifier | None
    promises: dict[str, Promise]
    disclosed: dict[str, set[str]]
    time_remarks: list[Sentence]
    findings: list[CheckFinding]

    @property
    def acts(self) -> list[CaseAct]:
        return [*self.part.acts, *self.pending]


def _run_checks(
    archive: EvidenceArchive, manifest: Manifest, policy: Policy, now: int, key: NoteKey | None
) -> _Checked:
    sealed_by, seal_findings = _seal(archive, manifest, key)
    part = read_log_part(archive, manifest, policy, now)
    pending, pending_findings = _pending(archive, manifest)
    acts = [*part.acts, *pending]
    promises, promise_findings = _promises(archive, manifest, acts, key)
    disclosed, item_findings = _private(archive, manifest, acts)
    time_findings, time_remarks = _times(manifest, part, policy, now)
    findings = [
        *seal_findings,
        *part.findings,
        *pending_findings,
        *promise_findings,
        *strangers(acts, manifest.case, manifest.services),
        *gaps(acts, manifest.aggregates),
        *breaks(acts),
        *time_findings,
        *item_findings,
        *_astray(archive, manifest),
    ]
    if not part.acts:
        findings.append(CheckFinding(MANIFEST, _NOTHING_IN_THE_LOG))
    return _Checked(part, pending, sealed_by, promises, disclosed, time_remarks, findings)


def _judged(act: CaseAct, disclosed: frozenset[str], erasures: Erasures) -> CheckedEntry:
    verdict = None if act.index is None else content_verdict(act, disclosed, erasures)
    return CheckedEntry(act.file, act.type, act.index, act_line(act), verdict)


def _times(
    manifest: Manifest, part: LogPart, policy: Policy, now: int
) -> tuple[list[CheckFinding], list[Sentence]]:
    if manifest.origin.endswith("/demo"):
        return [], [DEMO]
    trees = covering([*part.older, *([part.endorsement] if part.endorsement else [])], policy)
    births = Births(trees, now)
    findings, late = _judge_times(part.acts, births)
    return findings, [_bounds(births), *late]


def _bounds(births: Births) -> Sentence:
    return Sentence(
        f"Times: order within each sender's messages, and births between {births.trees} cosigned trees, were checked; tolerance {TOLERANCE}.",
        f"Waktu: urutan pesan setiap pengirim, dan kelahiran di antara {births.trees} pohon bertanda tangan saksi, diperiksa; toleransi"
        f" {TOLERANCE}.",
    )


def _seal(
    archive: EvidenceArchive, manifest: Manifest, key: NoteKey | None
) -> tuple[Verifier | None, list[CheckFinding]]:
    """Check the seal of the manifest; return the verifier of its key and the findings."""
    try:
        verifier = _verifier(archive, MANIFEST_KEY, key)
    except LogError as error:
        return None, [CheckFinding(MANIFEST_KEY, refused(error))]
    try:
        open_manifest(manifest, archive.require(MANIFEST_NOTE), verifier)
    except LogError as error:
        return verifier, [CheckFinding(MANIFEST_NOTE, refused(error))]
    return verifier, []


def _verifier(archive: EvidenceArchive, name: str, expected: NoteKey | None) -> Verifier:
    key = parse_vkey(decode_utf8(archive.require(name), f"file {name}").removesuffix("\n"))
    if expected not in (None, key):
        raise EvidenceError("The key is not the one that you gave.")
    return Verifier(key)


def _pending(archive: EvidenceArchive, manifest: Manifest) -> tuple[list[CaseAct], list[CheckFinding]]:
    """The acts that the tree does not have yet, in their sender's order, and what is wrong with them."""
    acts: list[CaseAct] = []
    findings: list[CheckFinding] = []
    for name in manifest.pending:
        try:
            act = read_act(name, None, archive.require(name))
        except (LogError, MessageError) as error:
            findings.append(CheckFinding(name, refused(error)))
            continue
        if act.id != event_of(name):
            findings.append(CheckFinding(name, _OTHER_EVENT))
        if f"promises/{act.id}" not in manifest.promises:
            findings.append(CheckFinding(name, _NO_PROMISE))
        acts.append(act)
    return sorted(acts, key=lambda act: (act.source, act.position)), findings


def _promises(
    archive: EvidenceArchive, manifest: Manifest, acts: Iterable[CaseAct], key: NoteKey | None
) -> tuple[dict[str, Promise], list[CheckFinding]]:
    """By event, the promises that hold; and what is wrong with the others."""
    promises: dict[str, Promise] = {}
    findings: list[CheckFinding] = []
    if not manifest.promises:
        return promises, findings
    try:
        verifier = _verifier(archive, PROMISE_KEY, key)
    except LogError as error:
        return promises, [CheckFinding(PROMISE_KEY, refused(error))]
    leaves = {act.id: act.leaf for act in acts}
    for name in manifest.promises:
        try:
            promise = open_promise(archive.require(name), verifier)
        except LogError as error:
            findings.append(CheckFinding(name, refused(error)))
            continue
        if promise.event_id != event_of(name) or leaves.get(promise.event_id) != promise.leaf:
            findings.append(CheckFinding(name, _OTHER_PROMISE))
        else:
            promises[promise.event_id] = promise
    return promises, findings


def _judge_times(acts: Iterable[CaseAct], births: Births) -> tuple[list[CheckFinding], list[Sentence]]:
    """Check the times of the acts; return the findings, and a remark on late acts."""
    findings: list[CheckFinding] = []
    dated: dict[str, str] = {}
    late: list[tuple[int, int]] = []
    for act in acts:
        index = act.index or 0
        timing = births.judge(index, act.times, dated.get(act.source, ""))
        dated[act.source] = timing.dated
        findings += [CheckFinding(act.file, why, act.index) for why in timing.wrong]
        if timing.late:
            late.append((timing.late, index))
    remarks = [late_remark(len(late), *max(late))] if late else []
    return findings, remarks


def _private(
    archive: EvidenceArchive, manifest: Manifest, acts: Iterable[CaseAct]
) -> tuple[dict[str, set[str]], list[CheckFinding]]:
    """By event, the digests of the items that match it; and what is wrong with the others. One item is held at a time."""
    by_event = {act.id: act for act in acts}
    disclosed: dict[str, set[str]] = {}
    findings: list[CheckFinding] = []
    for name in manifest.private:
        try:
            item = parse_private(name, archive.require(name))
        except LogError as error:
            findings.append(CheckFinding(name, refused(error)))
            continue
        act = by_event.get(item.event_id)
        finding = CheckFinding(name, _NO_EVENT) if act is None else item_finding(item, act)
        if finding is not None:
            findings.append(finding)
        else:
            disclosed.setdefault(item.event_id, set()).add(item.digest)
    return disclosed, findings


def _astray(archive: EvidenceArchive, manifest: Manifest) -> Iterator[CheckFinding]:
    """Members that would say something and that the manifest does not name."""
    for name in sorted(set(archive.names) - set(_claimed(manifest))):
        if name.startswith(_CLAIMED_FOLDERS):
            yield CheckFinding(name, _NOT_CLAIMED)


def _claimed(manifest: Manifest) -> Iterator[str]:
    yield from manifest.bundles
    yield from (f"checkpoints/{size}" for size in manifest.checkpoints)
    yield from (*manifest.pending, *manifest.promises, *manifest.private)


def _unchecked(archive: EvidenceArchive, manifest: Manifest, part: LogPart) -> list[str]:
    """Members that were not looked at, or that say what nothing depends on."""
    read = {POLICY, CHECKPOINT, MANIFEST, MANIFEST_NOTE, MANIFEST_KEY, *_claimed(manifest)}
    read |= {PROMISE_KEY} if manifest.promises else set()
    read |= {README} if _has_our_readme(archive) else set()
    if part.endorsement is not None:
        tiles = tiles_of(manifest.size, manifest.indexes, manifest.checkpoints)
        read |= {name for tile in tiles for name in (tile.path, tile.whole.path)}
    return sorted(
        name for name in archive.names if name not in read and not name.startswith(_CLAIMED_FOLDERS)
    )


def _has_our_readme(archive: EvidenceArchive) -> bool:
    try:
        return archive.read(README) == README_TEXT.encode()
    except LogError:
        return False


def _completeness(manifest: Manifest, sealed_by: Verifier | None, *, is_compared: bool) -> Iterator[Sentence]:
    """The claim of completeness: its scope, its tree, its key and its purpose. Only the key of the seal stands behind it."""
    services, case, origin = ", ".join(manifest.services), plain(manifest.case), plain(manifest.origin)
    key = "?" if sealed_by is None else sealed_by.key.vkey
    scope = Sentence(
        f"all acts of {services} about case {case} among the first {manifest.size} entries of {origin}. Made for: {manifest.purpose}.",
        f"semua tindakan {services} tentang kasus {case} di antara {manifest.size} entri pertama {origin}. Dibuat untuk:"
        f" {manifest.purpose}.",
    )
    if is_compared:
        yield Sentence(
            f"The key that you gave says that this is complete: {scope.en} No version between is missing. The key: {key}",
            f"Kunci yang Anda berikan menyatakan bahwa ini lengkap: {scope.id} Tidak ada versi di antaranya yang hilang. Kuncinya: {key}",
        )
    else:
        yield Sentence(
            f"Whoever sealed this says that it is complete: {scope.en} No version between is missing, which was checked.",
            f"Yang menyegel ini menyatakan bahwa ini lengkap: {scope.id} Tidak ada versi di antaranya yang hilang, dan itu diperiksa.",
        )
        yield Sentence(
            "That nothing was cut off at the end is NOT proven: the key of the seal was compared with nothing, and anybody can seal again with"
            f" a key of their own. Compare it with what the office prints in its maklumat, or give that with --key: {key}",
            "Bahwa tidak ada yang dipotong di akhir TIDAK terbukti: kunci segelnya tidak dibandingkan dengan apa pun, dan siapa pun dapat"
            f" menyegel lagi dengan kunci sendiri. Bandingkan dengan yang dicetak kantor dalam maklumat, atau berikan dengan --key: {key}",
        )
    for index in manifest.left_out:
        yield Sentence(
            f"Entry {index} carries the number of this case; the office sets it aside (under another's name, repeated, or no message).",
            f"Entri {index} memuat nomor kasus ini; kantor mengesampingkannya (atas nama lain, berulang, atau bukan pesan).",
        )


def _not_shown(acts: Iterable[CaseAct], disclosed: Mapping[str, set[str]]) -> Iterator[Sentence]:
    """Count the private contents that this zip does not disclose: not opened, without room, or erased."""
    hidden = sum(
        ref.item is not None and ref.digest not in disclosed.get(act.id, ())
        for act in acts
        for ref in act.refs
    )
    if hidden:
        yield Sentence(
            f"{hidden} private contents that entries commit to are not in the zip: not opened for it, without room in it, or erased.",
            f"{hidden} isi pribadi yang terikat dalam entri tidak ada dalam zip: tidak dibuka, tidak muat, atau telah dihapus.",
        )


_NO_EVENT = Sentence("its event is not in the zip", "pesannya tidak ada dalam zip")
_NOT_CLAIMED = Sentence(
    "the manifest does not name it: it was added", "manifest tidak menyebutnya: ini ditambahkan"
)
_OTHER_EVENT = Sentence(
    "the message has another event id than the file's name", "pesan memuat id lain daripada nama berkas"
)
_NO_PROMISE = Sentence("not yet in the ledger: no promise", "belum ada di catatan publik: tanpa janji")
_OTHER_PROMISE = Sentence("the promise is about another message", "janji ini tentang pesan lain")
_NOTHING_IN_THE_LOG = Sentence(
    "none of its acts is in the ledger yet: nothing is proven",
    "belum ada tindakan yang tercatat: belum ada yang terbukti",
)
