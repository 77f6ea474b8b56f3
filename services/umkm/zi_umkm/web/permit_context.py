"""The part of a page that is about the permit of a case: its step and clock, its certificates, and what this reader may do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from zi_chassis.web.language import language_of
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.permit_state import PermitFile
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.permit_register import permits_of_case
from zi_umkm.roles import CHECKING, SIGNING
from zi_umkm.web import permit_labels
from zi_umkm.web.official import DeskOfficial


@dataclass(frozen=True)
class PermitView:
    file: PermitFile
    now: datetime

    @property
    def is_late(self) -> bool:
        promise = self.file.promise
        return self.file.is_at_work and promise is not None and promise.due < self.now


async def permit_part(
    request: Request, office: MentoringOffice, mentoring_request: MentoringRequest, state: MentoringCase
) -> dict[str, Any]:
    now, terms = office.clock.now(), office.rules.permits
    case, language = str(mentoring_request.mentoring), language_of(request)
    return {
        "permit": PermitView(state.permit, now),
        "permits": await office.store.query(lambda tx: permits_of_case(tx, case)),
        "permit_labels": permit_labels,
        "revocation_reasons": [
            (code, text.id if language == "id" else text.en) for code, text in terms.now.reasons.items()
        ],
        "objection_decided": terms.now.objection is not None,
    }


async def permit_of_desk(
    official: DeskOfficial, mentoring_request: MentoringRequest, state: MentoringCase
) -> dict[str, Any]:
    part = await permit_part(official.request, official.office, mentoring_request, state)
    return part | {"decides_not": _decides_not(official, state)}


def _decides_not(official: DeskOfficial, state: MentoringCase) -> str:
    """Return why this official, who has the role for the step that a permit waits for, does not take it."""
    file, sub = state.permit, official.person.sub
    waits = file.is_at_work or file.proposed is not None
    if waits and sub in state.former_mentors.union(state.mentors) and official.has(*CHECKING, *SIGNING):
        return "mentors"
    return "found_fit" if file.is_found_fit and official.has(*SIGNING) and sub == file.fit_by else ""
