"""The promises to an applicant for a permit, and how long a permit holds, by the office's rules and its calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from zi_contracts.configuration import Pin
from zi_contracts.umkm import PermitClock, PermitPath, PromisedBy
from zi_rules.calendar import Calendars, Pause
from zi_rules.configuration import Configuration, Configured
from zi_rules.permit import PermitPeriod, PermitRules
from zi_rules.version import Editions
from zi_umkm.domain.case.permit import PermitCertificate, PermitPromise
from zi_umkm.domain.case.permit_state import PermitFile, PermitStage
from zi_umkm.domain.case.state import MentoringCase

PERIODS: dict[PermitClock, PermitPeriod] = {
    "permit_account": "account",
    "permit_evaluation": "evaluation",
    "permit_issue": "issue",
}


@dataclass(frozen=True)
class PermitTerms:
    editions: Editions[PermitRules]
    calendars: Calendars

    @property
    def configurations(self) -> Sequence[Configuration]:
        return self.editions.configurations

    @property
    def now(self) -> PermitRules:
        return self.editions[0]

    @property
    def pin(self) -> Pin:
        return _pin(self.now)

    def promise(self, clock: PermitClock, at: datetime) -> PermitPromise:
        calendar = self.calendars.current
        promised_by = PromisedBy(rules=self.pin, calendar=_pin(calendar), holidays=_pin(calendar.holidays))
        due = calendar.add(self.now.term(PERIODS[clock]).period, at)
        return PermitPromise(clock=clock, since=at, due=due, promised_by=promised_by)

    def promise_to_applicant(self, file: PermitFile, at: datetime) -> PermitPromise:
        """Promise anew; or move the due date of the clock that was stopped, by the rules and the calendar that it was promised by."""
        stopped = file.promise
        if file.stage is not PermitStage.RETURNED or file.stopped_at is None or stopped is None:
            return self.promise("permit_account", at)
        if not file.account_verified and stopped.clock != "permit_account":
            return self.promise("permit_account", at)
        if stopped.clock == "permit_issue":
            return self.promise("permit_evaluation", at)
        return self._postponed(stopped, Pause(began=file.stopped_at, ended=at))

    def promise_of_evaluation(self, file: PermitFile, at: datetime) -> PermitPromise:
        """Promise it; or go on with the promise that whoever verified the account stopped, so that nobody gets days by a return."""
        stopped = file.stopped_evaluation
        if stopped is None:
            return self.promise("permit_evaluation", at)
        return self._postponed(stopped.promise, Pause(began=stopped.at, ended=at))

    def _postponed(self, promise: PermitPromise, pause: Pause) -> PermitPromise:
        by = promise.promised_by
        term = self.editions.pinned(by.rules).term(PERIODS[promise.clock])
        calendar = self.calendars.pinned(by.calendar, by.holidays)
        return promise.model_copy(update={"due": calendar.postpone(promise.due, term.period, pause)})

    def path(self, case: MentoringCase) -> PermitPath:
        """Choose by the products that BPOM registers."""
        risks = {each.risk for each in case.triaged if each.track == "md"}
        return "commitment" if risks and risks <= self.now.commitment_risks else "standard"

    def valid_until(self, at: datetime) -> date | None:
        return self.now.valid_until(self.day(at))

    def objection_until(self, at: datetime) -> datetime | None:
        term = self.now.objection
        return None if term is None else self.calendars.current.add(term.period, at)

    def renewable_from(self, certificate: PermitCertificate | None) -> datetime | None:
        """Return when its renewal may be asked for; None where its end or that time is not decided."""
        if certificate is None or certificate.valid_until is None or self.now.renewal is None:
            return None
        return self._midnight(certificate.valid_until - timedelta(days=self.now.renewal.days))

    def expires_at(self, certificate: PermitCertificate | None) -> datetime | None:
        """Return the end of its last day at the office."""
        if certificate is None or certificate.valid_until is None:
            return None
        return self._midnight(certificate.valid_until + timedelta(days=1))

    def day(self, at: datetime) -> date:
        return at.astimezone(self.calendars.current.timezone).date()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.calendars.current.timezone)


def _pin(edition: Configured) -> Pin:
    return Pin(id=edition.id, version=edition.version, digest=edition.digest)
