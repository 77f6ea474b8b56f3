"""The page of the documents of an application."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from zi_certificates.use_cases.dossier import Dossier, dossier_of
from zi_certificates.web.form_fields import checked_values
from zi_certificates.web.page_context import findings_of, names_of
from zi_certificates.web.pages.application_owner import ApplicationOwner, Owner, part_context, submit_form
from zi_certificates.web.pages.uploads import uploaded_document
from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import file_content
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.requirement import requirements
from zi_rules.certificate.rule_set import CertificateRules

router = APIRouter(include_in_schema=False)


@router.get("/certificates/applications/{ticket}/documents")
async def documents_page(owner: Owner) -> Response:
    return await _documents_page(owner, Form())


async def _documents_page(owner: ApplicationOwner, form: Form, status: int = 200) -> Response:
    dossier = await dossier_of(owner.office.store, owner.intake_request)
    stated = dossier.state.statement
    if stated is None:
        return RedirectResponse(f"{owner.address}/particulars", 303)
    rules = owner.office.rules.of(dossier.state, owner.office.clock.now())
    wanting = findings_of(owner.office, dossier)
    context = {
        **part_context(owner, dossier, form, rules),
        "missing": [each for each in wanting if each.where.startswith("documents.")],
        "document_kinds": _documents(owner, dossier, rules),
        "products": [(str(each.number), f"{each.number}. {each.product}") for each in stated.products],
    }
    return pages_of(owner.request).render(owner.request, "documents.html", status, **context)


def _documents(owner: ApplicationOwner, dossier: Dossier, rules: CertificateRules) -> list[tuple[str, str]]:
    """List the kinds of documents, those that the rules name for these letters first."""
    names, stated = names_of(owner.request, owner.office, rules), dossier.state.statement
    assert stated is not None
    wanted = [
        each
        for kind in stated.kinds
        for rule in requirements(CertificateKind(kind), Goods(stated.goods), stated.country, rules).documents
        if rule.per != "account"
        for each in rule.any_of
    ]
    return [(each, names.document(each)) for each in dict.fromkeys([*wanted, *rules.names.documents])]


@router.post("/certificates/applications/{ticket}/documents")
@takes(MULTIPART)
async def add_document(owner: Owner) -> Response:
    data = await owner.request.form()
    form = Form.of(data)

    async def again(refused: Form, status: int) -> Response:
        return await _documents_page(owner, refused, status)

    return await submit_form(
        owner, form, "file", again, _add_document(owner, form, data), f"{owner.address}/documents"
    )


async def _add_document(owner: ApplicationOwner, form: Form, data: FormData) -> None:
    document = await uploaded_document(owner, form, data)
    products = tuple(sorted(int(each) for each in checked_values(form, "products") if each.isdecimal()))
    if isinstance(file := data.get("file"), UploadFile):
        await file.seek(0)
    announced = await owner.office.importing.was_announced(
        owner.intake_request.application, document.kind, await file_content(data, "file")
    )
    stated = document.model_copy(update={"products": products, "announced": announced})
    await owner.office.applying.attach(owner.intake_request, owner.by, key_of(form), stated)


@router.post("/certificates/applications/{ticket}/documents/{item}/remove")
async def remove_document(owner: Owner, item: UUID) -> Response:
    form = Form.of(await owner.request.form())

    async def again(refused: Form, status: int) -> Response:
        return await _documents_page(owner, refused, status)

    removed = owner.office.applying.detach(owner.intake_request, owner.by, key_of(form), item)
    return await submit_form(owner, form, "kind", again, removed, f"{owner.address}/documents")
