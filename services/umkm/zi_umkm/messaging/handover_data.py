"""The messages about handed over products, field by field: names, recipes and packagings are references to the vault."""

from typing import assert_never

from zi_chassis.domain import Disclosure
from zi_contracts.data import Data
from zi_contracts.umkm import handover as contract
from zi_umkm.domain.handover import (
    Handover,
    HandoverEnded,
    HandoverEvents,
    ProductDescribed,
    ProductsHandedOver,
)


def publish(event: HandoverEvents, _: Handover) -> Disclosure:
    return Disclosure(event.ticket, _handover_data(event))


def _handover_data(event: HandoverEvents) -> Data:
    match event:
        case ProductDescribed(product=product, items=items):
            return contract.ProductDescribed(product=product, items=items)
        case ProductsHandedOver(to=to, business_ref=ref, products=products):
            handed = tuple(
                contract.HandedOverProduct(product=each.product, number=each.number, items=each.items)
                for each in products
            )
            return contract.ProductsHandedOver(to=to, business_ref=ref, products=handed)
        case HandoverEnded(to=to, business_ref=ref):
            return contract.HandoverEnded(to=to, business_ref=ref)
        case _:
            assert_never(event)
