import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tlog.packed_v1 import pack_v1
from tests.verify.sample_log import (
    CASE,
    INTAKE_KEY,
    LOG_KEY,
    POLICY,
    SALT,
    SampleLog,
    Sender,
    erased,
    filed,
    promise,
    sample_messages,
)

from zi_tlog.cosignature import Cosigner
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.proof import parse_proof
from zi_verify.receipt import check_receipt
from zi_verify.receipt_v1 import OLDER_LAYOUT
from zi_verify.report import NO_WITNESS, OWN_WORD, ReceiptReport
from zi_verify.verdict import Erased, Failed, Included, Matching, Verdict, sentence


def checked(evidence: Evidence, pinned: Policy | None = None) -> ReceiptReport:
    return check_receipt(pack_v1(evidence), pinned)


def why(report: ReceiptReport) -> str:
    assert isinstance(report.verdict, Failed)
    return "\n".join(finding.render("en") for finding in report.verdict.findings)


def test_a_filed_complaint_is_included_and_matching(tmp_path: Path) -> None:
    report = checked(filed(tmp_path)[1])
    assert report.verdict == Matching()
    assert [(entry.type, entry.index, entry.verdict) for entry in report.entries] == [
        ("zi.intake.complaint_filed", 1, Matching()),
        ("zi.intake.case_acknowledged", 3, Included()),
    ]


def test_without_private_items_it_is_included(tmp_path: Path) -> None:
    assert checked(replace(filed(tmp_path)[1], private=())).verdict == Included()


EXAMPLES = Path(__file__).parents[1] / "contracts" / "examples"


def test_the_erasure_that_intake_publishes_explains_the_missing_payload(tmp_path: Path) -> None:
    """By the kept examples of these messages, which are about one case."""
    names = ("zi.intake.complaint_filed", "zi.intake.erasure_requested", "zi.intake.data_subject_erased")
    log = SampleLog(tmp_path, [_example(name, version) for version, name in enumerate(names, start=1)])
    entries = tuple(log.entry(index, is_promised=False) for index in range(3))
    before, after = (checked(Evidence(POLICY.format(), entries[:count], (), None)) for count in (2, 3))
    assert before.verdict == Included()
    assert after.verdict == Erased(2)
    assert [entry.verdict for entry in after.entries] == [Erased(2), Included(), Included()]


def _example(name: str, version: int) -> bytes:
    message = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    return json.dumps(message | {"version": version}).encode()


def test_an_erasure_with_its_own_proof_explains_the_missing_payload(tmp_path: Path) -> None:
    report = checked(erased(tmp_path)[1])
    assert report.verdict == Erased(5)
    assert sentence(report.verdict).en == "included, payload erased (entry 5)"


def test_an_erasure_without_its_request_by_another_official_is_none(tmp_path: Path) -> None:
    assert checked(erased(tmp_path, asked_by="supervisor-1")[1]).verdict == Included()


@pytest.mark.parametrize("source", ["/zi/contoh/notify", "/zi/another-office/intake"])
def test_only_the_same_offices_intake_tells_of_an_erasure(tmp_path: Path, source: str) -> None:
    log, evidence = filed(tmp_path)
    forger = Sender(source, versions={CASE: 2})
    log.append(
        [
            forger.act("zi.intake.erasure_requested", "officer-1", "staff:officer"),
            forger.act(
                "zi.intake.data_subject_erased", "supervisor-1", "staff:supervisor", asked_by="officer-1"
            ),
        ]
    )
    entries = tuple(map(log.entry, (1, 3, 4, 5)))
    assert checked(replace(evidence, entries=entries, private=())).verdict == Included()


def test_an_unproven_erasure_is_a_failure(tmp_path: Path) -> None:
    evidence = erased(tmp_path)[1]
    entries = (*evidence.entries[:3], replace(evidence.entries[3], proof=evidence.entries[1].proof))
    assert "not in the tree of the checkpoint" in why(checked(replace(evidence, entries=entries)))


def test_a_version_in_the_middle_that_is_missing_is_named(tmp_path: Path) -> None:
    evidence = erased(tmp_path)[1]
    entries = (evidence.entries[0], *evidence.entries[2:])
    assert f"version 2 of {CASE} is missing" in why(checked(replace(evidence, entries=entries)))


def test_an_older_layout_is_said_to_claim_no_completeness(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    report = checked(replace(evidence, entries=evidence.entries[:1]))
    assert report.verdict == Matching()
    assert OLDER_LAYOUT in report.remarks


def test_promises_of_an_older_zip_are_checked_by_a_key_from_elsewhere(tmp_path: Path) -> None:
    data = pack_v1(filed(tmp_path)[1])
    report = check_receipt(data, POLICY, key=INTAKE_KEY.key)
    assert report.verdict == Matching()
    assert not any("the office's own word" in remark.en for remark in report.remarks)
    assert isinstance(check_receipt(data, POLICY, key=LOG_KEY.key).verdict, Failed)


STORED = Path(__file__).parent / "kept"


@pytest.mark.parametrize(
    ("name", "verdict"), [("evidence-v1.zip", Matching()), ("evidence-v1-erased.zip", Erased(5))]
)
def test_evidence_that_was_given_out_in_the_older_layout_still_holds(name: str, verdict: Verdict) -> None:
    report = check_receipt((STORED / name).read_bytes(), POLICY)
    assert report.verdict == verdict
    assert "Not checked, as it proves nothing: timeline.txt" in [remark.en for remark in report.remarks]


def test_an_erasure_before_the_event_or_in_a_message_without_payload_is_none(tmp_path: Path) -> None:
    intake = Sender("/zi/contoh/intake")
    log = SampleLog(
        tmp_path,
        [intake.say("zi.intake.data_subject_erased"), intake.say(items=[{"digest": "a" * 64}]), intake.say()],
    )
    evidence = Evidence(POLICY.format(), (log.entry(0), log.entry(1), log.entry(2)), (), INTAKE_KEY.key.vkey)
    assert checked(evidence).verdict == Included()


def test_without_pinned_keys_it_is_said_to_be_the_offices_own_word(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    assert OWN_WORD in checked(evidence).remarks
    assert OWN_WORD not in checked(evidence, POLICY).remarks
    assert NO_WITNESS in checked(evidence, POLICY).remarks


def test_a_pinned_policy_of_another_log_refuses_it(tmp_path: Path) -> None:
    pinned = Policy((Log(Signer(LOG_KEY.key.name, bytes(32)).key),))
    assert "No known key signed" in why(checked(filed(tmp_path)[1], pinned))


def test_a_quorum_of_witnesses_is_demanded_and_named(tmp_path: Path) -> None:
    witness = Cosigner("witness.example/w1", bytes(32))
    pinned = Policy(POLICY.logs, (Witness("kampus", witness.key),), (), "kampus")
    evidence = filed(tmp_path)[1]
    assert "lacks the quorum" in why(checked(evidence, pinned))
    entries = tuple(replace(entry, proof=_cosigned(entry, witness)) for entry in evidence.entries)
    report = checked(replace(evidence, entries=entries), pinned)
    assert report.verdict == Matching()
    assert "Witness kampus confirmed it at 2025-12-29 09:20:00 UTC." in [
        remark.en for remark in report.remarks
    ]


@pytest.mark.parametrize("time", [1_767_000_000 + 3600, 253_402_300_799])
def test_a_cosignature_from_the_future_does_not_count(tmp_path: Path, time: int) -> None:
    witness = Cosigner("witness.example/w1", bytes(32))
    pinned = Policy(POLICY.logs, (Witness("kampus", witness.key),), (), "kampus")
    evidence = filed(tmp_path)[1]
    entries = tuple(replace(entry, proof=_cosigned(entry, witness, time)) for entry in evidence.entries)
    report = check_receipt(pack_v1(replace(evidence, entries=entries)), pinned, now=1_767_000_000)
    assert "lacks the quorum" in why(report)


def _cosigned(entry: Entry, witness: Cosigner, time: int = 1_767_000_000) -> bytes:
    proof = parse_proof(entry.proof or b"")
    note = parse_note(proof.checkpoint)
    return replace(proof, checkpoint=note.signed(witness.cosign(note.text, time)).format()).format()


def test_a_promised_entry_that_is_not_in_the_ledger_yet_fails_and_says_whether_the_promise_is_good(
    tmp_path: Path,
) -> None:
    evidence = filed(tmp_path)[1]
    entry = replace(evidence.entries[0], proof=None)
    other = replace(entry, promise=promise(entry.event_id, b"another message"))
    assert "not yet in the ledger: promise valid" in why(checked(replace(evidence, entries=(entry,))))
    assert "not yet in the ledger: promise invalid" in why(checked(replace(evidence, entries=(other,))))
    assert "not yet in the ledger: no promise" in why(
        checked(replace(evidence, entries=(replace(entry, promise=None),)))
    )


def test_a_promise_about_another_message_fails_even_with_a_proof(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    wrong = replace(evidence.entries[0], promise=evidence.entries[1].promise)
    assert "the promise is about another message" in why(
        checked(replace(evidence, entries=(wrong, evidence.entries[1])))
    )


def test_a_promise_needs_its_key(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    broken = promise(evidence.entries[0].event_id, evidence.entries[0].message, LOG_KEY)
    entries = (replace(evidence.entries[0], promise=broken),)
    assert ".promise: No known key signed" in why(checked(replace(evidence, entries=entries)))
    assert "promise.vkey: the key of the promise is missing" in why(
        checked(replace(evidence, promise_key=None))
    )
    assert "promise.vkey: This is not a verifier key" in why(
        checked(replace(evidence, promise_key="nonsense"))
    )
    unpromised = tuple(replace(entry, promise=None) for entry in evidence.entries)
    assert checked(replace(evidence, entries=unpromised, promise_key=None)).verdict == Matching()


def test_private_content_that_the_event_does_not_commit_to_fails(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    event_id = evidence.entries[0].event_id
    forged = PrivateItem("forged", event_id, "text", private_digest(SALT, b"x"), SALT, b"x", "text/plain")
    assert "the digest is not in entry 1" in why(checked(replace(evidence, private=(forged,))))


def test_private_content_under_another_name_fails(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    for renamed in (
        replace(evidence.private[0], field="answer"),
        replace(evidence.private[0], item_id="other"),
    ):
        assert "another name" in why(checked(replace(evidence, private=(renamed,))))


def test_private_content_of_an_absent_event_fails(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    assert "its event is not in the zip" in why(checked(replace(evidence, entries=evidence.entries[1:])))


def test_a_zip_without_entries_proves_nothing() -> None:
    assert "the zip has no entry" in why(checked(Evidence(POLICY.format(), ())))


def test_an_entry_that_is_no_message_fails(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, [b"hello", *sample_messages(2)])
    entry = Entry("hello", b"hello", log.receipt(0))
    assert "entries/hello.json: The entry is not a message" in why(
        checked(Evidence(POLICY.format(), (entry,)))
    )


def test_an_entry_under_another_name_fails(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(2))
    entry = replace(log.entry(0), event_id="renamed", promise=None)
    assert "another event id" in why(checked(Evidence(POLICY.format(), (entry,))))


def test_two_receipts_of_two_histories_fail(tmp_path: Path) -> None:
    remark, other = (
        SampleLog(tmp_path / "one", sample_messages(2)),
        SampleLog(tmp_path / "other", [sample_messages(5)[3], sample_messages(2)[1]]),
    )
    entries = (remark.entry(1), other.entry(0))
    assert "two different histories" in why(
        checked(Evidence(POLICY.format(), entries, (), INTAKE_KEY.key.vkey))
    )
    shifted = SampleLog(
        tmp_path / "shifted", [sample_messages(5)[3], sample_messages(2)[0], sample_messages(5)[4]]
    )
    entries = (remark.entry(0), shifted.entry(0))
    assert "two different histories" in why(
        checked(Evidence(POLICY.format(), entries, (), INTAKE_KEY.key.vkey))
    )


def test_files_that_prove_nothing_are_listed(tmp_path: Path) -> None:
    data = _with(filed(tmp_path)[1], "holiday.jpg", b"")
    remarks = [remark.en for remark in check_receipt(data, None).remarks]
    assert "Not checked, as it proves nothing: holiday.jpg" in remarks


def test_a_receipt_without_its_message_fails(tmp_path: Path) -> None:
    data = _with(filed(tmp_path)[1], "entries/lost.tlog-proof", b"")
    assert "entries/lost.tlog-proof: its message is not in the zip" in why(check_receipt(data, None))


def test_one_changed_byte_in_any_member_is_found_and_the_member_named(tmp_path: Path) -> None:
    evidence = filed(tmp_path)[1]
    with zipfile.ZipFile(io.BytesIO(pack_v1(evidence))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content in members.items():
        if name in ("README.txt", "timeline.txt"):  # they prove nothing and say so
            continue
        for at in range(0, len(content) - 1, 7):
            altered = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            report = check_receipt(_with(evidence, name, altered), None)
            reasons = why(report)
            assert name.split(".")[0].removeprefix("entries/") in reasons, (
                name,
                at,
                reasons,
            )


def test_one_changed_byte_in_the_zip_itself_never_passes_for_more(tmp_path: Path) -> None:
    data = pack_v1(filed(tmp_path)[1])
    for at in range(0, len(data), 5):
        report = check_receipt(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :], None)
        assert isinstance(report.verdict, Matching | Failed)


def _with(evidence: Evidence, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(pack_v1(evidence))) as archive,
        zipfile.ZipFile(buffer, "w") as changed,
    ):
        for member in archive.namelist():
            changed.writestr(member, archive.read(member) if member != name else content)
        if name not in archive.namelist():
            changed.writestr(name, content)
    return buffer.getvalue()


def test_the_case_of_the_sample_is_what_its_messages_say(tmp_path: Path) -> None:
    assert json.loads(filed(tmp_path)[0].entries[1])["aggregate"] == str(CASE)
