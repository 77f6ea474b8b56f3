"""Decide about notices to a browser of the citizen. Pure."""

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
    """End the notices; the word of a push service is not about a browser for which the citizen agreed after it."""
    since, gone = case.web_push.since, command.known_gone
    is_over = since is None or (gone is not None and since > gone)
    return [] if is_over else [WebPushEnded(by=command.by, request=command.request)]
