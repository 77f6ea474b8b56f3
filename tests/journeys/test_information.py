"""A request for public information and a suggestion over real processes: the times of the law, the objection that somebody else decides, the
register, and what the ledger and the requester's mailbox have of it."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, code, fresh
from tests.journeys.house import House, await_

from zi_rules.calendar import load_calendars
from zi_rules.period import WorkingDays

pytestmark = pytest.mark.journey

ANSWER_IN, EXTENDED_BY, DECIDE_IN = 10, 7, 30
INVOLVED, ANOTHER = "officer", "supervisor"


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    with house.client() as client:
        yield Door(client, house.staff)


def request_of(citizen: Citizen) -> dict[str, Any]:
    return {
        "language": "id",
        "district": "tarakan",
        "text": citizen.texts["text"],
        "purpose": citizen.texts["question"],
        "reporter": {name: citizen.texts[name] for name in ("name", "email")},
    }


def test_a_request_goes_from_its_filing_to_the_decision_about_its_objection(house: House, door: Door) -> None:
    citizen = Citizen(0, f"information {uuid4()}")
    filed = door.file(request_of(citizen), to="information-requests")
    received = datetime.fromisoformat(door.track(filed)["timeline"][0]["at"])
    ten = after(received, ANSWER_IN)
    assert datetime.fromisoformat(filed["due"]) == ten
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": INVOLVED})
    extended = door.office(filed, "extend", {"extension_reason": citizen.texts["reply"]})
    assert datetime.fromisoformat(extended["due"]) == after(ten, EXTENDED_BY)
    door.office(filed, "refuse-information", {"refusal": "not_held", "text": citizen.texts["answer"]})
    objected = door.citizen(filed, "reopen", {"text": citizen.texts["place"]})
    begun = datetime.fromisoformat(door.track(filed)["timeline"][-1]["at"])
    assert datetime.fromisoformat(objected["due"]) == after(begun, DECIDE_IN)
    decided_by_another(door, filed, citizen)
    door.office(filed, "close", person=ANOTHER)

    row = register_row(door, filed)
    assert (row["outcome"], row["is_extended"], row["objection"]) == ("given", "True", "upheld")
    assert (row["refusal"], row["state"]) == ("not_held", "closed")
    await_(lambda: records.settled(house))
    assert entries_of(house, filed) == [
        *("information_requested", "case_acknowledged", "case_assigned", "time_extended", "case_answered"),
        *("case_reopened", "case_answered", "case_closed"),
    ]
    logged = b"".join(records.logged(house.data))
    assert not [name for name, text in citizen.texts.items() if text.encode() in logged]
    await_(lambda: mails_to(house, citizen))


def decided_by_another(door: Door, filed: Filed, citizen: Citizen) -> None:
    """Whoever answered decides nothing, and neither does a colleague who is no supervisor."""
    decision = {"outcome": "upheld", "text": citizen.texts["product"]}
    where = f"/intake/api/cases/{filed['ticket']}/decide-objection"
    for person in (INVOLVED, "officer-2"):
        refused = door.client.post(where, json=decision, headers=door.staff(person) | fresh())
        assert refused.status_code == 403, refused.text
    door.office(filed, "decide-objection", decision, ANOTHER)
    again = door.client.post(
        f"/intake/api/cases/{filed['ticket']}/reopen", json={"text": "x"}, headers=code(filed) | fresh()
    )
    assert again.json()["type"] == "urn:zona:problem:objection_decided"


def test_a_suggestion_is_read_answered_and_closed_without_a_clock(house: House, door: Door) -> None:
    citizen = Citizen(1, f"suggestion {uuid4()}")
    body = request_of(citizen) | {"wants_answer": True}
    filed = door.file({name: body[name] for name in body if name != "purpose"}, to="suggestions")
    assert (door.track(filed)["due"], door.track(filed)["kind"]) == (None, "suggestion")
    door.office(filed, "acknowledge")
    door.office(filed, "assign", {"officer": INVOLVED})
    door.office(filed, "answer", {"text": citizen.texts["answer"]})
    door.office(filed, "close")
    await_(lambda: records.settled(house))
    assert entries_of(house, filed)[0] == "suggestion_made"
    assert "deadline_missed" not in entries_of(house, filed)
    assert door.track(filed)["messages"][-1]["text"] == citizen.texts["answer"]
    await_(lambda: mails_to(house, citizen))


def after(at: datetime, days: int) -> datetime:
    """Counted by the office's calendar."""
    return load_calendars().current.add(WorkingDays(days), at)


def register_row(door: Door, filed: Filed) -> dict[str, str]:
    where, headers = f"/desk/information.csv?text={filed['ticket']}", door.staff(INVOLVED)
    [row] = csv.DictReader(io.StringIO(door.client.get(where, headers=headers).text))
    return row


def entries_of(house: House, filed: Filed) -> list[str]:
    """The steps of the case; where mails go is read between them, whenever one is sent."""
    entries = map(records.parse, records.logged(house.data))
    types = [str(each["type"]) for each in entries if each["subject"] == filed["ticket"]]
    steps = [each.removeprefix("zi.intake.") for each in types if each.startswith("zi.intake.")]
    return [each for each in steps if each != "personal_data_opened"]


def mails_to(house: House, citizen: Citizen) -> list[Any]:
    return [each for each in records.citizens_mails(house.data) if each["To"] == citizen.texts["email"]]
