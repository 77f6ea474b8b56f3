"""The page of the company's products, from which a new product of an application is filled in."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from zi_certificates.read.company_products import PAGE, ProductVersion
from zi_certificates.use_cases.company_catalogue import product_for, products_for
from zi_certificates.use_cases.dossier import dossier_of
from zi_certificates.web.form_fields import page_number
from zi_certificates.web.pages.application_owner import ApplicationOwner, Owner, part_context
from zi_certificates.web.pages.master_data import show_entry_form
from zi_certificates.web.pages.products import show_product
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError

router = APIRouter(include_in_schema=False)

LONGEST = 120
MASTER_FIELDS = ("registration_number", "hs_code", "unit", "pack")


@router.get("/certificates/applications/{ticket}/company-products")
async def company_products_page(owner: Owner) -> Response:
    query = owner.request.query_params
    text, number = query.get("text", "")[:LONGEST], page_number(query.get("page", ""))
    found = await products_for(owner.office.store, owner.intake_request, text, number)
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    context = {
        **part_context(owner, dossier, Form({"text": text}), rules),
        "products_found": found.products,
        "total": found.total,
        "previous": number > 1 and _address(owner, text, number - 1),
        "next": number * PAGE < found.total and _address(owner, text, number + 1),
    }
    return pages_of(owner.request).render(owner.request, "company_products.html", 200, **context)


def _address(owner: ApplicationOwner, text: str, page: int) -> str:
    query = {"text": text, "page": page} if text else {"page": page}
    return f"{owner.address}/company-products?{urlencode(query)}"


@router.post("/certificates/applications/{ticket}/company-products")
async def reuse_product(owner: Owner) -> Response:
    """Show the form of a new product with what was stated of this one before. Nothing is saved."""
    return await show_product(owner, None, Form(dict((await _picked(owner)).fields)))


@router.post("/certificates/applications/{ticket}/master-data/of-applications")
async def keep_product(owner: Owner) -> Response:
    """Show the form of a new entry of the company's data with what was stated of this one before. Nothing is saved."""
    stated = (await _picked(owner)).fields
    fields = {name: stated[name] for name in MASTER_FIELDS if name in stated}
    return await show_entry_form(owner, None, Form({"kind": "product", "label": stated["product"], **fields}))


async def _picked(owner: ApplicationOwner) -> ProductVersion:
    entry, _, version = Form.of(await owner.request.form()).value("picked").partition(" ")
    try:
        found = await product_for(owner.office.store, owner.intake_request, UUID(entry), version)
    except ValueError:
        found = None
    if found is None:
        raise NotFoundError(DETAILS[404])
    return found
