"""The incident and the referral of a case for its pages, and what officers choose from there."""

from typing import Any

from fastapi import Request

from zi_chassis.web.language import language_of
from zi_intake.container import Office
from zi_intake.domain.case.state import Case
from zi_intake.web.desk_case import DeskCase


def handling_of(request: Request, office: Office, case: DeskCase) -> dict[str, Any]:
    language = language_of(request)
    return {
        "incident": case.incident,
        "incidents": [(str(incident), title) for incident, title in case.incidents.items()],
        "referral": referral_of(office, case.state, language),
        "referral_bodies": [
            (each.code, getattr(each.name, language)) for each in office.lists.referral_bodies
        ],
    }


def referral_of(office: Office, state: Case, language: str) -> str | None:
    """Return the name of the body to which the case was referred; its code where it has left the office's list."""
    referral = state.handling.referral
    if referral is None:
        return None
    names = {each.code: str(getattr(each.name, language)) for each in office.lists.referral_bodies}
    return names.get(referral.body, referral.body)
