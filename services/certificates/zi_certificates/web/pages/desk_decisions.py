"""The decisions about one application, each a form of its page."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.application.errors import ChangedMeanwhileError
from zi_certificates.roles import CALLING, OVERRIDING, RELEASING
from zi_certificates.use_cases.deciding import SeenOverride
from zi_certificates.web.bodies import (
    AmendmentCallBody,
    OverrideBody,
    OverrideDecisionBody,
    PassBody,
    PersonalSignatureBody,
    ReasonsBody,
    ReinstatementBody,
    ReleaseBody,
    SendBackBody,
    StandingBody,
    findings,
)
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.form_fields import checked_values, filled_in, revision_of
from zi_certificates.web.official import Official, SomeOfficial, ticket_of
from zi_certificates.web.page_context import findings_of
from zi_certificates.web.pages.desk import DESK
from zi_certificates.web.pages.desk_application import dossier_for_desk, show_application
from zi_certificates.web.pages.desk_choices import MORE, reasons_in
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED

REFUSED_PRODUCT = "refuse."

router = APIRouter(include_in_schema=False)


@router.post("/certificates/desk/applications/{ticket}/letters/{letter}")
async def change_standing(official: SomeOfficial, ticket: str, letter: UUID) -> Response:
    form = Form.of(await official.request.form())
    field = f"standing.{letter}"
    if form.value("verdict") == "reinstate":
        field = f"reinstatement.{letter}"
    error_fields = {"reason": field, "note": f"standing_note.{letter}"}
    action = _change_standing(official, ticket, letter, form)
    return await decide_and_show(official, ticket, form, field, action, error_fields)


async def _change_standing(official: Official, ticket: str, letter: UUID, form: Form) -> None:
    ticket, by, key, deciding = (
        ticket_of(ticket),
        official.as_signer(),
        key_of(form),
        official.office.deciding,
    )
    note = form.value(f"standing_note.{letter}").strip() or None
    verdict = form.value("verdict")
    if verdict == "reinstate":
        reason = filled_in(reason=form.value(f"reinstatement.{letter}"), note=note)
        again = ReinstatementBody.model_validate(reason)
        await deciding.reinstate(ticket, by, key, letter, again.reason, again.note)
        return
    body = StandingBody.model_validate(filled_in(reason=form.value(f"standing.{letter}"), note=note))
    if verdict == "suspend":
        await deciding.suspend(ticket, by, key, letter, body.reason, body.note)
    elif verdict == "revoke":
        await deciding.revoke(ticket, by, key, letter, body.reason, body.note)
    else:
        raise NotFoundError(DETAILS[404])


@router.post("/certificates/desk/applications/{ticket}/letters/{letter}/call-for-amendment")
async def call_for_amendment(official: SomeOfficial, ticket: str, letter: UUID) -> Response:
    form = Form.of(await official.request.form())
    field = f"call.{letter}"
    action = _call_for_amendment(official, ticket, letter, form)
    return await decide_and_show(official, ticket, form, field, action, {"note": field})


async def _call_for_amendment(official: Official, ticket: str, letter: UUID, form: Form) -> None:
    fields = checked_values(form, f"fields.{letter}")
    body = AmendmentCallBody.model_validate(
        filled_in(note=form.value(f"call.{letter}").strip(), fields=fields)
    )
    by, calls = official.act(*CALLING), official.office.amendment_calls
    await calls.call(ticket_of(ticket), by, key_of(form), letter, body.note, body.fields)


@router.post("/certificates/desk/applications/{ticket}/personal-signature")
async def sign_personally(official: SomeOfficial, ticket: str) -> Response:
    form = Form.of(await official.request.form())
    action = _sign_personally(official, ticket_of(ticket), form.value("passphrase"))
    return await decide_and_show(official, ticket, form.without_secrets(), "passphrase", action)


async def _sign_personally(official: Official, ticket: str, typed: str) -> None:
    passphrase = PersonalSignatureBody.model_validate({"passphrase": typed}).passphrase
    id = await official.office.deciding.application_id(ticket)
    await official.office.personal.sign(id, official.as_signer(), passphrase.get_secret_value())


@router.post("/certificates/desk/applications/{ticket}/{command}")
async def decide(official: SomeOfficial, ticket: str, command: str) -> Response:
    form = Form.of(await official.request.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    if form.value(MORE):
        return await show_application(official, ticket, form)
    field, action = COMMANDS[command]
    return await decide_and_show(
        official, ticket, form, field, action(official, ticket_of(ticket), form), ERROR_FIELDS.get(field)
    )


async def decide_and_show(
    official: Official,
    ticket: str,
    form: Form,
    field: str,
    action: Awaitable[object],
    error_fields: Mapping[str, str] | None = None,
) -> Response:
    try:
        await action
    except REFUSED as error:
        refused = refused_form(official.request, form, error, field, error_fields)
        return await show_application(official, ticket, refused, status_of(error))
    return RedirectResponse(f"{DESK}applications/{ticket_of(ticket)}", 303)


async def _pass(official: Official, ticket: str, form: Form) -> None:
    by, revision = official.act("evaluator"), revision_of(form)
    picked = {name: form.value(name) for name in form.values if name.startswith(REFUSED_PRODUCT)}
    refused = [
        {"reason": reason, "where": "items", "item": int(name.removeprefix(REFUSED_PRODUCT))}
        for name, reason in picked.items()
        if reason and name.removeprefix(REFUSED_PRODUCT).isdecimal()
    ]
    body = PassBody.model_validate({"revision": revision or 1, "refused": refused})
    await official.office.deciding.pass_evaluation(ticket, by, key_of(form), revision, findings(body.refused))


async def _judge(official: Official, ticket: str, form: Form) -> None:
    by, reasons = official.act("evaluator"), await _picked(official, ticket, form)
    body = ReasonsBody.model_validate({"reasons": reasons, "note": form.value("note").strip() or None})
    deciding, key = official.office.deciding, key_of(form)
    match form.value("verdict"):
        case "ask-data":
            await deciding.ask_data(ticket, by, key, findings(body.reasons), body.note, revision_of(form))
        case "reject":
            await deciding.reject(ticket, by, key, findings(body.reasons), body.note, revision_of(form))
        case _:
            raise NotFoundError(DETAILS[404])


async def _send_back(official: Official, ticket: str, form: Form) -> None:
    by, reasons = official.as_signer(), await _picked(official, ticket, form)
    body = SendBackBody.model_validate({"reasons": reasons, "note": form.value("note").strip() or None})
    returned, revision = findings(body.reasons), revision_of(form)
    await official.office.deciding.send_back(ticket, by, key_of(form), returned, body.note, revision)


async def _picked(official: Official, ticket: str, form: Form) -> list[dict[str, Any]]:
    """Collect the rules' findings that were ticked, and the reasons that were picked by hand."""
    found = findings_of(official.office, await dossier_for_desk(official.office, ticket))
    return reasons_in(form, found)


async def _sign(official: Official, ticket: str, form: Form) -> None:
    by, numbers = official.as_signer(), form.value("refused").split(",")
    refused = [int(each) for each in numbers if each.isdecimal()]
    await official.office.signing.sign(
        ticket, by, key_of(form), revision_of(form), official.person, frozenset(refused)
    )


async def _release(official: Official, ticket: str, form: Form) -> None:
    reason = ReleaseBody.model_validate(filled_in(reason=form.value("release"))).reason
    await official.office.deciding.release(ticket, official.act(*RELEASING), key_of(form), reason)


async def _ask_override(official: Official, ticket: str, form: Form) -> None:
    body = OverrideBody.model_validate(
        filled_in(official=form.value("official").strip(), reason=form.value("override"))
    )
    by = official.act(*OVERRIDING)
    await official.office.deciding.ask_override(ticket, by, key_of(form), body.official, body.reason)


def _seen_override(form: Form) -> SeenOverride:
    """Return the exception that was on the page; a page that does not say which is taken for an old one."""
    fields = filled_in(official=form.value("official"), reason=form.value("reason"))
    if len(fields) < 2:
        raise ChangedMeanwhileError
    return OverrideDecisionBody.model_validate(fields).override()


async def _approve_override(official: Official, ticket: str, form: Form) -> None:
    by = official.act(*OVERRIDING)
    await official.office.deciding.approve_override(ticket, by, key_of(form), _seen_override(form))


async def _refuse_override(official: Official, ticket: str, form: Form) -> None:
    by = official.act(*OVERRIDING)
    await official.office.deciding.refuse_override(ticket, by, key_of(form), _seen_override(form))


# For each command the field at which a refusal is context, and the act.
COMMANDS: Mapping[str, tuple[str, Callable[[Official, str, Form], Awaitable[None]]]] = {
    "pass": ("pass", _pass),
    "judge": ("reasons", _judge),
    "send-back": ("reasons", _send_back),
    "sign": ("sign", _sign),
    "release": ("release", _release),
    "ask-override": ("official", _ask_override),
    "approve-override": ("override", _approve_override),
    "refuse-override": ("override", _refuse_override),
}
ERROR_FIELDS: Mapping[str, Mapping[str, str]] = {
    "release": {"reason": "release"},
    "official": {"reason": "override"},
}
