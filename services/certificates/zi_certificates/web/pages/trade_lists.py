"""The office's lists for whoever states a product: HS codes, searched by the beginning of a code or by words, and units."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.web.api.parameters import TheOffice
from zi_certificates.web.form_fields import page_number
from zi_certificates.web.page_context import rules_context
from zi_certificates.web.pages.application_owner import ApplicationOwner, Owner, part_context
from zi_certificates.web.pages.products import show_product
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_rules.certificate.hs_list import PAGE, HsPage
from zi_rules.certificate.item_list import COLUMNS

router = APIRouter(include_in_schema=False)

LONGEST = 120
ADDRESS = "/certificates/hs-codes"


@router.get("/certificates/hs-codes")
async def hs_codes_page(request: Request, office: TheOffice) -> Response:
    query = request.query_params
    text, page = query.get("text", "")[:LONGEST], page_number(query.get("page", ""))
    found = office.rules.hs_lists[0].search(text, page)
    addresses = {
        "previous": page > 1 and f"{ADDRESS}?{urlencode({'text': text, 'page': page - 1})}",
        "next": page * PAGE < found.total and f"{ADDRESS}?{urlencode({'text': text, 'page': page + 1})}",
    }
    context = {"form": Form({"text": text}), **_found(office, found), **addresses}
    return _render(request, office, "hs_codes.html", **context)


@router.get("/certificates/units")
async def units_page(request: Request, office: TheOffice) -> Response:
    return _render(request, office, "units.html", units=office.rules.units[0])


@router.post("/certificates/applications/{ticket}/items/{number}/hs-codes")
async def pick_hs_code(owner: Owner, number: str) -> Response:
    """Show the list beside what was typed of the product, or the product's form with the code that was picked. Nothing is saved."""
    form = Form.of(await owner.request.form())
    known = int(number) if number.isdecimal() and len(number) < 6 else None
    picked = owner.office.rules.hs_lists[0].entry(form.value("picked"))
    if picked is not None:
        return await show_product(owner, known, Form({**form.values, "hs_code": picked.code}))
    if form.value("back"):
        return await show_product(owner, known, form)
    text = form.value("text") if "text" in form.values else form.value("hs_code")
    return await _pick_page(owner, known, form, text[:LONGEST].strip())


async def _pick_page(owner: ApplicationOwner, number: int | None, form: Form, text: str) -> Response:
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    page = page_number(form.value("page"))
    context = {
        **part_context(owner, dossier, Form({**form.values, "text": text}), rules),
        **_found(owner.office, owner.office.rules.hs_lists[0].search(text, page)),
        "typed": {name: form.value(name) for name in (*COLUMNS, "key", "revision") if form.value(name)},
        "number": number or "new",
        "page": page,
        "page_size": PAGE,
    }
    return pages_of(owner.request).render(owner.request, "pick_hs_code.html", 200, **context)


def _found(office: CertificatesOffice, found: HsPage) -> dict[str, object]:
    return {"hs_list": office.rules.hs_lists[0], "entries": found.entries, "total": found.total}


def _render(request: Request, office: CertificatesOffice, template: str, **context: object) -> Response:
    rules = rules_context(request, office, office.rules.in_force(office.clock.now()))
    return pages_of(request).render(request, template, 200, **rules, **context)
