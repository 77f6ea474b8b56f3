from typing import Any
from uuid import uuid4

import pytest
from tests.intake.front import Front, code
from tests.web.tickets import as_typed, mistakable, statuses

from zi_chassis.web.limits import Attempts
from zi_intake.names import Names

CODE = "0000-0000-0000"


async def test_the_code_opens_the_case_however_it_is_typed(front: Front) -> None:
    filed = await front.file()
    typed = filed["code"].lower().replace("-", " ").replace("0", "o")
    answer = await front.client.get(
        f"/intake/api/cases/{filed['ticket'].lower()}", headers={"X-Case-Code": typed}
    )
    assert answer.status_code == 200


async def test_a_wrong_ticket_and_a_wrong_code_get_the_same_answer(front: Front) -> None:
    filed, unknown = await front.file(), Names(b"x" * 32, b"y" * 32, b"z" * 32).ticket(uuid4())
    wrong_code = await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers={"X-Case-Code": CODE})
    wrong_ticket = await front.client.get(f"/intake/api/cases/{unknown}", headers={"X-Case-Code": CODE})
    nonsense = await front.client.get("/intake/api/cases/nonsense", headers={"X-Case-Code": "nonsense"})
    answers = [each.json() | {"request": ""} for each in (wrong_code, wrong_ticket, nonsense)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["status"] == 404


async def test_guessing_is_slowed_down_alike_for_known_and_unknown_tickets(front: Front) -> None:
    filed = await front.file()
    for ticket in (filed["ticket"], "00000000" + "0"):
        front.office.access._attempts = Attempts()
        tries = [
            (await front.client.get(f"/intake/api/cases/{ticket}", headers={"X-Case-Code": CODE})).status_code
            for _ in range(11)
        ]
        assert tries == [404] * 10 + [429]


async def test_a_strangers_wrong_codes_never_lock_the_right_one_out(front: Front) -> None:
    filed = await front.file()
    address = f"/intake/api/cases/{filed['ticket']}"
    tries = [(await front.client.get(address, headers={"X-Case-Code": CODE})).status_code for _ in range(30)]
    assert tries[-1] == 429
    assert (await front.client.get(address, headers={"X-Case-Code": filed["code"]})).status_code == 200


async def test_without_code_and_session_no_case_is_looked_for(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time that an answer takes would tell which tickets there are."""
    filed, unknown = await front.file(), Names(b"x" * 32, b"y" * 32, b"z" * 32).ticket(uuid4())
    searches: list[object] = []
    fetch = front.office.store.fetch

    async def watched(*named: Any) -> Any:
        searches.append(named)
        return await fetch(*named)

    monkeypatch.setattr(front.office.store, "fetch", watched)
    for ticket in (filed["ticket"], unknown):
        for headers in ({}, {"X-Case-Code": CODE}, {"Authorization": "Bearer a.b.c"}):
            answer = await front.client.get(f"/intake/api/cases/{ticket}", headers=headers)
            assert answer.status_code == (404 if "X-Case-Code" in headers else 401)
    assert searches == []


async def test_a_company_that_tries_the_tickets_of_others_is_slowed_down(front: Front) -> None:
    filed, unknown = await front.file(), Names(b"x" * 32, b"y" * 32, b"z" * 32).ticket(uuid4())
    for ticket in (filed["ticket"], unknown):
        front.office.access._attempts = Attempts()
        tries = [
            (await front.client.get(f"/intake/api/cases/{ticket}", headers=front.staff("a-2", "applicant")))
            for _ in range(11)
        ]
        assert [answer.status_code for answer in tries] == [401] * 10 + [429]


async def test_a_ticket_written_otherwise_gives_no_further_tries(front: Front) -> None:
    forms = ["000000000", "0000-00000", "oooooooo0", "0 0 0 0 0 0 0 0 0"]
    tries = [
        (await front.client.get(f"/intake/api/cases/{form}", headers={"X-Case-Code": CODE})).status_code
        for form in forms * 3
    ]
    assert tries == [404] * 10 + [429] * 2


async def test_who_guesses_many_tickets_is_slowed_down_too(front: Front) -> None:
    tries = [
        await front.client.get(f"/intake/api/cases/{number:09}", headers={"X-Case-Code": CODE})
        for number in range(21)
    ]
    assert [each.status_code for each in tries] == [404] * 20 + [429]
    assert int(tries[-1].headers["Retry-After"]) > 0


async def test_without_a_code_or_token_nothing_is_told(front: Front) -> None:
    filed = await front.file()
    assert (await front.client.get(f"/intake/api/cases/{filed['ticket']}")).status_code == 401


async def test_the_code_is_exchanged_for_a_token_of_that_case_alone(front: Front) -> None:
    filed, other = await front.file(), await front.file()
    answer = await front.client.post(f"/intake/api/cases/{filed['ticket']}/token", headers=code(filed))
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert "HttpOnly" in answer.headers["set-cookie"]
    front.client.cookies.clear()
    assert (await front.client.get(f"/intake/api/cases/{filed['ticket']}", headers=bearer)).status_code == 200
    assert (await front.client.get(f"/intake/api/cases/{other['ticket']}", headers=bearer)).status_code == 401
    assert (await front.act(filed, "acknowledge", None, bearer)).status_code == 401


async def test_the_tokens_key_is_published(front: Front) -> None:
    [key] = (await front.client.get("/intake/api/jwks")).json()["keys"]
    assert key["kty"] == "OKP"
    assert "d" not in key


async def test_a_token_is_not_given_for_a_wrong_code(front: Front) -> None:
    filed = await front.file()
    assert (await front.act(filed, "token", None, {"X-Case-Code": CODE})).status_code == 404


async def test_a_ticket_is_known_at_every_address_however_it_is_typed(front: Front) -> None:
    keys = (uuid4() for _ in range(100_000))
    filed = await front.file(key=str(next(key for key in keys if mistakable(front.office.names.ticket(key)))))
    people = (code(filed), front.staff())
    written = await statuses(front.client, front.app, filed["ticket"], *people)
    assert await statuses(front.client, front.app, as_typed(filed["ticket"]), *people) == written
    assert written.count(200) >= 4
    form = {"ticket": as_typed(filed["ticket"]), "code": filed["code"]}
    found = await front.client.post("/track", data=form)
    assert found.headers["location"] == f"/track/{filed['ticket']}"
