"""A letter against the ledger: suspended, revoked, or replaced by a newer one; and what a ledger must hold before it says that none of it happened."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from tests.letters.sample_letter import CODE_KEY, CONTENT, NOW, TEMPLATE, authority, message
from tests.verify.sample_log import POLICY, SampleLog, Sender, sample_messages

from zi_contracts.integrity.office_letters import IssuedKind
from zi_contracts.umkm.letters import MentoringLetterKind
from zi_letters.content import digest
from zi_letters.local_authority import LocalAuthority
from zi_letters.rendering import IssuingEntry, unsealed_page
from zi_letters.seal import LocalSeal
from zi_tlog.note import Signer
from zi_verify.certificate import ISSUES, CertificateReport, check_certificate
from zi_verify.letter_effects import Effect, LedgerEntry, LetterIssue, following, steps_about
from zi_verify.letter_standing import LetterInLedger, LetterLedger, standing_in
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.source import DeniedError, FolderSource, LogSource
from zi_verify.status import ExitStatus, severest
from zi_verify.verdict import Failed, Matching

LETTER = "zi.certificates.letter_"
NUMBER, NEWER = "SKI-2026-000001", "SKI-2026-000007"
APPLICATION = UUID(int=5)


def nothing(size: int, total: int) -> None:
    """The progress of a replay that nobody watches."""


@dataclass
class Books:
    """A sealed letter and the ledger that issued it, to which its office goes on adding."""

    log: SampleLog
    office: Sender
    root: LocalAuthority
    pdf: bytes
    letter: str

    def says(self, type_: str, **data: Any) -> None:
        fields = {"letter": self.letter, "number": NUMBER, **data}
        self.log.append([self.office.say(LETTER + type_, APPLICATION, **fields)])

    def sealed(self, **data: Any) -> None:
        self.says("sealed", **{"file": digest(self.pdf), **data})

    def checked(
        self, source: LogSource | None = None, at: int | None = None, memory: Memory | None = None
    ) -> CertificateReport:
        ledger = LetterLedger(source or FolderSource(self.log.folder), nothing)
        day = None if at is None else NOW + timedelta(days=at)
        return check_certificate(self.pdf, POLICY, self.root.pem, memory, day, ledger=ledger)


@pytest.fixture(scope="module")
def office_seal() -> tuple[LocalAuthority, LocalSeal]:
    root = authority()
    return root, root.make_seal("Balai POM Contoh", NOW)


@pytest.fixture
def books(office_seal: tuple[LocalAuthority, LocalSeal], tmp_path: Path) -> Books:
    root, seal = office_seal
    issuing = message()
    intake = Sender("/zi/contoh/intake")
    others = [intake.say(aggregate=UUID(int=3)) for _ in range(3)]
    log = SampleLog(tmp_path / "log", [issuing, *others])
    office = Sender("/zi/contoh/certificates")
    office.say("zi.certificates.certificate_issued", **json.loads(issuing)["data"])
    assert office.position == 1
    pdf = unsealed_page(
        CONTENT.render(), TEMPLATE, IssuingEntry(issuing, log.receipt(0), POLICY.format()), CODE_KEY
    )
    letter = json.loads(issuing)["data"]["letter"]
    return Books(log, office, root, asyncio.run(seal.sign(pdf)), letter)


def status(report: CertificateReport) -> ExitStatus:
    failed = [ExitStatus.FAIL] if isinstance(report.verdict, Failed) else []
    return severest([*failed, *(each.status for each in report.shortfalls)])


def texts(report: CertificateReport) -> str:
    findings = report.verdict.findings if isinstance(report.verdict, Failed) else ()
    sentences = [*report.remarks, *(each.why for each in report.shortfalls), *(each.why for each in findings)]
    return "\n".join(text for each in sentences for text in (each.en, each.id))


def test_a_letter_of_which_the_ledger_says_nothing_more_holds_as_far_as_the_ledger_goes(books: Books) -> None:
    books.sealed()
    report = books.checked()
    assert (report.verdict, report.number, status(report)) == (Matching(), NUMBER, ExitStatus.PASSED)
    assert "the first 5 entries of the ledger" in texts(report)
    assert "only the network" not in texts(report)


def test_without_the_ledger_nothing_is_said_of_today(books: Books) -> None:
    report = check_certificate(books.pdf, POLICY, books.root.pem)
    assert status(report) is ExitStatus.PASSED
    assert "This does not say that it is valid today" in texts(report)
    assert "replaced by a newer letter" in texts(report)


def test_a_replaced_letter_is_reported_with_the_number_of_the_newer_one(books: Books) -> None:
    books.sealed()
    books.says("superseded", by_number=NEWER)
    report = books.checked()
    assert (report.verdict, status(report)) == (Matching(), ExitStatus.NOT_VALID_THEN)
    assert f"It was replaced by {NEWER} on 2025-11-24" in texts(report)
    assert f"diganti dengan {NEWER}" in texts(report)
    assert "Entry 5 of the ledger" in texts(report)


def test_suspended_reinstated_and_revoked_are_told_apart(books: Books) -> None:
    books.sealed()
    books.says("suspended", reason="unsafe_product")
    assert "suspended on 2025-11-24 (unsafe_product)" in texts(books.checked())
    assert status(books.checked()) is ExitStatus.NOT_VALID_THEN
    books.says("reinstated", reason="cause_removed")
    assert status(books.checked()) is ExitStatus.PASSED
    books.says("revoked", reason="unsafe_product")
    books.says("reinstated", reason="cause_removed")
    assert "revoked on 2025-11-24 (unsafe_product)" in texts(books.checked())
    assert status(books.checked()) is ExitStatus.NOT_VALID_THEN


def test_a_day_before_its_end_is_judged_by_that_day_and_the_end_is_told(books: Books) -> None:
    signed = datetime.now(UTC)
    books.office.time = signed.isoformat()
    books.sealed()
    books.office.time = (signed + timedelta(minutes=2)).isoformat()
    books.says("superseded", by_number=NEWER)
    before = check_certificate(
        books.pdf,
        POLICY,
        books.root.pem,
        None,
        signed + timedelta(minutes=1),
        ledger=LetterLedger(FolderSource(books.log.folder), nothing),
    )
    assert (status(before), NEWER in texts(before)) == (ExitStatus.PASSED, True)
    assert status(books.checked(at=1)) is ExitStatus.NOT_VALID_THEN


def test_an_entry_that_is_written_in_another_way_counts_too(books: Books) -> None:
    books.sealed()
    plain = books.office.say(LETTER + "revoked", APPLICATION, letter=books.letter, reason="unsafe_product")
    hidden = books.letter.replace("-", "\\u002d").encode()
    books.log.append([plain.replace(books.letter.encode(), hidden)])
    assert status(books.checked()) is ExitStatus.NOT_VALID_THEN


def test_an_entry_of_another_sender_or_about_another_letter_changes_nothing(books: Books) -> None:
    books.sealed()
    books.says("revoked", letter=str(UUID(int=9)), reason="unsafe_product")
    other = Sender("/zi/contoh/umkm")
    books.log.append([other.say("zi.umkm.letter_revoked", UUID(int=4), letter=books.letter)])
    assert status(books.checked()) is ExitStatus.PASSED


def test_a_file_that_the_ledger_does_not_name_fails(books: Books) -> None:
    books.sealed(file="ab" * 32)
    report = books.checked()
    assert status(report) is ExitStatus.FAIL
    assert "none of the files that the ledger names" in texts(report)
    books.says("renewed", file=digest(books.pdf))
    assert status(books.checked()) is ExitStatus.PASSED


def test_a_ledger_without_the_seal_or_without_the_letter_does_not_say_yes(
    books: Books, tmp_path: Path
) -> None:
    assert status(books.checked()) is ExitStatus.NOT_READ
    assert "No entry that seals the letter" in texts(books.checked())
    empty = SampleLog(tmp_path / "older")
    report = books.checked(FolderSource(empty.folder))
    assert status(report) is ExitStatus.NOT_READ
    assert "could not be read in the ledger that you gave" in texts(report)


def test_another_history_is_no_ledger_of_this_letter(books: Books, tmp_path: Path) -> None:
    other = SampleLog(tmp_path / "other", sample_messages(6))
    assert status(books.checked(FolderSource(other.folder))) is ExitStatus.FAIL
    strange = SampleLog(tmp_path / "strange", books.log.entries, Signer("other.example/audit", bytes(32)))
    assert status(books.checked(FolderSource(strange.folder))) is ExitStatus.FAIL
    books.sealed()
    books.log.flip("tile/entries/000.p/5", 40)
    assert status(books.checked()) is ExitStatus.FAIL


def test_a_copy_in_which_an_entry_was_left_out_fails(books: Books, tmp_path: Path) -> None:
    books.sealed()
    books.says("superseded", by_number=NEWER)
    later = Sender("/zi/contoh/umkm").say(aggregate=UUID(int=4))
    books.log.append([later])
    cut = SampleLog(tmp_path / "cut", [*books.log.entries[:-2], later])
    (cut.folder / "checkpoint").write_bytes(books.log.checkpoint)
    assert status(books.checked(FolderSource(cut.folder))) is ExitStatus.FAIL


class _Denying:
    """A ledger that gives out its hashes and no entries."""

    def __init__(self, folder: Path) -> None:
        self._whole = FolderSource(folder)
        self.policy, self.history = self._whole.policy, self._whole.history

    def read(self, path: str) -> bytes | None:
        if path.startswith("tile/entries/"):
            raise DeniedError(path)
        return self._whole.read(path)


class _TwoFaced(_Denying):
    """A ledger that hides an entry from one reading and not from the other."""

    def __init__(self, folder: Path, change: Callable[[bytes], bytes]) -> None:
        super().__init__(folder)
        self._change, self._is_first = change, True

    def read(self, path: str) -> bytes | None:
        data = self._whole.read(path)
        if data is None or not path.startswith("tile/entries/"):
            return data
        self._is_first, is_first = False, self._is_first
        return self._change(data) if is_first else data


def test_hashes_alone_do_not_say_yes(books: Books) -> None:
    books.sealed()
    report = books.checked(_Denying(books.log.folder))
    assert status(report) is ExitStatus.NOT_READ


def test_a_place_that_answers_twice_in_two_ways_fails(books: Books) -> None:
    books.sealed()
    changed = _TwoFaced(books.log.folder, lambda data: data.replace(b"sealed", b"healed"))
    assert status(books.checked(changed)) is ExitStatus.FAIL


def test_an_older_copy_than_was_verified_before_fails(books: Books, tmp_path: Path) -> None:
    books.sealed()
    short = SampleLog(tmp_path / "short", books.log.entries)
    books.says("revoked", reason="unsafe_product")
    state = tmp_path / "state"
    policy = tmp_path / "policy"
    policy.write_bytes(POLICY.format())
    assert main(["log", str(books.log.folder), "--policy", str(policy), "--state", str(state)]) == 0
    report = books.checked(FolderSource(short.folder), memory=Memory(state))
    assert status(report) is ExitStatus.FAIL


def test_a_letter_whose_last_day_is_over_is_not_valid_today(books: Books) -> None:
    books.sealed()
    ledger = LetterLedger(FolderSource(books.log.folder), nothing)
    later = NOW.replace(year=2027, month=2, day=3)
    report = check_certificate(books.pdf, POLICY, books.root.pem, now=later, ledger=ledger)
    assert status(report) is ExitStatus.NOT_VALID_THEN
    assert "valid until 2027-01-31" in texts(report)


def test_a_letter_that_no_entry_can_end_is_not_called_valid(books: Books) -> None:
    issuing = json.dumps({"type": "zi.umkm.mentoring_letter_issued"}).encode()
    checkpoint = POLICY.endorsement(books.log.checkpoint).checkpoint
    letter = LetterInLedger(issuing, 0, digest(books.pdf), None, UTC, checkpoint, POLICY)
    ledger = LetterLedger(FolderSource(books.log.folder), nothing)
    stood = standing_in(ledger, letter, Memory(None), None, NOW)
    assert [each.status for each in stood.shortfalls] == [ExitStatus.NOT_READ]


def test_the_command_ends_with_the_status_of_a_letter_that_is_not_valid_any_more(
    books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books.sealed()
    files = (("a.pdf", books.pdf), ("ca", books.root.pem), ("policy", POLICY.format()))
    for name, data in files:
        (tmp_path / name).write_bytes(data)
    arguments = [str(tmp_path / "a.pdf"), "--ca", str(tmp_path / "ca"), "--policy", str(tmp_path / "policy")]
    arguments += ["--ledger", str(books.log.folder), "--no-memory"]
    assert main(["certificate", *arguments]) == 0
    books.says("superseded", by_number=NEWER)
    assert main(["certificate", *arguments]) == ExitStatus.NOT_VALID_THEN.code
    assert f"It was replaced by {NEWER}" in capsys.readouterr().out


# -- letters of mentoring and of the integrity zone

LETTER_ID, TICKET = "0f7d1c9e-3b1f-5c5e-8f43-6d1f6f6f6f6f", "3C7K9M2Q5"


def issued_letter(type_: str, kind: str, number: str) -> LetterIssue:
    data = {"letter": LETTER_ID, "number": number, "kind": kind}
    return LetterIssue({"type": type_, "subject": TICKET, "data": data}, 10, UTC)


def entry(index: int, type_: str, subject: str = TICKET, day: int = 1, **data: Any) -> LedgerEntry:
    return LedgerEntry(index, type_, subject, datetime(2026, 6, day, 3, tzinfo=UTC), data)


def effects(issued: LetterIssue, *entries: LedgerEntry) -> list[tuple[str, str]]:
    followed = following(issued.message)
    assert followed is not None
    found = steps_about(issued, followed, reversed(entries))
    return [(step.effect.value, step.text.en) for step in found if step.effect is not Effect.FILE]


PERMIT = issued_letter("zi.umkm.mentoring_letter_issued", "cppob_permit", "IPC-2026-000001")
ASSIGNMENT = issued_letter("zi.umkm.mentoring_letter_issued", "trip_assignment", "SPT-2026-000001")
REFERRAL = issued_letter("zi.umkm.mentoring_letter_issued", "pirt_referral", "SR-2026-000001")
STANDARD = issued_letter("zi.integrity.office_letter_issued", "service_standard", "SP-2026-000001")
PLEDGE = issued_letter("zi.integrity.office_letter_issued", "maklumat", "MP-2026-000001")
MINUTES = issued_letter("zi.integrity.office_letter_issued", "berita_acara", "BA-2026-000001")
ENDED: list[tuple[LetterIssue, LedgerEntry, str]] = [
    (PERMIT, entry(11, "zi.umkm.permit_revoked", number=PERMIT.number, reason="unsafe"), "revoked on 2026-06-01 (unsafe)"),
    (PERMIT, entry(11, "zi.umkm.permit_expired", number=PERMIT.number, valid_until="2026-05-31"), "2026-05-31, is over"),
    (PERMIT, entry(11, "zi.umkm.permit_issued", renews=PERMIT.number, number="IPC-2026-000002"), "by IPC-2026-000002"),
    (ASSIGNMENT, entry(11, "zi.umkm.trip_changed", "trip", withdrawn=ASSIGNMENT.number), "withdrawn on 2026-06-01"),
    (ASSIGNMENT, entry(11, "zi.umkm.trip_cancelled", "trip", withdrawn=ASSIGNMENT.number), "withdrawn on"),
    (REFERRAL, entry(11, "zi.umkm.business_returned"), "asks for no answer any more since 2026-06-01"),
    (REFERRAL, entry(11, "zi.umkm.business_graduated"), "asks for no answer"),
    (REFERRAL, entry(11, "zi.umkm.mentoring_closed"), "asks for no answer"),
    (REFERRAL, entry(11, "zi.umkm.products_referred", letter=str(UUID(int=7)), number="SR-2026-000002"), "by SR-2026-000002"),
    (PLEDGE, entry(11, "zi.integrity.maklumat_proclaimed", letter=str(UUID(int=7)), number="MP-2026-000002"), "by MP-2026-000002"),
]  # fmt: skip


@pytest.mark.parametrize(("issued", "ending", "reason"), ENDED)
def test_a_letter_of_mentoring_or_of_the_zone_ends_by_its_entries_and_by_no_others(
    issued: LetterIssue, ending: LedgerEntry, reason: str
) -> None:
    [(effect, text)] = effects(issued, ending, replace(ending, index=12))
    assert (effect, reason in text) == ("ends", True)
    assert effects(issued, replace(ending, index=9)) == []  # before it was issued
    numbers = ("number", "renews", "withdrawn", "letter")
    others = {name: "X-1" if name != "letter" else LETTER_ID for name in numbers if name in ending.data}
    assert effects(issued, replace(ending, data={**ending.data, **others}, subject="7K3M9Q2XA")) == []


def test_a_standard_holds_until_a_newer_version_begins_and_again_once_that_is_withdrawn() -> None:
    adopted = entry(11, "zi.integrity.standard_adopted", service="complaint", version=2, letter=LETTER_ID)
    newer = entry(
        *(12, "zi.integrity.standard_adopted"),
        service="complaint",
        version=3,
        number="SP-2026-000009",
        effective_from="2026-07-01",
    )
    other = replace(newer, index=13, data={**newer.data, "service": "ski"})
    gone = entry(14, "zi.integrity.standard_withdrawn", day=9, service="complaint", version=3)
    assert effects(STANDARD, adopted, other) == []
    [(effect, text)] = effects(STANDARD, adopted, newer)
    assert (effect, "replaced by SP-2026-000009 on 2026-07-01" in text) == ("suspends", True)
    later = replace(gone, at=datetime(2026, 8, 1, tzinfo=UTC))
    assert [each for each, _ in effects(STANDARD, adopted, newer, later)] == ["suspends", "restores"]
    assert effects(STANDARD, adopted, newer, gone) == []  # it never came into force
    on_the_day = replace(gone, at=datetime(2026, 7, 1, tzinfo=UTC))
    assert effects(STANDARD, adopted, newer, on_the_day) == []
    withdrawn = replace(gone, data={**gone.data, "version": 2, "reason": "error"})
    assert [each for each, _ in effects(STANDARD, adopted, withdrawn, newer)] == ["ends"]
    dated = replace(adopted, data={**adopted.data, "effective_to": "2026-06-20"})
    assert [each for each, _ in effects(STANDARD, dated, newer)] == ["ends"]
    assert effects(STANDARD, newer) == []  # its own adoption is not there


def test_minutes_stay_and_a_letter_of_another_kind_is_not_judged() -> None:
    sealed = entry(11, "zi.integrity.office_letter_sealed", letter=LETTER_ID, file="ab" * 32)
    followed = following(MINUTES.message)
    assert followed is not None
    assert [step.file for step in steps_about(MINUTES, followed, [sealed])] == ["ab" * 32]
    assert effects(MINUTES, sealed, entry(12, "zi.integrity.maklumat_proclaimed")) == []
    assert following({"type": "zi.umkm.mentoring_letter_issued", "data": {"kind": "whatever"}}) is None


def test_every_kind_of_letter_that_this_house_issues_is_followed() -> None:
    kinds = {
        "zi.umkm.mentoring_letter_issued": get_args(MentoringLetterKind),
        "zi.integrity.office_letter_issued": get_args(IssuedKind),
        "zi.certificates.certificate_issued": ("ski_post_border",),
    }
    assert set(kinds) == ISSUES
    for type_, known in kinds.items():
        for kind in known:
            assert following({"type": type_, "data": {"kind": kind}}) is not None
