"""The attack table in docs/trust.md is the one that the tests try, and has no hole."""

from tests.journeys.attacks.attack import Attack
from tests.journeys.attacks.table import DOCUMENT, NOT_TRIED, TRIED, Hand, Place, written


def test_the_table_in_the_document_is_what_is_tried() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert document == written(document)


def test_every_pair_is_tried_or_says_why_it_means_nothing() -> None:
    pairs = {(place, hand, attack) for place in Place for hand in Hand for attack in Attack}
    assert TRIED.keys() | NOT_TRIED.keys() == pairs
    assert not TRIED.keys() & NOT_TRIED.keys()
