"""The desk: the next application, the letters to sign, the accounts to verify, the exceptions; lists show no personal data."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.application.state import WAITING, Application
from zi_certificates.messaging.upstream import request_of
from zi_certificates.read.accounts import accounts_to_verify
from zi_certificates.read.applications import counts
from zi_certificates.read.desk_lists import DeskQueue, desk_pages
from zi_certificates.read.letters import letter_numbered
from zi_certificates.roles import OVERRIDING, REFUNDING, VERIFYING
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.official import Official, SomeOfficial
from zi_certificates.web.page_context import rules_context
from zi_certificates.web.presenters import say_of
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED
from zi_rules.ticket import normalise_ticket

router = APIRouter(include_in_schema=False)

DESK = "/certificates/desk/"
FIRST = 10  # of each list; the rest is one page further
FOUND_NOTHING = msgid("There is no application with this ticket, and no letter with this number.")


LISTS_OF_DESK = {
    **{"mine": "in_hand", "signature": "to_sign", "exception": "overrides", "work": "working"},
    **{"unpaid": "unpaid", "refund": "refunds", "owing": "owing", "personal": "to_sign_personally"},
}


@router.get("/certificates/desk")
async def without_slash() -> Response:
    return RedirectResponse(DESK, 308)


@router.get(DESK)
async def desk(official: SomeOfficial) -> Response:
    return await _desk(official, Form())


async def _desk(official: Official, form: Form, status: int = 200) -> Response:
    office, now = official.office, official.office.clock.now()
    reader, roles = official.list_reader, _roles_of(official)
    shown_to: Mapping[DeskQueue, bool] = {
        "mine": roles["is_evaluator"],
        "signature": roles["may_sign"],
        "personal": roles["may_sign"] or roles["is_overseer"],
        "exception": roles["is_overseer"],
        "work": roles["is_overseer"],
        "unpaid": roles["is_overseer"] or roles["may_sign"],
        "refund": roles["is_refunder"],
        "owing": roles["is_refunder"],
    }

    def lists(tx: Tx) -> dict[str, Any]:
        """Read in one transaction what this official is shown, so that the counts fit one another."""
        queues = (queue for queue, is_shown in shown_to.items() if is_shown)
        pages = desk_pages(tx, queues, reader, now, FIRST)
        waiting = sum(many for status, many in counts(tx).items() if status in WAITING)
        unverified = accounts_to_verify(tx, sorted(reader.conflicts), size=FIRST)
        return {LISTS_OF_DESK[queue]: page for queue, page in pages.items()} | {
            "waiting": waiting,
            "accounts": unverified,
        }

    context = {
        **rules_context(official.request, office, office.rules.in_force(now)),
        **roles,
        **await office.store.query(lists),
        "other_certificates": await office.binding.waiting() if roles["is_overseer"] else 0,
        "person": official.person,
        "now": now,
        "form": form,
        "key": str(uuid4()),
    }
    return pages_of(official.request).render(official.request, "desk.html", status, **context)


def _roles_of(official: Official) -> dict[str, bool]:
    return {
        "is_evaluator": official.has("evaluator"),
        "may_sign": official.may_sign,
        "is_verifier": official.has(*VERIFYING),
        "is_overseer": official.has(*OVERRIDING),
        "is_refunder": official.has(*REFUNDING),
    }


@router.post("/certificates/desk/take")
async def take(official: SomeOfficial) -> Response:
    """Take the application that was complete first: nobody chooses."""
    form = Form.of(await official.request.form())
    try:
        taken = await official.office.deciding.take_next(official.act("evaluator"), key_of(form))
    except REFUSED as error:
        return await _desk(official, refused_form(official.request, form, error, "take"), status_of(error))
    return RedirectResponse(_application_page_of(taken.state), 303)


def _application_page_of(state: Application) -> str:
    assert state.draft is not None
    return f"{DESK}applications/{state.draft.ticket}"


@router.get("/certificates/desk/find")
async def find(official: SomeOfficial, wanted: str = "") -> Response:
    form = Form({"wanted": wanted[:30]})
    number = wanted.strip().upper()
    letter = await official.office.store.query(lambda tx: letter_numbered(tx, number))
    ticket = letter.ticket if letter else _ticket(wanted)
    if await official.office.store.query(lambda tx: request_of(tx, ticket)) is None:
        return await _desk(official, form.refused({"wanted": say_of(official.request)(FOUND_NOTHING)}), 404)
    return RedirectResponse(f"{DESK}applications/{ticket}", 303)


def _ticket(text: str) -> str:
    try:
        return normalise_ticket(text)
    except ValueError:
        return ""
