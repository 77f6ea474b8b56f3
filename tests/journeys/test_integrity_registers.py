"""A conflict of interest moves two open cases and the queue passes its official by; a gift is refused, another reported late."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from tests.journeys.certificates import Certificates, nib_of
from tests.journeys.house import House, await_
from tests.journeys.interests import declare
from tests.journeys.mentoring import SECOND_MENTOR, Mentoring
from tests.journeys.tools import audit

pytestmark = pytest.mark.journey

WRONG = {"reasons": [{"reason": "name_differs", "where": "product", "item": 1}], "note": "Nama lain."}
GIFTS = "/integrity/desk/gifts"
GIVER = "Direktur Rekaan Bakau"


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def sent(house: House, client: httpx.Client, person: str, path: str, **form: str) -> httpx.Response:
    """As the person's browser does, with English pages."""
    headers = house.staff(person) | {"Accept": "text/html", "Accept-Language": "en"}
    return client.post(path, data=form, headers=headers, follow_redirects=True)


def test_a_conflict_moves_two_open_cases_and_the_queue_passes_by(house: House, client: httpx.Client) -> None:
    certificates, mentoring = Certificates(client, house.staff), Mentoring(client, house.staff)
    letter = certificates.queued("Bakau")
    assert certificates.take(SECOND_MENTOR) == letter["ticket"]
    mentored = mentoring.mentored("Perepat", nib=nib_of("Bakau"), by=SECOND_MENTOR)

    declaration = declare(client, house.staff(SECOND_MENTOR), letter["ticket"])
    await_(lambda: certificates.read(letter)["state"] == "queued")
    assert "application_released" in [step["event"] for step in certificates.read(letter)["timeline"]]
    await_(lambda: "mentor_released" in [step["event"] for step in mentoring.read(mentored)["timeline"]])
    refusal = mentoring.tell(mentored, "assign", {"mentor": SECOND_MENTOR}, SECOND_MENTOR)
    assert refusal.json()["type"] == "urn:zona:problem:interested"

    other = certificates.queued("Api-api")
    assert certificates.take(SECOND_MENTOR) == other["ticket"]
    [passed] = certificates.read(letter)["overtaken_by"]
    assert (passed["ticket"], passed["reason"]) == (other["ticket"], "conflict")
    assert certificates.take("evaluator-2") == letter["ticket"]

    decided = sent(house, client, "supervisor", f"{declaration}/decide", measure="reassigned")
    assert "Decided, goes on to hinder" in decided.text
    refused = sent(house, client, SECOND_MENTOR, f"{declaration}/withdraw")
    assert "Your superior has decided already" in refused.text
    sent(house, client, "supervisor", f"{declaration}/clear", reason="interest_ended")
    await_(lambda: mentoring.tell(mentored, "assign", {"mentor": SECOND_MENTOR}, SECOND_MENTOR).is_success)
    certificates.decide(SECOND_MENTOR, other, "reject", WRONG)
    certificates.decide("evaluator-2", letter, "reject", WRONG)


def test_a_gift_is_refused_and_another_reported_late(house: House, client: httpx.Client) -> None:
    headers = house.staff("upg") | {"Accept": "text/html", "Accept-Language": "en"}
    others = gifts_in(client.get(f"{GIFTS}/unit", headers=headers).text)
    gift = {"giver": GIVER, "thing": "Satu peti ikan beku rekaan", "value": "750000"}
    for kind, day in (("refused", "2026-01-05"), ("received", "2026-01-05")):
        form = gift | {"key": str(uuid4()), "kind": kind, "happened_on": day}
        assert sent(house, client, "evaluator", GIFTS, **form).status_code == 200
    page = client.get(f"{GIFTS}/unit", headers=headers)
    assert f"{len(others) + 2} found" in page.text
    assert GIVER not in page.text
    assert client.get(f"{GIFTS}/unit", headers=house.staff("head")).status_code == 403
    reported = {at: row for at, row in gifts_in(page.text).items() if at not in others}
    [(address, late)] = [(at, row) for at, row in reported.items() if "I received it" in row]
    assert "Late" in late
    assert GIVER in sent(house, client, "upg", f"{address}/open").text
    assert re.search(r"UPG/\d{4}/", sent(house, client, "upg", f"{address}/deposit").text)
    sent(house, client, "upg", f"{address}/forward")
    assert (
        "It belongs to the state"
        in sent(house, client, "upg", f"{address}/decide", outcome="state_property").text
    )
    public = client.get("/integrity/registers", headers={"Accept-Language": "en"})
    assert "fewer than 5" in public.text
    assert GIVER not in public.text
    assert await_(lambda: reconciled(house))


def gifts_in(page: str) -> dict[str, str]:
    """The rows of the unit's list by the address of the gift; other journeys in the same house may have reported some."""
    rows = page.split("<tr>")[2:]
    return {row.partition('href="')[2].partition('"')[0]: row for row in rows}


def reconciled(house: House) -> str | None:
    """The report, once the ledger has everything of integrity and nothing is found."""
    result = audit(house.data, "reconcile", "--service", "integrity")
    return result.text if result.code == 0 else None
