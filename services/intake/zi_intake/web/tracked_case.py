"""A case as its citizen sees it, and the parts of its page that follow from its state: the standard that it was received under, its
place at another desk, and the forms that its citizen can use."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from zi_chassis.storage.database import Tx
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_intake.container import Office
from zi_intake.desks import desk_of
from zi_intake.domain.case.filings import AnswerableFiled, MentoringRequested
from zi_intake.domain.case.information_decisions import may_object
from zi_intake.domain.case.state import Case, kind_of
from zi_intake.read import labels
from zi_intake.read.progress import progress_of
from zi_intake.read.projections import CaseRecords, records_of
from zi_intake.read.sent_fields import answer_files
from zi_intake.read.tracking import CaseHistory, CaseTexts

REOPENABLE = ("answered", "closed")
ENDED = ("closed", "withdrawn")
WORKED_ON = ("filed", "acknowledged", "assigned")


async def read_case(office: Office, ticket: str) -> tuple[Case, CaseRecords]:
    """Read a case with its records, both in one transaction. Raises NoSuchCaseError."""

    def question(tx: Tx) -> tuple[Case, CaseRecords]:
        tidied_ticket, aggregate, version, state = office.access.known_in(tx, ticket)
        return state, records_of(tx, tidied_ticket, aggregate, version)

    return await office.store.query(question)


async def tracked_case(office: Office, ticket: str) -> tuple[Case, CaseTexts, CaseHistory]:
    """Return the case with what its citizen reads of it. Raises NoSuchCaseError."""
    state, records = await read_case(office, ticket)
    texts = await office.texts_of(state)
    return state, texts, await office.history_of(records, texts.opened)


def track_address(office: Office, ticket: str) -> str:
    """Return the address of the form that asks for the code of the case."""
    return f"{office.settings.public_url}/track?ticket={ticket}"


def ticket_to_self(request: Request, office: Office, ticket: str) -> str:
    """Return a link by which a citizen sends the ticket to themselves by WhatsApp: without the code, and without what it is about."""
    where = track_address(office, ticket)
    text = pages_of(request).say(request, msgid("Ticket {ticket}: {where}"), ticket=ticket, where=where)
    return f"https://wa.me/?{urlencode({'text': text})}"


def ways_back(request: Request, office: Office, ticket: str, state: Case) -> dict[str, object]:
    """Return by what a citizen finds the case again: the ticket in their own WhatsApp, and the way of a link to a new code."""
    return {
        "ticket_to_self": ticket_to_self(request, office, ticket),
        "code_way": office.code_actions.way_of(state),
    }


def standard_of(office: Office, state: Case) -> dict[str, Any] | None:
    """Return the standard that the case was received under, None for a case of another desk."""
    if not isinstance(state.filing, AnswerableFiled):
        return None
    pin = state.standard
    return {
        "title": office.terms.title(pin),
        "version": pin.version,
        "is_kept": pin.digest is not None,
        "decree": office.terms.decree(pin),
    }


def progress_context(office: Office, state: Case, now: datetime) -> dict[str, Any]:
    """Return the four steps, the files of answers, and the working days until the answer while the office owes it."""
    is_owed = isinstance(state.filing, AnswerableFiled) and state.status.value in WORKED_ON
    due = state.due if is_owed else None
    return {
        "kind_code": kind_of(state),
        "progress": progress_of(state),
        "answer_files": answer_files(state),
        "days_left": None if due is None else office.terms.working_days_until(state.standard, now, due),
        "is_late": due is not None and due < now,
    }


def elsewhere_of(office: Office, ticket: str, state: Case) -> dict[str, Any]:
    """Return the address of the case at another desk, and its labels; None for a case of intake itself."""
    desk = desk_of(state.filing)
    return {
        "elsewhere": None if desk is None else office.desk_address(desk, ticket),
        "desk": None if desk is None else labels.DESKS[desk.service],
    }


def forms_of(state: Case, now: datetime) -> dict[str, bool]:
    """Return for each form of the page whether the citizen can use it now."""
    status, until = state.status.value, state.reopen_until
    is_open = status not in ENDED
    if state.erased is not None:
        closed = ("reply", "reopen", "object", "attach", "withdraw", "number", "add", "rate")
        return dict.fromkeys(closed, False)
    in_time = until is None or now <= until
    return {
        "reply": status == "clarification_asked",
        "reopen": status in REOPENABLE and in_time and kind_of(state) not in ("information", "suggestion"),
        "object": in_time and may_object(state),
        "attach": is_open and status != "passed_on" and state.attachments < state.attachment_limit,
        "withdraw": is_open and status != "passed_on",
        "number": isinstance(state.filing, MentoringRequested),
        "add": status in WORKED_ON,
        "rate": state.is_answered,
    }
