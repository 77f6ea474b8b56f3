"""Attacks on what a running house left, in every place and manner: those find it that the table names, and nobody else."""

from collections import Counter

import pytest
from tests.journeys import records
from tests.journeys.attacks.attack import Attack
from tests.journeys.attacks.check import found
from tests.journeys.attacks.left import Left
from tests.journeys.attacks.table import STRIKES, TRIED, Hand, Nobody, Place

from zi_chassis.bus import stream_reader

pytestmark = pytest.mark.journey
STORED = (Place.EVENT, Place.MESSAGE, Place.ITEM, Place.PUBLISHED, Place.LANE)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody publishes anything while a test asks the bus for more."""
    monkeypatch.setattr(stream_reader, "FETCH_SECONDS", 0.1)


def test_what_nobody_attacked_is_found_whole(left: Left) -> None:
    """Among others: the evidence is included and matching."""
    assert found(left, restarted=False) == set()
    assert logged_as_stored(left)


@pytest.mark.parametrize(
    ("place", "hand", "attack"), TRIED, ids=[f"{p} {h} {a}".replace(" ", "-") for p, h, a in TRIED]
)
def test_an_attack_is_found_by_those_that_the_table_names(
    left: Left, place: Place, hand: Hand, attack: Attack
) -> None:
    STRIKES[place, hand](left, attack)
    by = found(left, restarted=place in STORED)
    expected = TRIED[place, hand, attack]
    assert by == (set() if expected in list(Nobody) else set(expected))
    if expected == Nobody.MENDED:
        assert logged_as_stored(left)


def logged_as_stored(left: Left) -> bool:
    stored = [message for sender in records.SENDERS for message in records.stored(left.data, sender)]
    return Counter(stored) == Counter(records.logged(left.data))
