"""The letter of assignment of a trip: numbered with its approval, sealed as the other letters, verified by everybody until it is withdrawn."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.umkm.sealed import SealedMentoring, sealed_mentoring
from tests.umkm.strangers import planned_trip
from tests.verify.sample_log import POLICY

from zi_contracts.umkm.letters import MentoringLetterIssued
from zi_umkm.domain.trip_errors import OwnTripError, TravellerAwayError, TripPlanChangedError
from zi_umkm.letters.verifying import LetterStanding, ShownEvidence
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.letters import mentoring_letter_numbered
from zi_umkm.web.api.trips import letter_of
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Matching

FIRST, SECOND = "SPT-2026-000001", "SPT-2026-000002"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedMentoring]:
    async with sealed_mentoring(tmp_path) as house:
        yield house


async def digest_of(house: SealedMentoring, trip: UUID) -> str:
    plan = (await house.office.travelling.state(trip)).plan
    assert plan is not None
    return plan.digest


async def approved(house: SealedMentoring, trip: UUID) -> str | None:
    by = house.inside.staff("supervisor-eka", "supervisor")
    return (await house.office.assigning.approve(trip, by, await digest_of(house, trip))).state.number


async def standing(house: SealedMentoring, number: str = FIRST) -> LetterStanding | None:
    verified = await house.office.letters.verifying.verify(number, None)
    assert verified.evidence is ShownEvidence.NUMBER
    return verified.standing


async def test_it_is_sealed_outside_the_vault_of_a_business_and_verifies_without_a_network(
    house: SealedMentoring,
) -> None:
    request: MentoringRequest = await house.inside.mentored()
    trip = await planned_trip(house.inside, request)
    before = dict(house.inside.vault.plain)
    for _ in range(2):
        assert await approved(house, trip) == FIRST
    [issued] = house.events("mentoring_letter_issued")
    assert (issued["subject"], issued["data"]["number"]) == ("trip", FIRST)
    MentoringLetterIssued.model_validate(issued["data"])
    await house.restart()
    assert await house.rounds() == 1
    assert house.inside.vault.plain == before
    pdf = bytes((await letter_of(house.office, trip)).body)
    authority = house.office.letters.keys.authority
    found = await asyncio.to_thread(check_certificate, pdf, POLICY, authority)
    assert isinstance(found.verdict, Matching)
    await house.inside.erased(request)
    assert bytes((await letter_of(house.office, trip)).body) == pdf


async def test_a_letter_holds_until_its_trip_is_changed_or_cancelled(house: SealedMentoring) -> None:
    trip = await planned_trip(house.inside, await house.inside.mentored())
    await approved(house, trip)
    assert await standing(house) is LetterStanding.HOLDS
    by = house.inside.staff("supervisor-eka", "supervisor")
    await house.office.travelling.cancel(trip, by, "weather")
    assert await standing(house) is LetterStanding.WITHDRAWN


async def test_one_day_is_on_no_two_letters_of_the_same_person(house: SealedMentoring) -> None:
    """A second trip of the same day is approved once the first one is cancelled, or for another day."""
    request, by = await house.inside.mentored(), house.inside.staff("supervisor-eka", "supervisor")
    first, second = await planned_trip(house.inside, request), await planned_trip(house.inside, request)
    assert await approved(house, first) == FIRST
    assert await approved(house, first) == FIRST, "said again"
    with pytest.raises(TravellerAwayError):
        await approved(house, second)
    house.inside.clock.pass_hours(24)
    next_day = await planned_trip(house.inside, request)
    assert await approved(house, next_day) == SECOND
    await house.office.travelling.cancel(first, by, "weather")
    assert await approved(house, second) == "SPT-2026-000003"


async def test_a_refused_approval_takes_no_number(house: SealedMentoring) -> None:
    trip = await planned_trip(house.inside, await house.inside.mentored())
    mine = house.inside.staff("mentor-ani", "supervisor")
    with pytest.raises(OwnTripError):
        await house.office.assigning.approve(trip, mine, await digest_of(house, trip))
    with pytest.raises(TripPlanChangedError):
        await house.office.assigning.approve(
            trip, house.inside.staff("supervisor-eka", "supervisor"), "0" * 64
        )
    row = await house.office.store.query(lambda tx: mentoring_letter_numbered(tx, FIRST))
    assert row is None
    assert await approved(house, trip) == FIRST
