"""The letter of assignment of an approved trip: its content from the trip as it was approved, in the wording that is pinned with it.

It names officials as the office's data have them, and of businesses nothing but tickets. The same trip gives the same file."""

import asyncio
import json
from datetime import datetime
from typing import Any

from zi_chassis.office_clock import office_zone, zone_name
from zi_chassis.settings import Settings
from zi_contracts.configuration import Pin
from zi_letters.pdf_worker import PdfWorker, PlainPageJob
from zi_rules.letter_template import load_letter_templates
from zi_rules.mentoring.assignment_letter import ASSIGNMENT_LETTER, AssignmentLetterWording
from zi_rules.office_letter_wording import WordingText
from zi_rules.version import Editions
from zi_umkm.domain.trip import Trip, TripPlan


class AssignmentLetters:
    """`configurations` are adopted at start; letters are laid out by the newest template."""

    def __init__(self, settings: Settings, wordings: Editions[AssignmentLetterWording]) -> None:
        self._office = {"name": settings.office_name, "address": settings.office_address}
        self._wordings = wordings
        templates = load_letter_templates(ASSIGNMENT_LETTER)
        self.configurations = (*wordings.configurations, templates[0])
        self._template = templates[0].content
        self._worker, self._turn = PdfWorker(), asyncio.Lock()

    @property
    def pin(self) -> Pin:
        """The wording of letters that are given now."""
        wording = self._wordings[0]
        return Pin(id=wording.id, version=wording.version, digest=wording.digest)

    def content(self, trip: Trip, district: str) -> dict[str, Any] | None:
        """State the letter of a trip; None where nobody has approved it, or not any more."""
        if trip.plan is None or trip.number is None or trip.approved is None or trip.status == "cancelled":
            return None
        wording = self._wordings[0] if trip.wording is None else self._wordings.pinned(trip.wording)
        at = trip.approved.at.astimezone(office_zone())
        role = trip.approved.role.removeprefix("staff:")
        return {
            "office": self._office,
            "number": trip.number,
            "day": at.date().isoformat(),
            "title": _both(wording.title),
            "statement": _both(wording.statement),
            "unsealed": _both(wording.unsealed),
            "officials": {
                "label": _both(wording.labels["officials"]),
                "list": [_assigned(wording, each) for each in trip.plan.people],
            },
            "facts": _facts(wording, trip.plan, district, at),
            "approver": _approver(wording, trip.approved.actor, role),
        }

    async def file(self, trip: Trip, district: str) -> bytes | None:
        """Make the file; one after the other. Raises PdfWorkerError."""
        content = self.content(trip, district)
        if content is None:
            return None
        stated = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        async with self._turn:
            return await self._worker.make(PlainPageJob(content=stated, template=self._template))

    async def close(self) -> None:
        await self._worker.close()


def _both(text: WordingText) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def _assigned(wording: AssignmentLetterWording, account: str) -> dict[str, str]:
    known = wording.official(account)
    if known is None:
        return {"name": account, "position": "–"}
    position = known.position if known.nip is None else f"{known.position}, NIP {known.nip}"
    return {"name": known.name, "position": position}


def _approver(wording: AssignmentLetterWording, account: str, role: str) -> dict[str, str]:
    known = wording.official(account)
    if known is not None:
        return {"name": known.name, "position": known.position}
    position = wording.positions.head if role == "head" else wording.positions.supervisor
    return {"name": account, "position": position}


def _facts(
    wording: AssignmentLetterWording, plan: TripPlan, district: str, approved: datetime
) -> list[dict[str, Any]]:
    days = [f"{each:%d-%m-%Y}" for each in dict.fromkeys((plan.begins, plan.ends))]
    values = {
        "district": district,
        "days": " – ".join(days),
        "departs": _moment(plan.departs),
        "transport": plan.transport,
        "budget_line": plan.budget_line,
        "cases": ", ".join(each.ticket for each in plan.stops),
        "approved": _moment(approved),
    }
    return [{"label": _both(wording.labels[name]), "value": value} for name, value in values.items()]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(office_zone()):%d-%m-%Y %H.%M} {zone_name(at)}"
