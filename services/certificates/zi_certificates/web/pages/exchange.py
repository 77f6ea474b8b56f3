"""The page of a company about other systems: keys, their uses, the webhook and its deliveries. A secret is shown in one answer alone."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.read.import_uses import PAGE as USES
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.form_fields import page_number
from zi_certificates.web.pages.application_owner import ApplicationOwner, Owner, part_context
from zi_certificates.web.presenters import say_of
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import REFUSED
from zi_chassis.webhooks.public_address import LONGEST
from zi_chassis.webhooks.queue import PAGE as DELIVERIES

router = APIRouter(include_in_schema=False)

STATES: Mapping[str, str] = {
    "waiting": msgid("Waiting for the next try"),
    "delivered": msgid("Delivered"),
    "given_up": msgid("Given up"),
    "ended": msgid("Not sent: the webhook ended"),
    "erased": msgid("Erased with the data of its case"),
}
TRIES: Mapping[str, str] = {
    "delivered": msgid("taken"),
    "gone": msgid("gone for ever"),
    "refused": msgid("refused"),
    "redirected": msgid("led elsewhere, which is not followed"),
    "unreachable": msgid("not reached"),
    "too_slow": msgid("too slow"),
    "unsafe": msgid("an address that is not called"),
}
OUTCOMES: Mapping[str, str] = {
    "taken": msgid("Draft made"),
    "repeated": msgid("Sent again, nothing changed"),
    "unknown_import_key": msgid("Refused: the key has ended"),
    "invalid_fields": msgid("Refused: what was sent is not written as the office reads it"),
    "unusable_import": msgid("Refused: codes, units or documents in it are not on the office's lists"),
    "unknown_document_kind": msgid("Refused: it names a document that the office does not know"),
    "no_such_item": msgid("Refused: a document in it speaks of an item that is not there"),
    "no_such_application": msgid("Refused: there is no request with this ticket"),
    "not_the_companys": msgid("Refused: the ticket is of another company"),
    "imported_otherwise": msgid("Refused: the reference was used before, for another content"),
    "imported_before": msgid("Refused: the request came before, under another reference"),
}
# The calling system has read the whole sentence.
REFUSED_USE = msgid("Refused: the answer to your system said why")


@router.get("/certificates/applications/{ticket}/exchange")
async def exchange_page(owner: Owner) -> Response:
    return await _page(owner, Form())


async def _page(owner: ApplicationOwner, form: Form, status: int = 200, **secrets: str) -> Response:
    query, say = owner.request.query_params, say_of(owner.request)
    uses, deliveries = (page_number(query.get(name, "")) for name in ("uses", "deliveries"))
    overview = await owner.office.exchanging.overview(owner.intake_request, owner.by, uses, deliveries)
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    context = {
        **part_context(owner, dossier, form, rules),
        "overview": overview,
        "secrets": secrets,
        "longest": LONGEST,
        "states": {name: say(text) for name, text in STATES.items()},
        "tries": {name: say(text) for name, text in TRIES.items()},
        "use_of": lambda kind: say(OUTCOMES.get(kind, REFUSED_USE)),
        "field_labels": {"url": say(msgid("Address of your system")), "keys": say(msgid("Keys"))},
        "uses_page": uses,
        "deliveries_page": deliveries,
        "more_uses": uses * USES < overview.uses.total,
        "more_deliveries": deliveries * DELIVERIES < overview.deliveries.total,
        "changeable": True,
        "key": str(uuid4()),
    }
    answer = pages_of(owner.request).render(owner.request, "exchange.html", status, **context)
    if secrets:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/certificates/applications/{ticket}/exchange/keys")
async def issue_key(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())
    try:
        secret = await owner.office.exchanging.issue_key(owner.intake_request, owner.by, key_of(form))
    except REFUSED as error:
        return await _page(owner, refused_form(owner.request, form, error, "keys"), status_of(error))
    return await _page(owner, Form(), import_key=secret)


@router.post("/certificates/applications/{ticket}/exchange/keys/{key}/end")
async def end_key(owner: Owner, key: UUID) -> Response:
    try:
        await owner.office.exchanging.revoke_key(owner.intake_request, owner.by, key)
    except REFUSED as error:
        return await _page(owner, refused_form(owner.request, Form(), error, "keys"), status_of(error))
    return RedirectResponse(f"{owner.address}/exchange", 303)


@router.post("/certificates/applications/{ticket}/exchange/webhook")
async def subscribe(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())
    url = form.value("url").strip()
    try:
        secret = await owner.office.exchanging.subscribe(owner.intake_request, owner.by, url, key_of(form))
    except REFUSED as error:
        return await _page(owner, refused_form(owner.request, form, error, "url"), status_of(error))
    return await _page(owner, Form(), webhook=secret)


@router.post("/certificates/applications/{ticket}/exchange/webhook/rotate")
async def rotate(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())
    try:
        secret = await owner.office.exchanging.rotate(owner.intake_request, owner.by, key_of(form))
    except REFUSED as error:
        return await _page(owner, refused_form(owner.request, form, error, "url"), status_of(error))
    return await _page(owner, Form(), webhook=secret)


@router.post("/certificates/applications/{ticket}/exchange/webhook/end")
async def end_webhook(owner: Owner) -> Response:
    try:
        await owner.office.exchanging.end_webhook(owner.intake_request, owner.by)
    except REFUSED as error:
        return await _page(owner, refused_form(owner.request, Form(), error, "url"), status_of(error))
    return RedirectResponse(f"{owner.address}/exchange", 303)
