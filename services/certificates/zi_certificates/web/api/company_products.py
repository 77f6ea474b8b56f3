"""The HTTP interface to the company's products: as its applications have stated them, in versions."""

from fastapi import APIRouter

from zi_certificates.use_cases.company_catalogue import products_for
from zi_certificates.web import product_answers
from zi_certificates.web.api.applicants import Applicant
from zi_certificates.web.api.parameters import SIGNED_IN, Page, SearchText, TheOffice

router = APIRouter(prefix="/certificates/api", tags=["applicants"])


@router.get("/applications/{ticket}/company-products", responses=SIGNED_IN)
async def list_company_products(
    office: TheOffice,
    applicant: Applicant,
    text: SearchText = "",
    page: Page = 1,
) -> product_answers.CompanyProductsAnswer:
    """Lists the products that the company's applications have stated, by name, each with its versions, the newest first."""
    requested, _ = applicant
    found = await products_for(office.store, requested, text, page)
    return product_answers.CompanyProductsAnswer(
        total=found.total,
        products=[
            product_answers.CompanyProductAnswer(
                entry=each.entry,
                versions=[
                    product_answers.ProductVersionAnswer(
                        version=version.version, fields=dict(version.fields), last=version.last
                    )
                    for version in each.versions
                ],
            )
            for each in found.products
        ],
    )
