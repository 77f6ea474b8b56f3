"""The command and the event by which an open complaint goes to the officials appointed for a topic. The name of an event's class is stored."""

from zi_contracts.intake import Items
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class MoveToAppointed(CaseCommand):
    """Move the complaint to those who are `appointed` for the topic, none where the head alone sees it; `items` say why, for them."""

    topic: str
    appointed: frozenset[str]
    items: Items


class MovedToAppointed(CaseEvent):
    """The topic is not published, as that of a complaint filed about it is not."""

    topic: str
    items: Items
