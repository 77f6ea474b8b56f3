"""The pages of a company's master data: the list, one entry with its versions, and the form of either."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.master_content import MasterKind, MasterProducer, MasterProduct, prefilled
from zi_certificates.domain.master_entry import NoSuchEntryError
from zi_certificates.read.master_entries import (
    MASTER_PAGE,
    MOST_CHOICES,
    MasterPage,
    MasterRow,
    MasterVersion,
)
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.use_cases.taking_over import OPEN
from zi_certificates.use_cases.trade_lists import UnlistedUnitError
from zi_certificates.web import master_labels
from zi_certificates.web.form_errors import UNREAD, refused_form, status_of
from zi_certificates.web.form_fields import chosen_country, filled_in, page_number, revision_of
from zi_certificates.web.master_bodies import (
    PartyEntryBody,
    ProducerEntryBody,
    ProductEntryBody,
    SupplierEntryBody,
    valid_on,
)
from zi_certificates.web.pages.application_owner import (
    ApplicationOwner,
    Owner,
    part_context,
    translated_labels,
)
from zi_certificates.web.pages.products import show_product, unit_choices, with_unit
from zi_certificates.web.presenters import say_of
from zi_chassis.domain import UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED

router = APIRouter(include_in_schema=False)

LONGEST = 120
WITHDRAWN = "-"
RETIRED = msgid("{label} (retired)")
PARTY_KINDS: tuple[MasterKind, ...] = ("producer", "supplier")
KnownEntry = tuple[MasterRow, list[MasterVersion]]
EntryBody = ProducerEntryBody | SupplierEntryBody | ProductEntryBody
BODIES: Mapping[str, type[EntryBody]] = {
    "producer": ProducerEntryBody,
    "supplier": SupplierEntryBody,
    "product": ProductEntryBody,
}


@router.get("/certificates/applications/{ticket}/master-data")
async def master_data_page(owner: Owner) -> Response:
    return await list_page(owner, Form())


async def list_page(owner: ApplicationOwner, form: Form, status: int = 200) -> Response:
    query = owner.request.query_params
    text, kind = query.get("text", "")[:LONGEST], query.get("kind", "")
    number, retired = page_number(query.get("page", "")), query.get("retired") == "yes"
    wanted = cast(MasterKind, kind) if kind in BODIES else None
    found = await owner.office.master_data.page(owner.intake_request, wanted, text, number, retired=retired)
    asked_for = {"text": text, "kind": kind, "retired": "yes" if retired else ""}
    context = {
        **await _context(owner, Form({**asked_for, **form.values}, form.errors)),
        "rows": found.rows,
        "offers": await _offers(owner),
        "total": found.total,
        "retired": retired,
        "previous": number > 1 and _address(owner, asked_for, number - 1),
        "next": number * MASTER_PAGE < found.total and _address(owner, asked_for, number + 1),
    }
    return pages_of(owner.request).render(owner.request, "master_data.html", status, **context)


async def _offers(owner: ApplicationOwner) -> list[dict[str, Any]]:
    """List what mentored businesses hand over to this application, with the entry that each product has become."""
    accepting, request = owner.office.accepting_offers, owner.intake_request
    return [
        {"offer": each, "accepted": await accepting.accepted(request, each)}
        for each in await accepting.offers(request)
    ]


@router.post("/certificates/applications/{ticket}/master-data/offers/{case}/{product}")
async def accept_offer(owner: Owner, case: str, product: int) -> Response:
    form = Form.of(await owner.request.form())
    try:
        entry, _ = await owner.office.accepting_offers.accept(
            owner.intake_request, owner.by, key_of(form), case, product, owner.token
        )
    except REFUSED as error:
        return await list_page(owner, refused_form(owner.request, form, error, "offer"), status_of(error))
    return RedirectResponse(f"{owner.address}/master-data/{entry}", 303)


def _address(owner: ApplicationOwner, asked_for: dict[str, str], page: int) -> str:
    query = {name: value for name, value in asked_for.items() if value}
    return f"{owner.address}/master-data?{urlencode({**query, 'page': page})}"


async def _context(owner: ApplicationOwner, form: Form) -> dict[str, Any]:
    now = owner.office.clock.now()
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    return {
        **part_context(owner, dossier, form, owner.office.rules.in_force(now)),
        "may_use": dossier.state.status in OPEN and dossier.state.statement is not None,
        "changeable": True,
        "master": master_labels,
        "valid_on": valid_on,
        "today": now.astimezone(office_zone()).date(),
    }


# -- one entry


@router.get("/certificates/applications/{ticket}/master-data/new")
async def new_entry_page(owner: Owner) -> Response:
    kind = owner.request.query_params.get("kind", "product")
    if kind not in BODIES:
        raise NotFoundError(DETAILS[404])
    return await show_entry_form(owner, None, Form({"kind": kind}))


@router.get("/certificates/applications/{ticket}/master-data/{entry}")
async def entry_page(owner: Owner, entry: UUID) -> Response:
    known = await _known(owner, entry)
    return await show_entry_form(owner, known, Form(_typed(known[0])))


async def _known(owner: ApplicationOwner, entry: UUID) -> KnownEntry:
    try:
        return await owner.office.master_data.entry(owner.intake_request, entry)
    except NoSuchEntryError:
        raise NotFoundError(DETAILS[404]) from None


def _typed(row: MasterRow) -> dict[str, str]:
    """Return what the form of an entry shows: its newest version, without the texts in the vault."""
    content = row.newest.content
    fields = {name: "" if value is None else str(value) for name, value in dict(content).items()}
    if isinstance(content, MasterProduct):
        fields["composition"] = "\n".join(content.composition)
    if isinstance(content, MasterProducer):
        for each in content.permits:
            fields[f"{each.scheme}_number"] = each.number
            fields[f"{each.scheme}_until"] = each.valid_until.isoformat() if each.valid_until else ""
    return {**fields, "revision": str(row.newest.revision)}


async def show_entry_form(
    owner: ApplicationOwner, known: KnownEntry | None, form: Form, status: int = 200
) -> Response:
    row, versions = known or (None, [])
    kind = row.kind if row is not None else form.value("kind")
    parties = await _parties(owner, row, form) if kind == "product" else {}
    context = {
        **await _context(owner, with_unit(owner, form)),
        "units": unit_choices(owner, form),
        "field_labels": translated_labels(owner, master_labels.FIELDS[kind]),
        "kind": kind,
        "row": row,
        "versions": versions,
        "entry_texts": await _texts(owner, row),
        "parties": {
            name: [(str(each.entry), _label(owner, each)) for each in found.rows]
            for name, found in parties.items()
        },
        "has_party_search": form.value("party")
        or any(each.total > MOST_CHOICES for each in parties.values()),
        "labels_of": {
            str(each.entry): each.newest.content.label for found in parties.values() for each in found.rows
        },
    }
    return pages_of(owner.request).render(owner.request, "master_entry.html", status, **context)


async def _parties(owner: ApplicationOwner, row: MasterRow | None, form: Form) -> dict[str, MasterPage]:
    """List the parties that a product may name, of a long list those with a part of a name; and those that it names or was to name."""
    choices, product = owner.office.master_data.choices, None if row is None else row.newest.content
    found: dict[str, MasterPage] = {}
    for kind in PARTY_KINDS:
        named = [each for each in (getattr(product, kind, None), _entry_in(form.value(kind))) if each]
        found[kind] = await choices(owner.intake_request, kind, form.value("party")[:LONGEST], named)
    return found


def _entry_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _label(owner: ApplicationOwner, row: MasterRow) -> str:
    label = row.newest.content.label
    return say_of(owner.request)(RETIRED, label=label) if row.retired else label


async def _texts(owner: ApplicationOwner, row: MasterRow | None) -> dict[str, str | None]:
    """Read the texts of the newest version; None for those that lie with another request, or can't be read now."""
    if row is None or not row.newest.texts:
        return {}
    ticket = owner.intake_request.ticket
    texts = {each.item.item: each.item for each in row.newest.texts if each.ticket == ticket}
    try:
        opened = (
            await owner.office.vault.disclosed(ticket, tuple(texts.values()), "own_copy", owner.token)
            if texts
            else {}
        )
    except UNREAD:
        opened = {}
    found = {each.item.field: opened.get(each.item.item) for each in row.newest.texts}
    return {field: None if item is None else item.text for field, item in found.items()}


# -- what is done with it


@router.post("/certificates/applications/{ticket}/master-data/new")
async def add_entry(owner: Owner) -> Response:
    form = Form.of(await owner.request.form())
    if form.value("kind") not in BODIES:
        raise NotFoundError(DETAILS[404])
    if form.value("find"):
        return await show_entry_form(owner, None, form)
    try:
        body = _body(form, form.value("kind"), known=False)
        entry, _ = await owner.office.master_data.add(
            owner.intake_request, owner.by, key_of(form), body.content, body.texts
        )
    except REFUSED as error:
        return await _again(owner, None, form, error)
    return RedirectResponse(f"{owner.address}/master-data/{entry}", 303)


@router.post("/certificates/applications/{ticket}/master-data/{entry}")
async def change_entry(owner: Owner, entry: UUID) -> Response:
    form = Form.of(await owner.request.form())
    known = await _known(owner, entry)
    if form.value("find"):
        return await show_entry_form(owner, known, form)
    try:
        body = _body(form, known[0].kind, known=True)
        await owner.office.master_data.change(
            owner.intake_request, owner.by, key_of(form), entry, revision_of(form), body.content, body.texts
        )
    except REFUSED as error:
        return await _again(owner, known, form, error)
    return RedirectResponse(f"{owner.address}/master-data/{entry}", 303)


@router.post("/certificates/applications/{ticket}/master-data/{entry}/{act}")
async def retire_or_restore(owner: Owner, entry: UUID, act: str) -> Response:
    form, data = Form.of(await owner.request.form()), owner.office.master_data
    if act == "use":
        return await _use(owner, entry, form)
    acts = {"retire": data.retire, "restore": data.restore}
    if act not in acts:
        raise NotFoundError(DETAILS[404])
    known = await _known(owner, entry)
    try:
        await acts[act](owner.intake_request, owner.by, key_of(form), entry, revision_of(form))
    except REFUSED as error:
        typed = Form({**_typed(known[0]), "key": form.value("key")})
        return await _again(owner, known, typed, error)
    return RedirectResponse(f"{owner.address}/master-data/{entry}", 303)


async def _use(owner: ApplicationOwner, entry: UUID, form: Form) -> Response:
    """Show the form of a new item that the product fills in, which saves nothing yet; a producer is stated for the letters at once."""
    row, versions = await _known(owner, entry)
    use, request = owner.office.master_use, owner.intake_request
    try:
        if row.kind == "product":
            content, _ = await use.product(request, entry)
            source = {"entry": str(entry), "entry_revision": str(row.newest.revision)}
            return await show_product(owner, None, Form({**prefilled(content), **source}))
        await use.name_producer(request, owner.by, key_of(form), entry)
    except (*REFUSED, *UNREAD) as error:
        sentence = error if isinstance(error, REFUSED) else UnavailableError()
        typed = Form({**_typed(row), "key": form.value("key")})
        return await _again(owner, (row, versions), typed, sentence)
    return RedirectResponse(f"{owner.address}/particulars", 303)


async def _again(owner: ApplicationOwner, known: KnownEntry | None, form: Form, error: Exception) -> Response:
    stated = next((name for name in master_labels.PERMIT_FIELDS if form.value(name)), "label")
    field = "unit" if isinstance(error, UnlistedUnitError) else "label"
    refused = refused_form(owner.request, form, error, field, {"permits": stated})
    return await show_entry_form(owner, known, refused, status_of(error))


def _body(form: Form, kind: str, *, known: bool) -> EntryBody:
    """Read the form as the API's body; of a known entry a blank text in the vault stays, and a dash withdraws it."""
    names = master_labels.PRODUCT_FIELDS if kind == "product" else master_labels.PARTY_FIELDS
    fields: dict[str, object] = filled_in(**{name: form.value(name).strip() for name in names})
    if "country" in fields:
        fields["country"] = chosen_country(form)
    if kind == "product":
        lines = map(str.strip, form.value("composition").splitlines())
        fields["composition"] = [each for each in lines if each]
    if kind == "producer":
        fields["permits"] = _permits(form)
    if known and issubclass(BODIES[kind], PartyEntryBody):
        withdrawn = {name: "" for name in ("name", "address", "contact") if fields.get(name) == WITHDRAWN}
        fields |= withdrawn
    return BODIES[kind].model_validate({"kind": kind, **fields})


def _permits(form: Form) -> list[dict[str, object]]:
    stated = []
    for scheme in master_labels.SCHEMES:
        number, until = form.value(f"{scheme}_number").strip(), form.value(f"{scheme}_until").strip()
        if number or until:
            stated.append({"scheme": scheme, **filled_in(number=number, valid_until=until)})
    return stated
