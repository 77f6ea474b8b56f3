"""Decide about notices to a browser of the citizen. Pure."""

from datetime import timedelta
from typing import assert_never

from zi_intake.domain.case import refusals
from zi_intake.domain.case.state import Case
from zi_intake.domain.case.web_push_messages import (
    AgreeWebPush,
    EndWebPush,
    WebPushAgreed,
    WebPushCommands,
    WebPushEnded,
    WebPushEvents,
)

READ_BEFORE = timedelta(minutes=1)  # the longest from reading an address to the record of the attempt
MOST_AGREED = 30  # of one case: each is an event for ever


def decide_about_web_push(command: WebPushCommands, case: Case) -> list[WebPushEvents]:
    match command:
        case AgreeWebPush():
            if case.web_push.times >= MOST_AGREED:
                raise refusals.TooManyBrowsersError(limit=MOST_AGREED)
            return [WebPushAgreed(**dict(command))]
        case EndWebPush():
            return _end(command, case)
    assert_never(command)


def _end(command: EndWebPush, case: Case) -> list[WebPushEvents]:
    """End the notices. An attempt that began before the citizen agreed, or so soon after that the address may have been read before, says
    nothing of this browser; the next one does."""
    since, gone = case.web_push.since, command.known_gone
    is_over = since is None or (gone is not None and gone < since + READ_BEFORE)
    return [] if is_over else [WebPushEnded(by=command.by, request=command.request)]
