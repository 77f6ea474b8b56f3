"""A training of one morning: its mentor plans it, a business comes, and nobody can say so before it began."""

from datetime import datetime
from typing import Any

import httpx
from tests.journeys.door import fresh, good
from tests.journeys.mentoring import API, MENTOR, Mentoring, OpenedCase

TRAININGS = f"{API}/trainings"
EARLY = "urn:zona:problem:not_held_yet"


def plan(mentoring: Mentoring, begins: datetime, case: OpenedCase) -> str:
    """Return its id; the business enrols itself."""
    planned = {"district": "nunukan", "topic": "label", "begins": begins.isoformat(), "places": 1}
    training = str(good(_post(mentoring, MENTOR, "", planned), 201)["training"])
    here = {"Authorization": case["Authorization"]} | fresh()
    enrolled = mentoring.client.post(f"{TRAININGS}/{training}/enrol", json=_of(case), headers=here)
    assert good(enrolled)["enrolled"] == 1
    for act, body in (("attend", _of(case)), ("conclude", None)):
        early = _post(mentoring, MENTOR, f"/{training}/{act}", body)
        assert (early.status_code, early.json()["type"]) == (409, EARLY)
    return training


def hold(mentoring: Mentoring, training: str, case: OpenedCase) -> None:
    """Record who came and what they learned; of so few the public is told no score."""
    came = _of(case) | {"before": 40, "after": 85}
    good(_post(mentoring, MENTOR, f"/{training}/attend", came))
    good(_post(mentoring, MENTOR, f"/{training}/conclude", None))
    over = _post(mentoring, MENTOR, f"/{training}/attend", came | {"after": 100})
    assert (over.status_code, over.json()["type"]) == (409, "urn:zona:problem:held_already")
    answer = good(mentoring.client.get(f"{TRAININGS}/{training}", headers=mentoring.staff(MENTOR)))
    [participant] = answer["participants"]
    assert (participant["came"], participant["before"], participant["after"]) == (True, 40, 85)
    [public] = [each for each in good(mentoring.client.get(TRAININGS)) if each["training"] == training]
    assert (public["attended"], public["after"]) == (1, None)


def _of(case: OpenedCase) -> dict[str, Any]:
    return {"case": case["ticket"]}


def _post(mentoring: Mentoring, person: str, path: str, body: Any) -> httpx.Response:
    return mentoring.client.post(f"{TRAININGS}{path}", json=body, headers=mentoring.staff(person) | fresh())
