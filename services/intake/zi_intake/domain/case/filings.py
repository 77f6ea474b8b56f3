"""The filings of a case, each as the command and as the event that it records; the name of an event's class is stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from zi_chassis.domain import Command, Event
from zi_contracts.intake import (
    Channel,
    Confidentiality,
    District,
    Items,
    Language,
    PinnedStandard,
    Road,
    Series,
)


class CaseCommand(Command):
    """A command of a person; one that is sent twice under the same `request` is done once."""

    request: UUID | None = None


class Filing(CaseCommand):
    ticket: str
    body_digest: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    items: Items


class AnswerableFiling(Filing):
    """A filing that the officers of intake answer. `anonymous` and `confidential` are two switches. `system` entered it for somebody, and
    `keeper` is the official who keeps its secret."""

    confidentiality: Confidentiality
    anonymous: bool
    confidential: bool
    district: District
    standard: PinnedStandard
    person_ref: str | None = None
    road: Road | None = None
    system: str | None = None
    keeper: str | None = None


class PromisedFiling(AnswerableFiling):
    """A filing that is answered within the times of its standard."""

    due: datetime
    acknowledge_by: datetime


class FileComplaint(PromisedFiling):
    """With `judge_by` the reporter says that somebody is ill: until then an officer judges whether it is an emergency."""

    kind: Literal["product", "service"]
    commodity: str | None
    appointed_topic: str | None = None
    judge_by: datetime | None = None


class FileConsultation(PromisedFiling):
    topic: str


class RequestInformation(PromisedFiling):
    """Request public information of the office, under the law on it (PPID). Whoever asks gives a name."""


class MakeSuggestion(AnswerableFiling):
    """Suggest something. No time runs: the standard that it pins says how long the office waits for the citizen, and nothing else."""

    wants_answer: bool


class RequestCertificate(Filing):
    """Request letters; `account` is the ticket of an earlier request of the same company."""

    series: Series
    business_ref: str
    account: str | None


class RequestMentoring(Filing):
    """Request mentoring; `products` is the number of products."""

    business_ref: str
    district: District
    has_nib: bool
    products: int


AnyFiling = (
    FileComplaint
    | FileConsultation
    | RequestInformation
    | MakeSuggestion
    | RequestCertificate
    | RequestMentoring
)


class CaseEvent(Event):
    request: UUID | None = None


class Filed(CaseEvent):
    """Of a voluntary filing the data may be erased at any time."""

    is_voluntary: ClassVar[bool] = False

    ticket: str
    body_digest: str
    data_subject: UUID
    language: Language
    reachable_by: tuple[Channel, ...]
    items: Items

    @property
    def applicant(self) -> str | None:
        """Return the account of the applicant who filed it signed in, None of every other filing."""
        return self.by.actor if self.by.role == "applicant" else None


class AnswerableFiled(Filed):
    """Events without `anonymous` and `confidential` are from before these were two switches: `confidentiality` has both."""

    confidentiality: Confidentiality
    anonymous: bool | None = None
    confidential: bool | None = None
    district: District
    standard: PinnedStandard
    person_ref: str | None = None
    road: Road | None = None
    system: str | None = None
    keeper: str | None = None

    @property
    def entered_by(self) -> str | None:
        """Return the official or the system that entered the case for somebody, None where its citizen filed it."""
        return self.by.actor if self.by.role.startswith("staff:") else None

    @property
    def enterers(self) -> frozenset[str]:
        """Return the accounts that could have written it themselves."""
        return frozenset(each for each in (self.entered_by, self.keeper) if each is not None)

    @property
    def is_anonymous(self) -> bool:
        return self.confidentiality == "anonymous" if self.anonymous is None else self.anonymous

    @property
    def is_confidential(self) -> bool:
        """Return whether the personal data opens for who handles the case alone, unless a second person consents."""
        return self.confidentiality == "confidential" if self.confidential is None else self.confidential


class PromisedFiled(AnswerableFiled):
    due: datetime
    acknowledge_by: datetime


class ComplaintFiled(PromisedFiled):
    """`appointed_topic` is a topic that only officials appointed for it see; it is not published. `judge_by` as in the command."""

    kind: Literal["product", "service"]
    commodity: str | None
    appointed_topic: str | None = None
    judge_by: datetime | None = None

    @property
    def is_confidential(self) -> bool:
        return self.appointed_topic is not None or super().is_confidential


class ConsultationFiled(PromisedFiled):
    topic: str


class InformationRequested(PromisedFiled):
    pass


class SuggestionMade(AnswerableFiled):
    wants_answer: bool


class CertificateRequested(Filed):
    series: Series
    business_ref: str
    account: str | None


class MentoringRequested(Filed):
    is_voluntary: ClassVar[bool] = True

    business_ref: str
    district: District
    has_nib: bool
    products: int


PassedOn = CertificateRequested | MentoringRequested
AnyFiled = ComplaintFiled | ConsultationFiled | InformationRequested | SuggestionMade | PassedOn


def requests_information(filing: AnyFiled | None) -> bool:
    return isinstance(filing, InformationRequested)


def enterers(filing: AnyFiled | None) -> frozenset[str]:
    """Return the accounts that entered the case for somebody or could have, none where its citizen filed it."""
    return filing.enterers if isinstance(filing, AnswerableFiled) else frozenset()


def appointed_topic(filing: AnyFiled | None) -> str | None:
    """Return the topic of a case that only officials appointed for it see, None for every other."""
    return filing.appointed_topic if isinstance(filing, ComplaintFiled) else None


FILED: Mapping[type[Filing], type[AnyFiled]] = {
    FileComplaint: ComplaintFiled,
    FileConsultation: ConsultationFiled,
    RequestInformation: InformationRequested,
    MakeSuggestion: SuggestionMade,
    RequestCertificate: CertificateRequested,
    RequestMentoring: MentoringRequested,
}
