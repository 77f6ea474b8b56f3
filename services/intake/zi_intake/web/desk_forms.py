"""The forms of the page of a case that an official at the desk can use now."""

from collections.abc import Mapping
from datetime import datetime

from zi_chassis.access.identity import Staff
from zi_intake.domain.case.disclosure_decisions import may_read, may_take
from zi_intake.domain.case.filings import SuggestionMade, appointed_topic, enterers, requests_information
from zi_intake.domain.case.handling_decisions import may_approve
from zi_intake.domain.case.information_decisions import may_decide_objection
from zi_intake.domain.case.moving_decisions import may_move
from zi_intake.domain.case.state import Case, Status
from zi_intake.roles import HEAD, OFFICERS, SUPERVISOR
from zi_intake.web.information_forms import DECIDING

ENDED = ("closed", "withdrawn")
NOT_INFORMATION = {"decide_objection": False, "refuse": False, "extend": False}


def desk_forms(state: Case, person: Staff, now: datetime, holder_sees: bool) -> dict[str, bool]:
    """Return for each form of the page whether this officer can use it now."""
    status, supervisor = state.status.value, SUPERVISOR in person.roles
    may_work = supervisor or state.officer == person.sub
    decides = supervisor or (HEAD in person.roles and appointed_topic(state.filing) is not None)
    working = status in (Status.ACKNOWLEDGED, Status.ASSIGNED)
    reads = may_read(state, person.sub, now)
    assignable = status not in (*ENDED, Status.FILED, Status.PASSED_ON)
    may = {
        "acknowledge": status == "filed",
        "take": assignable
        and state.officer != person.sub
        and (state.officer is None or appointed_topic(state.filing) is not None)
        and may_take(state, person.sub, now, holder_sees=holder_sees),
        "assign": assignable and supervisor,
        "triage": working and (may_work or state.officer is None) and reads,
        "note": status != Status.PASSED_ON and state.erased is None,
        "ask": status == "assigned" and may_work and reads,
        "answer": status == "assigned" and may_work and reads,
        "close": status == "answered" and may_work and reads,
        "visit": status == "assigned" and may_work and reads,
        "refer": status == "assigned" and may_work and reads,
        "link": state.officer is not None and status not in ENDED and may_work and reads,
        "move": may_move(state, person.sub, now, is_supervisor=supervisor),
        "approve": decides and status == "assigned" and may_approve(state, person.sub, now),
        "open": state.erased is None and reads,
        "ask_erasure": state.erased is None and state.erasure is None,
        "decide_erasure": state.erasure is not None and decides and state.erasure.by.actor != person.sub,
    }
    if person.sub in enterers(state.filing):  # a colleague works on it
        may |= dict.fromkeys(
            (
                *("acknowledge", "take", "triage", "ask", "answer", "close", "visit"),
                *("refer", "link", "approve", "decide_erasure"),
            ),
            False,
        )
    looks_on = person.roles.isdisjoint(OFFICERS) and appointed_topic(state.filing) is None  # the head
    may = {form: can and not looks_on for form, can in may.items()}
    return may | _by_kind(state, person, now, may)


def _by_kind(state: Case, person: Staff, now: datetime, may: Mapping[str, bool]) -> dict[str, bool]:
    """Return what is other for a suggestion and for a request for information, of which the head decides about objections."""
    information, works = state.information, may["answer"]
    if isinstance(state.filing, SuggestionMade):
        read = works and not state.filing.wants_answer
        return {"triage": False, "ask": False, "close": may["close"] or read, **NOT_INFORMATION}
    if not requests_information(state.filing):
        return NOT_INFORMATION
    decides = not person.roles.isdisjoint(DECIDING) and may_decide_objection(state, person.sub)
    reads = state.erased is None and HEAD in person.roles and may_read(state, person.sub, now)
    special = {
        "decide_objection": decides and person.sub not in enterers(state.filing),
        "open": may["open"] or reads,
        "refuse": works and not information.is_objected,
        "extend": works and not information.is_extended and state.due is not None and now <= state.due,
    }
    stopped = ("triage", "ask", "answer", "refer", "visit", "link", "approve", "extend")
    return special | (dict.fromkeys(stopped, False) if information.is_objected else {})
