"""A trip to two businesses: planned by a mentor, approved by somebody who stays at home, with a sealed letter of assignment and the hours
that it took."""

from typing import Any

import httpx
from tests.journeys.door import fresh, good
from tests.journeys.house import await_
from tests.journeys.mentoring import API, MENTOR, Mentoring, OpenedCase

TRIPS = f"{API}/trips"
OFFICER, SUPERVISOR = "officer", "supervisor"
MINUTES = 9 * 60


def plan_of(day: str, *cases: OpenedCase) -> dict[str, Any]:
    """A trip of one day, by the office's clock."""
    return {
        "district": "nunukan",
        "begins": day,
        "ends": day,
        "departs": f"{day}T08:30:00+08:00",
        "transport": "Speedboat Contoh 2, dermaga kota",
        "budget_line": "063.01.3165/BAH.001",
        "people": [MENTOR, OFFICER],
        "cases": [each["ticket"] for each in cases],
    }


def planned(mentoring: Mentoring, plan: dict[str, Any]) -> str:
    return str(good(_post(mentoring, MENTOR, "", plan), 201)["trip"])


def travel(mentoring: Mentoring, today: str, *cases: OpenedCase) -> bytes:
    """Return the letter of assignment as it was sealed."""
    plan = plan_of(today, *cases)
    trip = planned(mentoring, plan)
    whole = _read(mentoring, trip)
    assert (whole["status"], whole["number"], whole["tickets"]) == ("planned", None, plan["cases"])
    assert _letter(mentoring, trip).status_code == 404
    body = {"plan_digest": whole["plan_digest"]}
    assert _post(mentoring, MENTOR, f"/{trip}/approve", body).status_code == 403
    assert _post(mentoring, OFFICER, f"/{trip}/approve", body).status_code == 403
    early = _post(mentoring, OFFICER, f"/{trip}/hours", {"minutes": MINUTES})
    assert (early.status_code, early.json()["type"]) == (409, "urn:zona:problem:trip_not_approved")
    number = good(_post(mentoring, SUPERVISOR, f"/{trip}/approve", body))["number"]
    assert number.startswith("SPT-")
    for case in cases:
        assert mentoring.steps(case)[-1] == "visit_announced"
    pdf = await_(lambda: _sealed(mentoring, trip))
    assert pdf.startswith(b"%PDF-")
    page = mentoring.client.get(f"/umkm/letters/{number}", headers={"Accept": "text/html"})
    assert (page.status_code, number in page.text) == (200, True)
    stranger = _post(mentoring, SUPERVISOR, f"/{trip}/hours", {"minutes": MINUTES})
    assert (stranger.status_code, stranger.json()["type"]) == (409, "urn:zona:problem:not_on_trip")
    for person in plan["people"]:
        good(_post(mentoring, str(person), f"/{trip}/hours", {"minutes": MINUTES}))
    made = _read(mentoring, trip)
    assert (made["status"], made["minutes"], made["recorded"]) == ("made", 2 * MINUTES, 2)
    return pdf


def _read(mentoring: Mentoring, trip: str) -> Any:
    return good(mentoring.client.get(f"{TRIPS}/{trip}", headers=mentoring.staff(SUPERVISOR)))


def _post(mentoring: Mentoring, person: str, path: str, body: Any) -> httpx.Response:
    return mentoring.client.post(f"{TRIPS}{path}", json=body, headers=mentoring.staff(person) | fresh())


def _letter(mentoring: Mentoring, trip: str) -> httpx.Response:
    return mentoring.client.get(f"{TRIPS}/{trip}/letter.pdf", headers=mentoring.staff(MENTOR))


def _sealed(mentoring: Mentoring, trip: str) -> bytes | None:
    answer = _letter(mentoring, trip)
    return answer.content if answer.status_code == 200 else None
