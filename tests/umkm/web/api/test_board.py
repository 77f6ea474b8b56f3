"""Many cases over the API: the supervisor's board, the mentor's desk, trainings; and what the board's page leaves out."""

import pytest
from tests.umkm.calling import Calling
from tests.umkm.steps import DAY, HOUR

from zi_umkm.web.pages import desk


async def test_the_board_shows_what_is_stuck_who_has_how_many_and_what_each_district_gets(
    calling: Calling,
) -> None:
    first_case = await calling.inside.mentored("one")
    calling.inside.clock.at += HOUR
    two = await calling.inside.requested("two", "malinau")
    board = (await calling.get("/board", calling.supervisor)).json()
    assert [each["ticket"] for each in board["cases"]] == [first_case.ticket, two.ticket]
    assert {each["mentor"]: each["cases"] for each in board["loads"]} == {"mentor-ani": 1, None: 1}
    assert {each["district"]: each["without_mentor"] for each in board["attention"]} == {
        "malinau": 1,
        "nunukan": 0,
    }
    assert board["next"] is None
    free = (await calling.get("/board", calling.supervisor, mentor="-", district="malinau")).json()
    assert [each["ticket"] for each in free["cases"]] == [two.ticket]
    assert "Dapur" not in str(board)


async def test_the_board_goes_on_where_its_page_ended(calling: Calling) -> None:
    tickets = []
    for number in range(3):
        calling.inside.clock.at += HOUR
        tickets.append((await calling.inside.requested(f"case {number}")).ticket)
    first = (await calling.get("/board", calling.supervisor, limit="2")).json()
    second = (await calling.get("/board", calling.supervisor, limit="2", cursor=first["next"])).json()
    tickets = [each["ticket"] for page in (first, second) for each in page["cases"]]
    assert tickets == tickets
    for ticket in ("10AQKJPH~", "10AQKJPH*", "10AQKJPH$", "10AQKJPH="):
        cursor = f"2026-01-01T00:00:00.000000Z {ticket}"
        assert (await calling.get("/board", calling.supervisor, cursor=cursor)).status_code == 200
    for cursor in ("nonsense", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+12:00 X"):
        refused = await calling.get("/board", calling.supervisor, cursor=cursor)
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:zona:problem:unreadable_cursor")


async def test_the_page_of_the_board_says_that_more_evidence_waits_than_it_shows(
    calling: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_LISTED", 1)
    supervisor = calling.visiting.person("supervisor-eka", "supervisor")
    inside, tickets = calling.inside, []
    for name in ("one", "two"):
        request = await inside.mentored(name)
        await inside.visited(request)
        await inside.office.mentoring.agree(request, inside.mentor(), None, "fifo")
        await inside.evidenced(request, "fifo")
        inside.clock.at += HOUR
        page = (await supervisor.get("/umkm/desk/board")).text.partition("Waiting for somebody to look")[2]
        tickets.append((page.count("#finding-fifo"), "These are 1 of 2." in page))
    assert tickets == [(1, False), (1, True)]


async def test_only_supervisors_see_the_board_and_only_mentors_have_a_desk(calling: Calling) -> None:
    for path, right in (("/board", calling.supervisor), ("/desk", calling.mentor)):
        wrong = calling.person("officer-budi", "officer")
        answers = [await calling.get(path, each) for each in ({}, wrong, right)]
        assert [each.status_code for each in answers] == [401, 403, 200]


async def test_the_desk_is_trips_by_district_and_what_others_have_put_right(calling: Calling) -> None:
    inside = calling.inside
    first_case = await inside.mentored("one", district="malinau")
    await inside.mentored("two")
    await inside.mentored("three")
    other = await inside.mentored("four", mentor="mentor-dodi")
    free = await inside.requested("five")
    await inside.visited(first_case)
    await inside.office.mentoring.agree(first_case, inside.mentor(), None, "fifo")
    await inside.evidenced(first_case, "fifo")
    desk = (await calling.get("/desk", calling.mentor)).json()
    assert [(each["district"], each["with_office"]) for each in desk["trips"]] == [
        ("nunukan", 2),
        ("malinau", 1),
    ]
    assert [each["ticket"] for each in desk["free"]] == [free.ticket]
    assert [(each["ticket"], each["own"]) for each in desk["to_verify"]] == [(first_case.ticket, True)]
    assert other.ticket not in str(desk["trips"])


async def test_what_the_reader_raised_and_is_critical_is_left_to_somebody_else(calling: Calling) -> None:
    inside = calling.inside
    request = await inside.mentored()
    await inside.visited(request)
    for item in ("cuci_tangan", "fifo"):
        await inside.office.mentoring.agree(request, inside.business(request), None, item)
        await inside.evidenced(request, item)
    desk = (await calling.get("/desk", calling.mentor)).json()
    assert {each["item"]: each["own"] for each in desk["to_verify"]} == {"cuci_tangan": True, "fifo": False}


async def test_anybody_sees_what_mentoring_came_to_and_where_it_is_stuck(calling: Calling) -> None:
    for number in range(5):
        await calling.inside.mentored(f"one {number}", district="malinau")
    calling.inside.clock.at += 3 * DAY
    statistics = (await calling.get("/statistics")).json()
    counts = {"number": None, "health_office": None, "on_the_way": 5, "asleep": None, "ended": None}
    malinau = {"district": "malinau", "cases": 5, "counts": counts, "numbers": None}
    assert statistics["outcomes"] == [malinau]
    assert statistics["stuck"] == [{"state": "triaged", "cases": 5, "days": 3}]
    assert (statistics["durations"], statistics["learned"]) == ([], [])
    await calling.inside.numbered("two")
    [row] = (await calling.get("/statistics")).json()["outcomes"]
    assert (row["district"], row["cases"]) == ("other", 6)


async def test_a_training_is_planned_filled_held_and_told_to_everybody(calling: Calling) -> None:
    request = await calling.inside.mentored()
    begins = (calling.inside.clock.now() + 7 * DAY).isoformat()
    plan = {"district": "nunukan", "topic": "cppob", "begins": begins, "places": 3}
    assert (await calling.post("/trainings", plan, calling.owner_headers(request))).status_code == 401
    elsewhere = await calling.post("/trainings", plan | {"district": "jakarta"}, calling.mentor)
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "district")
    planned = await calling.post("/trainings", plan, calling.mentor)
    assert planned.status_code == 201, planned.text
    where = f"/trainings/{planned.json()['training']}"
    enrolled = await calling.post(f"{where}/enrol", {"case": request.ticket}, calling.owner_headers(request))
    assert (enrolled.status_code, enrolled.json()["enrolled"]) == (200, 1)
    calling.inside.clock.at += 7 * DAY
    came = {"case": request.ticket, "before": 40, "after": 80}
    assert (await calling.post(f"{where}/attend", came, calling.mentor)).json()["attended"] == 1
    assert (await calling.post(f"{where}/conclude", None, calling.mentor)).status_code == 200
    [statistics] = (await calling.get("/trainings")).json()
    assert (statistics["held"] is not None, statistics["before"], statistics["after"]) == (True, None, None)
    group = (await calling.get(where, calling.supervisor)).json()
    assert [each["case"] for each in group["participants"]] == [request.ticket]
    assert (group["before"], group["after"]) == (40, 80)
    assert (await calling.read(request))["trainings"][0]["topic"] == "cppob"
    unknown = await calling.get(f"/trainings/{request.case}", calling.mentor)
    assert unknown.status_code == 404
