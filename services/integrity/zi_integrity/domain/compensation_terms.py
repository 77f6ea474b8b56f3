"""The terms of a compensation: what is owed for a service by the office's rules, and by when each step is to be done. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from zi_contracts.configuration import Pin
from zi_rules.calendar import WorkingCalendar
from zi_rules.compensation import CompensationLimit, CompensationRules, compensation_rules_of
from zi_rules.configuration import Configuration
from zi_rules.version import Editions

NAMESPACE = UUID("5e6c1b0a-90a5-4a53-9b0f-3f2b8d7e4c11")
_SECOND = timedelta(seconds=1)


def compensation_id(missed: UUID) -> UUID:
    """Return the aggregate of the compensation for the message of a missed deadline."""
    return uuid5(NAMESPACE, str(missed))


def texts_of(compensation: UUID) -> UUID:
    """Return the data subject under whom the texts of a compensation lie in the vault."""
    return uuid5(compensation, "texts")


def cause_of(compensation: UUID) -> UUID:
    """Return the data subject of what officials wrote about the cause: it stays when the citizen's own texts are erased."""
    return uuid5(compensation, "cause")


@dataclass(frozen=True)
class OpeningTerms:
    owed: tuple[str, ...]
    is_decided: bool
    rules: Pin
    offer_by: datetime
    find_cause_by: datetime


class CompensationTerms:
    def __init__(self, rules: Editions[CompensationRules], calendar: WorkingCalendar) -> None:
        self._rules = rules
        self._calendar = calendar

    @property
    def configurations(self) -> Sequence[Configuration]:
        return self._rules.configurations

    def in_force(self, at: datetime) -> CompensationRules:
        return compensation_rules_of(self._rules, at.astimezone(self._calendar.timezone).date())

    def pinned(self, pin: Pin) -> CompensationRules:
        return self._rules.pinned(pin)

    def opening(self, service: str, at: datetime) -> OpeningTerms:
        rules = self.in_force(at)
        return OpeningTerms(
            owed=rules.owed_for(service),
            is_decided=rules.is_decided(service),
            rules=Pin(id=rules.id, version=rules.version, digest=rules.digest),
            offer_by=self._after(rules.offer, at),
            find_cause_by=self._after(rules.find_cause, at),
        )

    def answer_by(self, pin: Pin, at: datetime) -> datetime:
        return self._after(self.pinned(pin).answer, at)

    def give_by(self, pin: Pin, at: datetime) -> datetime:
        return self._after(self.pinned(pin).give, at)

    def _after(self, limit: CompensationLimit, at: datetime) -> datetime:
        """Count from the next full second, as a moment after closing time has to stay after it."""
        whole = at.replace(microsecond=0)
        return self._calendar.add(limit.period, whole if whole == at else whole + _SECOND)
