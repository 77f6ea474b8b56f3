"""The office's rules for mentoring and its decree about them: the versions in force for a case, its times, and the shape of a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zi_chassis.domain import DomainError
from zi_contracts.configuration import Pin
from zi_contracts.umkm import MentoringPin, PromisedBy, RuleVersion
from zi_rules.calendar import Calendars
from zi_rules.configuration import Configuration, Configured
from zi_rules.decree import Decree, Standards
from zi_rules.district import District, Districts
from zi_rules.mentoring.assessment import is_enough
from zi_rules.mentoring.checklist import Checklist
from zi_rules.mentoring.decreed import decreed
from zi_rules.mentoring.label_check import LabelCheckRules
from zi_rules.mentoring.rule_set import MentoringRules, Part, Requirement
from zi_rules.mentoring.state_question import StateQuestionRules
from zi_rules.registration_number import Commodity, Shapes, check_shape, normalise_number
from zi_rules.standard import ServiceKind, ServiceStandard, Term
from zi_rules.version import Editions, NoVersionError, in_force
from zi_umkm.domain import errors
from zi_umkm.domain.business import BusinessProfile
from zi_umkm.domain.case.numbers import NumberShape
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.permit_terms import PermitTerms

MD = "MD"
PIRT = "pirt"  # the name of the shape


class OutdatedGoodsError(DomainError):
    """Something is stated about a product that the rules in force don't ask for any more."""

    def __init__(self, products: Sequence[int]) -> None:
        super().__init__(
            "The rules have changed since something was ticked about product {products}: change the product and tick again what is true of it, then decide its way.",
            products=", ".join(map(str, products)),
        )


@dataclass(frozen=True)
class MentoringRulebook:
    sets: Editions[MentoringRules]
    checklists: Editions[Checklist]
    numbers: Editions[Shapes]
    calendars: Calendars
    own_districts: Editions[Districts]
    standards: Standards
    permits: PermitTerms
    questions: Editions[StateQuestionRules]
    labels: Editions[LabelCheckRules]
    _decreed: dict[tuple[str, str], MentoringRules] = field(default_factory=dict, repr=False)

    @property
    def configurations(self) -> Sequence[Configuration]:
        editions = (self.sets, self.checklists, self.numbers, self.own_districts, self.questions, self.labels)
        rules = (each for kind in editions for each in kind.configurations)
        return (*self.calendars.configurations, *rules, *self.permits.configurations)

    @property
    def districts(self) -> tuple[District, ...]:
        return self.own_districts[0].districts

    @property
    def district_codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.districts)

    def district_name(self, code: str) -> str:
        """Return the name of a district as letters have it; one that is not of the office's list keeps its code."""
        return {each.code: each.name.id for each in self.districts}.get(code, code)

    def in_force(self, at: datetime) -> MentoringRules:
        """Return the rules with the decree laid over them that the office had adopted by then."""
        decree = self.decree_in_force(at)
        return self._with(in_force(self.sets, self._day(at)), None if decree is None else decree.standard)

    def decree_in_force(self, at: datetime) -> Decree | None:
        """As it was known at that moment, so that read models and timers that are made anew become the same."""
        return self.standards.decree_in_force(ServiceKind.MENTORING, self._day(at), at)

    def of(self, case: MentoringCase, at: datetime) -> MentoringRules:
        """Return the rules and the decree of the case's last triage; before that those in force."""
        if case.rules is None:
            return self.in_force(at)
        return self.pinned(case.rules)

    def pinned(self, pin: MentoringPin) -> MentoringRules:
        decree = pin.standard
        return self._with(self.sets.pinned(pin), None if decree is None else self.standards.pinned(decree))

    def decree_of(self, case: MentoringCase, at: datetime) -> Decree | None:
        """Return the decree that the case is judged by; before its triage the one in force."""
        if case.rules is None:
            return self.decree_in_force(at)
        return None if case.rules.standard is None else self.standards.decree_of(case.rules.standard)

    def decree_pin(self, case: MentoringCase, at: datetime) -> Pin | None:
        """Name the decree of the case's last triage; before that the one in force."""
        if case.rules is not None:
            return case.rules.standard
        decree = self.decree_in_force(at)
        return None if decree is None else _pin(decree.standard)

    def _with(self, rules: MentoringRules, standard: ServiceStandard | None) -> MentoringRules:
        if standard is None:
            return rules
        key = rules.digest, standard.digest
        if key not in self._decreed:
            self._decreed[key] = decreed(rules, standard)
        return self._decreed[key]

    def refuse_unfit(self, standard: ServiceStandard) -> None:
        """Raise ValueError for a decree that does not fit each set of rules that the office has."""
        for rules in self.sets:
            self._with(rules, standard)

    def on_label(self, case: MentoringCase, product: int, at: datetime) -> tuple[Requirement, ...]:
        """Return what has to be on the label of a product."""
        stated = case.stated(product)
        risk = next((each.risk for each in case.triaged if each.product == product), "")
        required = (each for each in self.of(case, at).requirements if each.part is Part.LABEL)
        return tuple(each for each in required if each.is_asked_of(stated.kind, risk, stated.traits))

    def checklist(self, version: RuleVersion) -> Checklist:
        try:
            return self.checklists.pinned(version)
        except NoVersionError as error:
            raise errors.UnknownChecklistError from error

    def checklist_in_force(self, at: datetime) -> Checklist:
        form = self.in_force(at).checklist
        return in_force([each for each in self.checklists if each.id == form], self._day(at))

    def checklists_for(self, case: MentoringCase, at: datetime) -> tuple[Checklist, ...]:
        """Return the checklist in force, those that the case was assessed by, and the office's others."""
        used = [self.checklist(each.result.checklist) for each in case.assessments.values()]
        known = {
            (each.id, each.version): each for each in (self.checklist_in_force(at), *used, *self.checklists)
        }
        return tuple(known.values())

    def self_enough(self, case: MentoringCase) -> bool:
        """Tell whether the business's last assessment of itself is good enough, by the form that it filled in."""
        last = case.last_self_assessment
        return last is not None and is_enough(self.checklist(last.result.checklist), last.result.rating)

    # -- times

    def correction_due(self, case: MentoringCase, at: datetime) -> tuple[datetime, PromisedBy]:
        """Return the due date of a correction, and the rules, decree and calendar that it follows from."""
        rules, calendar = self.of(case, at), self.calendars.current
        promised_by = PromisedBy(
            rules=_pin(rules),
            calendar=_pin(calendar),
            holidays=_pin(calendar.holidays),
            standard=self.decree_pin(case, at),
        )
        return self._after(rules.correction, at), promised_by

    def silent_until(self, at: datetime) -> datetime:
        return self._after(self.in_force(at).silence, at)

    def sleeps_until(self, at: datetime) -> datetime:
        return self._after(self.in_force(at).sleep, at)

    def question_reminder(self, due: datetime, at: datetime) -> datetime:
        """Return when to remind of a question: some days before its day, or on it where it is nearer than that."""
        before = due - timedelta(days=self.questions[0].remind_days)
        return before if before > at else due

    def check_due(self, at: datetime) -> datetime:
        """Return when the last visit is due after a number was obtained."""
        return self._after(self.in_force(at).later_check, at)

    def _after(self, term: Term, at: datetime) -> datetime:
        return self.calendars.current.add(term.period, at)

    # -- what may be stated

    def written(self, number: str) -> str:
        return normalise_number(number)

    def number_shape(self, number: str, *, referred: bool = False) -> NumberShape:
        """Check a number against the shapes for food made in the country: BPOM's, or the health office's."""
        checked = check_shape(number, Commodity.PANGAN_OLAHAN, self.numbers[0].shapes)
        if checked.outcome != "expected":
            return checked.outcome
        fits = checked.shape == PIRT if referred else MD in normalise_number(number)
        return "expected" if fits else "unknown"

    @property
    def number_pin(self) -> Pin:
        """The shapes that numbers are checked against now."""
        return _pin(self.numbers[0])

    def refuse_unknown_goods(
        self, business: BusinessProfile, at: datetime, former: BusinessProfile | None = None
    ) -> None:
        """Raise where a product is stated that the rules in force don't know; what was stated before and is as it was hinders no other."""
        if self._unknown_goods(business, at) - business.unchanged_since(former):
            raise errors.UnknownGoodsError

    def refuse_outdated_goods(self, business: BusinessProfile, at: datetime) -> None:
        """Raise with the products about which something is stated that the rules in force don't know any more."""
        if outdated := self._unknown_goods(business, at):
            raise OutdatedGoodsError(sorted(outdated))

    def _unknown_goods(self, business: BusinessProfile, at: datetime) -> frozenset[int]:
        names = self.in_force(at).names
        return frozenset(
            each.number
            for each in business.products
            if each.kind not in names.products or not set(each.traits) <= set(names.traits)
        )

    def refuse_unasked(
        self, codes: frozenset[str], case: MentoringCase, at: datetime, *, label: bool
    ) -> None:
        """Raise where the rules require no such document or part of a label."""
        required = {
            each.code for each in self.of(case, at).requirements if (each.part is Part.LABEL) == label
        }
        if not codes <= required:
            raise errors.NotAskedForError

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.calendars.current.timezone).date()


def _pin(edition: Configured) -> Pin:
    return Pin(id=edition.id, version=edition.version, digest=edition.digest)
