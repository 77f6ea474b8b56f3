"""The times of the registers: due dates by the rules in force, over the office's calendar, with what they were counted by."""

from datetime import date, datetime, time

from zi_contracts.configuration import Pin
from zi_contracts.integrity.register_pin import RegisterPin
from zi_integrity.use_cases.office_day import OfficeDays
from zi_rules.calendar import Calendars
from zi_rules.configuration import Configuration, Configured
from zi_rules.registers import RegisterRules
from zi_rules.standard import Term
from zi_rules.version import Editions, in_force


class RegisterTimes(OfficeDays):
    def __init__(self, rules: Editions[RegisterRules], calendars: Calendars) -> None:
        super().__init__(calendars.current.timezone)
        self._rules = rules
        self._calendars = calendars

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        return (*self._rules.configurations, *self._calendars.configurations)

    def in_force(self, at: datetime) -> RegisterRules:
        return in_force(self._rules, self.day(at))

    def pin(self, at: datetime) -> RegisterPin:
        calendar = self._calendars.current
        return RegisterPin(
            **_pin(self.in_force(at)).model_dump(), calendar=_pin(calendar), holidays=_pin(calendar.holidays)
        )

    def after(self, term: Term, begins: datetime) -> datetime:
        return self._calendars.current.add(term.period, begins)

    def noon(self, day: date) -> datetime:
        """Return noon of a day, from which a period counts as from the day itself."""
        return datetime.combine(day, time(12), self._calendars.current.timezone)


def _pin(edition: Configured) -> Pin:
    return Pin(id=edition.id, version=edition.version, digest=edition.digest)
