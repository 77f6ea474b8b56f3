"""A business, the way of each product, and the result of an assessment. Pure."""

from zi_chassis.domain import Value
from zi_contracts.intake import District, Items
from zi_contracts.umkm import RuleVersion, TriagedProduct


class BusinessProduct(Value):
    """`kind` and `traits` are codes of the rules; its name is an item in the vault."""

    number: int
    kind: str
    traits: tuple[str, ...] = ()
    items: Items = ()

    @property
    def outline(self) -> tuple[int, str, tuple[str, ...]]:
        """The values that the rules decide by."""
        return self.number, self.kind, self.traits


class BusinessProfile(Value):
    """For people who have nothing yet as well; names, place, process and numbers are items in the vault."""

    district: District
    has_nib: bool = False
    kbli: tuple[str, ...] = ()
    products: tuple[BusinessProduct, ...] = ()
    items: Items = ()

    def makes_the_same_as(self, former: "BusinessProfile | None") -> bool:
        before = {each.outline for each in former.products} if former else set()
        return before == {each.outline for each in self.products}

    def remade_since(self, former: "BusinessProfile | None") -> frozenset[int]:
        """Return the products that are of another kind than before."""
        before = {each.number: each.kind for each in former.products} if former else {}
        return frozenset(
            each.number for each in self.products if before.get(each.number, each.kind) != each.kind
        )

    def unchanged_since(self, former: "BusinessProfile | None") -> frozenset[int]:
        """Return the products that were the same before; a new name alone changes none."""
        before = {each.outline for each in former.products} if former else set()
        return frozenset(each.number for each in self.products if each.outline in before)


class AssessedFinding(Value):
    item: str
    grade: str
    critical: bool


class Result(Value):
    """The result of a complete checklist by the rules; `points` of a hundred, rounded down."""

    checklist: RuleVersion
    rating: str
    points: int
    findings: tuple[AssessedFinding, ...] = ()

    @property
    def critical(self) -> int:
        return sum(each.critical for each in self.findings)


Triaged = tuple[TriagedProduct, ...]


def on_track(triaged: Triaged, track: str) -> tuple[int, ...]:
    return tuple(each.product for each in triaged if each.track == track)
