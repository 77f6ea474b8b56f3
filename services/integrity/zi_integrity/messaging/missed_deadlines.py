"""Reactions to missed deadlines of other services: each opens its compensation, and whoever takes the case afterwards is remembered."""

from collections.abc import Iterable

from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_contracts import certificates, intake, umkm
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_integrity.domain.compensation import OpenCompensation
from zi_integrity.domain.compensation_terms import CompensationTerms, compensation_id
from zi_integrity.messaging.compensation_published import compensations
from zi_integrity.read.case_hands import remember_hands

DEADLINE_MESSAGES = (
    *(intake.DeadlineMissed, umkm.DeadlineMissed, certificates.DeadlineMissed),
    *(intake.CaseAssigned, umkm.MentoringRecorded, certificates.ApplicationTaken),
)
SYSTEM = "system:integrity"


def open_compensations(
    tx: Tx, message: Message, data: Data | None, terms: CompensationTerms, clock: Clock
) -> Iterable[Reaction]:
    """Return the compensation that a missed deadline opens; other messages open none."""
    match data:
        case intake.DeadlineMissed() | umkm.DeadlineMissed() | certificates.DeadlineMissed():
            return (_opened(message, data, terms, clock),)
        case intake.CaseAssigned(officer=official) | umkm.MentoringRecorded(mentor=official):
            remember_hands(tx, message.subject, official)
        case certificates.ApplicationTaken():
            remember_hands(tx, message.subject, message.actor)
        case _:
            pass
    return ()


def _opened(
    message: Message,
    missed: intake.DeadlineMissed | umkm.DeadlineMissed | certificates.DeadlineMissed,
    terms: CompensationTerms,
    clock: Clock,
) -> Reaction:
    """Count its times from the message, so that a delay on the bus is no gain."""
    opening = terms.opening(missed.service, message.time)
    by = Act(
        at=clock.now(), actor=SYSTEM, role=SYSTEM, causation=str(message.id), correlation=message.correlation
    )
    command = OpenCompensation(
        by=by,
        ticket=message.subject,
        service=missed.service,
        clock=missed.clock,
        missed=message.id,
        due=missed.due,
        owed=opening.owed,
        is_decided=opening.is_decided,
        rules=opening.rules,
        standard=missed.standard,
        officials=missed.officials,
        reported_late=missed.reported_late,
        offer_by=opening.offer_by,
        find_cause_by=opening.find_cause_by,
        language=missed.language,
        reachable_by=missed.reachable_by,
    )
    return Reaction(compensations, compensation_id(message.id), command)
