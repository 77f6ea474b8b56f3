"""The bodies that a citizen sends: every field with its limits; a refusal names all bad fields at once."""

import json
import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from operator import is_
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticKnownError

from zi_chassis.web.choice import expected
from zi_chassis.web.language import msgid
from zi_contracts.intake import (
    Channel,
    Confidentiality,
    District,
    ErasureReason,
    Language,
    RefusalReason,
    Series,
)
from zi_contracts.message import Slug
from zi_contracts.text import LINES, ONE_LINE, Line
from zi_intake.bodies.contact_fields import Link, Phone
from zi_rules.registration_number import Commodity

TEXT_LIMIT = 20_000
PRODUCTS = 20
UNKNOWN = "unknown"
# Beside the districts of the office: what is sold on the net or far away is complained about as well.
ELSEWHERE = ("outside_province", "online")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT), LINES]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400), ONE_LINE]
Mark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), ONE_LINE]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    ),
]
# The provider's opaque name of an account is published: no space and no @, so that a name or an address can't slip in.
Account = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[A-Za-z0-9._|:-]+$")
]


def _thirteen_digits(typed: str) -> str:
    nib = re.sub(r"[ .-]", "", typed)
    if re.fullmatch(r"[0-9]{13}", nib) is None:
        raise ValueError("A NIB has 13 digits. Check it, or leave it out.")
    return nib


def _five_digits(typed: str) -> str:
    kbli = re.sub(r"[ .-]", "", typed)
    if re.fullmatch(r"[0-9]{5}", kbli) is None:
        raise ValueError("A KBLI code has 5 digits. Check it, or leave it out.")
    return kbli


Nib = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    ONE_LINE,
    AfterValidator(_thirteen_digits),
]
Kbli = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20),
    ONE_LINE,
    AfterValidator(_five_digits),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), LINES]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), LINES]
Items = dict[str, str]
# An address of mail, or as many digits as a telephone or an identity number has.
PERSONAL = re.compile(r"[^\s@]+@[^\s@]+|([0-9][ .()/-]?){8,}")


def _nothing_personal(text: str) -> str:
    if PERSONAL.search(text) is not None:
        raise ValueError("Lists show this to every officer: leave out e-mail addresses and long numbers.")
    return text


Neutral = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    ONE_LINE,
    AfterValidator(_nothing_personal),
]


def of_the_office(code: object, field: ValidationInfo, besides: Collection[str] = ()) -> object:
    """Refuse a code that is not on the office's list, where the reader of the body brings the list along."""
    listed = (field.context or {}).get(field.field_name)
    if listed is not None and code not in listed and code not in besides:
        raise PydanticKnownError("literal_error", {"expected": expected(listed)})
    return code


def _if_known(code: object) -> object:
    return None if code == UNKNOWN else code


# A field that is left out is not in the JSON either, so that a repeat of what was filed before there was one has the same digest.
LEFT_OUT = Field(exclude_if=partial(is_, None))
Switch = Annotated[bool | None, LEFT_OUT]
OfficeDistrict = Annotated[District, BeforeValidator(of_the_office)]
CaseDistrict = Annotated[District, BeforeValidator(partial(of_the_office, besides=ELSEWHERE))]
Topic = Annotated[Slug, BeforeValidator(of_the_office)]
AppointedTopic = Annotated[Annotated[Slug, BeforeValidator(of_the_office)] | None, LEFT_OUT]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reporter(Body):
    """`address` is where letters go; it makes nobody reachable over a channel."""

    name: Line
    email: Email | None = None
    phone: Phone | None = None
    address: Annotated[Line | None, LEFT_OUT] = None

    @property
    def reachable_by(self) -> tuple[Channel, ...]:
        by_email: tuple[Channel, ...] = ("email",) if self.email else ()
        return (*by_email, "phone") if self.phone else by_email


class Product(Body):
    """The commodity is none where whoever complains does not know it."""

    commodity: Annotated[Commodity | None, BeforeValidator(_if_known)]
    name: Line | None = None
    registration_number: Mark | None = None
    batch: Mark | None = None
    expiry: date | None = None


class Place(Body):
    name: Line | None = None
    address: Line | None = None
    link: Link | None = None


class FilingBody(Body):
    """`anonymous` and `confidential` are two switches. `confidentiality`, one of three ways, is how programs chose before there were two."""

    confidentiality: Confidentiality = "named"
    anonymous: Switch = None
    confidential: Switch = None
    language: Language = "id"
    district: CaseDistrict
    text: Text
    reporter: Annotated[Reporter | None, Field(validate_default=True)] = None

    @field_validator("anonymous", "confidential")
    @classmethod
    def _says_one_thing(cls, switch: bool | None, fields: ValidationInfo) -> bool | None:
        if switch is False and fields.data.get("confidentiality") == fields.field_name:
            raise ValueError("This contradicts confidentiality: leave that field out.")
        return switch

    @field_validator("reporter")
    @classmethod
    def _anonymous_means_nameless(cls, reporter: Reporter | None, fields: ValidationInfo) -> Reporter | None:
        anonymous = fields.data.get("confidentiality") == "anonymous" or fields.data.get("anonymous") is True
        if anonymous and reporter is not None:
            raise ValueError("Leave out your name and contact to stay anonymous, or choose confidential.")
        if reporter is None and not anonymous:
            raise ValueError("Give your name, or choose anonymous.")
        return reporter

    @cached_property
    def is_anonymous(self) -> bool:
        return self.confidentiality == "anonymous" if self.anonymous is None else self.anonymous

    @cached_property
    def is_confidential(self) -> bool:
        return self.confidentiality == "confidential" if self.confidential is None else self.confidential

    @property
    def way(self) -> Confidentiality:
        """The one of three ways that comes nearest, for readers who know no switches."""
        if self.is_anonymous:
            return "anonymous"
        return "confidential" if self.is_confidential else "named"

    @cached_property
    def reachable_by(self) -> tuple[Channel, ...]:
        return () if self.reporter is None else self.reporter.reachable_by

    @property
    def items(self) -> Items:
        """The items for the vault, by field."""
        return {"text": self.text} | _each("reporter", self.reporter)


class ComplaintBody(FilingBody):
    """Only officials appointed for `appointed_topic` see it; with `illness` the reporter says that somebody is ill or has died. `joins` is a
    published incident about the same, which the complaint is put to if it is still open to it; that is no part of what a repeat has to repeat."""

    kind: Literal["product", "service"]
    appointed_topic: AppointedTopic = None
    product: Annotated[Product | None, Field(validate_default=True)] = None
    place: Place | None = None
    illness: Switch = None
    joins: Annotated[UUID | None, Field(exclude=True)] = None

    @field_validator("product")
    @classmethod
    def _names_a_product(cls, product: Product | None, fields: ValidationInfo) -> Product | None:
        if product is None and fields.data.get("kind") == "product":
            raise ValueError(msgid("Choose the kind of product, or that you don't know it."))
        return product

    @cached_property
    def is_confidential(self) -> bool:
        return self.appointed_topic is not None or super().is_confidential

    @property
    def items(self) -> Items:
        return super().items | _whole("product", self.product) | _whole("place", self.place)


class ConsultationBody(FilingBody):
    topic: Topic


class Company(Body):
    name: Line
    address: Address
    nib: Nib | None = None


class EarlierRequest(Body):
    """An earlier request of the same company; the applicant who filed it signed in needs no code."""

    ticket: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), ONE_LINE]
    code: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30), ONE_LINE] | None
    ) = None


class CertificateBody(Body):
    language: Language = "id"
    series: Series
    company: Company
    reporter: Reporter
    account: EarlierRequest | None = None

    @property
    def reachable_by(self) -> tuple[Channel, ...]:
        return self.reporter.reachable_by

    @property
    def items(self) -> Items:
        """The items for the vault, by field."""
        return _each("company", self.company) | _each("reporter", self.reporter)


class Business(Body):
    name: Line
    nib: Nib | None = None
    address: Address | None = None
    kbli: Kbli | None = None


class MentoredProduct(Body):
    name: Line
    description: Note | None = None


class Workplace(Body):
    """The place where the food is made: the kitchen of a home, or a separate room."""

    kind: Literal["home", "separate"] | None = None
    address: Address | None = None


class MentoringBody(Body):
    """For people who have no number, no licence and no papers as well: a name and what they make is enough."""

    language: Language = "id"
    district: OfficeDistrict
    business: Business
    products: Annotated[tuple[MentoredProduct, ...], Field(min_length=1, max_length=PRODUCTS)]
    place: Workplace | None = None
    text: Text | None = None
    reporter: Reporter

    @property
    def reachable_by(self) -> tuple[Channel, ...]:
        return self.reporter.reachable_by

    @property
    def items(self) -> Items:
        """The items for the vault, by field."""
        made = [each.model_dump(exclude_none=True) for each in self.products]
        text = {} if self.text is None else {"text": self.text}
        return (
            _each("business", self.business)
            | {"products": json.dumps(made, ensure_ascii=False)}
            | _whole("place", self.place)
            | text
            | _each("reporter", self.reporter)
        )


class NumberBody(Body):
    nib: Nib


class WordsBody(Body):
    """A question, a reply or an answer."""

    text: Text


class ReopenBody(Body):
    text: Text | None = None


class AssignBody(Body):
    officer: Account


class TriageBody(Body):
    """The judgement of a case, and the neutral words by which lists show and find it; the citizen reads the reason."""

    tier: Slug
    reason: Reason
    subject: Neutral
    product: Neutral | None = None
    place: Neutral | None = None
    registration_number: Mark | None = None
    emergency: bool = False


class AskErasureBody(Body):
    """The reason of an erasure; two of them are lawful demands, which do not wait until the case has ended."""

    reason: ErasureReason


class RefuseErasureBody(Body):
    reason: RefusalReason


class Purpose(StrEnum):
    """The purposes for which personal data is opened; a closed list, because the purpose is published."""

    HANDLING = "handling"
    CONTACT = "contact"
    INSPECTION = "inspection"
    SUPERVISION = "supervision"
    REFERRAL = "referral"
    EVALUATION = "evaluation"
    MENTORING = "mentoring"


class OpenBody(Body):
    """The purpose of opening the personal data of a case, or one of its files."""

    purpose: Purpose


def _each(name: str, part: BaseModel | None) -> Items:
    """Return one item for each field, because each is read for another purpose."""
    fields = () if part is None else part
    return {f"{name}.{field}": value for field, value in fields if value is not None}


def _whole(name: str, part: BaseModel | None) -> Items:
    """Return one item for all fields of a part, because they are read together; the commodity is no secret."""
    written = "{}" if part is None else part.model_dump_json(exclude_none=True, exclude={"commodity"})
    return {} if written == "{}" else {name: written}
