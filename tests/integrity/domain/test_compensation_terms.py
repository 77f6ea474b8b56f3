"""The terms of a compensation: what is owed by the rules of that day, and due dates in working days from the next full second."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from zi_contracts.configuration import Pin
from zi_integrity.domain.compensation_terms import CompensationTerms, cause_of, compensation_id, texts_of
from zi_rules.calendar import load_calendar
from zi_rules.compensation import load_compensation_rules

CALENDAR = load_calendar()
TERMS = CompensationTerms(load_compensation_rules(), CALENDAR)
MONDAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)


def test_an_undecided_office_owes_an_apology_within_its_times() -> None:
    opening = TERMS.opening("complaint", MONDAY)
    assert (opening.owed, opening.is_decided, opening.rules.id) == (("apology",), False, "compensation")
    assert MONDAY < opening.offer_by < opening.find_cause_by
    assert opening.offer_by.astimezone(CALENDAR.timezone).date().isoformat() == "2026-12-10"


def test_a_fraction_of_a_second_counts_as_the_next_one() -> None:
    later = MONDAY + timedelta(microseconds=1)
    assert TERMS.opening("ski", later) == TERMS.opening("ski", MONDAY + timedelta(seconds=1))


def test_the_answer_and_the_giving_have_times_of_their_own() -> None:
    pin = TERMS.opening("ski", MONDAY).rules
    assert MONDAY < TERMS.give_by(pin, MONDAY) < TERMS.answer_by(pin, MONDAY)
    assert TERMS.pinned(Pin(id=pin.id, version=pin.version)).digest == pin.digest
    assert [each.kind for each in TERMS.configurations] == ["compensation"]


def test_one_message_has_one_compensation_and_its_texts_another_name() -> None:
    missed = uuid4()
    assert compensation_id(missed) == compensation_id(missed) != compensation_id(uuid4())
    compensation = compensation_id(missed)
    assert len({compensation, texts_of(compensation), cause_of(compensation)}) == 3
