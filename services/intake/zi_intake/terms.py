"""The due dates of a case: from the office's standard in force and its calendar, both pinned at filing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

from zi_contracts.configuration import Pin
from zi_contracts.intake import PinnedStandard
from zi_intake.domain.case.refusals import NoExtensionError
from zi_rules.calendar import Calendars, Pause, WorkingCalendar, load_calendars
from zi_rules.configuration import Configuration, Configured
from zi_rules.decree import Decree, Standards
from zi_rules.period import Period, WorkingDays
from zi_rules.provenance import Text
from zi_rules.standard import (
    NoStandardError,
    ServiceKind,
    ServiceStandard,
    Tier,
    due_date,
    load_standards,
)
from zi_rules.standard_fit import FILED_KINDS, refuse_unfit_for_cases
from zi_rules.version import ContentLookup, NoVersionError, Pinned, no_content

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class FilingTerms:
    standard: PinnedStandard
    due: datetime
    acknowledge_by: datetime


@dataclass(frozen=True)
class TermsOfDay:
    """The terms of all who file on one day: those who file until closing time, and those who file after it."""

    closes: datetime
    until_closing: FilingTerms
    after_closing: FilingTerms


class Terms:
    """`standards` are those of the office's files and the decrees that it adopted."""

    def __init__(self, calendars: Calendars, standards: Standards) -> None:
        self._calendars = calendars
        self.standards = standards
        self._terms_of_day = lru_cache(maxsize=64)(self._compute_terms_of_day)

    @property
    def configurations(self) -> Sequence[Configuration]:
        return (*self._calendars.configurations, *self.standards.configurations)

    def at_filing(self, service: ServiceKind, kind: str, at: datetime) -> FilingTerms:
        day = at.astimezone(self._calendars.current.timezone).date()
        terms = self._terms_of_day(service, kind, day, self.standards.revision)
        if terms is None:
            return self._compute_terms(service, kind, _whole_second(at))
        return terms.until_closing if at <= terms.closes else terms.after_closing

    def _compute_terms_of_day(
        self, service: ServiceKind, kind: str, day: date, revision: int
    ) -> TermsOfDay | None:
        """Return None where a period is not counted in working days, so that each moment has terms of its own. They hold for one
        `revision` of the standards."""
        calendar = self._calendars.current
        begins = datetime.combine(day, time(), calendar.timezone)
        standard = self.in_force(service, begins)
        periods = standard.tier(standard.tier_at_filing(kind)).period, standard.waits.acknowledge.period
        if not all(isinstance(period, WorkingDays) for period in periods):
            return None
        hours = calendar.hours_on(day)
        closes = begins if hours is None else datetime.combine(day, hours.closes, calendar.timezone)
        until_closing = self._compute_terms(service, kind, begins)
        return TermsOfDay(closes, until_closing, self._compute_terms(service, kind, closes + _SECOND))

    def _compute_terms(self, service: ServiceKind, kind: str, at: datetime) -> FilingTerms:
        standard, calendar = self.in_force(service, at), self._calendars.current
        tier = standard.tier_at_filing(kind)
        return FilingTerms(
            standard=_pin(standard, tier, calendar),
            due=due_date(standard, tier, at, calendar),
            acknowledge_by=calendar.add(standard.waits.acknowledge.period, at),
        )

    def in_force(self, service: ServiceKind, at: datetime) -> ServiceStandard:
        day = at.astimezone(self._calendars.current.timezone).date()
        return self.standards.in_force(service, day)

    def decree(self, pin: Pinned) -> Decree | None:
        """Return the decree that a standard was adopted by; None for one of a file."""
        return self.standards.decree_of(pin)

    def reply_by(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self._calendar(pin).add(self.standard(pin).waits.citizen_completes.period, _whole_second(at))

    def closes_on(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self._calendar(pin).add(self.standard(pin).waits.silence_closes.period, _whole_second(at))

    def reopen_until(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self._calendar(pin).add(self.standard(pin).waits.reopen.period, _whole_second(at))

    def due_after_reply(
        self, pin: PinnedStandard, due: datetime, began: datetime, replied: datetime
    ) -> datetime:
        """Return the due date plus the working time that the office waited for the citizen."""
        pause = Pause(began=began, ended=max(began, replied))
        return self._calendar(pin).postpone(due, self.tier(pin).period, pause)

    def due_after_reopening(self, pin: PinnedStandard, at: datetime) -> datetime:
        return due_date(self.standard(pin), pin.tier, _whole_second(at), self._calendar(pin))

    def extended(self, pin: PinnedStandard, due: datetime) -> datetime:
        """Return the day to which the time of a request for information can be extended. Raises NoExtensionError."""
        extension = self.standard(pin).waits.extension
        if extension is None:
            raise NoExtensionError
        return self._calendar(pin).add(extension.period, due)

    def objection_due(self, pin: PinnedStandard, at: datetime) -> datetime:
        """Return when an objection is decided at the latest; as for a reopened case where the standard names no time."""
        objection = self.standard(pin).waits.objection
        if objection is None:
            return self.due_after_reopening(pin, at)
        return self._calendar(pin).add(objection.period, _whole_second(at))

    def offers(self, at: datetime) -> list[ServiceStandard]:
        """Return the standards in force of what people file here; an office may have none for public information."""
        offered = []
        for kind in FILED_KINDS:
            with suppress(NoStandardError):
                offered.append(self.in_force(kind, at))
        return offered

    def in_tier(self, pin: PinnedStandard, tier: str) -> PinnedStandard:
        """Return the same standard in another of its tiers. Raises UnknownTierError."""
        status = self.standard(pin).tier(tier).source_status.value
        return pin.model_copy(update={"tier": tier, "source_status": status})

    def due_in_tier(
        self, pin: PinnedStandard, began: datetime, pauses: Sequence[tuple[datetime, datetime]]
    ) -> datetime:
        """Return when the answer is due in the tier of the pin, had it been that from the beginning."""
        waited = [Pause(began=begun, ended=max(begun, ended)) for begun, ended in pauses]
        return due_date(self.standard(pin), pin.tier, _whole_second(began), self._calendar(pin), waited)

    def after(self, pin: PinnedStandard, period: Period, at: datetime) -> datetime:
        """Return when the period is over, counted over the days of the pin."""
        return self._calendar(pin).add(period, _whole_second(at))

    def draft_id(self, pin: PinnedStandard) -> UUID | None:
        """Return a new id for an answer that waits for a second person, None where the standard asks for none."""
        return uuid4() if self.tier(pin).second_person else None

    def working_days_until(self, pin: PinnedStandard, at: datetime, due: datetime) -> int:
        """Return the working days that are left, without today; none after the due time."""
        return self._calendar(pin).working_days_in(Pause(began=at, ended=max(at, due)))

    def tier(self, pin: PinnedStandard) -> Tier:
        return self.standard(pin).tier(pin.tier)

    def title(self, pin: PinnedStandard) -> Text | None:
        """Return the title of the standard; None where the standard is lost."""
        try:
            return self.standard(pin).decree_title
        except NoVersionError:
            return None

    def standard(self, pin: PinnedStandard) -> ServiceStandard:
        """Return the standard of the pin. Raises NoVersionError."""
        return self.standards.pinned(pin)

    def _calendar(self, pin: PinnedStandard) -> WorkingCalendar:
        return self._calendars.pinned(pin.calendar, pin.holidays)


def load_terms(office_folder: Path, content_of: ContentLookup = no_content) -> Terms:
    """Load calendars and standards; a data file of the office replaces the shipped one of the same name."""
    standards = Standards(load_standards(office_folder, content_of), refuse_unfit_for_cases)
    return Terms(load_calendars(office_folder, content_of), standards)


def _pin(standard: ServiceStandard, tier: str, calendar: WorkingCalendar) -> PinnedStandard:
    return PinnedStandard(
        id=standard.decree_id,
        version=standard.version,
        digest=standard.digest,
        tier=tier,
        source_status=standard.tier(tier).source_status.value,
        calendar=_named(calendar),
        holidays=_named(calendar.holidays),
    )


def _named(edition: Configured) -> Pin:
    return Pin(id=edition.id, version=edition.version, digest=edition.digest)


def _whole_second(at: datetime) -> datetime:
    """Round up, so that a moment after closing time stays after it."""
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + _SECOND
