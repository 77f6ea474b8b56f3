"""The desk's pages about contributors: erasures to be decided, and the data of one person, opened as a recorded act."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter

from zi_chassis.domain import ErasedError
from zi_chassis.vault.vault import OpenedItem, VaultLockedError
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, status_of
from zi_contracts.intake import ErasureReason, RefusalReason
from zi_integrity.domain.contributor import RefuseContributorErasure, is_erasable
from zi_integrity.messaging.contributors_data import contributors
from zi_integrity.read.contributors import PAGE, pending_erasures
from zi_integrity.roles import GIFT_UNIT, HEAD, ZONE_TEAM
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for

PATH = "/integrity/desk/contributors"
HANDLING = (*ZONE_TEAM, *HEAD)
PURPOSES: Mapping[str, str] = {
    "handling": "To handle the contribution",
    "identity": "To check who it is",
}
ERASURE_REASONS: Mapping[str, str] = {
    "subject_request": "The person asked for it",
    "consent_withdrawn": "The person withdrew the consent",
    "no_longer_needed": "It is not needed any more",
    "unlawfully_processed": "It was used unlawfully",
    "lawful_order": "A court or an authority ordered it",
}
REFUSAL_REASONS: Mapping[str, str] = {
    "not_the_data_subject": "The request was not the person's own",
    "still_needed": "It is still needed",
    "legal_hold": "The law requires it to stay",
}
ERASURE = TypeAdapter[ErasureReason](ErasureReason)
REFUSAL = TypeAdapter[RefusalReason](RefusalReason)
# Reporters of gifts and conflicts have desks of their own.
READABLE_HERE = frozenset({"contact.email", "contact.name", "proposal.text", "comment.text", "survey.words"})

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def pending(official: CurrentOfficial) -> Response:
    official.act((*HANDLING, *GIFT_UNIT))
    page = page_number(official.request)
    rows, count = await official.office.store.query(lambda tx: pending_erasures(tx, page))
    return pages_of(official.request).render(
        official.request,
        "desk_contributors.html",
        rows=rows,
        count=count,
        reasons=ERASURE_REASONS,
        paging=pages_for(count, page, PAGE),
    )


@router.get(f"{PATH}/{{data_subject}}")
async def contributor(official: CurrentOfficial, data_subject: UUID) -> Response:
    official.act((*HANDLING, *GIFT_UNIT))
    return await _contributor(official, data_subject, Form(), {})


@router.post(f"{PATH}/{{data_subject}}/open")
async def open_data(official: CurrentOfficial, data_subject: UUID) -> Response:
    """Show the data on the answer itself; it has no address of its own."""
    form = Form.of(await official.request.form())
    try:
        by = official.act(HANDLING)
        purpose = _chosen(form, "purpose", PURPOSES)
        data = official.office.personal_data
        items = [each.item for each in await data.items_of(data_subject, READABLE_HERE)]
        opened = await data.open(data_subject, by, purpose, items) if items else {}
    except (*REFUSED, ErasedError, VaultLockedError) as error:
        refused = refused_at(official.request, form, error, "purpose")
        return await _contributor(official, data_subject, refused, {}, status_of(error))
    return await _contributor(official, data_subject, Form(), opened)


@router.post(f"{PATH}/{{data_subject}}/request-erasure")
async def request_erasure(official: CurrentOfficial, data_subject: UUID) -> Response:
    form = Form.of(await official.request.form())
    try:
        by = official.act((*ZONE_TEAM, *GIFT_UNIT))
        reason = ERASURE.validate_python(_chosen(form, "reason", ERASURE_REASONS))
        await official.office.personal_data.request_erasure(data_subject, by, reason)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "reason")
        return await _contributor(official, data_subject, refused, {}, status_of(error))
    return RedirectResponse(f"{PATH}/{data_subject}", 303)


@router.post(f"{PATH}/{{data_subject}}/approve-erasure")
async def approve_erasure(official: CurrentOfficial, data_subject: UUID) -> Response:
    by = official.act(HEAD)
    await official.office.personal_data.approve_erasure(data_subject, by)
    return RedirectResponse(f"{PATH}/{data_subject}", 303)


@router.post(f"{PATH}/{{data_subject}}/refuse-erasure")
async def refuse_erasure(official: CurrentOfficial, data_subject: UUID) -> Response:
    form = Form.of(await official.request.form())
    try:
        by = official.act(HEAD)
        reason = REFUSAL.validate_python(_chosen(form, "refusal", REFUSAL_REASONS))
        command = RefuseContributorErasure(by=by, reason=reason)
        await official.office.personal_data.refuse_erasure(data_subject, command)
    except REFUSED as error:
        refused = refused_at(official.request, form, error, "refusal")
        return await _contributor(official, data_subject, refused, {}, status_of(error))
    return RedirectResponse(f"{PATH}/{data_subject}", 303)


async def _contributor(
    official: ZoneOfficial,
    data_subject: UUID,
    form: Form,
    opened: Mapping[UUID, OpenedItem],
    status: int = 200,
) -> Response:
    _, state = await official.office.store.fetch(contributors, data_subject)
    every = await official.office.personal_data.items_of(data_subject)
    stored = [each for each in every if each.field in READABLE_HERE]
    may_erase = is_erasable({each.field for each in every})
    request = state.request
    context = {
        "data_subject": data_subject,
        "state": state,
        "stored": stored,
        "opened": list(opened.values()),
        "form": form,
        "purposes": PURPOSES,
        "reasons": ERASURE_REASONS,
        "refusals": REFUSAL_REASONS,
        "may_open": official.has(*HANDLING),
        "may_request": official.has(*ZONE_TEAM, *GIFT_UNIT) and request is None and may_erase,
        "may_decide": official.has(*HEAD) and request is not None and request.by.actor != official.person.sub,
    }
    return pages_of(official.request).render(official.request, "desk_contributor.html", status, **context)


def _chosen(form: Form, name: str, choices: Mapping[str, str]) -> str:
    if (choice := form.value(name)) not in choices:
        raise ChoiceError(FIELDS["missing"], name)
    return choice
