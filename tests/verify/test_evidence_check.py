"""Evidence as a court would get it, and everything that somebody could do to it on the way."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog.sample_evidence import (
    AUDIT_KEY,
    BEGIN,
    CASE,
    INTAKE_KEY,
    LOG_KEY,
    ORIGIN,
    POLICY,
    SALT,
    TICKET,
    WITNESS,
    MemoryLog,
    SampleCase,
    SampleSender,
    items,
    pack,
    promise,
    sample_zip,
)

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.evidence import REGISTERED, parse_manifest, private_digest
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.tile import decode_bundle, encode_bundle
from zi_verify.receipt import check_receipt
from zi_verify.report import OWN_WORD, ReceiptReport
from zi_verify.status import ExitStatus
from zi_verify.verdict import Erased, Failed, Included, Matching

NOW = int((BEGIN + timedelta(days=1)).timestamp())
Members = dict[str, bytes]


def checked(data: bytes, pinned: Policy | None = POLICY) -> ReceiptReport:
    return check_receipt(data, pinned, NOW)


def why(data: bytes) -> str:
    verdict = checked(data).verdict
    assert isinstance(verdict, Failed)
    return "\n".join(finding.render("en") for finding in verdict.findings)


def remarks(report: ReceiptReport) -> str:
    return "\n".join(remark.en for remark in report.remarks)


def members(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def changed(data: bytes, change: Callable[[Members], object]) -> bytes:
    files = members(data)
    change(files)
    return zipped(files)


def resealed(data: bytes, change: Callable[[Members], object], **claims: Any) -> bytes:
    """As somebody with a key of their own seals it who changes the zip: the manifest fits what is there."""
    files = members(data)
    change(files)
    manifest = replace(parse_manifest(files["manifest.json"]), **claims)
    forger = Signer(INTAKE_KEY.key.name, bytes(32))
    files["manifest.json"], files["manifest.note"] = manifest.format(), manifest.note(forger)
    files["manifest.vkey"] = forger.key.vkey.encode()
    return zipped(files)


# -- what holds


def test_a_case_is_included_and_matching_and_its_course_is_told_from_the_entries() -> None:
    case = SampleCase(8)
    report = checked(pack(case.log, case.private))
    assert report.verdict == Matching()
    assert report.shortfalls == ()
    assert [entry.index for entry in report.entries] == [1, 3, 5, 7, 9, 11, 13, 15, 17]
    first = report.entries[0].text
    assert first.en.startswith(
        "2025-11-24 01:00:40 UTC, entry 1: The citizen filed a complaint. (citizen: data-"
    )
    assert first.id.startswith(
        "2025-11-24 01:00:40 UTC, entri 1: Pelapor mengajukan pengaduan. (pelapor: data-"
    )
    assert report.entries[0].verdict == Matching()
    assert report.entries[2].verdict == Included()


def test_what_it_claims_is_told_with_the_tree_and_the_key() -> None:
    case = SampleCase(8)
    texts = remarks(checked(pack(case.log, case.private, left_out=[2]), None))
    assert f"all acts of intake, notify about case {TICKET} among the first 18 entries of {ORIGIN}" in texts
    assert INTAKE_KEY.key.vkey in texts
    assert "Witness campus confirmed it at 2025-11-24 01:06:05 UTC." in texts
    assert "Entry 2 carries the number of this case; the office sets it aside" in texts
    assert OWN_WORD.en in texts
    assert OWN_WORD not in checked(pack(case.log), POLICY).remarks


def test_without_private_items_it_is_included() -> None:
    assert checked(pack(SampleCase(8).log)).verdict == Included()


def test_what_is_in_no_tree_yet_is_told_with_a_status_of_its_own() -> None:
    report = checked(sample_zip(8))
    assert report.verdict == Matching()
    [shortfall] = report.shortfalls
    assert shortfall.status is ExitStatus.NOT_WITNESSED_YET
    assert report.entries[-1].verdict is None
    assert "not in the ledger yet: The case was closed." in report.entries[-1].text.en


def test_where_nothing_is_in_a_tree_nothing_is_proven() -> None:
    log = MemoryLog()
    log.append([SampleSender("notify").message(BEGIN, "delivery_requested", subject="other")], BEGIN)
    filed = SampleSender("intake").message(BEGIN, "complaint_filed")
    assert "nothing is proven" in why(pack(log, pending=[filed], indexes=[]))


def test_many_bundles_and_tiles_hold() -> None:
    case = SampleCase(600, checkpoint_every=40)
    report = checked(pack(case.log, case.private, case.pending))
    assert report.verdict == Matching()
    assert len(report.entries) == 602


@pytest.mark.parametrize("type_", sorted(REGISTERED))
@pytest.mark.parametrize("aggregates", [{}, {str(CASE): 17}], ids=["not claimed", "claimed as once"])
def test_the_letters_of_a_register_that_other_cases_share_need_no_neighbours(
    type_: str, aggregates: dict[str, int]
) -> None:
    _, service, event = type_.split(".")
    log, register = MemoryLog(), SampleSender(service, versions={CASE: 16})
    log.append([register.message(BEGIN, event)], BEGIN)
    packed = pack(log, services=(service,), aggregates=aggregates)
    assert checked(packed).verdict == Included()


def test_a_zip_of_a_day_without_witnesses_is_included_and_says_so() -> None:
    policy = Policy(POLICY.logs)
    case = SampleCase(4, log=MemoryLog(policy))
    report = checked(pack(case.log), policy)
    assert report.verdict == Included()
    assert "No outside witness is required" in remarks(report)


# -- what somebody does to it


def entry_of(index: int, data: bytes) -> tuple[str, int]:
    """The bundle and the place of an entry."""
    place = parse_manifest(members(data)["manifest.json"]).indexes.index(index)
    return f"entries/{place // 256:03d}", place % 256


def edited(
    index: int, edit: Callable[[list[bytes], int], object], data: bytes
) -> Callable[[Members], object]:
    name, place = entry_of(index, data)

    def change(files: Members) -> None:
        width = min(256, len(parse_manifest(files["manifest.json"]).indexes) - int(name[-3:]) * 256)
        entries = decode_bundle(files[name], width)
        edit(entries, place)
        files[name] = encode_bundle(entries)

    return change


WHOLE, SMALL = sample_zip(300), sample_zip(8)
PRIVATE = next(name for name in members(WHOLE) if name.startswith("private/"))


def test_a_removed_entry_is_named() -> None:
    change = edited(301, lambda entries, place: entries.pop(place), WHOLE)
    assert "entries/000 (entry 301): what the log holds at this index is not here" in why(
        changed(WHOLE, change)
    )


def test_a_removed_step_and_its_item_are_named_even_when_everything_is_sealed_anew() -> None:
    """By somebody with a key of their own, who also forges a timeline."""
    manifest = parse_manifest(members(WHOLE)["manifest.json"])
    remaining = [index for index in manifest.indexes if index != 301]
    case = SampleCase(300)
    removed = json.loads(case.log.entries[301])
    private = [item for item in case.private if item.event_id != removed["id"]]
    forged = pack(case.log, private, signer=Signer(INTAKE_KEY.key.name, bytes(32)), indexes=remaining)
    files = members(forged) | {"timeline.txt": b"all was well"}
    texts = why(zipped(files))
    assert f"version {removed['version']} of {removed['aggregate']} is missing" in texts
    assert "Not checked, as it proves nothing: timeline.txt" in remarks(checked(zipped(files)))


def test_a_last_step_that_somebody_cuts_off_breaks_the_seal() -> None:
    def cut(files: Members) -> None:
        manifest = parse_manifest(files["manifest.json"])
        files["manifest.json"] = replace(manifest, indexes=manifest.indexes[:-1]).format()

    assert "manifest.note: the note is about another manifest" in why(changed(WHOLE, cut))


def test_a_last_step_that_the_manifest_claims_and_that_is_not_there_is_named() -> None:
    case = SampleCase(8)
    assert f"manifest.json: version 7 of {CASE} is missing" in why(
        pack(case.log, aggregates=_aggregates(case) | {str(CASE): 7})
    )
    assert "manifest does not claim version" in why(
        pack(case.log, aggregates=_aggregates(case) | {str(CASE): 2})
    )


def _aggregates(case: SampleCase) -> dict[str, int]:
    return dict(parse_manifest(members(pack(case.log))["manifest.json"]).aggregates)


def test_a_changed_entry_is_named() -> None:
    def retime(entries: list[bytes], place: int) -> None:
        entries[place] = entries[place].replace(b"2025-11-24T0", b"2025-11-23T0")

    assert "(entry 3): what the log holds at this index is not here" in why(
        changed(WHOLE, edited(3, retime, WHOLE))
    )


def test_two_entries_that_changed_places_are_named() -> None:
    def swap(entries: list[bytes], place: int) -> None:
        entries[place], entries[place + 1] = entries[place + 1], entries[place]

    assert "(entry 3): the entries are not in the order of the log" in why(
        changed(WHOLE, edited(3, swap, WHOLE))
    )


def test_an_added_entry_is_found() -> None:
    stranger = b'{"specversion":"1.0"}'
    added = changed(WHOLE, edited(3, lambda entries, place: entries.append(stranger), WHOLE))
    assert "entries/000: 1 entries in it are not of this log" in why(added)
    twice = changed(WHOLE, edited(3, lambda entries, place: entries.append(entries[place]), WHOLE))
    assert "one is here twice" in why(twice)
    bundle = why(changed(WHOLE, lambda files: files.update({"entries/007": b""})))
    assert "entries/007: the manifest does not name it: it was added" in bundle


@pytest.mark.parametrize(
    "name",
    [
        "entries/001",
        PRIVATE,
        *(
            next(name for name in members(WHOLE) if name.startswith(kind))
            for kind in ("pending/", "promises/")
        ),
        *("checkpoints/8", "checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/0/002.p/90"),
        *("manifest.json", "manifest.note", "manifest.vkey", "promise.vkey"),
    ],
)
def test_a_missing_member_is_named(name: str) -> None:
    assert name in why(changed(WHOLE, lambda files: files.pop(name)))


def test_an_added_member_that_would_say_something_is_named_and_any_other_is_listed() -> None:
    item = members(WHOLE)[PRIVATE]
    assert "private/more.json: the manifest does not name it" in why(
        changed(WHOLE, lambda files: files.update({"private/more.json": item}))
    )
    added = {"holiday.jpg": b"", "timeline.txt": b"all was well", "tile/0/x001/000": bytes(8192)}
    report = checked(changed(WHOLE, lambda files: files.update(added)))
    assert report.verdict == Matching()
    for name in added:
        assert f"Not checked, as it proves nothing: {name}" in remarks(report)


def test_a_readme_that_says_something_else_is_listed() -> None:
    report = checked(changed(WHOLE, lambda files: files.update({"README.txt": b"Trust us."})))
    assert "Not checked, as it proves nothing: README.txt" in remarks(report)
    assert "README.txt" not in remarks(checked(WHOLE))


def test_an_item_with_other_words_does_not_match() -> None:
    def forge(files: Members) -> None:
        item = json.loads(files[PRIVATE])
        digest = private_digest(SALT, b"x")
        files[PRIVATE] = json.dumps(item | {"plaintext": "eA==", "digest": digest}).encode()

    assert f"{PRIVATE}: the digest is not in entry 1" in why(changed(WHOLE, forge))
    assert "is not base64" in why(
        changed(
            WHOLE, lambda files: files.update({PRIVATE: files[PRIVATE].replace(b'"salt": "', b'"salt": "*')})
        )
    )


def test_an_item_of_an_event_that_is_not_there_is_named() -> None:
    case = SampleCase(4)
    [stray] = items({"text": b"x"}, str(CASE))
    assert f"{stray.name}: its event is not in the zip" in why(pack(case.log, [stray]))


def test_another_checkpoint_is_no_proof() -> None:
    case = SampleCase(8)
    older = case.log.cosigned[8]
    assert "checkpoint: it is of another log or another size" in why(
        changed(pack(case.log), lambda files: files.update(checkpoint=older))
    )
    unwitnessed = Checkpoint(ORIGIN, 18, case.log.edge.root).sign(Signer(ORIGIN, bytes(range(32))))
    assert "lacks the quorum" in why(
        changed(pack(case.log), lambda files: files.update(checkpoint=unwitnessed))
    )


def test_an_older_checkpoint_of_another_history_is_proof_of_a_fork() -> None:
    case, other = SampleCase(8), MemoryLog()
    other.append([str(number).encode() for number in range(8)], BEGIN)
    fork = other.cosigned[8]
    assert "checkpoints/8: this receipt and another one show two different histories" in why(
        changed(pack(case.log), lambda files: files.update({"checkpoints/8": fork}))
    )
    assert "checkpoints/16: it is of another log or another size" in why(
        changed(pack(case.log), lambda files: files.update({"checkpoints/16": fork}))
    )


def test_a_pinned_policy_of_another_log_or_witness_refuses_it() -> None:
    data = pack(SampleCase(4).log)
    stranger = Policy((Log(Signer(ORIGIN, bytes(32)).key),))
    assert isinstance(checked(data, stranger).verdict, Failed)
    witness = Cosigner("witness.example/other", bytes(32))
    assert isinstance(
        checked(data, Policy(POLICY.logs, (Witness("w", witness.key),), (), "w")).verdict, Failed
    )


# -- whose acts they are


def log_of_one_message(sender: SampleSender, event: str = "complaint_filed", **changes: Any) -> MemoryLog:
    log = MemoryLog()
    log.append([sender.message(BEGIN, event, **changes)], BEGIN)
    return log


def test_an_act_of_another_case_office_or_service_is_named() -> None:
    intake = SampleSender("intake")
    assert "it is about another case (0EXAMP1E0)" in why(
        pack(log_of_one_message(intake, subject="0EXAMP1E0"), indexes=[0])
    )
    assert "the manifest does not name its service (umkm)" in why(
        pack(log_of_one_message(SampleSender("umkm")))
    )
    log = log_of_one_message(SampleSender("intake"))
    log.append([SampleSender("notify").message(BEGIN, "x", source="/zi/elsewhere/notify")], BEGIN)
    assert "it is of another office (/zi/elsewhere)" in why(pack(log))
    forged = log_of_one_message(SampleSender("notify"), "x", type="zi.intake.case_closed")
    assert "its type is another service's to say" in why(pack(forged))


def test_what_is_no_message_is_named() -> None:
    log = MemoryLog()
    log.append([b"{}"], BEGIN)
    assert "(entry 0): The entry is not a message" in why(pack(log, indexes=[0]))


def test_a_version_that_stands_twice_or_out_of_order_is_named() -> None:
    intake = SampleSender("intake")
    first, second = intake.message(BEGIN, "complaint_filed"), intake.message(BEGIN, "case_acknowledged")
    log = MemoryLog()
    log.append([second, first], BEGIN)
    texts = why(pack(log))
    assert f"version 1 of {CASE} is missing" in texts
    assert "message 1 of /zi/contoh/intake stands after message 2" in texts
    other = SampleSender("intake", 1, versions={CASE: 0})
    log = MemoryLog()
    log.append([first, other.message(BEGIN, "case_closed")], BEGIN)
    texts = why(pack(log))
    assert f"version 1 of {CASE} stands after version 1" in texts
    assert "is in the zip twice" in texts


def test_a_neighbour_that_names_another_hash_is_named() -> None:
    intake = SampleSender("intake")
    first = intake.message(BEGIN, "complaint_filed")
    second = intake.message(BEGIN, "case_acknowledged", previous="1" * 64)
    log = MemoryLog()
    log.append([first, second], BEGIN)
    assert "(entry 1): it does not name the hash of its sender's message before it" in why(pack(log))


# -- erasure


def erasing(*steps: bytes) -> bytes:
    log = MemoryLog()
    log.append(list(steps), BEGIN)
    return pack(log)


def case_with_text() -> tuple[SampleSender, bytes]:
    intake = SampleSender("intake")
    item = {"item": "item-1", "field": "text", "digest": "a" * 64}
    return intake, intake.message(BEGIN, "complaint_filed", {"items": [item]})


SUPERVISOR = {"actor": "supervisor-1", "actorrole": "staff:supervisor"}


def test_an_erasure_that_one_asked_for_and_another_approved_explains_what_is_not_shown() -> None:
    intake, filed = case_with_text()
    request = intake.message(BEGIN, "erasure_requested", {"reason": "lawful_order"})
    erased = intake.message(BEGIN, "data_subject_erased", {"asked_by": "officer-example-1"}, **SUPERVISOR)
    report = checked(erasing(filed, request, erased))
    assert report.verdict == Erased(2)
    assert [entry.verdict for entry in report.entries] == [Erased(2), Included(), Included()]


def test_an_erasure_without_a_request_is_none() -> None:
    intake, filed = case_with_text()
    erased = intake.message(BEGIN, "data_subject_erased", {"asked_by": "officer-example-1"}, **SUPERVISOR)
    assert checked(erasing(filed, erased)).verdict == Included()


def test_an_erasure_by_another_services_key_is_a_failure() -> None:
    _, filed = case_with_text()
    notify = SampleSender("notify", versions={CASE: 1})
    request = notify.message(BEGIN, "x", type="zi.intake.erasure_requested")
    erased = notify.message(
        BEGIN, "x", {"asked_by": "officer-example-1"}, type="zi.intake.data_subject_erased", **SUPERVISOR
    )
    assert "its type is another service's to say (zi.intake.data_subject_erased)" in why(
        erasing(filed, request, erased)
    )


# -- times


def dated(*times: str, lag: float = 5, **changes: Any) -> bytes:
    """Each act in a tree of its own, whose witness signs `lag` seconds after the true time, a minute apart."""
    log, intake = MemoryLog(lag=lag), SampleSender("intake")
    for number, at in enumerate(times):
        true = BEGIN + timedelta(minutes=number)
        log.append(
            [intake.message(true, "case_acknowledged", time=at or f"{true:%Y-%m-%dT%H:%M:%S.%fZ}")], true
        )
    return pack(log, **changes)


def test_an_entry_that_is_dated_after_a_tree_that_has_it_fails() -> None:
    assert "(entry 1): it is dated 2031-01-01T00:00:00.000000Z, but the log had it by" in why(
        dated("", "2031-01-01T00:00:00.000000Z", "")
    )


def test_a_time_that_is_none_fails() -> None:
    assert "(entry 1): its time is no moment: not a time" in why(dated("", "not a time", ""))


def test_an_entry_that_is_backdated_behind_others_of_its_sender_fails() -> None:
    assert "(entry 2): it is dated 2025-10-01T00:00:00.000000Z" in why(
        dated("", "", "2025-10-01T00:00:00.000000Z")
    )


def test_an_entry_that_is_late_is_told_and_does_not_fail() -> None:
    log = MemoryLog()
    log.append([SampleSender("notify").message(BEGIN, "delivery_requested", subject="other")], BEGIN)
    late = SampleSender("intake").message(BEGIN - timedelta(days=54), "complaint_filed")
    log.append([late], BEGIN + timedelta(minutes=1))
    report = checked(pack(log))
    assert report.verdict == Included()
    assert "Late: 1 entries" in remarks(report)
    assert "54 days" in remarks(report)


def test_a_log_of_a_demo_is_labelled_and_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Signer(f"{ORIGIN}/demo", bytes(range(32)))
    policy = Policy((Log(key.key),))
    log = MemoryLog(policy)
    intake = SampleSender("intake")
    log.append([intake.message(BEGIN, "complaint_filed", time="2031-01-01T00:00:00.000000Z")], BEGIN)
    log.cosigned[1] = Checkpoint(key.key.name, 1, log.edge.root).sign(key)
    report = checked(pack(log, origin=key.key.name), policy)
    assert report.verdict == Included()
    assert "ends in /demo" in remarks(report)


# -- promises


def test_a_pending_act_needs_a_promise_about_it_that_holds() -> None:
    case = SampleCase(4)
    data = pack(case.log, pending=case.pending)
    [name] = [name for name in members(data) if name.startswith("promises/")]
    other = promise(case.log.entries[1])
    assert f"{name}: the promise is about another message" in why(
        changed(data, lambda files: files.update({name: other}))
    )
    broken = promise(case.pending[0], AUDIT_KEY)
    assert f"{name}: No known key signed" in why(changed(data, lambda files: files.update({name: broken})))
    assert "promise.vkey: This is not a verifier key" in why(
        changed(data, lambda files: files.update({"promise.vkey": b"nonsense"}))
    )


# Seconds from the moment at which the act was committed to the promised one, to the witnesses' word on the tree, and to the check.
PROMISED = {
    "in time": (3600, 60, 1800, ExitStatus.NOT_WITNESSED_YET, "promise valid"),
    "at the last moment": (3600, 60, 3600, ExitStatus.NOT_WITNESSED_YET, "promise valid"),
    "passed since": (
        3600,
        3600,
        3601,
        ExitStatus.NOT_WITNESSED_YET,
        "which has passed since this evidence was made",
    ),
    "broken": (3600, 3601, 3700, ExitStatus.PROMISE_BROKEN, "the promise is broken"),
    "no date": (None, 7200, 9000, ExitStatus.NOT_WITNESSED_YET, "promise valid"),
}


@pytest.mark.parametrize("name", PROMISED)
def test_a_pending_act_is_held_against_the_time_that_was_promised(name: str) -> None:
    by, signed, checked_at, status, reason = PROMISED[name]
    case, second = promised(signed)
    promised_by = None if by is None else second + timedelta(seconds=by)
    data = pack(case.log, case.private, case.pending, by=promised_by)
    report = check_receipt(data, POLICY, int(second.timestamp()) + checked_at)
    assert report.verdict == Matching()
    [shortfall] = report.shortfalls
    assert (shortfall.status, reason in shortfall.why.en) == (status, True)


def promised(signed: int) -> tuple[SampleCase, datetime]:
    """A case whose newest tree the witness signs so many seconds after its pending act, and when that was."""
    case = SampleCase(4)
    second = datetime.fromisoformat(json.loads(case.pending[0])["time"])
    note = parse_note(Checkpoint(ORIGIN, case.log.size, case.log.edge.root).sign(LOG_KEY))
    at = int(second.timestamp()) + signed
    case.log.cosigned[case.log.size] = note.signed(WITNESS.cosign(note.text, at)).format()
    return case, second


def test_without_witnesses_nobody_says_that_a_promise_is_broken() -> None:
    case, second = promised(7200)
    data = pack(case.log, case.private, case.pending, by=second + timedelta(hours=1))
    report = check_receipt(data, Policy(POLICY.logs), int(second.timestamp()) + 7300)
    assert [each.status for each in report.shortfalls] == [ExitStatus.NOT_WITNESSED_YET]


def test_a_promise_about_another_log_is_not_broken_by_this_one() -> None:
    case, second = promised(7200)
    stranger, by = Signer("elsewhere.example/intake", bytes(range(32, 64))), second + timedelta(hours=1)
    data = pack(case.log, case.private, case.pending, promise_key=stranger.key.vkey)
    name = next(name for name in members(data) if name.startswith("promises/"))
    other = promise(case.pending[0], stranger, by)
    data = changed(data, lambda files: files.update({name: other}))
    report = check_receipt(data, POLICY, int(second.timestamp()) + 7300)
    assert [each.status for each in report.shortfalls] == [ExitStatus.NOT_WITNESSED_YET]


def test_a_pending_act_without_a_promise_fails() -> None:
    case = SampleCase(4)
    data = pack(case.log, pending=case.pending)

    def drop(files: Members) -> None:
        files.pop(next(name for name in files if name.startswith("promises/")))

    assert "not yet in the ledger: no promise" in why(resealed(data, drop, promises=()))


def test_a_pending_act_under_another_name_or_that_is_none_fails() -> None:
    case = SampleCase(4)
    data = pack(case.log, pending=case.pending)
    [name] = [name for name in members(data) if name.startswith("pending/")]
    assert "another event id than the file's name" in why(
        changed(data, lambda files: files.update({name: case.log.entries[1]}))
    )
    assert f"{name}: The entry is not a message" in why(
        changed(data, lambda files: files.update({name: b"x"}))
    )


# -- the key of whoever sealed it


def test_without_a_key_from_elsewhere_it_is_said_that_nobody_proved_completeness() -> None:
    report = check_receipt(SMALL, POLICY, NOW)
    assert report.verdict == Matching()
    assert "Whoever sealed this says that it is complete" in remarks(report)
    assert "cut off at the end is NOT proven" in remarks(report)
    assert INTAKE_KEY.key.vkey in remarks(report)
    assert not any(remark.en.startswith("Complete") for remark in report.remarks)


def test_a_key_from_elsewhere_is_compared_with_the_one_that_sealed_it() -> None:
    report = check_receipt(SMALL, POLICY, NOW, INTAKE_KEY.key)
    assert report.verdict == Matching()
    assert "The key that you gave says that this is complete" in remarks(report)
    assert "NOT proven" not in remarks(report)
    verdict = check_receipt(SMALL, POLICY, NOW, AUDIT_KEY.key).verdict
    assert isinstance(verdict, Failed)
    assert [finding.file for finding in verdict.findings] == ["manifest.vkey", "promise.vkey"]


def test_a_last_act_cut_off_and_sealed_anew_is_seen_by_who_has_the_key() -> None:
    cut = resealed(SMALL, lambda files: None, left_out=(0,))
    assert checked(cut).verdict == Matching()
    assert isinstance(check_receipt(cut, POLICY, NOW, INTAKE_KEY.key).verdict, Failed)


# -- malformed


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("manifest.json", b"{", "manifest.json: the file is not JSON"),
        ("manifest.vkey", b"nonsense", "manifest.vkey: This is not a verifier key"),
        ("manifest.note", b"nonsense", "manifest.note: This is not a signed note"),
        ("entries/000", b"\xff", "entries/000 (entry 1): what the log holds at this index is not here"),
        ("policy", b"nonsense", "policy: A policy has no line"),
        ("tile/0/000", b"short", "tile/0/000 has 5 bytes"),
    ],
)
def test_a_misshapen_member_is_named(name: str, content: bytes, expected: str) -> None:
    data = changed(WHOLE, lambda files: files.update({name: content}))
    verdict = checked(data, None).verdict
    assert isinstance(verdict, Failed)
    assert any(expected in finding.render("en") for finding in verdict.findings)


def test_what_is_no_zip_is_refused() -> None:
    assert "not a zip" in why(b"PK")


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 255))
def test_one_changed_byte_in_the_zip_itself_never_passes_for_more(at: int, flip: int) -> None:
    data = bytearray(SMALL)
    data[at % len(data)] ^= flip
    report = checked(bytes(data))
    assert isinstance(report.verdict, Matching | Failed)
    if report.verdict == Matching():
        assert report.entries == checked(SMALL).entries
