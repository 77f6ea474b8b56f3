"""The office's rules for mentoring: the versions in force for a case, its times, and the shape of a registration number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zi_contracts.configuration import Pin
from zi_contracts.umkm import PromisedBy, RuleVersion
from zi_rules.calendar import Calendars
from zi_rules.configuration import Configuration, Configured
from zi_rules.district import District, Districts
from zi_rules.mentoring.checklist import Checklist
from zi_rules.mentoring.rule_set import MentoringRules, Part
from zi_rules.registration_number import Commodity, Shapes, check_shape, normalise_number
from zi_rules.standard import Term
from zi_rules.version import Editions, NoVersionError, in_force
from zi_umkm.domain import errors
from zi_umkm.domain.business import BusinessProfile
from zi_umkm.domain.case.state import MentoringCase

MD = "MD"


@dataclass(frozen=True)
class MentoringRulebook:
    sets: Editions[MentoringRules]
    checklists: Editions[Checklist]
    numbers: Editions[Shapes]
    calendars: Calendars
    own_districts: Editions[Districts]

    @property
    def configurations(self) -> Sequence[Configuration]:
        editions = (self.sets, self.checklists, self.numbers, self.own_districts)
        return (*self.calendars.configurations, *(each for kind in editions for each in kind.configurations))

    @property
    def districts(self) -> tuple[District, ...]:
        return self.own_districts[0].districts

    def in_force(self, at: datetime) -> MentoringRules:
        return in_force(self.sets, self._day(at))

    def of(self, case: MentoringCase, at: datetime) -> MentoringRules:
        """Return the rules of the case's last triage; before that those in force."""
        return self.in_force(at) if case.rules is None else self.sets.pinned(case.rules)

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

    # -- times

    def correction_due(self, at: datetime) -> tuple[datetime, PromisedBy]:
        """Return the due date of a correction, and the rules and calendar that it follows from."""
        rules, calendar = self.in_force(at), self.calendars.current
        promised_by = PromisedBy(rules=_pin(rules), calendar=_pin(calendar), holidays=_pin(calendar.holidays))
        return self._after(rules.correction, at), promised_by

    def silent_until(self, at: datetime) -> datetime:
        return self._after(self.in_force(at).silence, at)

    def sleeps_until(self, at: datetime) -> datetime:
        return self._after(self.in_force(at).sleep, at)

    def check_due(self, at: datetime) -> datetime:
        """Return when the last visit is due after a number was obtained."""
        return self._after(self.in_force(at).later_check, at)

    def _after(self, term: Term, at: datetime) -> datetime:
        return self.calendars.current.add(term.period, at)

    # -- what may be stated

    def written(self, number: str) -> str:
        return normalise_number(number)

    def number_shape(self, number: str) -> Literal["expected", "other_commodity", "unknown"]:
        """Check a number against the shape for food made in the country and registered at BPOM."""
        checked = check_shape(number, Commodity.PANGAN_OLAHAN, self.numbers[0].shapes)
        if checked.outcome == "expected" and MD not in normalise_number(number):
            return "unknown"
        return checked.outcome

    @property
    def number_pin(self) -> Pin:
        """The shapes that numbers are checked against now."""
        return _pin(self.numbers[0])

    def refuse_unknown_goods(self, business: BusinessProfile, at: datetime) -> None:
        names = self.in_force(at).names
        for each in business.products:
            if each.kind not in names.products or not set(each.traits) <= set(names.traits):
                raise errors.UnknownGoodsError

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
