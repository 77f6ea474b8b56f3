"""Decide about a new code for a case: it goes to the address that was given at filing, and to nobody else. Pure."""

from datetime import timedelta
from typing import assert_never

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

# Promises, and so no data of an office: who reads the mails of a confidential reporter is late by a day.
LINK_WORKS = timedelta(days=1)
CONFIDENTIAL_WAIT = timedelta(days=1)
MOST_CODES = 16  # for one case; a code is recognised by trying them all


def decide_about_code(command: CodeCommands, case: Case, filing: AnyFiled) -> list[CodeEvents]:
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
    if "email" not in filing.reachable_by:
        raise refusals.NoAddressForCodeError
    if case.code.is_stopped:
        raise refusals.CodesStoppedError
    if case.code.number >= MOST_CODES:
        raise refusals.CodesUsedUpError
    if case.code.waiting(command.by.at) is not None:
        return []
    opens_at = command.by.at + (CONFIDENTIAL_WAIT if is_confidential(filing) else timedelta())
    times = {"opens_at": opens_at, "open_until": opens_at + LINK_WORKS}
    return [CodeRequested(**dict(command), **times)]


def _replace(command: ReplaceCode, case: Case) -> list[CodeEvents]:
    requested = case.code.waiting_as(command.asking, command.by.at)
    if requested is None:
        raise refusals.CodeLinkOverError
    if command.by.at < requested.opens_at:
        raise refusals.CodeTooEarlyError(opens_at=requested.opens_at)
    return [CodeReplaced(**dict(command))]


def is_confidential(filing: AnyFiled) -> bool:
    return isinstance(filing, AnswerableFiled) and filing.is_confidential
