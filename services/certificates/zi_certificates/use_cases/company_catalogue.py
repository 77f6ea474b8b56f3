"""The products of a company, for whoever applies for it: what its earlier applications stated, to be stated again."""

from uuid import UUID

from zi_certificates.messaging.upstream import IntakeRequest, account_of
from zi_certificates.read.company_products import (
    CompanyProductPage,
    ProductVersion,
    company_products,
    product_version,
)
from zi_chassis.storage.store import Store


async def products_for(
    store: Store, request: IntakeRequest, text: str = "", page: int = 1
) -> CompanyProductPage:
    """List the products of the account that this request applies with, if it is for the same business."""
    return await store.query(
        lambda tx: company_products(tx, account_of(tx, request), request.business_ref, text, page)
    )


async def product_for(
    store: Store, request: IntakeRequest, entry: UUID, version: str
) -> ProductVersion | None:
    return await store.query(
        lambda tx: product_version(tx, account_of(tx, request), request.business_ref, entry, version)
    )
