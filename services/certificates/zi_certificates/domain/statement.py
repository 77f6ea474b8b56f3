"""Statement of an applicant, stored as it was made: rules may change, and an old statement must stay readable."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from uuid import UUID

from pydantic import Field

from zi_certificates.domain.master_content import UsedEntry
from zi_chassis.domain import Value
from zi_contracts.vault import ItemRef

MOST_REVISIONS = 500  # whoever looks at it reads all of them


class TestResult(Value):
    parameter: str
    result: str | None = None
    method: str | None = None


class StatedAnalysis(Value):
    """A certificate of analysis (CoA)."""

    dated: date
    batch: str | None = None
    manufactured: date | None = None
    expires: date | None = None
    results: tuple[TestResult, ...] = ()


class StatedProduct(Value):
    """One item of the application; `number` counts from 1. `unit` is what letters print, `unit_code` its code in the list of units, if
    there was one."""

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
    analysis: StatedAnalysis | None = None
    unit_code: str | None = None


class Document(Value):
    """A file in the vault, its kind, and the numbers of its products: none if it is about the whole. `announced` says whether another
    system announced these bytes; None where it announced nothing of this kind."""

    kind: str
    file: ItemRef
    products: tuple[int, ...] = ()
    announced: bool | None = None


class Outline(Value):
    """The head of a statement, without products and documents; `kinds` are the letters applied for, one of each; `arrives` is the day
    on which the goods arrive."""

    kinds: tuple[str, ...]
    goods: str
    country: str | None = None
    circumstances: tuple[str, ...] = ()
    annex_fields: dict[str, str] = Field(default_factory=dict)
    arrives: date | None = None


class Statement(Outline):
    """`parties` are the producer and the consignee as the vault has them, one item each; `carried` are the tickets of the items that were
    handed in for an earlier application, `used` the versions of the company's master data that it was filled in from."""

    products: tuple[StatedProduct, ...]
    documents: tuple[Document, ...] = ()
    parties: tuple[ItemRef, ...] = ()
    carried: dict[UUID, str] = Field(default_factory=dict)
    used: tuple[UsedEntry, ...] = ()

    def outlined(self, outline: Outline) -> "Statement":
        """Replace the outline; products, documents, parties and what they came from stay as they are."""
        others = ("products", "documents", "parties", "carried", "used")
        parts = {name: getattr(self, name) for name in others}
        return Statement(**dict(outline), **parts)

    def with_parties(self, stated: Sequence[ItemRef], withdrawn: Collection[str]) -> "Statement":
        """Replace the parties that are stated anew, and take out those that are withdrawn, by their fields."""
        replaced = {*withdrawn, *(each.field for each in stated)}
        others = tuple(each for each in self.parties if each.field not in replaced)
        return self._with(parties=(*others, *stated))

    def with_products(self, added: Sequence[StatedProduct]) -> "Statement":
        """Add products at the end of the list and give them their numbers."""
        first = max((each.number for each in self.products), default=0) + 1
        numbered = (each.model_copy(update={"number": first + n}) for n, each in enumerate(added))
        return self._with(products=(*self.products, *numbered))

    def with_product(self, changed: StatedProduct) -> "Statement":
        """Replace the product of the same number."""
        return self._with(
            products=tuple(changed if each.number == changed.number else each for each in self.products)
        )

    def without_product(self, number: int) -> "Statement":
        """Remove a product and each document about it alone, which would else be taken for one about the whole."""
        products = tuple(each for each in self.products if each.number != number)
        documents = (_without(each, number) for each in self.documents)
        return self._with(
            products=products,
            documents=tuple(each for each in documents if each is not None),
            used=tuple(each for each in self.used if each.product != number),
        )

    def without_products(self, numbers: Iterable[int]) -> "Statement":
        return reduce(Statement.without_product, sorted(numbers), self)

    def amending(self, kind: str, ticket: str) -> "Statement":
        """Repeat it for one of its letters; documents and parties stay where they are, in the application with this ticket."""
        refs = (*(each.file for each in self.documents), *self.parties)
        carried = {each.item: self.carried.get(each.item, ticket) for each in refs}
        return self._with(kinds=(kind,), carried=carried)

    def ticket_of(self, item: UUID, ticket: str) -> str:
        """Return the ticket under which the vault has an item of the application with this `ticket`."""
        return self.carried.get(item, ticket)

    def with_used(self, product: int | None, used: Iterable[UsedEntry]) -> "Statement":
        """Replace the versions that this product, or the whole, was filled in from."""
        others = (each for each in self.used if each.product != product)
        pinned = (each.model_copy(update={"product": product}) for each in used)
        return self._with(used=(*others, *pinned))

    def with_document(self, attached: Document) -> "Statement":
        """Add a document, or replace the one of the same file."""
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
