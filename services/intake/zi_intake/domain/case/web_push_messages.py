"""The commands about notices to a browser of the citizen, and the events that they record; the name of an event's class is stored."""

from datetime import datetime

from zi_contracts.intake import Items
from zi_intake.domain.case.filings import CaseCommand, CaseEvent


class AgreeWebPush(CaseCommand):
    """Let a browser get the notices of the case, in place of one before it; its address is the item."""

    items: Items


class EndWebPush(CaseCommand):
    """Send no more notices to a browser. `known_gone`: when the attempt began at which the push service said that it knows the
    browser no more."""

    known_gone: datetime | None = None


class WebPushAgreed(CaseEvent):
    items: Items


class WebPushEnded(CaseEvent):
    pass


WebPushCommands = AgreeWebPush | EndWebPush
WebPushEvents = WebPushAgreed | WebPushEnded
