"""The statements of a business about itself, its products and its corrective actions."""

from collections.abc import Mapping

from zi_chassis.domain import Value
from zi_contracts.intake import District, Items
from zi_rules.ticket import normalise_ticket
from zi_umkm.domain import errors
from zi_umkm.domain.business import BusinessProduct, BusinessProfile
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.limits import MOST_PRODUCTS
from zi_umkm.use_cases.vault_fields import CAUSE, CORRECTION, PLAN


class ProductStated(Value):
    """Without a number it is a new one; without a name the one that was given before stays."""

    number: int | None = None
    kind: str
    traits: tuple[str, ...] = ()
    name: str | None = None


class BusinessStated(Value):
    """The statement of a business about itself; its number (NIB) is given at intake."""

    district: District
    kbli: tuple[str, ...] = ()
    products: tuple[ProductStated, ...] = ()


class ActionTexts(Value):
    """In somebody's own words: why it is so, what is put right, and how it stays so."""

    cause: str | None = None
    correction: str | None = None
    plan: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        texts = {CAUSE: self.cause, CORRECTION: self.correction, PLAN: self.plan}
        return {field: text for field, text in texts.items() if text is not None}


def profile_of(now: MentoringCase, stated: BusinessStated, names: Mapping[int, Items]) -> BusinessProfile:
    """Build the profile from a statement; products keep their numbers and names where no new one is given."""
    if now.business is None:
        raise errors.MentoringNotBegunError
    if len(stated.products) > MOST_PRODUCTS:
        raise errors.TooManyProductsError
    known = {each.number: each for each in now.business.products}
    numbers = [each.number for each in stated.products if each.number is not None]
    if len(set(numbers)) < len(numbers):
        raise errors.RepeatedProductError
    if not set(numbers) <= set(known):
        raise errors.UnknownProductError
    products, last = [], now.last_product
    for place, each in enumerate(stated.products):
        number = each.number or (last := last + 1)
        before = known[number].items if number in known else ()
        items = names.get(place, before)
        products.append(
            BusinessProduct(
                number=number, kind=each.kind, traits=tuple(sorted(set(each.traits))), items=items
            )
        )
    changes = {"district": stated.district, "kbli": stated.kbli, "products": tuple(products)}
    return now.business.model_copy(update=changes)


def ticket_to_publish(text: str) -> str:
    """Normalise a ticket; it is published, so it must be one."""
    try:
        return normalise_ticket(text)
    except ValueError:
        raise errors.NoTicketError from None
