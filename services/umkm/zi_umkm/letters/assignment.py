"""The letter of assignment of an approved trip: its content from the trip as it was approved, in the wording that is pinned with it.

It names officials as the office's data have them, and of businesses nothing but tickets. The same trip gives the same file."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone, zone_name
from zi_chassis.settings import Settings
from zi_contracts.configuration import Pin
from zi_letters.content import BilingualText, LabelledLine, Party, Signatory
from zi_letters.pdf_worker import PdfWorker, PlainPageJob
from zi_letters.sections import ContentWithoutProducts, line, lines
from zi_rules.letter_template import load_letter_templates
from zi_rules.mentoring.assignment_letter import ASSIGNMENT_LETTER, AssignmentLetterWording
from zi_rules.office_letter_wording import WordingText
from zi_rules.version import Editions
from zi_umkm.domain.errors import MentoringError
from zi_umkm.domain.trip import Trip, TripPlan
from zi_umkm.letters.writing import MentoringLetterIssuer


class UnprintableAssignmentError(MentoringError):
    sentence = "The letter can't show one of these texts: it is too long, or holds a sign that nobody sees. Change the plan of the trip."


class AssignmentLetters:
    """Write the letters of trips: each is sealed under its number. Letters of trips that were approved before are made anew each time, by
    the newest template; `configurations` are adopted at start."""

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

    def sealed(
        self, plan: TripPlan, by: Act, district: str, issuer: MentoringLetterIssuer, salt: str
    ) -> bytes:
        """State the letter that this approver gives. Raises UnprintableAssignmentError."""
        wording, at = self._wordings[0], by.at.astimezone(office_zone())
        people = [_assigned(wording, each) for each in plan.people]
        approver = _approver(wording, by.actor, by.role.removeprefix("staff:"))
        who = [(wording.labels["officials"], f"{each['name']}, {each['position']}") for each in people]
        facts = [*who, *_stated(wording, plan, district, at)]
        try:
            content = ContentWithoutProducts(
                salt=salt,
                title=BilingualText(**_both(wording.title)),
                office=issuer.office,
                holder=Party(name=_names(people), address=line(district)),
                statement=BilingualText(**_both(wording.statement)),
                facts=tuple(
                    LabelledLine(label=BilingualText(**_both(label)), value=part)
                    for label, value in facts
                    for part in lines(value)
                ),
                valid_until=plan.ends,
                signer=Signatory(name=line(approver["name"]), position=line(approver["position"])),
                address=issuer.address,
                code_key=issuer.code_key,
            )
        except ValidationError as fault:
            raise UnprintableAssignmentError from fault
        return content.render()

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


def _names(people: Sequence[Mapping[str, str]]) -> str:
    """Return all names, as far as a line has room; each stands on a line of its own besides."""
    return lines(", ".join(each["name"] for each in people))[0]


def _facts(
    wording: AssignmentLetterWording, plan: TripPlan, district: str, approved: datetime
) -> list[dict[str, Any]]:
    stated = _stated(wording, plan, district, approved)
    return [{"label": _both(label), "value": value} for label, value in stated]


def _stated(
    wording: AssignmentLetterWording, plan: TripPlan, district: str, approved: datetime
) -> list[tuple[WordingText, str]]:
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
    return [(wording.labels[name], value) for name, value in values.items()]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(office_zone()):%d-%m-%Y %H.%M} {zone_name(at)}"
