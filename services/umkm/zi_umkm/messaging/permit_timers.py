"""The timers of permits and the reports of their promises that have passed, as system:umkm."""

from collections.abc import Iterable
from datetime import datetime

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.timers import Change, Clear, Due, Set
from zi_umkm.domain.case import permit
from zi_umkm.domain.case.permit import PermitPromise
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.permit_terms import PermitTerms
from zi_umkm.messaging.published import cases
from zi_umkm.read.permit_queue import late_permits
from zi_umkm.read.promised_visits import LAST_VISIT, PromisedVisits

OBJECTION, RENEWAL, END = "permit objection", "permit renewal", "permit end"
PERMIT_TIMERS = (OBJECTION, RENEWAL, END)


def permit_changes(event: Event, terms: PermitTerms) -> Iterable[Change]:
    match event:
        case permit.PermitIssued(certificate=certificate):
            yield Clear(OBJECTION)
            for name, at in (
                (RENEWAL, terms.renewable_from(certificate)),
                (END, terms.expires_at(certificate)),
            ):
                yield Clear(name) if at is None else Set(name, at)
        case permit.RevocationAnnounced(objection_until=datetime() as until):
            yield Set(OBJECTION, until)
        case permit.RevocationContested() | permit.RevocationDropped():
            yield Clear(OBJECTION)
        case permit.PermitRevoked() | permit.PermitExpired():
            yield from map(Clear, PERMIT_TIMERS)
        case _:
            pass


def permit_command(due: Due, act: Act, now: MentoringCase, terms: PermitTerms) -> permit.PermitCommands:
    """Make the command of a permit's timer; the decider ignores one that came to nothing since."""
    certificate = now.permit.certificate
    number = "" if certificate is None else certificate.number
    if due.name == OBJECTION:
        return permit.TakeRevocationEffect(by=act, objection_until=due.due)
    if due.name == RENEWAL:
        return permit.RemindOfRenewal(by=act, number=number)
    return permit.ExpirePermit(by=act, number=number, day=terms.day(act.at))


def late_promises(tx: Tx, now: datetime, most: int) -> list[Due]:
    """Return the visits and the steps of permits that were promised until before now and are not reported yet."""
    visits = PromisedVisits.late(tx, now, most)
    return [*visits, *late_permits(tx, now, most - len(visits))]


def report_of_permit(
    due: Due, act: Act, case: MentoringCase, marked: bool
) -> tuple[Decider[MentoringCase], Command] | None:
    """Return the report of a promise about a permit; None for one of a visit."""
    if due.name == LAST_VISIT:
        return None
    promise: PermitPromise | None = case.permit.running
    since = due.due if promise is None else promise.since
    command = permit.ReportLatePermit.model_validate(
        {"by": act, "clock": due.name, "since": since, "due": due.due, "reported_late": marked}
    )
    return cases, command
