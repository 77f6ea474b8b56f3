"""Trips over the API: planned, approved, announced, moved, cancelled, made; found again in a list with a true count."""

from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from tests.umkm.calling import Calling
from tests.umkm.steps import DAY
from tests.web.calling import key

from zi_umkm.domain.corrective_action import ActionVerified
from zi_umkm.domain.trip import ApproveTrip
from zi_umkm.messaging.published import trips
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.travelling import facts_of, today_of

PLAN: dict[str, Any] = {
    "district": "malinau",
    "begins": "2026-12-14",
    "ends": "2026-12-16",
    "departs": "2026-12-14T08:30:00+08:00",
    "transport": "Speedboat Contoh 2, dermaga kota",
    "budget_line": "063.01.3165/BAH.001",
    "people": ["mentor-ani", "officer-budi"],
}


async def businesses(calling: Calling, *names: str) -> list[MentoringRequest]:
    return [await calling.inside.mentored(each, district="malinau") for each in names]


async def planned(calling: Calling, requests: list[MentoringRequest], **fields: Any) -> str:
    body = PLAN | {"cases": [each.ticket for each in requests]} | fields
    answer = await calling.post("/trips", body, calling.mentor | key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["trip"])


async def approve(calling: Calling, trip: str, by: dict[str, str] | None = None) -> Response:
    """Of the plan as it is now."""
    whole = (await calling.get(f"/trips/{trip}", calling.supervisor)).json()
    body = {"plan_digest": whole["plan_digest"]}
    return await calling.post(f"/trips/{trip}/approve", body, by or calling.supervisor)


async def approved(calling: Calling, requests: list[MentoringRequest], **fields: Any) -> str:
    trip = await planned(calling, requests, **fields)
    answer = await approve(calling, trip)
    assert answer.status_code == 200, answer.text
    return trip


async def steps(calling: Calling, request: MentoringRequest) -> list[dict[str, Any]]:
    """The messages about visits that a business is told of."""
    dossier = await calling.inside.office.dossiers.of(request)
    return [
        dict(each) for each in dossier.events if type(each).__name__ in ("VisitAnnounced", "VisitCalledOff")
    ]


async def test_a_trip_with_two_cases_is_planned_approved_announced_and_made(calling: Calling) -> None:
    requests = await businesses(calling, "one", "two")
    trip = await approved(calling, requests)
    for request in requests:
        [step] = await steps(calling, request)
        assert str(step["begins"]) == "2026-12-14"
    calling.inside.clock.at += 10 * DAY
    for person in ("mentor-ani", "officer-budi"):
        hours = await calling.post(
            f"/trips/{trip}/hours", {"minutes": 600}, calling.person(person, person.partition("-")[0])
        )
        assert hours.json()["status"] == "made"
    whole = (await calling.get(f"/trips/{trip}", calling.supervisor)).json()
    assert (whole["number"], whole["minutes"], whole["recorded"]) == ("SPT-2026-000001", 1200, 2)
    assert whole["tickets"] == [each.ticket for each in requests]
    [figures] = (await calling.get("/trips/statistics", calling.supervisor)).json()["districts"]
    assert figures == {
        "district": "malinau",
        "trips": 1,
        "cases": 2,
        "cases_per_trip": 2.0,
        "minutes": 1200,
        "planned": 0,
        "cancelled": 0,
    }


async def test_what_was_seen_on_the_spot_names_the_trip_since_its_evidence(calling: Calling) -> None:
    inside, requests = calling.inside, await businesses(calling, "one", "two")
    await approved(calling, requests[:1])
    for request in requests:
        await inside.visited(request, wrong=("cuci_tangan",))
    inside.clock.at += 7 * DAY  # the first day of the trip
    for request in requests:
        await inside.put_right(request)
    inside.clock.at += 7 * DAY  # the trip is over: it proves nothing about later evidence
    await inside.visited(requests[0], ("cuci_tangan",), "second")
    await inside.put_right(requests[0])
    verified = [
        (event.number, event.trip_recorded)
        for request in requests
        for event in await inside.office.store.events(request.mentoring)
        if isinstance(event, ActionVerified)
    ]
    assert verified == [("SPT-2026-000001", True), (None, False), (None, False)]


async def test_the_same_key_plans_one_trip(calling: Calling) -> None:
    requests, once = await businesses(calling, "one"), key()
    body = PLAN | {"cases": [requests[0].ticket]}
    answers = [await calling.post("/trips", body, calling.mentor | once) for _ in range(2)]
    assert answers[0].json()["trip"] == answers[1].json()["trip"]
    assert answers[1].json()["event_id"] is None
    assert (await calling.get("/trips", calling.mentor)).json()["total"] == 1


async def test_a_trip_goes_to_a_district_of_the_office_and_keeps_one_that_leaves_the_list(
    calling: Calling,
) -> None:
    requests, once = await businesses(calling, "one"), key()
    body = PLAN | {"cases": [requests[0].ticket]}
    elsewhere = await calling.post("/trips", body | {"district": "berau"}, calling.mentor | key())
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (409, "urn:zona:problem:unlisted_district")
    first = await calling.post("/trips", body, calling.mentor | once)
    calling.inside.office.travelling._districts = ("tarakan",)
    again = await calling.post("/trips", body, calling.mentor | once)
    assert (again.status_code, again.json()["trip"]) == (201, first.json()["trip"])
    moved = body | {"ends": "2026-12-17"}
    changed = await calling.post(f"/trips/{first.json()['trip']}/change", moved, calling.mentor)
    assert changed.status_code == 200
    assert (await calling.post("/trips", body, calling.mentor | key())).status_code == 409


async def test_a_trip_that_the_weather_moves_is_called_off_and_announced_again(calling: Calling) -> None:
    requests = await businesses(calling, "one", "two")
    trip = await approved(calling, requests)
    later = {"begins": "2026-12-15", "ends": "2026-12-17", "departs": "2026-12-15T08:30:00+08:00"}
    body = PLAN | later | {"cases": [requests[0].ticket]}
    without = await calling.post(f"/trips/{trip}/change", body, calling.mentor)
    assert (without.status_code, without.json()["type"]) == (409, "urn:zona:problem:no_reason_for_trip")
    for _ in range(2):
        moved = await calling.post(f"/trips/{trip}/change", body | {"reason": "weather"}, calling.mentor)
        assert (moved.json()["status"], moved.json()["number"]) == ("planned", None)
    again = await approve(calling, trip)
    assert again.json()["number"] == "SPT-2026-000002"
    stays, goes = [await steps(calling, each) for each in requests]
    assert [each.get("outcome") for each in stays] == [None, "moved", None]
    assert str(stays[-1]["begins"]) == "2026-12-15"
    assert [each.get("outcome") for each in goes] == [None, "cancelled"]


async def test_a_cancelled_trip_is_called_off_once_and_nobody_whose_case_has_ended_is_told(
    calling: Calling,
) -> None:
    requests = await businesses(calling, "one", "two")
    trip = await approved(calling, requests)
    await calling.inside.office.mentoring.close(
        requests[1], calling.inside.business(requests[1]), None, "business_asked"
    )
    for _ in range(2):
        gone = await calling.post(f"/trips/{trip}/cancel", {"reason": "weather"}, calling.supervisor)
        assert gone.json()["status"] == "cancelled"
    assert [each.get("outcome") for each in await steps(calling, requests[0])] == [None, "cancelled"]
    assert len(await steps(calling, requests[1])) == 1


async def test_nobody_approves_their_own_trip_in_another_role(calling: Calling) -> None:
    trip = await planned(calling, await businesses(calling, "one"))
    both = calling.person("mentor-ani", "mentor", "supervisor")
    refused = await approve(calling, trip, both)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:own_trip")


async def test_a_plan_that_changed_since_it_was_read_is_not_approved(calling: Calling) -> None:
    requests = await businesses(calling, "one")
    trip = await planned(calling, requests)
    read = (await calling.get(f"/trips/{trip}", calling.supervisor)).json()["plan_digest"]
    body = PLAN | {"cases": [requests[0].ticket], "budget_line": "063.01.3165/OTHER.9"}
    assert (await calling.post(f"/trips/{trip}/change", body, calling.mentor)).status_code == 200
    where, by = f"/trips/{trip}/approve", calling.supervisor
    stale = await calling.post(where, {"plan_digest": read}, by)
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:zona:problem:trip_plan_changed")
    assert (await calling.post(where, None, by)).status_code == 422
    assert (await approve(calling, trip)).json()["status"] == "approved"


async def test_who_declared_a_conflict_is_not_taken_to_that_business(calling: Calling) -> None:
    [request] = await businesses(calling, "one")
    trip = await planned(calling, [request])
    await calling.inside.declared("officer-budi", request.business_ref)
    refused = await approve(calling, trip)
    assert refused.json()["type"] == "urn:zona:problem:interested_traveller"
    again = await calling.post("/trips", PLAN | {"cases": [request.ticket]}, calling.mentor)
    assert again.json()["type"] == "urn:zona:problem:interested_traveller"
    assert request.ticket in again.json()["detail"]


async def test_an_unknown_ticket_or_trip_is_told(calling: Calling) -> None:
    missing = await calling.post("/trips", PLAN | {"cases": ["10AQKJPH~"]}, calling.mentor)
    assert missing.status_code in (404, 409)
    there_is_none = "/trips/00000000-0000-0000-0000-000000000000"
    assert (await calling.get(there_is_none, calling.mentor)).status_code == 404
    assert (
        await calling.post(f"{there_is_none}/approve", {"plan_digest": "0" * 64}, calling.supervisor)
    ).status_code == 409


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ekspres"}, 1),
        ({"q": "SPEEDBOAT"}, 2),
        ({"q": "%"}, 0),
        ({"q": "officer-budi"}, 3),
        ({"q": "spt-2026-000001"}, 1),
        ({"q": "3165/bah"}, 3),
        ({"official": "mentor-ani"}, 3),
        ({"official": "mentor-dodi"}, 0),
        ({"status": "approved"}, 1),
        ({"district": "nunukan"}, 0),
    ],
)
async def test_trips_are_found_and_counted(calling: Calling, query: dict[str, str], found: int) -> None:
    requests = await businesses(calling, "one")
    await planned(calling, requests, transport="Speedboat Ekspres")
    await planned(calling, requests)
    await approved(calling, requests, transport="Pesawat kecil")
    answer = (await calling.get("/trips", calling.supervisor, limit="1", **query)).json()
    assert (answer["total"], len(answer["trips"])) == (found, min(found, 1))
    ticket = (await calling.get("/trips", calling.supervisor, q=requests[0].ticket[:5].lower())).json()
    assert ticket["total"] == 3


async def test_a_trip_that_was_approved_before_letters_were_sealed_has_its_letter_until_it_is_cancelled(
    calling: Calling,
) -> None:
    [request] = await businesses(calling, "one")
    trip = await planned(calling, [request])
    missing = await calling.get(f"/trips/{trip}/letter.pdf", calling.mentor)
    assert (missing.status_code, "surat tugas" in missing.text) == (404, True)
    office, by = calling.inside.office, calling.inside.staff("supervisor-eka", "supervisor")
    plan = (await office.travelling.state(UUID(trip))).plan
    assert plan is not None
    facts = await office.store.query(lambda tx: (facts_of(tx, request),))
    letter_fields = {"plan_digest": plan.digest, "number": "ST-2026-000001", "facts": facts}
    await office.store.handle(trips, UUID(trip), ApproveTrip(by=by, today=today_of(by), **letter_fields))
    letter = await calling.get(f"/trips/{trip}/letter.pdf", calling.mentor)
    assert (letter.status_code, letter.content[:5]) == (200, b"%PDF-")
    assert 'filename="ST-2026-000001.pdf"' in letter.headers["content-disposition"]
    await calling.post(f"/trips/{trip}/cancel", {"reason": "weather"}, calling.mentor)
    assert (await calling.get(f"/trips/{trip}/letter.pdf", calling.mentor)).status_code == 404


async def test_a_device_takes_the_cases_of_a_trip_along_together(calling: Calling) -> None:
    requests = await businesses(calling, "one", "two")
    other = await calling.inside.mentored("three", district="malinau", mentor="mentor-dodi")
    both = {"people": ["mentor-ani", "mentor-dodi"]}
    trip = await planned(calling, [*requests, other], **both)
    assert (await calling.get("/visits", calling.mentor)).json()["trips"] == []
    await approve(calling, trip)
    [carried] = (await calling.get("/visits", calling.mentor)).json()["trips"]
    assert (carried["trip"], carried["begins"]) == (trip, "2026-12-14")
    assert carried["cases"] == [each.ticket for each in requests]
    calling.inside.clock.at += 10 * DAY
    assert (await calling.get("/visits", calling.mentor)).json()["trips"] == []
