"""What an applicant states, kept as it was stated: rules may change, and what was once stated must stay readable."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from zi_chassis.domain import Value
from zi_contracts.vault import ItemRef


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


class Statement(Value):
    """`kinds` are the letters asked for, one of each."""

    kinds: tuple[str, ...]
    goods: str
    country: str | None = None
    circumstances: tuple[str, ...] = ()
    products: tuple[Product, ...]
    documents: tuple[Document, ...] = ()
    annex_fields: dict[str, str] = Field(default_factory=dict)
