"""Check what is stated of a product against the office's lists: its HS code and its unit. What was stored before is not checked again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from zi_certificates.domain.statement import StatedProduct
from zi_certificates.use_cases.statement_checks import product_of
from zi_chassis.domain import DomainError
from zi_rules.certificate.hs_list import HsList
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.units import Units


class UnlistedHsCodeError(DomainError):
    def __init__(self, code: str) -> None:
        super().__init__(
            "The HS code {code} isn't in the list that the office uses: look for the right one at /certificates/hs-codes.",
            code=code,
        )


class UnlistedUnitError(DomainError):
    def __init__(self, unit: str) -> None:
        super().__init__(
            "The unit “{unit}” isn't in the office's list: choose one that stands at /certificates/units, for example kg.",
            unit=unit,
        )


class UnlistedPart(NamedTuple):
    """`place` counts the products from 0."""

    place: int
    field: str
    error: UnlistedHsCodeError | UnlistedUnitError


class UnlistedProductsError(DomainError):
    """Nothing was taken; `parts` are all that the office's lists lack."""

    def __init__(self, parts: Sequence[UnlistedPart]) -> None:
        written = "; ".join(dict.fromkeys(f"{each.place + 1}. {_value(each)}" for each in parts))
        super().__init__(
            "Nothing was taken, because {count} HS codes or units aren't in the office's lists. Correct, by number of the product: {parts}",
            count=len(parts),
            parts=written,
        )
        self.parts = tuple(parts)


class TradeLists:
    def __init__(self, hs_list: HsList, units: Units) -> None:
        self.hs_list = hs_list
        self.units = units

    def products(self, items: Sequence[UnnumberedItem]) -> list[StatedProduct]:
        """Make products of items, each with its unit as letters print it. Raises UnlistedProductsError."""
        if parts := list(self.unlisted((each.hs_code, each.unit) for each in items)):
            raise UnlistedProductsError(parts)
        return [self._product(each) for each in items]

    def unlisted(self, stated: Iterable[tuple[str, str]]) -> Iterator[UnlistedPart]:
        """Find the HS codes and units that the lists lack, by the place of the product."""
        for place, (code, unit) in enumerate(stated):
            if self.hs_list.lacks(code):
                yield UnlistedPart(place, "hs_code", UnlistedHsCodeError(code))
            if self.units.unit(unit) is None:
                yield UnlistedPart(place, "unit", UnlistedUnitError(unit))

    def _product(self, item: UnnumberedItem) -> StatedProduct:
        unit = self.units.unit(item.unit)
        assert unit is not None
        return product_of(item, 0).model_copy(update={"unit": unit.sign, "unit_code": unit.code})


def _value(part: UnlistedPart) -> str:
    return str(next(iter(part.error.values.values())))
