"""Three verdicts about whatever somebody shows, each for itself."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.letters.sample_letter import ADDRESS, CODE_KEY, CONTENT

from zi_certificates.domain.standing import Standing
from zi_certificates.domain.verification import (
    PresentedItem,
    Today,
    VerificationOutcome,
    judge,
    judge_code,
    read,
)
from zi_letters.content import digest
from zi_tlog.letter import Code
from zi_tlog.note import Signer

NUMBER = "SKI-2026-000017"
DAY = date(2026, 12, 7)
SEALED = datetime(2026, 12, 1, tzinfo=UTC)
BOUND = digest(CONTENT.render())
CODE = Code(NUMBER, "ski_post_border", "2026-12-01T00:00:00.000000Z", "-", "PT Contoh Rasa", BOUND)


@dataclass(frozen=True)
class StoredLetter:
    number: str | None = NUMBER
    kind: str = "ski_post_border"
    content: str = BOUND
    valid_until: date | None = None
    sealed_at: datetime | None = SEALED
    standing: Standing | None = Standing.VALID
    since: datetime | None = SEALED
    reason: str | None = None
    by_number: str | None = None


SUSPENDED = StoredLetter(standing=Standing.SUSPENDED, reason="unsafe_product")
ENDED = StoredLetter(valid_until=date(2026, 12, 6))


@pytest.mark.parametrize(
    ("evidence", "letter", "untouched", "issued", "today", "outcome"),
    [
        (PresentedItem.NUMBER, StoredLetter(), None, True, Today.VALID, VerificationOutcome.ISSUED),
        (PresentedItem.FILE, StoredLetter(), True, True, Today.VALID, VerificationOutcome.GENUINE),
        (PresentedItem.CODE, StoredLetter(), True, True, Today.VALID, VerificationOutcome.GENUINE),
        (PresentedItem.NUMBER, SUSPENDED, None, True, Today.SUSPENDED, VerificationOutcome.NOT_VALID),
        (PresentedItem.FILE, SUSPENDED, True, True, Today.SUSPENDED, VerificationOutcome.NOT_VALID),
        (PresentedItem.FILE, ENDED, True, True, Today.ENDED, VerificationOutcome.NOT_VALID),
        (PresentedItem.NUMBER, None, None, False, None, VerificationOutcome.UNKNOWN),
        (
            PresentedItem.NUMBER,
            StoredLetter(sealed_at=None, standing=None),
            None,
            False,
            Today.NOT_SEALED,
            VerificationOutcome.UNKNOWN,
        ),
        (PresentedItem.OTHER_FILE, StoredLetter(), False, True, Today.VALID, VerificationOutcome.CHANGED),
        (PresentedItem.OTHER_FILE, None, False, False, None, VerificationOutcome.CHANGED),
        (PresentedItem.OTHER_CODE, StoredLetter(), False, True, Today.VALID, VerificationOutcome.CHANGED),
        (PresentedItem.OTHER_ADDRESS, StoredLetter(), False, True, Today.VALID, VerificationOutcome.CHANGED),
        (PresentedItem.NO_LETTER, None, False, False, None, VerificationOutcome.NO_LETTER),
    ],
)
def test_each_question_has_an_answer_of_its_own(
    evidence: PresentedItem,
    letter: StoredLetter | None,
    untouched: bool | None,
    issued: bool,
    today: Today | None,
    outcome: VerificationOutcome,
) -> None:
    verdict = judge(evidence, letter, DAY)
    assert (verdict.untouched, verdict.issued, verdict.outcome) == (untouched, issued, outcome)
    assert (verdict.stands and verdict.stands.today) == today


def test_a_letter_is_valid_on_its_last_day_and_not_on_the_next() -> None:
    letter = StoredLetter(valid_until=DAY)
    assert judge(PresentedItem.NUMBER, letter, DAY).outcome is VerificationOutcome.ISSUED
    over = judge(PresentedItem.NUMBER, letter, date(2026, 12, 8))
    assert over.stands is not None
    assert (over.stands.today, over.stands.since) == (Today.ENDED, DAY)


def test_what_was_decided_comes_before_what_time_did() -> None:
    letter = replace(ENDED, standing=Standing.REVOKED, reason="false_statement")
    stands = judge(PresentedItem.NUMBER, letter, DAY).stands
    assert stands is not None
    assert (stands.today, stands.since, stands.reason) == (Today.REVOKED, SEALED, "false_statement")


def test_the_letter_that_took_its_place_is_named() -> None:
    letter = StoredLetter(standing=Standing.SUPERSEDED, by_number="SKI-2026-000018")
    stands = judge(PresentedItem.NUMBER, letter, DAY).stands
    assert stands is not None
    assert stands.by_number == "SKI-2026-000018"


def test_an_address_of_this_office_leads_to_its_number() -> None:
    reading = read(f"{ADDRESS}{NUMBER}", ADDRESS, CODE_KEY.verifier)
    assert (reading.evidence, reading.number) == (PresentedItem.NUMBER, NUMBER)


def test_a_whole_code_says_what_the_office_signed() -> None:
    reading = read(CODE.sign(ADDRESS, CODE_KEY), ADDRESS, CODE_KEY.verifier)
    assert (reading.evidence, reading.number, reading.code) == (PresentedItem.CODE, NUMBER, CODE)


@pytest.mark.parametrize(
    "address",
    [
        "https://0ffice.example/certificates/verify/",
        "https://office.example.evil.example/certificates/verify/",
        "http://office.example/certificates/verify/",
        "https://office.example/certificates/verify/../",
        "https://office.example@evil.example/certificates/verify/",
    ],
)
def test_an_address_that_only_looks_alike_is_told(address: str) -> None:
    for text in (CODE.sign(address, CODE_KEY), address + NUMBER):
        reading = read(text, ADDRESS, CODE_KEY.verifier)
        assert reading.evidence is PresentedItem.OTHER_ADDRESS, text
        assert reading.code is None


def test_a_code_of_another_key_is_none_of_ours() -> None:
    forged = CODE.sign(ADDRESS, Signer(CODE_KEY.key.name, bytes(range(1, 33))))
    reading = read(forged, ADDRESS, CODE_KEY.verifier)
    assert (reading.evidence, reading.number, reading.code) == (PresentedItem.OTHER_CODE, NUMBER, None)


@pytest.mark.parametrize(
    "letter",
    [
        None,
        StoredLetter(content="e" * 64),
        StoredLetter(number="SKI-2026-000018"),
        StoredLetter(kind="ski_border"),
        StoredLetter(valid_until=date(2027, 1, 1)),
    ],
)
def test_a_code_that_the_key_signed_counts_only_for_the_letter_that_was_issued(
    letter: StoredLetter | None,
) -> None:
    assert judge_code(CODE, letter, DAY).outcome is VerificationOutcome.CHANGED


def test_a_code_of_the_issued_letter_is_genuine() -> None:
    assert judge_code(CODE, StoredLetter(), DAY).outcome is VerificationOutcome.GENUINE
    until = date(2027, 1, 1)
    dated = judge_code(replace(CODE, valid_until="2027-01-01"), StoredLetter(valid_until=until), DAY)
    assert dated.outcome is VerificationOutcome.GENUINE


@given(some.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert read(text, ADDRESS, CODE_KEY.verifier).evidence in PresentedItem
    assert read(ADDRESS + text, ADDRESS, CODE_KEY.verifier).evidence in PresentedItem
    assert read(f"{ADDRESS}{NUMBER}#{text}", ADDRESS, CODE_KEY.verifier).code is None


@given(some.sampled_from(PresentedItem), some.sampled_from([None, StoredLetter(), SUSPENDED, ENDED]))
def test_only_what_was_issued_and_holds_is_ever_called_valid(
    evidence: PresentedItem, letter: StoredLetter | None
) -> None:
    good = judge(evidence, letter, DAY).outcome in (VerificationOutcome.GENUINE, VerificationOutcome.ISSUED)
    assert good == (
        letter == StoredLetter()
        and evidence in (PresentedItem.NUMBER, PresentedItem.FILE, PresentedItem.CODE)
    )
