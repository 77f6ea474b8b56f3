"""Service standards: the office's versioned decrees, and the due dates that follow from the one in force."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from zi_rules.calendar import Pause, WorkingCalendar
from zi_rules.configuration import Configured
from zi_rules.data_files import read_folder
from zi_rules.period import Period
from zi_rules.provenance import SourceStatus, Text
from zi_rules.version import ContentLookup, Editions, no_content

STANDARD = "standard"


class NoStandardError(ValueError):
    """The office has no service standard for what was asked."""


class UnknownTierError(ValueError):
    """The service standard has no such tier."""


class OverlappingPausesError(ValueError):
    """A clock can't be stopped twice at once."""


class ServiceKind(StrEnum):
    COMPLAINT = "complaint"
    CONSULTATION = "consultation"


class Component(StrEnum):
    """The six published components of a Standar Pelayanan (UU 25/2009), by name because their numbering differs."""

    PERSYARATAN = "persyaratan"
    PROSEDUR = "prosedur"
    JANGKA_WAKTU = "jangka_waktu"
    BIAYA = "biaya"
    PRODUK = "produk"
    PENANGANAN_PENGADUAN = "penanganan_pengaduan"


class Term(BaseModel):
    """One promised period and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period
    source: str
    source_status: SourceStatus


class Tier(Term):
    title: Text


class ProcessTerms(BaseModel):
    """The periods that the process itself waits for, the same for every tier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acknowledge: Term
    citizen_completes: Term
    silence_closes: Term
    reopen: Term


class ServiceStandard(Configured):
    service: ServiceKind
    office: str
    decree_id: str
    decree_title: Text
    version: PositiveInt
    effective_from: date
    effective_to: date | None = None
    source: str
    source_status: SourceStatus
    tiers: Annotated[dict[str, Tier], Field(min_length=1)]
    first_tier: Annotated[dict[str, str], Field(min_length=1)]
    process: ProcessTerms
    components: dict[Component, Text]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if missing := [part.value for part in Component if part not in self.components]:
            raise ValueError(f"a service standard must state {', '.join(missing)}")
        if unknown := sorted(set(self.first_tier.values()) - set(self.tiers)):
            raise ValueError(f"first_tier names tiers that don't exist: {', '.join(unknown)}")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("a service standard can't end before it begins")
        return self

    def tier(self, name: str) -> Tier:
        if name not in self.tiers:
            raise UnknownTierError(f"Choose one of the standard's tiers: {', '.join(self.tiers)}.")
        return self.tiers[name]

    def tier_at_filing(self, kind: str) -> str:
        """The tier a new case starts in, before an officer has judged it."""
        if kind not in self.first_tier:
            raise UnknownTierError(f"Choose one of the standard's kinds: {', '.join(self.first_tier)}.")
        return self.first_tier[kind]

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def standard_in_force(
    standards: Sequence[ServiceStandard], service: ServiceKind, day: date
) -> ServiceStandard:
    """The newest of those in force: a later decree replaces an earlier one that names no end."""
    in_force = [each for each in standards if each.service is service and each.is_in_force(day)]
    if not in_force:
        raise NoStandardError(
            f"The office must publish a service standard for {service} that is in force on {day}."
        )
    return max(in_force, key=lambda each: each.effective_from)


def due_date(
    standard: ServiceStandard,
    tier: str,
    received: datetime,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    return due_after(standard.tier(tier).period, received, calendar, pauses)


def due_after(
    period: Period, received: datetime, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """Pauses in the order in which they happened."""
    due = calendar.add(period, received)
    for pause in _apart(pauses):
        due = calendar.postpone(due, period, pause)
    return due


def load_standards(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[ServiceStandard]:
    standards = Editions(
        ServiceStandard, STANDARD, read_folder(STANDARD, "standards", office_folder), content_of
    )
    _refuse_repeats((each.decree_id, each.version) for each in standards)
    _refuse_repeats((each.service, each.effective_from) for each in standards)
    return standards


def _apart(pauses: Sequence[Pause]) -> Sequence[Pause]:
    for earlier, later in pairwise(pauses):
        if later.began < earlier.ended:
            raise OverlappingPausesError(
                "Give the pauses in order, each beginning after the one before has ended."
            )
    return pauses


def _refuse_repeats(keys: Iterable[tuple[object, object]]) -> None:
    earlier: set[tuple[object, object]] = set()
    for key in keys:
        if key in earlier:
            raise ValueError(
                f"two service standards say the same {key[0]}, {key[1]}: give the newer one its own"
            )
        earlier.add(key)
