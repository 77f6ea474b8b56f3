"""The pages of trips: planned from the cases of a district, approved by somebody else, moved, made; what is typed is never lost."""

import pytest
from httpx import Response
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY
from tests.umkm.visiting import Visiting
from tests.web.browsing import Browser, hidden

from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.web.pages import trips

TRIPS = "/umkm/desk/trips"
TYPED = {
    "district": "malinau",
    "begins": "2026-12-14",
    "ends": "2026-12-16",
    "departs": "2026-12-14T08:30",
    "transport": "Speedboat Contoh 2",
    "budget_line": "063.01.3165/BAH.001",
    "people": "mentor-ani, officer-budi",
}


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def mentor(visiting: Visiting) -> Browser:
    return visiting.person("mentor-ani", "mentor")


@pytest.fixture
def supervisor(visiting: Visiting) -> Browser:
    return visiting.person("supervisor-eka", "supervisor")


async def planned(inside: Inside, mentor: Browser) -> tuple[str, list[MentoringRequest]]:
    requests = [await inside.mentored(each, district="malinau") for each in ("one", "two")]
    page = await mentor.get(f"{TRIPS}/plan?where=malinau")
    assert all(f'name="case.{each.ticket}"' in page.text for each in requests)
    form = TYPED | {"key": hidden(page), f"case.{requests[0].ticket}": "yes", "cases": requests[1].ticket}
    answer = await mentor.send(TRIPS, form)
    assert answer.status_code == 303, answer.text
    repeated = await mentor.send(TRIPS, form)
    assert repeated.headers["location"] == answer.headers["location"]
    return answer.headers["location"], requests


async def approve(supervisor: Browser, trip: str) -> Response:
    """By the button on the page as it is now."""
    digest = hidden(await supervisor.get(trip), "plan_digest")
    return await supervisor.post(f"{trip}/approve", {"plan_digest": digest})


async def test_what_changed_since_the_page_was_read_is_shown_before_it_is_approved(
    inside: Inside, mentor: Browser, supervisor: Browser
) -> None:
    trip, requests = await planned(inside, mentor)
    digest = hidden(await supervisor.get(trip), "plan_digest")
    other = {"budget_line": "063.01.3165/OTHER.9", "cases": requests[0].ticket}
    await mentor.post(f"{trip}/change", TYPED | other)
    for form in ({"plan_digest": digest}, {}):
        stale = await supervisor.post(f"{trip}/approve", form)
        assert (stale.status_code, "has changed since you read it" in stale.text) == (409, True)
        assert "063.01.3165/OTHER.9" in stale.text
    renewed = hidden(stale, "plan_digest")
    approved = await supervisor.post(f"{trip}/approve", {"plan_digest": renewed})
    assert "SPT-2026-000001" in approved.text


async def test_those_who_went_do_not_cancel_the_trip_afterwards(
    inside: Inside, mentor: Browser, supervisor: Browser
) -> None:
    trip, _ = await planned(inside, mentor)
    await approve(supervisor, trip)
    inside.clock.at += 11 * DAY
    page = (await mentor.get(trip)).text
    assert ("Cancel this trip" in page, "Change it" in page) == (False, False)
    late = await mentor.post(f"{trip}/cancel", {"why": "weather"})
    assert (late.status_code, "The days of this trip are over" in late.text) == (409, True)
    assert "Cancelled" in (await supervisor.post(f"{trip}/cancel", {"why": "weather"})).text


async def test_a_trip_is_planned_approved_moved_and_made(
    visiting: Visiting, inside: Inside, mentor: Browser, supervisor: Browser
) -> None:
    trip, requests = await planned(inside, mentor)
    mine = await mentor.get(trip)
    assert "Approve this trip" not in mine.text
    assert "Waits for approval" in mine.text
    assert "Approve this trip" in (await supervisor.get(trip)).text
    approved = await approve(supervisor, trip)
    assert "SPT-2026-000001" in approved.text
    owner = visiting.owner(requests[0])
    way = (await owner.get(f"/umkm/cases/{requests[0].ticket}")).text
    assert "Between Monday, 14 December 2026 and Wednesday, 16 December 2026." in way
    later = {
        "begins": "2026-12-15",
        "ends": "2026-12-15",
        "departs": "2026-12-15T08:30",
        "cases": "\n".join(each.ticket for each in requests),
    }
    without = await mentor.post(f"{trip}/change", TYPED | later)
    assert without.status_code == 409
    assert 'value="2026-12-15"' in without.text
    assert "give the reason" in without.text
    moved = await mentor.post(f"{trip}/change", TYPED | later | {"reason": "weather"})
    assert "the weather" in moved.text
    assert "Officials come" not in (await owner.get(f"/umkm/cases/{requests[0].ticket}")).text
    await approve(supervisor, trip)
    assert "On Tuesday, 15 December 2026." in (await owner.get(f"/umkm/cases/{requests[0].ticket}")).text
    inside.clock.at += 9 * DAY
    for typed in ("0", "x", "99", "7.555"):
        refused = await mentor.post(f"{trip}/hours", {"hours": typed})
        assert (refused.status_code // 100, f'value="{typed}"' in refused.text) == (4, True)
    made = await mentor.post(f"{trip}/hours", {"hours": "7,5"})
    assert "7:30 hours" in made.text
    listed = await supervisor.get(f"{TRIPS}?q=SPT-2026-000002")
    assert "1 trip" in listed.text
    assert "2.0" in listed.text
    assert "0 trips" in (await supervisor.get(f"{TRIPS}?q=SPT-2026-000009")).text


async def test_a_refused_plan_keeps_what_was_typed(inside: Inside, mentor: Browser) -> None:
    [request] = [await inside.mentored("one", district="malinau")]
    form = TYPED | {f"case.{request.ticket}": "yes", "transport": "Speedboat, telp 0812 3456 7890"}
    answer = await mentor.post(TRIPS, form)
    assert answer.status_code == 409
    assert "Speedboat, telp 0812 3456 7890" in answer.text
    assert "checked" in answer.text
    for name in ("begins", "ends", "departs", "transport", "budget_line", "people", f"case.{request.ticket}"):
        lacking = await mentor.post(TRIPS, {key: text for key, text in form.items() if key != name})
        assert lacking.status_code in (400, 409, 422), name
    strange = await mentor.post(TRIPS, form | {"begins": "soon"})
    assert 'value="soon"' in strange.text
    unreal = await mentor.post(TRIPS, form | {"departs": "2026-11-31T08:30"})
    assert "There is no such day in the calendar" in unreal.text


async def test_a_trip_is_cancelled_by_those_who_may(
    visiting: Visiting, inside: Inside, mentor: Browser, supervisor: Browser
) -> None:
    trip, _ = await planned(inside, mentor)
    stranger = visiting.person("mentor-dodi", "mentor")
    page = (await stranger.get(trip)).text
    assert "Cancel this trip" not in page
    assert "Change it" not in page
    assert (await stranger.post(f"{trip}/cancel", {"why": "weather"})).status_code == 409
    assert (await mentor.post(f"{trip}/cancel", {"why": ""})).status_code in (400, 422)
    assert (await mentor.post(f"{trip}/change", TYPED | {"reason": "mood", "cases": "x"})).status_code != 303
    gone = await supervisor.post(f"{trip}/cancel", {"why": "weather"})
    assert "Cancelled" in gone.text
    assert "Cancel this trip" not in gone.text


async def test_cases_beyond_the_boxes_are_named_by_their_tickets(
    inside: Inside, mentor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trips, "MOST_CANDIDATES", 1)
    for name in ("one", "two"):
        await inside.mentored(name, district="malinau")
    assert "These are the 1 of your 2 cases" in (await mentor.get(f"{TRIPS}/plan?where=malinau")).text


async def test_only_mentors_plan_and_only_where_the_office_is(supervisor: Browser, mentor: Browser) -> None:
    assert (await supervisor.get(f"{TRIPS}/plan?where=malinau")).status_code == 403
    assert (await supervisor.post(TRIPS, TYPED)).status_code == 403
    assert (await mentor.get(f"{TRIPS}/plan?where=nowhere")).status_code == 404
    assert (await mentor.get(f"{TRIPS}/00000000-0000-0000-0000-000000000000")).status_code == 404
    assert "0 trips" in (await mentor.get(f"{TRIPS}?status=strange&page=x")).text
