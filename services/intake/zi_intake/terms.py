"""The times that a case is promised: from the office's standard in force, pinned at filing, over its working calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from zi_contracts.intake import PinnedStandard
from zi_rules.calendar import Pause, WorkingCalendar, load_calendar
from zi_rules.standard import (
    ServiceKind,
    ServiceStandard,
    Standards,
    Tier,
    due_date,
    load_standards,
    pinned_standard,
    standard_in_force,
)

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class FilingTerms:
    standard: PinnedStandard
    due: datetime
    acknowledge_by: datetime


class Terms:
    def __init__(self, calendar: WorkingCalendar, standards: Standards) -> None:
        self.calendar = calendar
        self.standards = standards
        # A second has one answer, however many file in it; opening and closing times fall on whole seconds.
        self._of_second = lru_cache(maxsize=1024)(self._at_filing)

    def at_filing(self, service: ServiceKind, kind: str, at: datetime) -> FilingTerms:
        return self._of_second(service, kind, _whole_second(at))

    def _at_filing(self, service: ServiceKind, kind: str, at: datetime) -> FilingTerms:
        standard = self.in_force(service, at)
        tier = standard.tier_at_filing(kind)
        return FilingTerms(
            standard=_pin(standard, tier),
            due=due_date(standard, tier, at, self.calendar),
            acknowledge_by=self.calendar.add(standard.process.acknowledge.period, at),
        )

    def in_force(self, service: ServiceKind, at: datetime) -> ServiceStandard:
        return standard_in_force(self.standards, service, at.astimezone(self.calendar.timezone).date())

    def reply_by(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self.calendar.add(self._pinned(pin).process.citizen_completes.period, _whole_second(at))

    def closes_on(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self.calendar.add(self._pinned(pin).process.silence_closes.period, _whole_second(at))

    def reopen_until(self, pin: PinnedStandard, at: datetime) -> datetime:
        return self.calendar.add(self._pinned(pin).process.reopen.period, _whole_second(at))

    def due_after_reply(
        self, pin: PinnedStandard, due: datetime, asked: datetime, replied: datetime
    ) -> datetime:
        """The working time that the office waited for the citizen is added."""
        pause = Pause(began=asked, ended=max(asked, replied))
        return self.calendar.postpone(due, self.tier(pin).period, pause)

    def due_after_reopening(self, pin: PinnedStandard, at: datetime) -> datetime:
        return due_date(self._pinned(pin), pin.tier, _whole_second(at), self.calendar)

    def tier(self, pin: PinnedStandard) -> Tier:
        return self._pinned(pin).tier(pin.tier)

    def _pinned(self, pin: PinnedStandard) -> ServiceStandard:
        return pinned_standard(self.standards, pin.id, pin.version)


def load_terms(office_folder: Path) -> Terms:
    """The office's own data files, where it has some, replace the shipped ones of the same name."""
    folder = office_folder if office_folder.is_dir() else None
    return Terms(load_calendar(folder), load_standards(folder))


def _pin(standard: ServiceStandard, tier: str) -> PinnedStandard:
    status = standard.tier(tier).source_status
    return PinnedStandard(
        id=standard.decree_id, version=standard.version, tier=tier, source_status=status.value
    )


def _whole_second(at: datetime) -> datetime:
    """Rounded up, so that what comes a moment after closing time still comes after it."""
    whole = at.replace(microsecond=0)
    return whole if whole == at else whole + _SECOND
