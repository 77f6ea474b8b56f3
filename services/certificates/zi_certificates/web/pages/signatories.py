"""The page of the certificates that officials sign letters with, where a second person decides about another one."""

from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.read.signatories import PAGE
from zi_certificates.roles import OVERRIDING
from zi_certificates.web.bodies import SignatoryCertificateBody
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.form_fields import page_number
from zi_certificates.web.official import Official, SomeOfficial
from zi_certificates.web.pages.desk import DESK
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED

router = APIRouter(include_in_schema=False)

ADDRESS = f"{DESK}signatories"
LONGEST = 120


@router.get(ADDRESS)
async def signatories(official: SomeOfficial) -> Response:
    return await _signatories(official, Form())


@router.post(ADDRESS + "/{signatory}")
async def decide(official: SomeOfficial, signatory: UUID) -> Response:
    """Decide about the certificate that the form shows; whatever came in its place meanwhile was not read."""
    form = Form.of(await official.request.form())
    try:
        body = SignatoryCertificateBody.model_validate({"certificate": form.value("certificate")})
        by, binding = official.act(*OVERRIDING), official.office.binding
        match form.value("verdict"):
            case "confirm":
                await binding.confirm(signatory, by, body.certificate)
            case "decline":
                await binding.decline(signatory, by, body.certificate)
            case _:
                raise NotFoundError(DETAILS[404])
    except REFUSED as error:
        again = refused_form(official.request, form, error, f"certificate-{signatory}")
        return await _signatories(official, again, status_of(error))
    return RedirectResponse(ADDRESS, 303)


async def _signatories(official: Official, form: Form, status: int = 200) -> Response:
    query = official.request.query_params
    text, number = query.get("text", "").strip()[:LONGEST], page_number(query.get("page", ""))
    found = await official.office.binding.page(text, number)
    context = {
        "rows": found.rows,
        "total": found.total,
        "search": Form({"text": text}),
        "previous": number > 1 and _address(text, number - 1),
        "next": number * PAGE < found.total and _address(text, number + 1),
        "may_decide": official.has(*OVERRIDING),
        "person": official.person,
        "form": form,
    }
    return pages_of(official.request).render(official.request, "signatories.html", status, **context)


def _address(text: str, page: int) -> str:
    return f"{ADDRESS}?{urlencode({'text': text, 'page': page} if text else {'page': page})}"
