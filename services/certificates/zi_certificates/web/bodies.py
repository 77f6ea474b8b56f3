"""Bodies of requests, with the limits of every field."""

from datetime import date
from typing import Annotated

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    SecretStr,
    StrictBool,
    StringConstraints,
)
from starlette.datastructures import UploadFile as UploadedFile

from zi_certificates.use_cases.amending import AmendmentAsked
from zi_certificates.use_cases.deciding import SeenOverride
from zi_certificates.use_cases.payment_notice import Moment, Reference
from zi_certificates.use_cases.statement_checks import CONSIGNEE, PRODUCER
from zi_chassis.web.language import msgid
from zi_contracts.certificates import (
    AmendmentReason,
    HoldReason,
    OverrideReason,
    PublishedFinding,
    ReinstatementReason,
    ReleaseReason,
    StandingReason,
)
from zi_contracts.text import LINES, ONE_LINE, Line
from zi_rules.certificate.amendments import AmendableField
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.rule_set import Code, Country

TEXT_LIMIT = 20_000
MOST_ITEMS = 200
MOST_CODES = 100
LONGEST_PASSPHRASE = 256

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT), LINES]
HsCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9][0-9.]{1,19}$")]
# The provider's opaque name of an account is published: no space and no @, so that a name or an address can't slip in.
Official = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[A-Za-z0-9._|:-]+$")
]
# Where something is wrong is published too: a part of the application as the rules name it, never free words.
Where = Annotated[
    str, StringConstraints(max_length=120, pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+(/[a-z0-9_]+)*)?$")
]
LetterNumber = Annotated[str, StringConstraints(pattern=r"^SK[IE]-[0-9]{4}-[0-9]{6,9}$")]


def _a_file(value: object) -> object:
    if isinstance(value, UploadedFile):
        return value
    raise ValueError(msgid("Send the file itself here."))


Revision = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


def _each_once(kinds: tuple[CertificateKind, ...]) -> tuple[CertificateKind, ...]:
    """Name each kind once: there is one letter of a kind."""
    return tuple(dict.fromkeys(kinds))


class CertificatesBody(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# -- applicants


class AccountBody(CertificatesBody):
    """The address of the warehouse goes into the vault; without one, what was said before stays."""

    acts_for_others: StrictBool = False
    hs_codes: Annotated[tuple[HsCode, ...], Field(max_length=MOST_CODES)] = ()
    warehouse: Line | None = None


class StatementBody(CertificatesBody):
    """The outline of an application; products and documents have their own routes and stay as they are."""

    kinds: Annotated[
        tuple[CertificateKind, ...],
        Field(min_length=1, max_length=len(CertificateKind)),
        AfterValidator(_each_once),
    ]
    goods: Goods
    country: Country | None = None
    circumstances: Annotated[tuple[Code, ...], Field(max_length=MOST_CODES)] = ()
    annex_fields: Annotated[dict[Code, Line], Field(max_length=MOST_CODES)] = Field(default_factory=dict)
    arrives: date | None = None
    replaces: LetterNumber | None = None


class AmendmentBody(CertificatesBody):
    """The letter to amend, and why, in the company's own words; they go into the vault. `arrives` is asked for an import letter that has
    no day of arrival."""

    number: LetterNumber
    reason: AmendmentReason
    text: Text
    arrives: date | None = None

    @property
    def wanted(self) -> AmendmentAsked:
        return AmendmentAsked(**dict(self))


class AmendmentCallBody(CertificatesBody):
    """The fields in which the error is, and the official's own words about it, which go into the vault. What is not named here is amended at
    the fee of a company's own amendment."""

    note: Text
    fields: tuple[AmendableField, ...] = ()


PartyLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE]


class PartiesBody(CertificatesBody):
    """Name and address on one line; without one, what was stated before stays, and an empty one withdraws it. They go into the vault."""

    producer: PartyLine | None = None
    consignee: PartyLine | None = None

    @property
    def fields(self) -> dict[str, str]:
        stated = {PRODUCER: self.producer, CONSIGNEE: self.consignee}
        return {field: text for field, text in stated.items() if text is not None}


class ItemsBody(CertificatesBody):
    """Numbers are given in the order in which products come."""

    items: Annotated[tuple[UnnumberedItem, ...], Field(min_length=1, max_length=MOST_ITEMS)]


class DocumentForm(CertificatesBody):
    """A file, what it is, and the numbers of the products that it speaks of: none if it speaks of the whole."""

    kind: Code
    products: Annotated[tuple[PositiveInt, ...], Field(max_length=MOST_ITEMS)] = ()
    file: Annotated[UploadFile, BeforeValidator(_a_file)]


class TakeOverBody(CertificatesBody):
    """`case` is the ticket of the mentoring case."""

    case: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32), ONE_LINE]


class RevisionBody(CertificatesBody):
    """The revision that the sender looked at: a later one is not decided about."""

    revision: Revision


# -- officials


class FindingBody(CertificatesBody):
    """One missing or wrong thing: reason, place, and number of the product."""

    reason: FindingReason
    where: Where
    item: Annotated[int, Field(ge=1, le=MOST_ITEMS, strict=True)] | None = None

    def published(self) -> PublishedFinding:
        return PublishedFinding(reason=self.reason.value, where=self.where, item=self.item)


Findings = Annotated[tuple[FindingBody, ...], Field(min_length=1, max_length=50)]


class AnswerBody(FindingBody):
    """One thing that the office asked for, answered in words; they go into the vault."""

    text: Text


class SendDataBody(RevisionBody):
    """Send what is asked for, once it is corrected or attached; `answers` are for what stays as it is."""

    answers: Annotated[tuple[AnswerBody, ...], Field(max_length=50)] = ()

    def in_words(self) -> dict[PublishedFinding, str]:
        return {each.published(): each.text for each in self.answers}


class JudgedBody(CertificatesBody):
    """`revision` is the one that the official looked at: with it nothing is decided about a newer one."""

    revision: Revision | None = None


class WantedBody(JudgedBody):
    """`note` goes into the vault and is for the applicant alone."""

    wanted: Findings
    note: Text | None = None


class ReasonsBody(JudgedBody):
    """`note` goes into the vault and is for the applicant alone."""

    reasons: Findings
    note: Text | None = None


class SendBackBody(JudgedBody):
    """`note` goes into the vault and is for the evaluator, who opens it with the company's data."""

    reasons: Findings
    note: Text | None = None


class PassBody(RevisionBody):
    """Find it in order; `refused` are products that get no letter, each with its reason."""

    refused: Annotated[tuple[FindingBody, ...], Field(max_length=MOST_ITEMS)] = ()


class SignBody(RevisionBody):
    """Sign the revision that was looked at; `refused` are the numbers of the products that its letters leave out."""

    refused: Annotated[tuple[PositiveInt, ...], Field(max_length=MOST_ITEMS)] = ()


class PersonalSignatureBody(CertificatesBody):
    """The passphrase goes to the signing service and is never stored."""

    model_config = ConfigDict(hide_input_in_errors=True)

    passphrase: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_PASSPHRASE)]


class SignatoryCertificateBody(CertificatesBody):
    """The digest (SHA-256) of the certificate that was looked at."""

    certificate: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ReleaseBody(CertificatesBody):
    reason: ReleaseReason


class StandingBody(CertificatesBody):
    """`note` goes into the vault and is for the applicant alone."""

    reason: StandingReason
    note: Text | None = None


class ReinstatementBody(CertificatesBody):
    """`note` goes into the vault and is for the applicant alone."""

    reason: ReinstatementReason
    note: Text | None = None


class OverrideBody(CertificatesBody):
    official: Official
    reason: OverrideReason
    note: Text | None = None


class OverrideDecisionBody(CertificatesBody):
    """The exception that was looked at, by its official and reason: with it no other one is decided."""

    official: Official | None = None
    reason: OverrideReason | None = None

    def override(self) -> SeenOverride:
        return SeenOverride(self.official, self.reason)


class RefundBody(CertificatesBody):
    """The reference of the payment that is to be paid back, and that of the transfer: both are banks' words, never names."""

    payment: Reference
    refund: Reference


class RefuseAccountBody(CertificatesBody):
    revision: Revision
    reasons: Findings


class HoldBody(CertificatesBody):
    reason: HoldReason


class AppointBody(CertificatesBody):
    official: Official
    begins: Moment
    ends: Moment


def findings(bodies: tuple[FindingBody, ...]) -> tuple[PublishedFinding, ...]:
    """Return each finding once, in the given order."""
    return tuple(dict.fromkeys(each.published() for each in bodies))
