"""Whoever adds an event has few places to touch, and is told which of them is missing."""

from tests.architecture.places_of_an_event import MOST, places


def test_no_event_has_to_be_named_in_many_places() -> None:
    worst = places()[0]
    print(worst)
    assert len(worst.demanded) <= MOST, str(worst)


def test_every_event_has_its_definition_its_disclosure_and_its_sentences() -> None:
    assert [f"{each.type}: {place}" for each in places() for place in each.missing] == []
