import sqlite3
from typing import Any

import pytest
from tests.intake.front import COMPLAINT, EMAIL, NAME, TEXT, Front, code

from zi_chassis.storage.database import Tx
from zi_intake.read.projections import steps

ACKNOWLEDGE = ("acknowledge", None)
ASSIGN = ("assign", {"officer": "officer-ani"})
ASK = ("ask", {"text": "Which batch is it?"})
ANSWER = ("answer", {"text": "It was taken off the shelf."})
CLOSE = ("close", None)


async def test_a_case_goes_its_whole_way(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ASK)
    case = await front.track(filed)
    assert (case["state"], case["holder"]) == ("clarification_asked", "citizen")
    assert (await front.act(filed, "reply", {"text": "B-77"}, code(filed))).status_code == 200
    await front.handled(filed, ANSWER, CLOSE)
    closed = await front.track(filed)
    assert closed["state"] == "closed"
    assert [step["type"].removeprefix("zi.intake.") for step in closed["timeline"]] == [
        "complaint_filed",
        "case_acknowledged",
        "case_assigned",
        "clarification_asked",
        "citizen_replied",
        "case_answered",
        "case_closed",
    ]
    assert [(each["sender"], each["text"]) for each in closed["messages"]] == [
        ("citizen", TEXT),
        ("office", "Which batch is it?"),
        ("citizen", "B-77"),
        ("office", "It was taken off the shelf."),
    ]


async def test_each_step_names_its_ledger_entry_once_it_has_one(front: Front) -> None:
    [step] = (await front.track(await front.file()))["timeline"]
    assert step["ledger"] == {
        "index": 40,
        "receipt": f"http://zona.example/audit/api/receipts/{step['event_id']}",
    }


async def test_the_timeline_speaks_the_readers_language(front: Front) -> None:
    filed = await front.file()
    [step] = (await front.track(filed, **{"Accept-Language": "en"}))["timeline"]
    assert step["text"] == "The office has the complaint. It is to be answered by 10 June 2026, 16:00 WITA."
    [step] = (await front.track(filed, **{"Accept-Language": "id"}))["timeline"]
    assert step["text"].startswith("Pengaduan telah diterima kantor.")


async def test_the_due_date_moves_by_the_working_days_waited(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ASK)
    front.clock.pass_days(2)
    replied = await front.act(filed, "reply", {"text": "B-77"}, code(filed))
    assert replied.json()["due"] == "2026-06-12T08:30:00Z"  # a Friday


async def test_every_answer_to_a_command_carries_a_promise(front: Front) -> None:
    filed = await front.file()
    done = (await front.act(filed, "acknowledge")).json()
    assert done["event_id"] in done["promise"]
    again = (await front.act(filed, "acknowledge")).json()
    assert (again["event_id"], again["promise"], again["state"]) == (None, None, "acknowledged")


async def test_a_reply_sent_twice_is_kept_once(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ASK)
    once = code(filed) | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    for _ in range(2):
        assert (await front.act(filed, "reply", {"text": "B-77"}, once)).status_code == 200
    assert [each["text"] for each in (await front.track(filed))["messages"]].count("B-77") == 1


async def test_a_closed_case_is_reopened_within_ten_working_days(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ANSWER, CLOSE)
    front.clock.pass_days(14)
    assert (await front.act(filed, "reopen", {"text": "Still there."}, code(filed))).json()[
        "state"
    ] == "assigned"
    await front.handled(filed, ANSWER, CLOSE)
    front.clock.pass_days(60)
    late = await front.act(filed, "reopen", None, code(filed))
    assert (late.status_code, late.json()["type"]) == (409, "urn:zona:problem:too_late_to_reopen")


async def test_a_citizen_withdraws(front: Front) -> None:
    filed = await front.file()
    assert (await front.act(filed, "withdraw", None, code(filed))).json()["state"] == "withdrawn"
    assert (await front.act(filed, "acknowledge")).status_code == 409


OFFICE = [ACKNOWLEDGE, ASSIGN, ASK, ANSWER, CLOSE, ("personal-data", {"purpose": "handling"})]


@pytest.mark.parametrize(("command", "body"), OFFICE)
async def test_the_offices_acts_need_a_sign_in_and_the_role(front: Front, command: str, body: Any) -> None:
    filed = await front.file()
    nobody = await front.act(filed, command, body, {"X-Case-Code": filed["code"]})
    auditor = await front.act(filed, command, body, front.staff("auditor-eka", "auditor"))
    expired = await front.act(filed, command, body, front.staff(ttl=-600))
    foreign = await front.act(filed, command, body, front.staff(aud="somebody-else"))
    made_up = await front.act(filed, command, body, {"Authorization": "Bearer a.b.c"})
    codes = [each.status_code for each in (nobody, auditor, expired, foreign, made_up)]
    assert codes == [401, 403, 401, 401, 401]
    assert len(await front.office.steps(filed["ticket"])) == 1


@pytest.mark.parametrize("command", ["reply", "reopen", "withdraw"])
async def test_the_citizens_acts_need_the_code_or_a_token(front: Front, command: str) -> None:
    filed = await front.file()
    refused = await front.act(filed, command, {"text": "x"} if command == "reply" else None, {"X-None": "x"})
    assert refused.status_code == 401


async def test_only_a_supervisor_assigns_to_others(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE)
    to_other = {"officer": "officer-cici"}
    await front.client.get("/intake/api/cases", headers=front.staff("officer-cici"))
    assert (await front.act(filed, "assign", to_other)).status_code == 409
    boss = front.staff("supervisor-budi", "supervisor")
    assert (await front.act(filed, "assign", to_other, boss)).status_code == 200
    assert (await front.act(filed, *ASK)).json()["type"] == "urn:zona:problem:not_your_case"


async def test_the_offices_commands_know_no_unfiled_ticket(front: Front) -> None:
    for ticket in ("000000000", "NOSUCHONE", "0"):
        assert (await front.act({"ticket": ticket}, "acknowledge")).status_code == 404


async def test_opening_personal_data_is_recorded_before_it_is_told(front: Front) -> None:
    filed = await front.file()
    opened = (await front.act(filed, "personal-data", {"purpose": "contact"})).json()
    assert {"reporter.email": EMAIL, "reporter.name": NAME}.items() <= {
        each["field"]: each["text"] for each in opened["fields"]
    }.items()
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert (last["type"], last["actor"]) == ("zi.intake.personal_data_opened", "officer-ani")
    assert last["data"]["purpose"] == "contact"
    assert {each["item"] for each in opened["fields"]} == set(last["data"]["items"])


async def test_personal_data_stays_closed_without_a_purpose(front: Front) -> None:
    filed = await front.file()
    for body in ({}, {"purpose": "curiosity"}, {"purpose": f"call {NAME}"}):
        assert (await front.act(filed, "personal-data", body)).status_code == 422
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_citizens_reads_are_not_recorded(front: Front) -> None:
    filed = await front.file()
    await front.track(filed)
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_the_list_shows_the_most_urgent_first_and_nobodys_name(front: Front) -> None:
    slow = await front.file()
    quick = await front.file({**COMPLAINT, "kind": "service", "product": None})
    for filed in (slow, quick):
        await front.handled(filed, ACKNOWLEDGE)
    front.clock.pass_days(30)
    listed = await front.client.get("/intake/api/cases", headers=front.staff())
    assert [row["ticket"] for row in listed.json()] == [quick["ticket"], slow["ticket"]]
    assert [row["overdue"] for row in listed.json()] == [True, False]
    assert NAME not in listed.text
    assert (await front.client.get("/intake/api/cases")).status_code == 401


async def test_the_list_is_filtered(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN)
    await front.file()
    mine = await front.client.get("/intake/api/cases?officer=officer-ani", headers=front.staff())
    assert [row["ticket"] for row in mine.json()] == [filed["ticket"]]
    elsewhere = await front.client.get("/intake/api/cases?district=malinau", headers=front.staff())
    ended = await front.client.get("/intake/api/cases?show=closed", headers=front.staff())
    assert (elsewhere.json(), ended.json()) == ([], [])


async def test_other_words_under_a_used_key_are_no_repeat_and_are_not_dropped(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ASK)
    once = code(filed) | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    assert (await front.act(filed, "reply", {"text": "B-77"}, once)).json()["event_id"]
    assert (await front.act(filed, "reply", {"text": "B-77"}, once)).json()["event_id"] is None
    assert (await front.act(filed, "reply", {"text": "B-78"}, once)).status_code == 409
    await front.handled(filed, ASK)
    assert (await front.act(filed, "reply", {"text": "B-78"}, once)).json()["event_id"]


async def test_a_key_that_the_citizen_used_does_not_stop_an_officer(front: Front) -> None:
    filed = await front.file()
    key = {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    await front.handled(filed, ACKNOWLEDGE, ASSIGN, ASK)
    assert (await front.act(filed, "reply", {"text": "B-77"}, code(filed) | key)).status_code == 200
    case = await front.act(filed, "ask", {"text": "B-77"}, front.staff() | key)
    assert case.json()["state"] == "clarification_asked"


async def test_a_case_is_given_to_an_account_and_never_to_a_name_or_an_address(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE)
    for officer in ("Bunga Contoh", "bunga@warga.example"):
        refused = await front.act(filed, "assign", {"officer": officer}, front.staff("budi", "supervisor"))
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "officer")


async def test_a_case_of_more_steps_than_a_database_takes_values_is_read_in_order(front: Front) -> None:
    filed = await front.file()
    await front.handled(filed, ACKNOWLEDGE)
    plain = sqlite3.connect(front.folder / "intake" / "store.db")
    plain.row_factory = sqlite3.Row
    plain.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)  # some builds take more
    aggregate = front.office.names.aggregate(filed["ticket"])
    taken = steps(Tx(plain.cursor(), postgres=False), aggregate, 40_000)
    assert [step.parsed["version"] for step in taken] == [1, 2]
    plain.close()
