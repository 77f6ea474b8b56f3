"""The part of a page that is about the permit of a case: its step and clock, its certificates, and what this reader may do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from zi_chassis.web.language import language_of
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.permit_decisions import ACTING
from zi_umkm.domain.case.permit_state import HOLDING, PermitFile, PermitStanding
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.permit_register import permits_of_case
from zi_umkm.roles import CHECKING, EVALUATING, SIGNING
from zi_umkm.web import permit_labels
from zi_umkm.web.official import DeskOfficial


@dataclass(frozen=True)
class PermitView:
    """`renewable` is whether the business may apply for the next permit now; `may_object` whether it can still object to a revocation."""

    file: PermitFile
    now: datetime
    renewable: bool
    may_object: bool

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
        "permit": _view(office, state, now),
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
    return part | {"acts": permit_acts(official, state)}


def _view(office: MentoringOffice, state: MentoringCase, now: datetime) -> PermitView:
    file, terms = state.permit, office.rules.permits
    opens = terms.renewable_from(file.certificate)
    ended = file.standing in (PermitStanding.REVOKED, PermitStanding.EXPIRED)
    awake = state.status not in (MentoringStatus.CLOSED, MentoringStatus.DORMANT)
    again = file.certificate is not None and not file.is_at_work and file.proposed is None
    soon = file.standing is PermitStanding.VALID and opens is not None and opens <= now
    until = None if file.announced is None else file.announced.objection_until
    objects = file.standing is PermitStanding.ANNOUNCED and until is not None and now < until
    return PermitView(file, now, again and awake and (ended or soon), objects)


def permit_acts(official: DeskOfficial, state: MentoringCase) -> Mapping[str, bool]:
    """Return which forms about the permit this official sees; the decider has the last word."""
    file, sub = state.permit, official.person.sub
    free = sub not in state.former_mentors.union(state.mentors)
    parties = {"" if file.proposed is None else file.proposed.by.actor}
    if file.standing is PermitStanding.CONTESTED and file.announced is not None:
        parties.add(file.announced.by.actor)
    decides = free and file.proposed is not None and official.has(*SIGNING) and sub not in parties
    at, holds, settled = file.stage.value, file.standing in HOLDING, file.proposed is None
    return {
        "verify_account": free and at == "account" and official.has(*CHECKING),
        "find_fit": free and settled and at == "evaluation" and official.has(*EVALUATING),
        "sign": free and settled and at == "issue" and official.has(*SIGNING) and sub != file.fit_by,
        "signs_own": free and at == "issue" and official.has(*SIGNING) and sub == file.fit_by,
        "give_back": free and official.has(*ACTING.get(file.stage, ())),
        "propose": free and holds and file.proposed is None and official.has(*CHECKING),
        "announce": decides and file.standing is PermitStanding.VALID,
        "drop": decides and holds,
        "confirm": decides and file.standing is PermitStanding.CONTESTED,
        "mentors_decide_not": not free
        and (file.is_at_work or file.proposed is not None)
        and official.has(*CHECKING, *SIGNING),
    }
