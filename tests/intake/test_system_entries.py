"""Another system enters what people said, and nothing else; the official who keeps its secret works on none of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake import acts
from tests.intake.acts import after, officer
from tests.intake.front import COMPLAINT, EMAIL, NAME, Front
from tests.intake.lines import office_of_lines
from tests.intake.test_handling_api import FILINGS, kind_of

from zi_chassis.domain import Act, WrongRoleError
from zi_intake.domain.case import refusals

KEEPER = "officer-cici"
SYSTEM = ("call-centre", "entry")
SUPERVISOR = ("supervisor-dedi", "supervisor")
BODY = {"complaint": COMPLAINT}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Front]:
    async with office_of_lines(tmp_path) as front:
        yield front


async def enter(
    house: Front, body: Any = BODY, person: tuple[str, ...] = SYSTEM, key: str | None = None
) -> httpx.Response:
    headers = house.staff(*person) | {"Idempotency-Key": key or str(uuid4())}
    return await house.client.post("/intake/api/system-entries", json=body, headers=headers)


async def stands(house: Front, ticket: str, person: tuple[str, ...] = SYSTEM) -> httpx.Response:
    return await house.client.get(f"/intake/api/system-entries/{ticket}", headers=house.staff(*person))


@pytest.mark.parametrize(
    "changes", [{"system": None}, {"keeper": None}, {"by": officer()}, {"by": acts.supervisor()}]
)
def test_a_system_is_named_and_nobody_else_is_one(changes: dict[str, Any]) -> None:
    assert after(acts.from_system()).is_filed
    with pytest.raises(WrongRoleError):
        after(acts.from_system(**changes))


@pytest.mark.parametrize(
    "command", [acts.ACKNOWLEDGE, acts.TRIAGE, acts.ANSWER, acts.REFER, acts.VISIT, acts.CLOSE, acts.APPROVE]
)
@pytest.mark.parametrize("role", ["staff:officer", "staff:supervisor"])
def test_whoever_keeps_the_secret_does_not_work_on_what_came_in_by_it(command: Any, role: str) -> None:
    by = officer(KEEPER).model_copy(update={"role": role})
    with pytest.raises((refusals.EnteredYourselfError, WrongRoleError)):
        after(acts.from_system(), acts.ACKNOWLEDGE, acts.ASSIGN, command.model_copy(update={"by": by}))


def test_nobody_gives_a_case_to_whoever_keeps_the_secret() -> None:
    for by in (officer(KEEPER), acts.supervisor()):
        with pytest.raises(refusals.EnteredYourselfError):
            after(
                acts.from_system(),
                acts.ACKNOWLEDGE,
                acts.ASSIGN.model_copy(update={"by": by, "officer": KEEPER}),
            )


@pytest.mark.parametrize(
    "command", [acts.ACKNOWLEDGE, acts.ASSIGN, acts.OPEN, acts.ASK_DISCLOSURE, acts.WITHDRAW]
)
def test_the_system_does_nothing_with_what_it_entered(command: Any) -> None:
    by = Act(at=acts.MONDAY, actor="call-centre", role="staff:entry")
    with pytest.raises(WrongRoleError):
        after(acts.from_system(), command.model_copy(update={"by": by}))


@pytest.mark.parametrize("kind", FILINGS)
async def test_each_kind_is_entered_and_the_message_names_the_system(house: Front, kind: str) -> None:
    answer = await enter(house, {kind: FILINGS[kind]})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store"), answer.text
    entered = answer.json()
    [step] = await house.office.steps(entered["ticket"])
    data = step.parsed["data"]
    assert (step.parsed["actor"], step.parsed["actorrole"]) == ("call-centre", "staff:entry")
    assert (data["road"], data["system"], "keeper" in data) == ("system", "call_centre", False)
    assert (await house.track(entered))["ticket"] == entered["ticket"]


async def test_it_reads_how_its_own_entry_stands_and_nothing_personal(house: Front) -> None:
    entered = (await enter(house)).json()
    answer = await stands(house, entered["ticket"])
    assert answer.json() == {
        "ticket": entered["ticket"],
        "state": "filed",
        "holder": "office",
        "due": entered["due"],
    }
    other = (await house.file())["ticket"]
    for ticket in (other, "3C7K9M2Q5", "no ticket"):
        assert kind_of(await stands(house, ticket)) == (404, "no_such_case"), ticket
    assert (await stands(house, entered["ticket"], ("officer-ani", "officer"))).status_code == 403


async def test_role_and_list_are_both_needed_until_the_last_day(house: Front) -> None:
    for person in (
        ("another-account", "entry"),
        ("call-centre", "officer"),
        (KEEPER, "officer", "supervisor"),
    ):
        answer = await enter(house, person=person)
        assert answer.status_code == 403, (person, answer.text)
    house.clock.pass_days(29)  # 31 March
    entered = (await enter(house)).json()
    house.clock.pass_days(1)
    assert kind_of(await enter(house)) == (403, "unlisted_system")
    assert kind_of(await stands(house, entered["ticket"])) == (403, "unlisted_system")


async def test_an_account_that_enters_has_no_other_role_whatever_the_provider_gave_it(house: Front) -> None:
    entered = (await enter(house)).json()
    both = house.staff("call-centre", "officer", "supervisor", "head", "entry")
    for path in ("/intake/api/cases", "/desk/", f"/desk/cases/{entered['ticket']}"):
        assert (await house.client.get(path, headers=both)).status_code == 403, path
    for act in ("acknowledge", "personal-data", "ask-erasure"):
        assert (await house.act(entered, act, {}, both)).status_code == 403, act


async def test_it_enters_so_many_a_day_and_a_repeat_is_answered(house: Front) -> None:
    key = str(uuid4())
    first = await enter(house, key=key)
    assert (await enter(house, {"complaint": COMPLAINT | {"district": "nowhere"}})).status_code == 422
    assert (await enter(house)).status_code == 201
    refused = await enter(house)
    assert kind_of(refused) == (429, "too_many_system_entries")
    assert "retry-after" in refused.headers
    assert (await enter(house, key=key)).json()["code"] == first.json()["code"]
    changed = await enter(house, {"complaint": COMPLAINT | {"text": "Lain."}}, key=key)
    assert (changed.status_code, first.json()["code"] in changed.text) == (409, False)
    house.clock.pass_days(1)
    assert (await enter(house)).status_code == 201


async def test_what_is_stored_is_counted_although_its_answer_fails(
    house: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("The store went away after the entry.")

    keys = [str(uuid4()), str(uuid4())]
    with monkeypatch.context() as failing:
        failing.setattr(house.office, "state", fail)
        for key in keys:
            assert (await enter(house, key=key)).status_code == 500
    assert (await enter(house)).status_code == 429
    assert [(await enter(house, key=key)).status_code for key in keys] == [201, 201]


async def test_what_fails_is_not_counted(house: Front) -> None:
    filed = str(uuid4())
    await house.file(key=filed)
    for _ in range(3):
        assert (await enter(house, key=filed)).status_code == 409
    assert [(await enter(house)).status_code for _ in range(3)] == [201, 201, 429]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"road": "counter", **BODY}, 422),
        ({"road": "system", "system": "another", **BODY}, 422),
        ({**BODY, "keeper": "officer-ani"}, 422),
        ({"complaint": COMPLAINT | {"joins": str(uuid4())}}, 422),
        ({}, 422),
    ],
)
async def test_it_says_neither_how_it_came_in_nor_for_whom_it_acts(
    house: Front, body: Any, status: int
) -> None:
    assert (await enter(house, body)).status_code == status


async def test_an_entry_without_a_key_is_refused(house: Front) -> None:
    path, headers = "/intake/api/system-entries", house.staff(*SYSTEM)
    assert (await house.client.post(path, json=BODY, headers=headers)).status_code == 422
    guessable = headers | {"Idempotency-Key": "00000000-0000-1000-8000-000000000001"}
    assert (await house.client.post(path, json=BODY, headers=guessable)).status_code == 422


async def test_officials_see_from_which_system_it_came_and_its_keeper_leaves_it(house: Front) -> None:
    ticket = (await enter(house)).json()["ticket"]
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = await house.client.get(f"/desk/cases/{ticket}", headers=headers | house.staff("officer-ani"))
    assert ("Call centre" in page.text, "From another system" in page.text) == (True, True)
    assert (NAME in page.text, EMAIL in page.text) == (False, False)
    keepers_page = await house.client.get(f"/desk/cases/{ticket}", headers=headers | house.staff(KEEPER))
    assert ("Take it up" in page.text, "Take it up" in keepers_page.text) == (True, False)
    answer = await house.act({"ticket": ticket}, "acknowledge", headers=house.staff(KEEPER))
    assert kind_of(answer) == (409, "entered_yourself")
    for account in ("officer-ani", KEEPER):
        await house.client.get("/desk/", headers=headers | house.staff(account))
    await house.act({"ticket": ticket}, "acknowledge")
    supervisors_page = await house.client.get(
        f"/desk/cases/{ticket}", headers=headers | house.staff(*SUPERVISOR)
    )
    assert ('value="officer-ani"' in supervisors_page.text, f'value="{KEEPER}"' in supervisors_page.text) == (
        True,
        False,
    )
