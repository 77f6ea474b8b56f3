"""What an applicant states, kept as it was stated: rules may change, and what was once stated must stay readable."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from zi_chassis.domain import Value
from zi_contracts.vault import ItemRef

MOST_REVISIONS = 500  # whoever looks at it reads all of them


class TestResult(Value):
    parameter: str
    result: str | None = None
    method: str | None = None


class Analysis(Value):
    """A certificate of analysis (CoA)."""

    dated: date
    batch: str | None = None
    manufactured: date | None = None
    expires: date | None = None
    results: tuple[TestResult, ...] = ()


class Product(Value):
    """One item of the application; `number` counts from 1."""

    number: int
    product: str
    registration_number: str | None = None
    hs_code: str
    batch: str
    manufactured: date
    expires: date
    quantity: Decimal
    unit: str
    pack: str
    country: str
    port: str
    invoice: str
    transport_document: str | None = None
    analysis: Analysis | None = None


class Document(Value):
    """A file in the vault, what it is, and which of the products it speaks of: of none by name, of the whole."""

    kind: str
    file: ItemRef
    products: tuple[int, ...] = ()


class Outline(Value):
    """What is applied for, without products and documents; `kinds` are the letters asked for, one of each."""

    kinds: tuple[str, ...]
    goods: str
    country: str | None = None
    circumstances: tuple[str, ...] = ()
    annex_fields: dict[str, str] = Field(default_factory=dict)


class Statement(Outline):
    products: tuple[Product, ...]
    documents: tuple[Document, ...] = ()

    def outlined(self, outline: Outline) -> "Statement":
        """Products and documents stay as they are."""
        return Statement(**dict(outline), products=self.products, documents=self.documents)

    def with_products(self, added: Sequence[Product]) -> "Statement":
        """At the end of the list, which gives them their numbers."""
        first = max((each.number for each in self.products), default=0) + 1
        numbered = (each.model_copy(update={"number": first + n}) for n, each in enumerate(added))
        return self._with(products=(*self.products, *numbered))

    def with_product(self, changed: Product) -> "Statement":
        """In the place of the one of the same number."""
        return self._with(
            products=tuple(changed if each.number == changed.number else each for each in self.products)
        )

    def without_product(self, number: int) -> "Statement":
        """A document that speaks of no other product goes with it, and speaks of the whole never by mistake."""
        products = tuple(each for each in self.products if each.number != number)
        kept = (_without(each, number) for each in self.documents)
        return self._with(products=products, documents=tuple(each for each in kept if each is not None))

    def with_document(self, attached: Document) -> "Statement":
        """A file is one document."""
        others = tuple(each for each in self.documents if each.file.item != attached.file.item)
        return self._with(documents=(*others, attached))

    def without_document(self, item: UUID) -> "Statement":
        return self._with(documents=tuple(each for each in self.documents if each.file.item != item))

    def _with(self, **changes: object) -> "Statement":
        return self.model_copy(update=changes)


def _without(document: Document, number: int) -> Document | None:
    if number not in document.products:
        return document
    products = tuple(each for each in document.products if each != number)
    return document.model_copy(update={"products": products}) if products else None
