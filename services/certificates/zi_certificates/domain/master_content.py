"""The content of a company's master data: its producers, suppliers and products, and the versions of them that an application uses. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from zi_chassis.domain import Value
from zi_contracts.vault import ItemRef

MasterKind = Literal["producer", "supplier", "product"]
PermitScheme = Literal["cppob", "gmp", "gacc"]


class MasterPermit(Value):
    """A certificate of good practice (CPPOB, GMP), or a registration at the customs of China (GACC)."""

    scheme: PermitScheme
    number: str
    valid_until: date | None = None


class MasterParty(Value):
    """Its name, address and contact person may be those of a person, so they are texts in the vault; `label` is what the company calls it."""

    label: str
    country: str


class MasterProducer(MasterParty):
    kind: Literal["producer"] = "producer"
    permits: tuple[MasterPermit, ...] = ()


class MasterSupplier(MasterParty):
    kind: Literal["supplier"] = "supplier"


class MasterProduct(Value):
    """`label` is the trade name, `kind_name` the name of its kind; `composition` has an ingredient a line; `producer` and `supplier` are
    entries of the same company."""

    kind: Literal["product"] = "product"
    label: str
    kind_name: str | None = None
    registration_number: str | None = None
    hs_code: str | None = None
    unit: str | None = None
    pack: str | None = None
    composition: tuple[str, ...] = ()
    shelf_life_months: int | None = None
    producer: UUID | None = None
    supplier: UUID | None = None


MasterContent = Annotated[MasterProducer | MasterSupplier | MasterProduct, Field(discriminator="kind")]


class MasterText(Value):
    """A text about a producer or supplier, in the vault under the request with this ticket."""

    ticket: str
    item: ItemRef


MasterTexts = tuple[MasterText, ...]


class MasterOrigin(Value):
    """A product that its business handed over from its mentoring case; `number_checked` is whether an officer looked its number up."""

    case: str
    product: int
    number_checked: bool


class UsedEntry(Value):
    """A version of an entry that an application uses, for this product of it or for the whole."""

    entry: UUID
    kind: MasterKind
    revision: int
    digest: str
    product: int | None = None


def content_digest(content: MasterProducer | MasterSupplier | MasterProduct, texts: MasterTexts) -> str:
    """Return the digest of a version: of its fields, and of the texts in the vault by their own digests."""
    sealed = sorted(f"{each.item.field} {each.item.digest}" for each in texts)
    return sha256("\n".join((content.model_dump_json(), *sealed)).encode()).hexdigest()


def with_texts(before: MasterTexts, stated: Iterable[MasterText], withdrawn: Iterable[str]) -> MasterTexts:
    """Replace the texts that are stated anew, and leave out those that are withdrawn, by their fields."""
    added = tuple(stated)
    replaced = {*withdrawn, *(each.item.field for each in added)}
    return (*(each for each in before if each.item.field not in replaced), *added)


def prefilled(product: MasterProduct) -> Mapping[str, str]:
    """Return the fields of an item of an application that a product fills in."""
    fields: dict[str, Any] = {
        "product": product.label,
        "registration_number": product.registration_number,
        "hs_code": product.hs_code,
        "unit": product.unit,
        "pack": product.pack,
    }
    return {name: value for name, value in fields.items() if value}
