"""Bodies of requests about a company's master data, with the limits of every field."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from zi_certificates.domain.master_content import (
    MasterContent,
    MasterPermit,
    MasterProducer,
    MasterProduct,
    MasterSupplier,
    PermitScheme,
)
from zi_certificates.use_cases.master_data import ADDRESS, CONTACT, NAME
from zi_certificates.web.bodies import CertificatesBody, HsCode, PartyLine, Revision
from zi_chassis.web.language import msgid
from zi_contracts.text import Line
from zi_rules.certificate.item import Analysis, Day, Quantity, UnnumberedItem
from zi_rules.certificate.rule_set import Country

MOST_INGREDIENTS = 100
Months = Annotated[int, Field(ge=1, le=600)]


def _country(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


MasterCountry = Annotated[Country, BeforeValidator(_country)]


class PermitBody(CertificatesBody):
    scheme: PermitScheme
    number: Line
    valid_until: Day | None = None


def _each_scheme_once(permits: tuple[PermitBody, ...]) -> tuple[PermitBody, ...]:
    if len({each.scheme for each in permits}) < len(permits):
        raise ValueError(msgid("Name each scheme once."))
    return permits


class PartyEntryBody(CertificatesBody):
    """Name, address and contact go into the vault; without one, what was stated before stays, and an empty one withdraws it."""

    label: Line
    country: MasterCountry
    name: PartyLine | None = None
    address: PartyLine | None = None
    contact: PartyLine | None = None

    @property
    def texts(self) -> dict[str, str]:
        stated = {NAME: self.name, ADDRESS: self.address, CONTACT: self.contact}
        return {field: text for field, text in stated.items() if text is not None}


class ProducerEntryBody(PartyEntryBody):
    kind: Literal["producer"]
    permits: Annotated[tuple[PermitBody, ...], Field(max_length=3), AfterValidator(_each_scheme_once)] = ()

    @property
    def content(self) -> MasterContent:
        permits = tuple(MasterPermit(**dict(each)) for each in self.permits)
        return MasterProducer(label=self.label, country=self.country, permits=permits)


class SupplierEntryBody(PartyEntryBody):
    kind: Literal["supplier"]

    @property
    def content(self) -> MasterContent:
        return MasterSupplier(label=self.label, country=self.country)


class ProductEntryBody(CertificatesBody):
    """`composition` has an ingredient a line; `producer` and `supplier` are entries of the company. The composition is shown to nobody but the company and officials of its
    applications."""

    kind: Literal["product"]
    label: Line
    kind_name: Line | None = None
    registration_number: Line | None = None
    hs_code: HsCode | None = None
    unit: Line | None = None
    pack: Line | None = None
    composition: Annotated[tuple[Line, ...], Field(max_length=MOST_INGREDIENTS)] = ()
    shelf_life_months: Months | None = None
    producer: UUID | None = None
    supplier: UUID | None = None

    @property
    def texts(self) -> dict[str, str]:
        return {}

    @property
    def content(self) -> MasterContent:
        return MasterProduct(**dict(self))


AnyEntryBody = Annotated[
    ProducerEntryBody | SupplierEntryBody | ProductEntryBody, Field(discriminator="kind")
]


class AddEntryBody(CertificatesBody):
    entry: AnyEntryBody


class ChangeEntryBody(CertificatesBody):
    """The revision that the sender looked at: a later one is not overwritten."""

    revision: Revision
    entry: AnyEntryBody


class UseProductBody(CertificatesBody):
    """An item of an application: the product of the company's data fills in what is not stated here. Without a revision it is the newest."""

    revision: Revision | None = None
    registration_number: Line | None = None
    hs_code: Line | None = None
    unit: Line | None = None
    pack: Line | None = None
    batch: Line
    manufactured: Day
    expires: Day
    quantity: Quantity
    country: Country
    port: Line
    invoice: Line
    transport_document: Line | None = None
    analysis: Analysis | None = None

    def item(self, filled_in: Mapping[str, str]) -> UnnumberedItem:
        """Raise ValidationError where neither states what an item needs."""
        stated = self.model_dump(exclude={"revision"}, exclude_none=True)
        return UnnumberedItem.model_validate({**filled_in, **stated})


def valid_on(permit: MasterPermit, day: date) -> bool:
    """Return whether the permit is not over; one without an end is taken as the company states it."""
    return permit.valid_until is None or permit.valid_until >= day
