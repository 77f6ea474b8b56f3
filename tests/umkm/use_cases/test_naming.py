"""The name that a business gives itself: officials see it in their lists and on a device, and its erasure takes it away at once."""

from pathlib import Path
from uuid import uuid4

import pytest
from tests.umkm.calling import Calling
from tests.umkm.inside import Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_chassis.vault.erasure_files import BROUGHT, UP_TO
from zi_umkm.domain import errors
from zi_umkm.messaging.brought_erasures import forget_erased
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.board import CaseFilter, case_rows, count_cases
from zi_umkm.read.nicknames import Nickname, Nicknames, nicknames_of

NAME = "Dapur Mawar 100%"


async def named(inside: Inside, request: MentoringRequest, text: str | None = NAME) -> None:
    await inside.office.naming.name(request, inside.business(request), uuid4(), text)


async def nickname(inside: Inside, request: MentoringRequest) -> str | None:
    names = await inside.office.store.query(lambda tx: nicknames_of(tx, [request.ticket]))
    return names.get(request.ticket)


async def found(inside: Inside, text: str, reader: str = "mentor-ani") -> list[str]:
    wanted = CaseFilter(reader=reader, nickname=text)
    rows = await inside.office.store.query(lambda tx: case_rows(tx, wanted))
    assert await inside.office.store.query(lambda tx: count_cases(tx, wanted)) == len(rows)
    return [each.ticket for each in rows]


async def test_a_name_is_found_changed_and_taken_back(either: Inside) -> None:
    request, other = await either.mentored("one"), await either.mentored("two")
    await named(either, request)
    await named(either, other, "Rumah Abon")
    assert (await nickname(either, request), await nickname(either, other)) == (NAME, "Rumah Abon")
    assert await found(either, "mawar  100%") == [request.ticket]
    assert await found(either, "a%b") == []
    await named(either, request, "Dapur Melati")
    assert (await found(either, "mawar"), await found(either, "melati")) == ([], [request.ticket])
    before = either.office.store.last()[0]
    for _ in range(2):
        await named(either, request, None)
    assert either.office.store.last()[0] == before + 1
    assert await nickname(either, request) is None


async def test_the_same_request_names_it_once(inside: Inside) -> None:
    request, key = await inside.mentored(), uuid4()
    by = inside.business(request)
    for text in (NAME, NAME):
        await inside.office.naming.name(request, by, key, text)
    assert inside.vault.texts(request.ticket, "nickname") == [NAME]
    await named(inside, request, "Dapur Melati")
    await inside.office.naming.name(request, by, key, NAME)
    assert await nickname(inside, request) == "Dapur Melati"


async def test_erasure_takes_it_away_at_once_also_of_a_case_that_has_ended(either: Inside) -> None:
    for name, ended in (("open", False), ("ended", True)):
        request = await either.mentored(name)
        await named(either, request)
        if ended:
            await either.office.mentoring.close(request, either.mentor(), None, "business_stopped")
        await either.erased(request)
        assert await nickname(either, request) is None
        with pytest.raises(errors.MentoringOverError):
            await named(either, request)
    assert await found(either, "mawar") == []


async def test_an_erasure_that_was_lost_with_its_lane_is_brought_by_a_file(
    inside: Inside, tmp_path: Path
) -> None:
    """A restore brings the name back, and the ledger alone may know of its erasure."""
    request, other = await inside.mentored("one"), await inside.mentored("two")
    await named(inside, other, "Rumah Abon")
    erasure, database = await inside.erased(request), inside.office.store.database
    with database.transaction() as tx:
        Nicknames().write(tx, [Nickname(request.ticket, NAME)])
    brought = tmp_path / BROUGHT
    forget_erased(database, brought)
    assert await nickname(inside, request) == NAME
    brought.write_bytes(f"{UP_TO} 9\n".encode() + erasure + b"\n")
    for _ in range(2):
        forget_erased(database, brought)
    assert (await nickname(inside, request), await nickname(inside, other)) == (None, "Rumah Abon")


async def test_no_message_has_it_and_it_leads_to_no_person(inside: Inside) -> None:
    request = await inside.mentored()
    await named(inside, request)
    assert all(b"Mawar" not in row.message for row in inside.office.store.messages(0, 10_000))
    for text in ("Sari 0812 3456 7890", "sari@contoh.id", "NIB 1234567890123"):
        with pytest.raises(errors.PersonalTextError):
            await named(inside, request, text)
    assert await nickname(inside, request) == NAME


async def test_whoever_has_a_conflict_of_interest_finds_it_not(inside: Inside) -> None:
    request = await inside.mentored()
    await named(inside, request)
    await inside.declared("officer-budi", request.business_ref)
    assert await found(inside, "mawar", "officer-budi") == []


async def test_a_business_names_itself_and_officials_see_it_where_its_ticket_stands(
    visiting: Visiting,
) -> None:
    inside, owner = visiting.inside, visiting.owner
    request = await inside.mentored()
    here = f"/umkm/cases/{request.ticket}"
    key = hidden(await owner(request).get(f"{here}/business"))
    refused = await owner(request).post(f"{here}/nickname", {"key": key, "nickname": "0812 3456 7890"})
    assert (refused.status_code, "0812 3456 7890" in refused.text) == (409, True)
    page = await owner(request).post(f"{here}/nickname", {"key": key, "nickname": NAME})
    assert f'value="{NAME}"' in page.text
    person = visiting.person("mentor-ani", "mentor", "supervisor")
    line = f"{NAME} ({request.ticket})"
    for path in ("", "board", "lists/cases?scope=mine"):
        assert line in (await person.get(f"/umkm/desk/{path}")).text
    assert NAME in (await person.get(f"/umkm/desk/cases/{request.ticket}")).text
    search = await person.post("/umkm/desk/lists/cases", {"nickname": "MAWAR"})
    assert line in search.text
    assert line not in (await person.post("/umkm/desk/lists/cases", {"nickname": "melati"})).text
    device = (await person.get("/umkm/api/visits")).json()
    assert [each["nickname"] for each in device["cases"]] == [NAME]
    by_api = await visiting.client.post(
        "/umkm/api/desk/cases/find",
        json={"nickname": "mawar"},
        headers={"Authorization": f"Bearer {visiting.provider.token('mentor-ani', 'mentor')}"},
    )
    assert [each["nickname"] for each in by_api.json()["cases"]] == [NAME]
    for stranger in (visiting.stranger(), owner(request)):
        assert (await stranger.send("/umkm/desk/lists/cases", {"nickname": "MAWAR"})).status_code in (
            303,
            401,
            403,
        )


async def test_a_supervisor_takes_an_unfit_name_away_with_a_reason(
    visiting: Visiting, inside: Inside
) -> None:
    """On the page or over the API; a mentor does not, and the text stays with the data of the business alone."""
    request = await inside.mentored("one")
    await inside.office.naming.name(request, inside.business(request), None, "Dapur Bunga Contoh")
    page = f"/umkm/desk/cases/{request.ticket}"
    mentor = await visiting.person("mentor-ani", "mentor").get(page)
    assert ("Dapur Bunga Contoh" in mentor.text, "Take the name away" in mentor.text) == (True, False)
    supervisor = visiting.person("supervisor-eka", "supervisor")
    form = {"key": hidden(await supervisor.get(page)), "unfit": ""}
    where = f"{page}/remove-nickname"
    assert (await supervisor.post(where, form)).status_code == 422
    done = await supervisor.post(where, form | {"unfit": "names_a_person"})
    assert (done.status_code, "Dapur Bunga Contoh" in done.text) == (200, False)
    assert inside.office.store.read(lambda tx: nicknames_of(tx, [request.ticket])) == {}
    calling = Calling(visiting)
    api = f"/cases/{request.ticket}/remove-nickname"
    body = {"reason": "insult"}
    again = await calling.post(api, body, calling.supervisor)
    assert (again.status_code, again.json()["event_id"]) == (200, None)
    assert (await calling.post(api, body, calling.mentor)).status_code == 403


async def test_names_are_found_page_by_page(visiting: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    from zi_umkm.web.pages import desk_lists

    monkeypatch.setattr(desk_lists, "SIZE", 1)
    for name in ("one", "two"):
        await named(visiting.inside, await visiting.inside.mentored(name))
    person = visiting.person("mentor-ani", "mentor")
    first = await person.post("/umkm/desk/lists/cases", {"nickname": "mawar"})
    second = await person.post("/umkm/desk/lists/cases", {"nickname": "mawar", "page": "2"})
    assert "2 cases" in first.text
    assert ("Page 1 of 2" in first.text, "Page 2 of 2" in second.text) == (True, True)
