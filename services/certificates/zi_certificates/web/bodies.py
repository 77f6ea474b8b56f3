"""What applicants, officials and the payment gateway send: every field with its limits, refused with all bad fields named at once."""

from typing import Annotated

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StrictBool,
    StringConstraints,
)
from starlette.datastructures import UploadFile as UploadedFile

from zi_certificates.use_cases.payment_notice import Moment
from zi_chassis.web.language import msgid
from zi_contracts.certificates import OverrideReason, PublishedFinding, ReleaseReason, StandingReason
from zi_contracts.text import LINES, ONE_LINE, Line
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.kind import CertificateKind, Circumstance, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.rule_set import Code, Country

TEXT_LIMIT = 20_000
MOST_ITEMS = 200
MOST_CODES = 100

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


def _a_file(said: object) -> object:
    if isinstance(said, UploadedFile):
        return said
    raise ValueError(msgid("Send the file itself here."))


Revision = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


def _each_once(kinds: tuple[CertificateKind, ...]) -> tuple[CertificateKind, ...]:
    """There is one letter of a kind."""
    return tuple(dict.fromkeys(kinds))


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# -- applicants


class AccountBody(Body):
    """The address of the warehouse goes into the vault; without one, what was said before stays."""

    acts_for_others: StrictBool = False
    hs_codes: Annotated[tuple[HsCode, ...], Field(max_length=MOST_CODES)] = ()
    warehouse: Line | None = None


class StatementBody(Body):
    """What is applied for; products and documents come by routes of their own and stay as they are."""

    kinds: Annotated[
        tuple[CertificateKind, ...],
        Field(min_length=1, max_length=len(CertificateKind)),
        AfterValidator(_each_once),
    ]
    goods: Goods
    country: Country | None = None
    circumstances: Annotated[tuple[Circumstance, ...], Field(max_length=len(Circumstance))] = ()
    annex_fields: Annotated[dict[Code, Line], Field(max_length=MOST_CODES)] = Field(default_factory=dict)
    replaces: LetterNumber | None = None


class ItemsBody(Body):
    """Numbers are given in the order in which products come."""

    items: Annotated[tuple[UnnumberedItem, ...], Field(min_length=1, max_length=MOST_ITEMS)]


class DocumentForm(Body):
    """A file, what it is, and the numbers of the products that it speaks of: none if it speaks of the whole."""

    kind: Code
    products: Annotated[tuple[PositiveInt, ...], Field(max_length=MOST_ITEMS)] = ()
    file: Annotated[UploadFile, BeforeValidator(_a_file)]


class TakeOverBody(Body):
    """`case` is the ticket of the mentoring case."""

    case: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32), ONE_LINE]


class RevisionBody(Body):
    """The revision that was looked at: what was changed meanwhile is not decided about unseen."""

    revision: Revision


# -- officials


class FindingBody(Body):
    """One thing that is missing or wrong: why, where, and in which of the products."""

    reason: FindingReason
    where: Where
    item: Annotated[int, Field(ge=1, le=MOST_ITEMS, strict=True)] | None = None

    def published(self) -> PublishedFinding:
        return PublishedFinding(reason=self.reason.value, where=self.where, item=self.item)


Findings = Annotated[tuple[FindingBody, ...], Field(min_length=1, max_length=50)]


class WantedBody(Body):
    """`note` goes into the vault and is for the applicant alone."""

    wanted: Findings
    note: Text | None = None


class ReasonsBody(Body):
    """`note` goes into the vault and is for the applicant alone."""

    reasons: Findings
    note: Text | None = None


class ReleaseBody(Body):
    reason: ReleaseReason


class StandingBody(Body):
    """`note` goes into the vault and is for the applicant alone."""

    reason: StandingReason
    note: Text | None = None


class NoteBody(Body):
    """`note` goes into the vault and is for the applicant alone."""

    note: Text | None = None


class OverrideBody(Body):
    official: Official
    reason: OverrideReason
    note: Text | None = None


class RefuseAccountBody(Body):
    revision: Revision
    reasons: Findings


class AppointBody(Body):
    official: Official
    begins: Moment
    ends: Moment


# -- the payment gateway


def findings(said: tuple[FindingBody, ...]) -> tuple[PublishedFinding, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(each.published() for each in said))
