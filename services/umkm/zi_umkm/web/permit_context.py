"""The part of a page that is about the permit of a case: its step and clock, its certificates, and what this reader may do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from zi_chassis.web.language import language_of
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.permit_state import PermitFile, PermitStage
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.roles import CHECKING, EVALUATING, SIGNING
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web import permit_labels
from zi_umkm.web.official import DeskOfficial


@dataclass(frozen=True)
class PermitView:
    file: PermitFile
    now: datetime

    @property
    def is_late(self) -> bool:
        return self.file.is_late(self.now)


def permit_part(request: Request, office: MentoringOffice, dossier: MentoringDossier) -> dict[str, Any]:
    now, terms, language = office.clock.now(), office.rules.permits, language_of(request)
    return {
        "permit": PermitView(dossier.state.permit, now),
        "permits": dossier.permits,
        "permit_labels": permit_labels,
        "revocation_reasons": [
            (code, text.id if language == "id" else text.en) for code, text in terms.now.reasons.items()
        ],
        "objection_decided": terms.now.objection is not None,
    }


def permit_of_desk(official: DeskOfficial, dossier: MentoringDossier) -> dict[str, Any]:
    part = permit_part(official.request, official.office, dossier)
    return part | {"decides_not": _decides_not(official, dossier.state)}


def _decides_not(official: DeskOfficial, state: MentoringCase) -> str:
    """Return why this official, who has the role for the step that a permit waits for, does not take it."""
    file, sub = state.permit, official.person.sub
    waits = file.is_at_work or file.proposed is not None
    if waits and sub in state.former_mentors.union(state.mentors) and official.has(*CHECKING, *SIGNING):
        return "mentors"
    if official.has(*SIGNING) and sub in file.revocation_parties:
        return "revocation"
    if file.is_found_fit and official.has(*SIGNING) and sub == file.fit_by:
        return "found_fit"
    decides = {PermitStage.EVALUATION: EVALUATING, PermitStage.ISSUE: SIGNING}.get(file.stage, ())
    return "account" if official.has(*decides) and sub == file.account_by else ""
