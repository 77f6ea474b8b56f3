"""The desk's pages about compensations: the list with its true count, and one of them with its next steps."""

from collections.abc import Collection, Mapping
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_chassis.domain import Act, ErasedError
from zi_chassis.vault.vault import OpenedItem, VaultLockedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_chassis.web.refused_form import REFUSED, ChoiceError, refused_at, status_of
from zi_contracts.integrity.compensation import AnswerChannel, CompensationProof
from zi_integrity.domain.compensation import TO_GIVE, CompensationStatus
from zi_integrity.domain.compensation_terms import cause_of, texts_of
from zi_integrity.domain.contributor import ContributorErasedError
from zi_integrity.read.case_hands import hands_of
from zi_integrity.read.compensations import CompensationFilter, counted, listed, row_of, services_of
from zi_integrity.roles import COMPENSATING, SUPERIORS
from zi_integrity.web import compensation_names as names
from zi_integrity.web.form_fields import required_words
from zi_integrity.web.official import CurrentOfficial, ZoneOfficial
from zi_integrity.web.paging import page_number, pages_for
from zi_rules.ticket import normalise_ticket

PATH = "/integrity/desk/compensation"
ROWS = 40
TEXT_LENGTH = 2_000

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def compensation_list(official: CurrentOfficial) -> Response:
    official.act(COMPENSATING)
    office, now, page = official.office, official.office.clock.now(), page_number(official.request)
    form = Form(dict(official.request.query_params))
    query = _filter(form)
    number = await office.store.query(lambda tx: counted(tx, query, now))
    context = {
        "rows": await office.store.query(lambda tx: listed(tx, query, now, ROWS, (page - 1) * ROWS)),
        "number": number,
        "paging": pages_for(number, page, ROWS),
        "query": _address(form),
        "services": await office.store.query(services_of),
        "form": form,
        "now": now,
        "names": names,
    }
    return pages_of(official.request).render(official.request, "desk_compensations.html", 200, **context)


def _filter(form: Form) -> CompensationFilter:
    show = form.value("show")
    wanted = form.value("ticket").strip()
    return CompensationFilter(
        show=show if show in names.FILTERS else "open",
        service=form.value("service")[:64],
        ticket=_normalised(wanted) if wanted else "",
    )


def _normalised(ticket: str) -> str:
    """Return a ticket as it is stored; what is none finds nothing."""
    try:
        return normalise_ticket(ticket)
    except ValueError:
        return ticket[:20]


def _address(form: Form) -> str:
    """Return the filters as the beginning of a query, for the links to other pages of the list."""
    chosen = {name: form.value(name)[:64] for name in ("show", "service", "ticket") if form.value(name)}
    return f"{urlencode(chosen)}&" if chosen else ""


@router.get(f"{PATH}/{{compensation}}")
async def compensation_page(official: CurrentOfficial, compensation: UUID) -> Response:
    official.act(COMPENSATING)
    return await _page(official, compensation, Form())


@router.post(f"{PATH}/{{compensation}}/offer")
async def offer(official: CurrentOfficial, compensation: UUID) -> Response:
    by, form = official.act(COMPENSATING), Form.of(await official.request.form())
    more = [
        name.removeprefix("forms.")
        for name, value in form.values.items()
        if name.startswith("forms.") and value
    ]
    try:
        text = required_words(form, "offer_text", longest=TEXT_LENGTH)
        await official.office.compensating.offer(compensation, by, _key(form), more, text)
    except REFUSED as error:
        return await _refused(official, compensation, form, error, "offer_text")
    return _again(compensation)


@router.post(f"{PATH}/{{compensation}}/answer")
async def record_answer(official: CurrentOfficial, compensation: UUID) -> Response:
    by, form = official.act(COMPENSATING), Form.of(await official.request.form())
    try:
        how = cast(AnswerChannel, _chosen(form, "how", names.ANSWER_CHANNELS))
        accepts = _chosen(form, "answer", ("accept", "waive")) == "accept"
        await official.office.compensating.record_answer(compensation, by, _key(form), how, accepts=accepts)
    except REFUSED as error:
        return await _refused(official, compensation, form, error, "answer")
    return _again(compensation)


@router.post(f"{PATH}/{{compensation}}/give")
async def give(official: CurrentOfficial, compensation: UUID) -> Response:
    by, form = official.act(COMPENSATING), Form.of(await official.request.form())
    try:
        proof = cast(CompensationProof, _chosen(form, "proof", names.PROOF_NAMES))
        text = required_words(form, "proof_text", longest=TEXT_LENGTH)
        await official.office.compensating.give(compensation, by, _key(form), proof, text)
    except REFUSED as error:
        return await _refused(official, compensation, form, error, "proof")
    return _again(compensation)


@router.post(f"{PATH}/{{compensation}}/cause")
async def record_cause(official: CurrentOfficial, compensation: UUID) -> Response:
    by, form = official.act(SUPERIORS), Form.of(await official.request.form())
    try:
        text = required_words(form, "cause_text", longest=TEXT_LENGTH)
        cause = form.value("cause")
        await official.office.compensating.record_cause(compensation, by, _key(form), cause, text)
    except REFUSED as error:
        return await _refused(official, compensation, form, error, "cause")
    return _again(compensation)


@router.post(f"{PATH}/{{compensation}}/open")
async def open_texts(official: CurrentOfficial, compensation: UUID) -> Response:
    """Show the texts on the answer itself, as a recorded act; it has no address of its own."""
    by, form = official.act((*SUPERIORS, "integrity")), Form.of(await official.request.form())
    try:
        opened = await _opened(official, by, compensation)
    except (*REFUSED, ErasedError, VaultLockedError) as error:
        return await _refused(official, compensation, form, error, "open")
    return await _page(official, compensation, Form(), opened=opened)


async def _opened(official: ZoneOfficial, by: Act, compensation: UUID) -> dict[UUID, OpenedItem]:
    """Open what the citizen was told, or what is left where that was erased, and the cause."""
    data = official.office.personal_data
    opened: dict[UUID, OpenedItem] = {}
    for data_subject in (cause_of(compensation), texts_of(compensation)):
        if items := [each.item for each in await data.items_of(data_subject)]:
            try:
                opened |= await data.open(data_subject, by, "handling", items)
            except ContributorErasedError:
                if not opened:
                    raise
    return opened


async def _refused(
    official: ZoneOfficial, compensation: UUID, form: Form, error: Exception, field: str
) -> Response:
    """Show what was typed again, with the sentence beside its field."""
    refused = refused_at(official.request, form, error, field)
    return await _page(official, compensation, refused, status_of(error))


async def _page(
    official: ZoneOfficial,
    compensation: UUID,
    form: Form,
    status: int = 200,
    opened: Mapping[UUID, OpenedItem] | None = None,
) -> Response:
    office = official.office
    row = await office.store.query(lambda tx: row_of(tx, compensation))
    if row is None:
        raise NotFoundError(DETAILS[404])
    state, begun = await office.compensating.state(compensation)
    hands = await office.store.query(lambda tx: hands_of(tx, row.ticket))
    context: dict[str, Any] = {
        "row": row,
        "state": state,
        "opened": begun,
        "rules": office.compensation_terms.pinned(begun.rules),
        "texts": list((opened or {}).values()),
        "stored": bool(
            await office.personal_data.items_of(texts_of(compensation))
            or await office.personal_data.items_of(cause_of(compensation))
        ),
        "is_involved": official.person.sub in {*begun.officials, *hands},
        "has_offered": state.offer is not None and official.person.sub == state.offer.by.actor,
        "may_open": official.has(*SUPERIORS, "integrity"),
        "is_superior": official.has(*SUPERIORS),
        "may_give": state.status in TO_GIVE,
        "is_open": state.status is CompensationStatus.OPEN,
        "is_offered": state.status is CompensationStatus.OFFERED,
        "form": form,
        "key": str(uuid4()),
        "now": office.clock.now(),
        "names": names,
    }
    return pages_of(official.request).render(official.request, "desk_compensation.html", status, **context)


def _again(compensation: UUID) -> Response:
    return RedirectResponse(f"{PATH}/{compensation}", 303)


def _key(form: Form) -> UUID:
    return key_of(form) or uuid4()


def _chosen(form: Form, name: str, choices: Collection[str]) -> str:
    if (choice := form.value(name)) not in choices:
        raise ChoiceError(FIELDS["missing"], name)
    return choice
