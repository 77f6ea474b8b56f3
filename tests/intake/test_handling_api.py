"""Entries, incidents, visits and referrals by program: the use cases and the refusals are those of the desk."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.intake.front import COMPLAINT, CONSULTATION, NAME, TEXT, Front, code
from tests.intake.lines import assigned
from tests.intake.test_information import INFORMATION

from zi_intake.read.incidents import INCIDENT_PAGE, titles_of
from zi_intake.read.visibility import CaseReader

WATI = "officer-wati"
NAMELESS = {name: text for name, text in CONSULTATION.items() if name != "topic"}
FILINGS: dict[str, dict[str, Any]] = {
    "complaint": COMPLAINT,
    "consultation": CONSULTATION,
    "information": INFORMATION,
    "suggestion": NAMELESS,
}
LINK = {"title": "Sambal berjamur", "link_reason": "Toko yang sama."}
REFER = {"referral_body": "health_office", "referral_reason": "Diawasi Dinas.", "referral_text": "Sambal."}
VISIT = {"visited_on": "2026-03-01", "outcome": "as_reported", "findings": "Berjamur di rak."}


async def enter(
    front: Front, body: Any, person: str = WATI, key: str | None = None, *roles: str
) -> httpx.Response:
    headers = front.staff(person, *roles) | {"Idempotency-Key": key or str(uuid4())}
    return await front.client.post("/intake/api/entries", json=body, headers=headers)


async def taken(front: Front, body: Any = COMPLAINT) -> Any:
    filed = await front.file(body)
    await front.client.get("/desk/", headers=front.staff())
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    return filed


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:zona:problem:")


@pytest.mark.parametrize("kind", FILINGS)
async def test_each_kind_is_entered_with_its_road(front: Front, kind: str) -> None:
    answer = await enter(front, {"road": "phone", kind: FILINGS[kind]})
    assert answer.status_code == 201, answer.text
    entered = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (await front.track(entered))["ticket"] == entered["ticket"]
    assert (entered["due"] is None) == (kind == "suggestion")
    [step] = await front.office.steps(entered["ticket"])
    assert (step.parsed["actor"], step.parsed["data"]["road"]) == (WATI, "phone")
    refused = await front.act(entered, "acknowledge", headers=front.staff(WATI))
    assert kind_of(refused) == (409, "entered_yourself")


async def test_a_repeat_gives_the_code_to_its_sender_alone_and_for_ten_minutes(front: Front) -> None:
    """Neither another account nor another text under a key that somebody saw opens what was entered."""
    key, body = str(uuid4()), {"road": "counter", "complaint": COMPLAINT}
    entered = (await enter(front, body, key=key)).json()
    assert (await enter(front, body, key=key)).json()["code"] == entered["code"]
    other = await enter(front, body, "officer-ani", key)
    assert (kind_of(other), entered["code"] in other.text) == ((409, "entered_before"), False)
    changed = await enter(front, body | {"complaint": COMPLAINT | {"text": "Lain."}}, "officer-ani", key)
    assert (changed.status_code, entered["code"] in changed.text) == (409, False)
    front.clock.pass_by(minutes=11)
    later = await enter(front, body, key=key)
    assert (kind_of(later), entered["code"] in later.text) == ((409, "entered_before"), False)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"road": "lapor", "complaint": COMPLAINT}, ["/road"]),
        ({"road": "phone", "complaint": COMPLAINT | {"district": "nowhere"}}, ["/complaint/district"]),
        ({"road": "phone", "consultation": CONSULTATION | {"topic": "nothing"}}, ["/consultation/topic"]),
        ({"road": "phone", "information": INFORMATION | {"reporter": None}}, ["/information/reporter"]),
        ({"road": "phone", "suggestion": CONSULTATION}, ["/suggestion/topic"]),
        ({"road": "phone", "complaint": COMPLAINT, "suggestion": NAMELESS}, [None]),
        ({"road": "phone"}, [None]),
    ],
)
async def test_what_is_wrong_in_an_entry_is_named(
    front: Front, body: Any, pointers: list[str | None]
) -> None:
    refused = await enter(front, body)
    assert kind_of(refused) == (422, "invalid_fields")
    assert [each.get("pointer") for each in refused.json()["errors"]] == pointers
    assert TEXT not in refused.text


@pytest.mark.parametrize("role", ["applicant", "head", "auditor", "mentor"])
async def test_only_officers_enter(front: Front, role: str) -> None:
    body = {"road": "phone", "complaint": COMPLAINT}
    assert (await enter(front, body, "somebody", None, role)).status_code == 403
    assert (await front.client.post("/intake/api/entries", json=body)).status_code == 401


async def test_a_case_is_linked_to_a_new_incident_and_another_to_the_same(front: Front) -> None:
    first, second = await taken(front), await taken(front)
    key = front.staff() | {"Idempotency-Key": str(uuid4())}
    linked = await front.act(first, "link", LINK, key)
    assert (await front.act(first, "link", LINK, key)).json()["incident"] == linked.json()["incident"]
    incident = linked.json()["incident"]
    same = await front.act(second, "link", {"incident": incident, "link_reason": "Sama."})
    assert (same.status_code, same.json()["incident"]) == (200, incident)
    listed = await front.client.get("/intake/api/incidents?text=sambal", headers=front.staff())
    [row] = listed.json()
    assert (row["incident"], row["cases"], row["open_cases"]) == (incident, 2, 2)
    assert (listed.headers["x-total-count"], "link" in listed.headers) == ("1", False)
    out = await front.act(second, "unlink", {"unlink_reason": "Produk lain."})
    assert out.status_code == 200
    assert kind_of(await front.act(second, "unlink", {"unlink_reason": "Lagi."})) == (409, "not_linked")


async def test_an_incident_that_the_official_sees_no_case_of_is_unknown(front: Front) -> None:
    filed = await taken(front)
    unknown = {"incident": str(uuid4()), "link_reason": "Menebak."}
    assert kind_of(await front.act(filed, "link", unknown)) == (409, "unknown_incident")
    assert (await front.act(filed, "link", {"link_reason": "x"})).status_code == 422


async def test_the_list_of_incidents_goes_on_page_after_page(front: Front, monkeypatch: Any) -> None:
    monkeypatch.setattr("zi_intake.read.incidents.INCIDENT_PAGE", 1)
    assert INCIDENT_PAGE > 1
    for title in ("Sambal berjamur", "Kopi pahit"):
        await front.handled(await taken(front), ("link", {"title": title, "link_reason": "x"}))
        front.clock.pass_by(minutes=1)
    first = await front.client.get("/intake/api/incidents", headers=front.staff())
    assert [each["title"] for each in first.json()] == ["Kopi pahit"]
    onward = first.headers["link"].partition(">")[0].removeprefix("<")
    second = await front.client.get(onward, headers=front.staff())
    assert [each["title"] for each in second.json()] == ["Sambal berjamur"]
    assert (second.headers["x-total-count"], "link" in second.headers) == ("2", False)


async def test_an_incident_under_way_is_offered_before_newer_ones_that_are_over(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as a page are to choose from."""
    monkeypatch.setattr("zi_intake.read.incidents.INCIDENT_PAGE", 1)
    for title, steps in (
        ("Sambal berjamur", ()),
        ("Kopi pahit", (("answer", {"text": "Ini."}), ("close", None))),
    ):
        await front.handled(await taken(front), ("link", {"title": title, "link_reason": "x"}), *steps)
        front.clock.pass_by(minutes=1)
    reader = CaseReader("officer-ani", frozenset({"officer"}))
    offered = await front.office.store.query(lambda tx: titles_of(tx, reader))
    assert list(offered.values()) == ["Sambal berjamur"]


async def test_an_incident_tells_no_colleague_what_a_case_in_confidence_is_about(front: Front) -> None:
    open_case, secret = await taken(front), await assigned(front)
    incident = (await front.act(open_case, "link", LINK)).json()["incident"]
    linked = await front.act(secret, "link", {"incident": incident, "link_reason": "Sama."})
    assert linked.status_code == 200, linked.text
    listed = f"/intake/api/cases?show=all&incident={incident}"
    for officer, tickets in {
        "officer-ani": {open_case["ticket"], secret["ticket"]},
        "officer-cici": {open_case["ticket"]},
    }.items():
        headers = front.staff(officer)
        [row] = (await front.client.get("/intake/api/incidents", headers=headers)).json()
        assert (row["title"], row["cases"], row["open_cases"]) == (LINK["title"], len(tickets), len(tickets))
        found = await front.client.get(listed, headers=headers)
        assert {each["ticket"] for each in found.json()} == tickets
        for path in (f"/desk/cases/{secret['ticket']}", f"/desk/incidents/{incident}"):
            page = await front.client.get(path, headers={"Accept": "text/html"} | headers)
            is_told = LINK["title"] in page.text and secret["ticket"] in page.text
            assert is_told is (officer == "officer-ani"), (officer, path)


async def test_a_visit_is_recorded_and_its_findings_stay_inside(front: Front) -> None:
    filed = await taken(front)
    assert (await front.act(filed, "visit", VISIT)).status_code == 200
    assert VISIT["findings"] not in str(await front.track(filed))
    to_come = await front.act(filed, "visit", VISIT | {"visited_on": "2026-03-09"})
    assert kind_of(to_come) == (409, "visit_to_come")
    colleague = await front.act(filed, "visit", VISIT, front.staff("officer-cici"))
    assert kind_of(colleague) == (409, "not_your_case")


async def test_a_referral_tells_the_citizen_and_keeps_the_contact(front: Front) -> None:
    filed = await taken(front)
    neighbour = await front.act(filed, "refer", REFER | {"referral_body": "neighbour"})
    assert (neighbour.status_code, neighbour.json()["errors"][0]["pointer"]) == (422, "/referral_body")
    referred = await front.act(filed, "refer", REFER)
    assert (referred.status_code, referred.json()["state"]) == (200, "answered")
    assert REFER["referral_reason"] in str((await front.track(filed))["messages"])
    opened = await front.act(filed, "personal-data", {"purpose": "referral"})
    assert (opened.status_code, NAME in opened.text) == (409, False)
    assert kind_of(await front.act(filed, "refer", REFER)) == (409, "already_answered")


async def test_the_code_of_a_case_is_no_officer(front: Front) -> None:
    """A program that filed a case has its code, and by that neither works on it nor reads another."""
    filed, other = await taken(front), await taken(front)
    for command, body in (
        ("link", LINK),
        ("visit", VISIT),
        ("refer", REFER),
        ("unlink", {"unlink_reason": "x"}),
    ):
        assert (await front.act(filed, command, body, code(filed))).status_code == 401, command
    where = f"/intake/api/cases/{other['ticket']}"
    assert (await front.client.get(where, headers=code(filed))).status_code == 404
