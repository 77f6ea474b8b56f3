"""Decide about a new code for a case: it goes to the address or the number that was given at filing, and to nobody else. The notices to a
browser end with it, since whoever had the code before may have turned them on. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from zi_contracts.intake import Channel
from zi_intake.domain.case import refusals
from zi_intake.domain.case.code_messages import (
    CodeCommands,
    CodeEvents,
    CodeReplaced,
    CodeReplacementStopped,
    CodeRequested,
    ReplaceCode,
    RequestCode,
    StopCodes,
)
from zi_intake.domain.case.filings import AnswerableFiled, AnyFiled
from zi_intake.domain.case.state import Case
from zi_intake.domain.case.web_push_messages import WebPushEnded

# Promises, and so no data of an office: who reads the mails of a confidential reporter is late by a day.
LINK_WORKS = timedelta(days=1)
CONFIDENTIAL_WAIT = timedelta(days=1)
MOST_CODES = 16  # for one case; a code is recognised by trying them all


def decide_about_code(
    command: CodeCommands, case: Case, filing: AnyFiled
) -> Sequence[CodeEvents | WebPushEnded]:
    match command:
        case RequestCode():
            return _request(command, case, filing)
        case ReplaceCode():
            return _replace(command, case)
        case StopCodes():
            return [] if case.code.is_stopped else [CodeReplacementStopped(**dict(command))]
    assert_never(command)


def _request(command: RequestCode, case: Case, filing: AnyFiled) -> list[CodeEvents]:
    """Begin a request; one that waits already is not begun again, so that nobody fills a mailbox."""
    if way_of_code(filing, command.ways) is None:
        raise refusals.NoAddressForCodeError
    if case.code.is_stopped:
        raise refusals.CodesStoppedError
    if case.code.number >= MOST_CODES:
        raise refusals.CodesUsedUpError
    if case.code.waiting(command.by.at) is not None:
        return []
    opens_at = command.by.at + (CONFIDENTIAL_WAIT if is_confidential(filing) else timedelta())
    return [
        CodeRequested(
            by=command.by,
            request=command.request,
            asking=command.asking,
            opens_at=opens_at,
            open_until=opens_at + LINK_WORKS,
        )
    ]


def _replace(command: ReplaceCode, case: Case) -> list[CodeEvents | WebPushEnded]:
    requested = case.code.waiting_as(command.asking, command.by.at)
    if requested is None:
        raise refusals.CodeLinkOverError
    if command.by.at < requested.opens_at:
        raise refusals.CodeTooEarlyError(opens_at=requested.opens_at)
    ended = [WebPushEnded(by=command.by, request=command.request)] if case.web_push.is_on else []
    return [*ended, CodeReplaced(**dict(command))]


def way_of_code(filing: AnyFiled, ways: Sequence[Channel]) -> Channel | None:
    """Return the way by which the person gets the link to a new code. That of a confidential case goes over no telephone: the gateway reads
    what it carries, and whoever reads the link can use it."""
    allowed = (way for way in ways if way == "email" or not is_confidential(filing))
    return next((way for way in allowed if way in filing.reachable_by), None)


def is_confidential(filing: AnyFiled) -> bool:
    return isinstance(filing, AnswerableFiled) and filing.is_confidential
