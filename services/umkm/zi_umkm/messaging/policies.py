"""Reactions to messages of intake: open a case, record files and business numbers, close a case after an erasure; and to the decrees of
integrity about mentoring."""

from collections.abc import Iterable
from uuid import UUID

from zi_chassis.access.identity import APPLICANT
from zi_chassis.bus.announced import AnnouncedConfigurations
from zi_chassis.bus.inbox import React
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.configuration import ConfigurationKey
from zi_chassis.storage.database import Tx
from zi_chassis.storage.renamings import every_name_of
from zi_contracts import intake, integrity
from zi_contracts.message import Message
from zi_contracts.registry import by_sender, data_of
from zi_rules.standard import STANDARD, ServiceKind
from zi_umkm.domain.business import BusinessProfile
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.state import OVER, MentoringStatus
from zi_umkm.domain.ids import mentoring_id
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import (
    end_interest,
    interested_in,
    request_of,
    store_file,
    store_interest,
    store_number,
    store_request,
)
from zi_umkm.read.cases import case_of
from zi_umkm.read.mentorships import open_cases_of
from zi_umkm.read.nicknames import forget_nickname

HANDLED_TYPES = by_sender(
    ("intake", "integrity"),
    (
        *(intake.MentoringRequested, intake.AttachmentAdded, intake.BusinessNumberGiven),
        intake.DataSubjectErased,
        *(integrity.StandardAdopted, integrity.StandardWithdrawn),
        *(integrity.ConflictDeclared, integrity.ConflictCleared),
    ),
)
SYSTEM = "system:umkm"


def reacting(clock: Clock, rules: MentoringRulebook, announced: AnnouncedConfigurations) -> React:
    """Return the reactions; other types of messages change nothing."""

    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        match data_of(message):
            case intake.MentoringRequested() as requested:
                store_request(tx, message, requested)
                return (*_left(tx, message, requested, clock), *_opened(message, requested, clock))
            case intake.AttachmentAdded() as added:
                _attached(tx, message, added)
            case intake.BusinessNumberGiven() as number:
                return _identified(tx, message, number, clock)
            case intake.DataSubjectErased():
                forget_nickname(tx, message.subject)
                return _erased(tx, message, clock)
            case integrity.StandardAdopted(service=ServiceKind.MENTORING) as adopted:
                decree = rules.standards.read(adopted)
                return announced.take_up(message, clock.now(), decree, adopted.number)
            case integrity.StandardWithdrawn(service=ServiceKind.MENTORING) as ended:
                key = ConfigurationKey(STANDARD, ended.id, ended.version)
                return announced.take_out(message, clock.now(), key, ended.digest)
            case integrity.ConflictDeclared(official=official, business_ref=business):
                store_interest(tx, message, official, business)
                return _handed_over(tx, message, official, business, clock)
            case integrity.ConflictCleared():
                end_interest(tx, message.aggregate)
            case _:
                pass
        return ()

    return react


def _opened(message: Message, request: intake.MentoringRequested, clock: Clock) -> Iterable[Reaction]:
    business = BusinessProfile(district=request.district, has_nib=request.has_nib, items=request.items)
    command = messages.RegisterMentoring(
        by=_by(message, clock),
        ticket=message.subject,
        business_ref=request.business_ref,
        data_subject=request.data_subject,
        language=request.language,
        reachable_by=request.reachable_by,
        business=business,
    )
    return (Reaction(cases, mentoring_id(message.aggregate), command),)


def _left(tx: Tx, message: Message, request: intake.MentoringRequested, clock: Clock) -> Iterable[Reaction]:
    """Take whoever asked for this business signed in off its other open cases: it is their own."""
    if message.actorrole != APPLICANT:
        return ()
    return _handed_over(tx, message, message.actor, request.business_ref, clock)


def _attached(tx: Tx, message: Message, added: intake.AttachmentAdded) -> None:
    """Record a file of a mentored case; ignore files of other cases."""
    if request_of(tx, message.subject) is None:
        return
    for item in added.items:
        store_file(tx, message.subject, item, added.media_type, added.size, message.time)


def _identified(
    tx: Tx, message: Message, number: intake.BusinessNumberGiven, clock: Clock
) -> Iterable[Reaction]:
    """Record the business number and wake a sleeping case; a closed one stays as it is. Whoever has an interest leaves each."""
    if request_of(tx, message.subject) is None:
        return ()
    business = number.business_ref
    store_number(tx, message.subject, business, number.former_ref)
    interested = sorted(interested_in(tx, business))
    others = [
        each for official in interested for each in _handed_over(tx, message, official, business, clock)
    ]
    row = case_of(tx, message.subject)
    if row is not None and row.status is MentoringStatus.CLOSED:
        return others
    id, by = mentoring_id(message.aggregate), _by(message, clock)
    identified = Reaction(cases, id, messages.Identify(by=by, business_ref=business))
    program = _by_program(message, clock)
    released = [
        *(Reaction(cases, id, messages.ReleaseMentor(by=program, mentor=each)) for each in interested),
        *others,
    ]
    if row is not None and row.status is MentoringStatus.DORMANT:
        return (Reaction(cases, id, messages.ResumeMentoring(by=by)), identified, *released)
    return (identified, *released)


def _erased(tx: Tx, message: Message, clock: Clock) -> Iterable[Reaction]:
    """Close the case of a business whose data was erased."""
    row = case_of(tx, message.subject)
    if row is None or row.status in OVER:
        return ()
    command = messages.CloseMentoring(by=_by_program(message, clock), reason="data_erased")
    return (Reaction(cases, row.case, command),)


def _handed_over(tx: Tx, message: Message, official: str, business: str, clock: Clock) -> Iterable[Reaction]:
    """Take the official off the open cases of the business, by every reference of it."""
    by = _by_program(message, clock)
    for name in every_name_of(tx, business):
        for case in open_cases_of(tx, official, name):
            yield Reaction(cases, case, messages.ReleaseMentor(by=by, mentor=official))


def _by_program(message: Message, clock: Clock) -> Act:
    return Act(at=clock.now(), actor=SYSTEM, role=SYSTEM, causation=str(message.id))


def _by(message: Message, clock: Clock) -> Act:
    """Return the act of the person that intake recorded."""
    cause: UUID = message.id
    return Act(at=clock.now(), actor=message.actor, role=message.actorrole, causation=str(cause))
