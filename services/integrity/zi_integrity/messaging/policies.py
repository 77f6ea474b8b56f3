"""Reactions to messages of intake, umkm and certificates."""

from collections.abc import Iterable

from zi_chassis.bus.inbox import React
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.storage.database import Tx
from zi_contracts import intake
from zi_contracts.message import Message
from zi_contracts.registry import by_sender, data_of
from zi_integrity.domain.compensation_terms import CompensationTerms
from zi_integrity.messaging import businesses, finished_cases
from zi_integrity.messaging.missed_deadlines import DEADLINE_MESSAGES, open_compensations
from zi_integrity.read.complaint_counts import count_complaint

HANDLED_TYPES = by_sender(
    ("intake", "umkm", "certificates"),
    (*finished_cases.HANDLED, *businesses.HANDLED, *DEADLINE_MESSAGES),
)
SYSTEM = "system:integrity"


def reacting(clock: Clock, compensation_terms: CompensationTerms) -> React:
    """Return the reactions; other types of messages change nothing."""

    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        data = data_of(message)
        finished_cases.note_case(tx, message, data)
        businesses.note_business(tx, message, data)
        match data:
            case intake.ComplaintFiled() as complaint:
                count_complaint(tx, message, complaint)
                return ()
            case _:
                return open_compensations(tx, message, data, compensation_terms, clock)

    return react
