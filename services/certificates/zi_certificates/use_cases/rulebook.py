"""The office's rules for letters, applied to an application: findings, costs, and times over the working calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import product
from pathlib import Path

from zi_certificates.domain.account import Account
from zi_certificates.domain.application.planned_reminder import PlannedReminder
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.domain.statement import Statement
from zi_certificates.use_cases.amendment_findings import amendment_fee, is_amendment, unamendable
from zi_certificates.use_cases.stated_particulars import (
    kinds_of,
    missing_of_account,
    particulars_of,
    underpaid,
    unnumbered,
)
from zi_chassis.domain import DomainError
from zi_contracts.certificates import PinnedRules, PublishedFinding, Series
from zi_contracts.configuration import Pin
from zi_rules.calendar import Calendars, Pause, WorkingCalendar, load_calendars
from zi_rules.certificate.amendments import AmendmentRule, Amendments, load_amendments
from zi_rules.certificate.deadline import (
    NoPromiseError,
    evaluation_due,
    evaluation_promise,
    lapses_at,
    payment_due,
)
from zi_rules.certificate.decreed import decreed
from zi_rules.certificate.examination import Examination, examine
from zi_rules.certificate.fee import NoTariffError, fee
from zi_rules.certificate.finding import Finding, MissingDocument, as_finding, found, merged
from zi_rules.certificate.hs_list import NO_LIST, HsList, load_hs_list, unlisted, unlisted_of_account
from zi_rules.certificate.kind import ACTS_FOR_ANOTHER, CertificateKind, Direction, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.reminder import ApplicantsClock, ReminderRules, load_reminder_rules, reminder_times
from zi_rules.certificate.requirement import holding
from zi_rules.certificate.rule_set import CertificateRules, load_certificate_rules, rules_in_force
from zi_rules.certificate.tariffs import Tariffs, load_tariffs, priced, tariffs_in_force
from zi_rules.certificate.units import Units, load_units
from zi_rules.configuration import Configuration, Configured
from zi_rules.decree import Decree, Standards
from zi_rules.registration_number import Shape, Shapes, load_shapes
from zi_rules.standard import ServiceStandard, no_standards
from zi_rules.version import ContentLookup, Editions, no_content

DIRECTIONS = {"ski": Direction.IMPORT, "ske": Direction.EXPORT}
_SECOND = timedelta(seconds=1)


class NoTariffStatedError(DomainError):
    """Raised where an application has no price: it can't be submitted."""

    def __init__(self) -> None:
        super().__init__(
            "The office has not stated yet what this letter costs, so it can't be submitted now: ask the office."
        )


class NoSuchLetterForGoodsError(DomainError):
    """Raised for goods for which the rules know no such letter."""

    def __init__(self) -> None:
        super().__init__("The office issues no such letter for these goods: choose another kind of letter.")


@dataclass(frozen=True)
class Submitting:
    """The terms that a first submission fixes for the application's whole life, beside its rules."""

    amount: int
    pay_by: datetime
    open_until: datetime
    second_evaluation: bool
    resubmissions: int
    reminders: tuple[PlannedReminder, ...]


@dataclass(frozen=True)
class Rulebook:
    sets: Editions[CertificateRules]
    tariffs: Editions[Tariffs]
    numbers: Editions[Shapes]
    reminders: Editions[ReminderRules]
    amendments: Editions[Amendments]
    calendars: Calendars
    standards: Standards
    hs_lists: Editions[HsList]
    units: Editions[Units]
    _whole: dict[tuple[str, ...], CertificateRules] = field(default_factory=dict, repr=False)

    @property
    def configurations(self) -> Sequence[Configuration]:
        editions = (
            self.sets,
            self.tariffs,
            self.numbers,
            self.reminders,
            self.amendments,
            self.hs_lists,
            self.units,
        )
        return (*self.calendars.configurations, *(each for kind in editions for each in kind.configurations))

    def in_force(self, at: datetime) -> CertificateRules:
        """Return the rules and tariffs with the decrees about import and about export letters laid over them."""
        decrees = (self.decree_in_force(series, at) for series in DIRECTIONS)
        standards = tuple(each.standard for each in decrees if each is not None)
        return self._with(rules_in_force(self.sets, self.day(at)), self.tariffs_in_force(at), *standards)

    def tariffs_in_force(self, at: datetime) -> Tariffs:
        return tariffs_in_force(self.tariffs, self.day(at))

    def coming_tariffs(self, at: datetime) -> tuple[Tariffs, ...]:
        """List the tables that the office has stated for a later day, the nearest first."""
        later = (each for each in self.tariffs if each.begins > self.day(at))
        return tuple(sorted(later, key=lambda each: each.begins))

    def document_kinds(self, application: Application, at: datetime) -> frozenset[str]:
        """List what may be attached: the documents of its rules and of those in force, and those that a decree asked for earlier."""
        named = self.of(application, at).names.documents.keys() | self.in_force(at).names.documents.keys()
        return frozenset(named) | self.standards.documents()

    def decree_in_force(self, series: str, at: datetime) -> Decree | None:
        return self.standards.decree_in_force(series, self.day(at))

    def of(self, application: Application, at: datetime) -> CertificateRules:
        """Return the rules, tariffs and decree that it was submitted under; before the submission those in force."""
        if application.submission is None:
            return self.in_force(at)
        pin = application.submission.rules
        tariffs = self.tariffs_in_force(at) if pin.tariffs is None else self.tariffs.pinned(pin.tariffs)
        standards = () if pin.standard is None else (self.standards.pinned(pin.standard),)
        return self._with(self.sets.pinned(pin), tariffs, *standards)

    def _with(
        self, rules: CertificateRules, tariffs: Tariffs, *standards: ServiceStandard
    ) -> CertificateRules:
        key = rules.digest, tariffs.digest, *(each.digest for each in standards)
        if key not in self._whole:
            self._whole[key] = reduce(decreed, standards, priced(rules, tariffs))
        return self._whole[key]

    def refuse_unfit(self, standard: ServiceStandard) -> None:
        """Raise ValueError for a decree that does not fit each set of rules that the office has."""
        for rules in self.sets:
            for tariffs in self.tariffs:
                self._with(rules, tariffs, standard)

    def pin(self, application: Application, at: datetime) -> PinnedRules:
        """Return the pins of everything that the application is judged by from its submission on."""
        if application.submission is not None:
            return application.submission.rules
        rules, calendar = self.in_force(at), self.calendars.current
        decree = self._decree(application, at)
        return PinnedRules(
            id=rules.id,
            version=rules.version,
            digest=rules.digest,
            tariffs=_pin(self.tariffs_in_force(at)),
            numbers=_pin(self.numbers[0]),
            calendar=_pin(calendar),
            holidays=_pin(calendar.holidays),
            standard=None if decree is None else _pin(decree.standard),
            reminders=_pin(self.reminders[0]),
            hs_codes=_pin(self.hs_lists[0]),
            amendments=_pin(self.amendments[0]) if is_amendment(application) else None,
        )

    def decrees(self, application: Application, at: datetime) -> tuple[Decree, ...]:
        """List the decrees that it is judged by: one at most, and before it says what it asks for each that is in force."""
        if application.submission is not None:
            pin = application.submission.rules.standard
            found = [None if pin is None else self.standards.decree_of(pin)]
        elif application.statement is None:
            found = [self.decree_in_force(series, at) for series in DIRECTIONS]
        else:
            found = [self._decree(application, at)]
        return tuple(each for each in found if each is not None)

    def _decree(self, application: Application, at: datetime) -> Decree | None:
        """Return the decree about the letters that the application asks for: they are all of one series."""
        kinds = () if application.statement is None else kinds_of(application.statement)
        series = (name for name, direction in DIRECTIONS.items() if kinds and kinds[0].direction is direction)
        return next((self.decree_in_force(each, at) for each in series), None)

    def _calendar(self, application: Application) -> WorkingCalendar:
        if application.submission is None:
            return self.calendars.current
        pin = application.submission.rules
        return self.calendars.pinned(pin.calendar, pin.holidays)

    def _shapes(self, application: Application) -> tuple[Shape, ...]:
        """Return the shapes of registration numbers that held when it was submitted."""
        pin = None if application.submission is None else application.submission.rules.numbers
        return (self.numbers[0] if pin is None else self.numbers.pinned(pin)).shapes

    def hs_list(self, application: Application) -> HsList:
        """Return the list of HS codes that held when it was submitted; one submitted before there were lists is judged without."""
        if application.submission is None:
            return self.hs_lists[0]
        pin = application.submission.rules.hs_codes
        return NO_LIST if pin is None else self.hs_lists.pinned(pin)

    def examination(self, application: Application, account: Account, at: datetime) -> Examination:
        """Find everything that is missing or wrong in the present revision."""
        rules, stated = self.of(application, at), application.statement
        if stated is None:
            raise NoSuchLetterForGoodsError
        documents = account.verified.documents if account.verified is not None else ()
        codes = account.verified.hs_codes if account.verified is not None else ()
        particulars = particulars_of(stated, codes, self.day(_submitted(application, at)))
        result = examine(particulars, rules, self._shapes(application))
        attached = {each.kind for each in (*documents, *stated.documents)}
        missing = (*result.missing, *missing_of_account(particulars, attached, rules))
        codes_listed = unlisted(
            ((each.number, each.hs_code) for each in stated.products), self.hs_list(application)
        )
        findings = (
            *result.findings,
            *codes_listed,
            *underpaid(application, stated, self._amount_now(application, rules)),
            *self._unamendable(application),
        )
        return result.model_copy(update={"missing": merged(missing), "findings": findings})

    def amendment_rule(self, application: Application) -> AmendmentRule | None:
        """Return the rule for the amendment that the application is: the one that it was submitted under, before that the present one."""
        pin = None if application.submission is None else application.submission.rules.amendments
        stated = self.amendments[0] if pin is None else self.amendments.pinned(pin)
        if application.statement is None:
            return None
        return stated.rule_of(
            CertificateKind(application.statement.kinds[0]), Goods(application.statement.goods)
        )

    def _unamendable(self, application: Application) -> tuple[Finding, ...]:
        return unamendable(application, self.amendment_rule(application)) if is_amendment(application) else ()

    def account_findings(self, series: Series, account: Account, at: datetime) -> tuple[Finding, ...]:
        """Return the findings about what every account of this series needs, whatever the goods will be."""
        rules, details = self.in_force(at), account.details
        if details is None:
            return ()
        circumstances = {ACTS_FOR_ANOTHER} if details.acts_for_others else set()
        attached = {each.kind for each in details.documents}
        missing = [
            MissingDocument(
                any_of=rule.any_of, per="account", source=rule.source, source_status=rule.source_status
            )
            for rule in holding(rules.documents, circumstances)
            if rule.per == "account"
            and rule.goods == frozenset(Goods)
            and any(kind.direction is DIRECTIONS[series] for kind in rule.kinds)
            and not attached.intersection(rule.any_of)
        ]
        wrong = [
            found(FindingReason.HS_CODE_SHAPE, rules.hs_code, "hs_codes", what=code)
            for code in details.hs_codes
            if not rules.hs_code.fits(code)
        ]
        unknown = unlisted_of_account(details.hs_codes, self.hs_lists[0])
        return (*wrong, *unknown, *unnumbered(details.items), *dict.fromkeys(map(as_finding, missing)))

    def submitting(self, application: Application, at: datetime) -> Submitting:
        stated = application.statement
        if stated is None:
            raise NoSuchLetterForGoodsError
        rules, calendar = self.in_force(at), self.calendars.current
        kinds, goods = kinds_of(stated), Goods(stated.goods)
        began = _whole_second(at)
        pay_by, open_until = payment_due(began, rules, calendar), lapses_at(began, rules, calendar)
        ends: dict[ApplicantsClock, datetime] = {"payment": pay_by, "completion": open_until}
        planned = reminder_times(self.reminders[0], began, ends, calendar)
        return Submitting(
            amount=self.amount(application, rules),
            pay_by=pay_by,
            open_until=open_until,
            second_evaluation=rules.needs_second_evaluation(kinds, goods),
            resubmissions=rules.resubmissions.most,
            reminders=tuple(PlannedReminder(clock=clock, at=when) for clock, when in planned.items()),
        )

    def second_evaluation(self, application: Application, at: datetime) -> bool:
        """Return whether two evaluators have to find the present statement compliant."""
        kinds, goods = _promised(application)
        return self.of(application, at).needs_second_evaluation(kinds, goods)

    def amount(self, application: Application, rules: CertificateRules) -> int:
        """In rupiah; 0 for an amendment for which the office asks nothing. Raises NoTariffStatedError."""
        if application.statement is None:
            raise NoTariffStatedError
        if is_amendment(application):
            wanted = amendment_fee(application, self.amendment_rule(application))
            if wanted is None:
                raise NoTariffStatedError
            if wanted == "none":
                return 0
        return self.fee(application.statement, rules)

    def _amount_now(self, application: Application, rules: CertificateRules) -> int:
        """Return `amount`; where no tariff is stated, more than what was billed."""
        try:
            return self.amount(application, rules)
        except NoTariffStatedError:
            return application.price + 1

    def fee(self, stated: Statement, rules: CertificateRules) -> int:
        """In rupiah."""
        try:
            amount = fee(kinds_of(stated), Goods(stated.goods), len(stated.products), rules)
        except NoTariffError as error:
            raise NoTariffStatedError from error
        if amount < 1:
            raise NoTariffStatedError
        return amount

    def due(self, application: Application, at: datetime) -> datetime:
        """Return the due date that is promised from `at` on, for a complete application."""
        kinds, goods = _promised(application)
        rules, calendar = self.of(application, at), self._calendar(application)
        try:
            return evaluation_due(kinds, goods, _whole_second(at), rules, calendar)
        except NoPromiseError as error:
            raise NoSuchLetterForGoodsError from error

    def due_after_pause(self, application: Application, at: datetime) -> datetime:
        """Return the due date with the working time added that the office waited for the applicant; a missed date stays missed."""
        due, asked_at, complete = application.due, application.asked_at, application.complete_at
        if due is None or asked_at is None or complete is None:
            return at  # the decider refuses, or knows it as a repeat
        kinds, goods = _promised(application)
        rules, calendar = self.of(application, at), self._calendar(application)
        promise = evaluation_promise(kinds, goods, complete, rules, calendar)
        return calendar.postpone(due, promise.period, Pause(began=asked_at, ended=max(asked_at, at)))

    def day(self, at: datetime) -> date:
        """Return the day that it is at the office."""
        return at.astimezone(self.calendars.current.timezone).date()


def load_rulebook(folder: Path, content_of: ContentLookup = no_content, *, demo: bool = False) -> Rulebook:
    """Load the rules; the office's own data files replace the shipped ones of the same name, and a demonstration has tariffs in any case."""
    sets, tariffs = load_certificate_rules(folder, content_of), load_tariffs(folder, content_of, demo=demo)
    for rules, table in product(sets, tariffs):
        priced(rules, table)  # a letter with two tariffs is refused here, not at somebody's application
    shapes, calendars = load_shapes(folder, content_of), load_calendars(folder, content_of)
    reminders, amendments = (
        load_reminder_rules(folder, content_of),
        load_amendments(folder, content_of, demo=demo),
    )
    lists = load_hs_list(folder, content_of, demo=demo), load_units(folder, content_of)
    standards = Standards(no_standards(content_of))
    rulebook = Rulebook(sets, tariffs, shapes, reminders, amendments, calendars, standards, *lists)
    rulebook.standards.check = rulebook.refuse_unfit
    return rulebook


def _pin(edition: Configured) -> Pin:
    return Pin(id=edition.id, version=edition.version, digest=edition.digest)


def published(examination: Examination) -> tuple[PublishedFinding, ...]:
    return published_findings(examination.wanting)


def published_findings(findings: tuple[Finding, ...]) -> tuple[PublishedFinding, ...]:
    """Return the findings without the values in question, which belong to the applicant."""
    findings_only = (
        PublishedFinding(reason=each.reason.value, where=each.where, item=each.item) for each in findings
    )
    return tuple(dict.fromkeys(findings_only))


def _submitted(application: Application, at: datetime) -> datetime:
    """Return the time that goods are judged by: sending missing data does not make it a later one."""
    if application.status is not ApplicationStatus.NEED_DATA or application.submission is None:
        return at
    again = application.complete_at if application.resubmissions else None
    return again or application.submission.by.at


def _promised(application: Application) -> tuple[tuple[CertificateKind, ...], Goods]:
    if application.statement is None:
        raise NoSuchLetterForGoodsError
    return kinds_of(application.statement), Goods(application.statement.goods)


def _whole_second(at: datetime) -> datetime:
    """Round up to a whole second, so that a moment after closing time stays after it."""
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + _SECOND
