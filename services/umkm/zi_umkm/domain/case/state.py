"""The state of a case, as its events made it. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_contracts.intake import Holder
from zi_contracts.umkm import Assessor, MentoringPin, TriagedProduct
from zi_umkm.domain import corrective_action, errors
from zi_umkm.domain.business import BusinessProduct, BusinessProfile, Triaged, on_track
from zi_umkm.domain.case.label_checks import LabelCheck, newest
from zi_umkm.domain.case.messages import BusinessAssessed, MentoringRegistered
from zi_umkm.domain.case.permit_state import NO_PERMIT, PermitFile
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.case.state_questions import StateQuestion
from zi_umkm.domain.case.status import BEFORE_PERMIT as BEFORE_PERMIT
from zi_umkm.domain.case.status import OFFICE_HOLDS
from zi_umkm.domain.case.status import OVER as OVER
from zi_umkm.domain.case.status import MentoringStatus as MentoringStatus
from zi_umkm.domain.corrective_action import TrackedFinding, TrackedFindings


@dataclass(frozen=True)
class MentoringCase:
    """`last_product` is the highest number that a product ever had; `mentors` in the order of their coming; `rules` are those of the
    last triage; `permitted` are the products that the last permit was given for, with their risk of then; `sent` are products in registration;
    `numbers` are BPOM's, `referred_numbers` the health office's, `refuted` those that were none and have no other yet; `heard_at` is when a person last did something. The last visit is promised from
    `obtained_at` on, until it was made or nobody waits for it any more; `late_since` is the promise whose breach is recorded."""

    status: MentoringStatus = MentoringStatus.UNKNOWN
    registered: MentoringRegistered | None = None
    business: BusinessProfile | None = None
    business_ref: str = ""
    has_nickname: bool = False
    last_product: int = 0
    consents: frozenset[str] = frozenset()
    rules: MentoringPin | None = None
    mentors: tuple[str, ...] = ()
    former_mentors: frozenset[str] = frozenset()
    triaged: Triaged = ()
    referred: frozenset[int] = frozenset()
    referrals: tuple[Referral, ...] = ()
    documents: frozenset[tuple[int | None, str]] = frozenset()
    label_checks: tuple[LabelCheck, ...] = ()
    assessments: dict[UUID, BusinessAssessed] = field(default_factory=dict)
    findings: TrackedFindings = ()
    permit: PermitFile = NO_PERMIT
    permitted: frozenset[tuple[int, str]] = frozenset()
    sent: frozenset[int] = frozenset()
    state_questions: tuple[StateQuestion, ...] = ()
    numbers: dict[int, str] = field(default_factory=dict)
    referred_numbers: dict[int, str] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()
    refuted: dict[int, str] = field(default_factory=dict)
    business_number: Literal["unchecked", "confirmed", "refuted"] = "unchecked"
    is_checked: bool = False
    obtained_at: datetime | None = None
    visit_ended_at: datetime | None = None
    late_since: datetime | None = None
    slept: MentoringStatus = MentoringStatus.UNKNOWN
    heard_at: datetime | None = None
    requests: frozenset[UUID] = frozenset()

    @property
    def holder(self) -> Holder:
        """The side that must act next; a business is never silent while the office holds its case."""
        waits = self.status in OFFICE_HOLDS or self.permit.is_at_work or self._waits_for_verification
        return "office" if waits else "citizen"

    @property
    def _waits_for_verification(self) -> bool:
        under_way = [each for each in self.findings if each.is_under_way]
        evidenced = all(each.progress is corrective_action.Progress.EVIDENCED for each in under_way)
        return self.status is MentoringStatus.CORRECTING and evidenced

    @property
    def products(self) -> frozenset[int]:
        return frozenset(each.number for each in self.business.products) if self.business else frozenset()

    @property
    def all_numbers(self) -> dict[int, str]:
        return self.numbers | self.referred_numbers

    @property
    def unchecked_numbers(self) -> frozenset[int]:
        """Products with a number that no official has confirmed, also those that are not made any more."""
        return frozenset(self.all_numbers) - self.confirmed

    def is_permitted(self, product: TriagedProduct) -> bool:
        """Tell whether what the permit was given for is this product, with the risk that it has now."""
        return (product.product, product.risk) in self.permitted

    @property
    def at_health_office(self) -> frozenset[int]:
        """Products that were referred and have no number yet."""
        return self.referred.difference(self.referred_numbers)

    @property
    def to_refer(self) -> tuple[int, ...]:
        """Return the products that the health office registers and has not registered yet, by their numbers."""
        of_health_office = sorted(on_track(self.triaged, "pirt"))
        return tuple(each for each in of_health_office if each not in self.referred_numbers)

    @property
    def referral(self) -> Referral | None:
        """Return the last letter to the health office, if what it is about is still referred."""
        last = self.referrals[-1] if self.referrals else None
        return last if last is not None and self.referred.intersection(last.products) else None

    @property
    def blocking(self) -> tuple[str, ...]:
        """Items with an open critical finding."""
        return tuple(each.item for each in self.findings if each.is_blocking)

    @property
    def verified(self) -> tuple[str, ...]:
        """Items that were put right since they were assessed."""
        return tuple(each.item for each in self.findings if not each.is_open)

    @property
    def last_assessment(self) -> BusinessAssessed | None:
        """The last assessment by an official."""
        return self._last("official")

    @property
    def last_self_assessment(self) -> BusinessAssessed | None:
        return self._last("business")

    def _last(self, assessor: Assessor) -> BusinessAssessed | None:
        assessments = [each for each in self.assessments.values() if each.assessor == assessor]
        return max(assessments, key=lambda each: each.by.at, default=None)

    def state_question(self, id: UUID) -> StateQuestion | None:
        return next((each for each in self.state_questions if each.question == id), None)

    def finding(self, item: str) -> TrackedFinding:
        for each in self.findings:
            if each.item == item:
                return each
        raise errors.NoSuchFindingError

    def stated(self, product: int) -> BusinessProduct:
        for each in self.business.products if self.business else ():
            if each.number == product:
                return each
        raise errors.UnknownProductError

    def present(self, product: int) -> frozenset[str]:
        """Codes of the requirements that are met for a product."""
        documents = {document for of, document in self.documents if of in (None, product)}
        facts = {
            "nib": bool(self.business and self.business.has_nib) and self.business_number != "refuted",
            "kbli": bool(self.business and self.business.kbli),
            "self_assessment": self.last_self_assessment is not None,
        }
        checked = newest(self.label_checks, product)
        labels = () if checked is None else checked.met
        return frozenset(documents.union(labels, (code for code, holds in facts.items() if holds)))


initial = MentoringCase()
