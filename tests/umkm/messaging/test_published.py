"""Each message discloses exactly its contract's fields; of the statements of businesses only kinds, codes and counts."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.umkm import steps as usual
from tests.umkm.domain import test_handover, test_letter, test_training, test_trip, test_visit
from tests.umkm.steps import changed, named

from zi_chassis.domain import Command, Decider, Disclosure, Event, message_type
from zi_contracts import umkm as contract
from zi_contracts.data import Data
from zi_contracts.umkm import TripCancelled, TripChanged
from zi_umkm.domain import visit
from zi_umkm.domain.case import messages
from zi_umkm.messaging.published import (
    DECIDERS,
    cases,
    handovers,
    letter_files,
    letter_registers,
    trainings,
    trips,
    visits,
)

CONTRACTS = {model.__name__: model for model in contract.MODELS}
Published = tuple[Event, Disclosure]
REFERRED_AND_BACK = (*usual.REFERRED, usual.RETURN)
WITH_TWO = (*usual.ASSIGNED, usual.RESTATE, usual.IDENTIFY, usual.TRIAGE, usual.SECOND_NOT_OURS, usual.REFER)
CORRECTING = (*usual.ASSESSED, usual.AGREE, usual.REMIND, usual.EVIDENCE, usual.VERIFY, usual.REOPEN)
SENT_TWICE = (
    *usual.EVALUATED,
    usual.RETURN_PERMIT,
    usual.APPLY,
    usual.FIT,
    usual.ISSUE,
    usual.SEND,
    usual.RETURN_REGISTRATION,
)
HANDED_OVER = (*usual.ASSIGNED, usual.RELEASE)
ASLEEP = (*usual.REFERRED, usual.PAUSE, usual.RESUME, usual.CLOSE)
PREPARED = (*usual.TRIAGED, usual.SELF, usual.ADD_DOCUMENT, usual.CHECK_LABEL)
CONSENTING = (*usual.ASSIGNED, usual.GIVE_CONSENT, usual.WITHDRAW_CONSENT)


def published_by(decider: Decider[Any], *commands: Command) -> Iterator[Published]:
    state = decider.initial
    for command in commands:
        for event in decider.decide(command, state):
            state = decider.evolve(state, event)
            yield event, decider.publish(event, state)


@pytest.fixture(scope="module")
def published() -> list[Published]:
    ways = (
        REFERRED_AND_BACK,
        WITH_TWO,
        CORRECTING,
        SENT_TWICE,
        HANDED_OVER,
        ASLEEP,
        PREPARED,
        CONSENTING,
        (*usual.NUMBERED, usual.LATE),
        usual.GRADUATED,
        (*usual.REGISTERED_THERE, usual.CONFIRM_PIRT),
        (*usual.REFERRED_BY_LETTER, usual.RECEIVE, usual.QUESTION, usual.RENEW_CODE),
        (*usual.REFERRED_BY_LETTER, usual.REFUSE_REFERRAL),
        (*usual.REFERRED_BY_LETTER, usual.GIVE_NUMBER),
        (*usual.NUMBERED, usual.CORRECT),
        (*usual.TRIAGED, usual.LOOK_AT_LABEL, usual.LABEL_PHOTO, usual.CONFIRM_LABEL),
        (*usual.SENT, usual.ASKED_QUESTION, usual.WATCH_QUESTION, usual.WATCH_LATE, usual.ANSWERED_QUESTION),
        (*usual.SENT, usual.ASKED_QUESTION, usual.CORRECTED_DAY),
        (*usual.ASSIGNED, usual.NAME, usual.REMOVE_NAME),
        (*usual.ASSIGNED, usual.IDENTIFY, usual.CONFIRM_BUSINESS),
        (*usual.ASSIGNED, usual.ANNOUNCE, usual.CALL_OFF),
        (*usual.APPLIED, usual.REPORT_LATE_PERMIT),
        (*usual.PROPOSED, usual.DROP),
        (*usual.CONTESTED, usual.CONFIRM_REVOCATION),
        (*usual.PERMITTED_FOR_YEARS, usual.REMIND_OF_RENEWAL, usual.EXPIRE),
    )
    here, training, trip = test_visit, test_training, test_trip
    moved = (trip.PLAN, trip.APPROVE, trip.change(**trip.ON_LATER), trip.APPROVE_LATER)
    return [
        *(each for way in ways for each in published_by(cases, *way)),
        *published_by(
            visits, here.BEGIN, here.YES, here.NO, here.PHOTO, here.SETTLE, *here.SIGNED, here.FINISH
        ),
        *published_by(letter_registers, test_letter.ISSUE),
        *published_by(letter_files, test_letter.SEAL, test_letter.RENEW),
        *published_by(handovers, test_handover.DESCRIBE, test_handover.HAND_OVER, test_handover.END_HANDOVER),
        *published_by(trainings, *training.TWO, training.came("a", 40, 70), training.CONCLUDE),
        *published_by(trips, *moved, changed(trip.HOURS, today=trip.ON_LATER["begins"])),
        *published_by(trips, *moved, trip.CANCEL),
    ]


def test_every_event_has_its_contract_and_every_contract_its_event(published: list[Published]) -> None:
    kinds = {event for decider in DECIDERS for event in decider.events}
    assert {kind.__name__ for kind in kinds} == set(CONTRACTS)
    assert {type(event) for event, _ in published} == kinds
    assert all(CONTRACTS[kind.__name__].type == message_type("umkm", kind) for kind in kinds)


def test_an_event_discloses_the_fields_of_its_contract(published: list[Published]) -> None:
    for event, disclosure in published:
        data = disclosure.data
        assert isinstance(data, Data)
        assert type(data) is CONTRACTS[type(event).__name__]
        assert data.model_fields_set == set(type(data).model_fields)
        assert type(data).model_validate_json(data.model_dump_json()) == data


def test_what_businesses_make_and_who_they_are_stays_inside(published: list[Published]) -> None:
    inside = (
        "frozen_fish",
        "frozen_meat_or_fish",
        "10213",
        "product.name",
        "business.place",
        "Speedboat",
        str(named("owner")),
    )
    for _, disclosure in published:
        assert isinstance(disclosure.data, Data)
        text = disclosure.data.model_dump_json()
        assert not [word for word in inside if word in text]


def test_what_was_answered_stays_inside(published: list[Published]) -> None:
    [first, second] = [
        disclosure.data for event, disclosure in published if isinstance(event, visit.ItemAnswered)
    ]
    assert isinstance(first, Data)
    assert isinstance(second, Data)
    assert "said" not in first.model_dump()
    assert (first.model_dump()["standing"], second.model_dump()["standing"]) == (1, 2)


def test_a_message_is_about_its_case(published: list[Published]) -> None:
    subjects = {type(event).__name__: disclosure.subject for event, disclosure in published}
    assert (
        subjects["BusinessGraduated"] == subjects["ActionVerified"] == subjects["VisitSigned"] == usual.TICKET
    )
    assert (subjects["TrainingHeld"], subjects["TripApproved"]) == ("training", "trip")
    assert subjects["VisitAnnounced"] == usual.TICKET


def test_a_cancelled_or_changed_trip_names_the_letter_that_is_void(published: list[Published]) -> None:
    withdrawn = {
        type(event).__name__: disclosure.data.withdrawn
        for event, disclosure in published
        if isinstance(disclosure.data, TripChanged | TripCancelled)
    }
    assert withdrawn == {"TripChanged": "ST-2026-000001", "TripCancelled": "ST-2026-000002"}


def test_a_mentorship_is_told_under_every_reference_of_the_business() -> None:
    told_of = [
        (disclosure.data.model_dump()["mentor"], disclosure.data.model_dump()["business_ref"])
        for event, disclosure in published_by(cases, *usual.ASSIGNED, usual.IDENTIFY)
        if isinstance(event, messages.MentoringRecorded) and isinstance(disclosure.data, Data)
    ]
    assert told_of == [("mentor-ani", usual.TEMPORARY), ("mentor-ani", usual.PERMANENT)]
