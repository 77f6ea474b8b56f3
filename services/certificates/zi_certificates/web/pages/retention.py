"""The pages of how long data are kept: the list, and one application with what speaks for keeping."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.retention import ERRORS
from zi_certificates.messaging.published import applications
from zi_certificates.read.retentions import RetentionView, retention_of, retention_page
from zi_certificates.roles import HOLDING, OVERRIDING
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.web import labels
from zi_certificates.web.bodies import HoldBody
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.form_fields import filled_in
from zi_certificates.web.official import Official, SomeOfficial, ticket_of
from zi_certificates.web.page_context import names_of, rules_context
from zi_certificates.web.presenters import say_of
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED

router = APIRouter(include_in_schema=False)

RETENTION = "/certificates/desk/retention"
LONGEST = 120
VIEWS: tuple[RetentionView, ...] = get_args(RetentionView)


@router.get(RETENTION)
async def retention_list(official: SomeOfficial) -> Response:
    request, office, now = official.request, official.office, official.office.clock.now()
    query, reader = request.query_params, official.list_reader
    view: RetentionView = next((each for each in VIEWS if each == query.get("view")), "due")
    form = Form({"view": view, "text": query.get("text", "").strip()[:LONGEST]})
    after, rules = query.get("after"), office.retaining.rules
    text = form.value("text")
    page = await office.store.query(lambda tx: retention_page(tx, view, text, reader, rules, now, after))
    say, here = say_of(request), {"view": view, "text": text}
    context = {
        **rules_context(request, office, office.rules.in_force(now)),
        **_rules_of(official),
        "form": form,
        "views": [(code, say(name)) for code, name in labels.RETENTION_VIEWS.items()],
        "rows": page.rows,
        "total": page.total,
        "now": now,
        "first": after and f"{RETENTION}?{urlencode(here)}",
        "next": page.after and f"{RETENTION}?{urlencode({**here, 'after': page.after})}",
    }
    return pages_of(request).render(request, "retention_list.html", 200, **context)


def _rules_of(official: Official) -> dict[str, Any]:
    """The rules as sentences: who keeps which letters for how long, and which kinds nobody has decided about."""
    office = official.office
    rules = office.retaining.rules
    names = names_of(official.request, office, office.rules.in_force(office.clock.now()))
    stated = {"office": rules.office, "holder": rules.holder}
    return {
        "kept": [
            (who, names.kinds(sorted(kind.value for kind in each.kinds)), each)
            for who, entries in stated.items()
            for each in entries
        ],
        "undecided": not rules.office,
        "version": rules.version,
        "holds": labels.HOLDS,
    }


@router.get(RETENTION + "/{ticket}")
async def retention_page_of(official: SomeOfficial, ticket: str) -> Response:
    return await _page(official, ticket_of(ticket), Form())


async def _page(official: Official, ticket: str, form: Form, status: int = 200) -> Response:
    request, office, now = official.request, official.office, official.office.clock.now()

    def reading(tx: Tx) -> dict[str, Any]:
        row = retention_of(tx, ticket)
        if row is None:
            raise NoSuchApplicationError
        id = row.application.application
        _, application = office.store.states(tx, {id: applications})[id]
        lifters = office.retaining.lifters(tx, row, application)
        refusal = None if row.hold_by is None else lifters.refusal(official.person.sub, row.hold_by)
        return {
            "row": row,
            "needed": office.retaining.needed(tx, row, application, now),
            "why_not_lifted": refusal and say_of(request)(refusal.sentence),
            "lifters": lifters,
        }

    read = await office.store.query(reading)
    await office.access.refuse_conflicted_with(official.person.sub, read["row"].application)
    needed, say = read["needed"], say_of(request)
    context = {
        **rules_context(request, office, office.rules.in_force(now)),
        **_rules_of(official),
        **read,
        "why_kept": None if needed is None else say(ERRORS[needed].sentence),
        "reasons": [(code, say(name)) for code, name in labels.HOLDS.items()],
        "may": {"keep": official.has(*HOLDING), "lift": official.has(*OVERRIDING)},
        "person": official.person,
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(request).render(request, "retention.html", status, **context)


async def _hold(official: Official, ticket: str, form: Form) -> None:
    body = HoldBody.model_validate(filled_in(reason=form.value("reason")))
    await official.office.retaining.hold(ticket, official.act(*HOLDING), key_of(form), body.reason)


async def _lift(official: Official, ticket: str, form: Form) -> None:
    await official.office.retaining.lift(ticket, official.act(*OVERRIDING), key_of(form))


async def _end(official: Official, ticket: str, form: Form) -> None:
    await official.office.retaining.end(ticket, official.act(*HOLDING), key_of(form))


COMMANDS: Mapping[str, Callable[[Official, str, Form], Awaitable[None]]] = {
    "hold": _hold,
    "lift": _lift,
    "end": _end,
}


@router.post(RETENTION + "/{ticket}/{command}")
async def act(official: SomeOfficial, ticket: str, command: str) -> Response:
    form, ticket = Form.of(await official.request.form()), ticket_of(ticket)
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    try:
        await COMMANDS[command](official, ticket, form)
    except REFUSED as error:
        field = "reason" if command == "hold" else "command"
        return await _page(
            official, ticket, refused_form(official.request, form, error, field), status_of(error)
        )
    return RedirectResponse(f"{RETENTION}/{ticket}", 303)
