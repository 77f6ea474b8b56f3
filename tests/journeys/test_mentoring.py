"""Small businesses on their way to a registered product, over real processes, and what the rest of the office makes of it."""

from collections.abc import Iterator

import pytest
from tests.journeys import mentoring_story
from tests.journeys.certificates import Certificates, nib_of
from tests.journeys.house import House, await_
from tests.journeys.mentoring import MENTOR, SAMBAL, SECOND_MENTOR, Mentoring
from tests.journeys.mentoring_story import BEGUN, WATER

pytestmark = pytest.mark.journey

WRONG = {
    "reasons": [{"reason": "name_differs", "where": "product", "item": 1}],
    "note": "Nama pada label lain.",
}


@pytest.fixture
def mentoring(house: House) -> Iterator[Mentoring]:
    with house.client() as client:
        yield Mentoring(client, house.staff)


def test_a_product_comes_from_nothing_to_its_number(mentoring: Mentoring) -> None:
    mentoring_story.tell(mentoring, "Belimbing")


def test_a_referral_to_the_health_office_and_back_keeps_the_history(mentoring: Mentoring) -> None:
    own = mentoring.mentored("Cempedak", SAMBAL)
    assert mentoring.letter(own).status_code == 404
    mentoring.done(own, "refer", {"note": "Sambal pedas, masa simpan tiga bulan."}, MENTOR)
    assert mentoring.state(own) == "referred"
    letter = mentoring.letter(own)
    assert letter.status_code == 200
    assert "Dapur Cempedak" in letter.text
    assert SAMBAL["name"] in letter.text
    early = mentoring.tell(own, "apply-for-permit")
    assert early.status_code == 409

    mentoring.done(own, "return", {"note": "Dinas minta izin BPOM: sambal akan dibekukan."})
    assert mentoring.state(own) == "registered"
    mentoring.made(own, SAMBAL | {"number": 1} | {"traits": ["frozen_meat_or_fish"]})
    mentoring.done(own, "triage", person=MENTOR)
    [product] = mentoring.told(own)["products"]
    assert (product["track"], product["referred"]) == ("md", False)
    mentoring.visited(own)
    assert mentoring.milestones(own) == [
        *BEGUN,
        *("products_referred", "business_returned", "business_restated", "products_triaged"),
        "business_assessed",
    ]


def test_a_critical_finding_blocks_until_somebody_else_has_seen_it_put_right(mentoring: Mentoring) -> None:
    own = mentoring.mentored("Durian", nib=nib_of("Durian"))
    mentoring.looked_at_itself(own)
    mentoring.visited(own, {WATER})
    mentoring.complete(own)
    blocked = mentoring.tell(own, "apply-for-permit")
    assert blocked.status_code == 409
    mentoring.done(own, "agree", {"item": WATER, "plan": "Air diuji di laboratorium."}, MENTOR)
    mentoring.send(own, "give-evidence", MENTOR, item=WATER)
    himself = mentoring.tell(own, "verify", {"item": WATER}, MENTOR)
    assert himself.status_code in (403, 409)
    assert mentoring.tell(own, "apply-for-permit").status_code == 409
    mentoring.done(own, "reopen", {"item": WATER, "note": "Hasil uji tidak terbaca."}, "officer")
    assert mentoring.tell(own, "apply-for-permit").status_code == 409
    mentoring.send(own, "give-evidence", item=WATER)
    mentoring.done(own, "verify", {"item": WATER}, "officer")
    mentoring.done(own, "apply-for-permit")
    refused = mentoring.tell(own, "issue-permit", {}, MENTOR)
    assert refused.status_code == 403
    mentoring.done(own, "issue-permit", {}, "evaluator")
    steps = mentoring.milestones(own)
    assert steps[-7:] == [
        *("action_agreed", "action_evidenced", "action_reopened", "action_evidenced"),
        *("action_verified", "permit_applied", "permit_issued"),
    ]


def test_a_mentor_is_refused_as_evaluator_of_the_same_business(house: House, mentoring: Mentoring) -> None:
    """In this service, and in certificates, which hears of it."""
    nib = nib_of("Elai")
    own = mentoring.mentored("Elai", nib=nib, by=SECOND_MENTOR)
    mentoring.looked_at_itself(own)
    mentoring.visited(own, by=SECOND_MENTOR)
    mentoring.steps(own)
    certificates = Certificates(mentoring.client, house.staff)
    wanted = certificates.queued("Elai")
    nothing = certificates.official(SECOND_MENTOR, "queue/take")
    assert nothing.json()["type"] == "urn:zona:problem:nothing_for_you"
    assert certificates.take("evaluator") == wanted["ticket"]
    certificates.decide("evaluator", wanted, "reject", WRONG)
    assert certificates.decisions(wanted)[-1] == "application_rejected"


def test_a_case_of_which_nothing_is_heard_sleeps_and_one_word_wakes_it(own_house: House) -> None:
    own_house.restart_later(0)
    with own_house.client() as client:
        mentoring = Mentoring(client, own_house.staff)
        own = mentoring.mentored("Gandaria")
        mentoring.visited(own, {WATER})

        own_house.restart_later(91)
        await_(lambda: mentoring.state(own) == "dormant")
        asleep = mentoring.tell(own, "apply-for-permit")
        assert asleep.status_code == 409
        mentoring.done(own, "resume")
        assert mentoring.state(own) == "assessed"
        mentoring.put_right(own, WATER)
        assert mentoring.milestones(own) == [
            *(*BEGUN, "business_assessed", "mentoring_paused", "mentoring_resumed"),
            *("action_agreed", "action_evidenced", "action_verified"),
        ]
