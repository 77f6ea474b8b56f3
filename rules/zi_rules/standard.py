"""Service standards: the office's versioned decrees, and the due dates that follow from the one in force."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from zi_rules.calendar import Pause, WorkingCalendar
from zi_rules.configuration import (
    Configuration,
    Configured,
    UnusableConfigurationError,
    canonical,
    name,
    read,
)
from zi_rules.data_files import read_folder
from zi_rules.office import OfficeEdition, load_office
from zi_rules.period import Period
from zi_rules.provenance import Sourced, SourceStatus, Text
from zi_rules.version import Code, ContentLookup, Editions, no_content

STANDARD = "standard"
MOST_CONTENT = (
    24 * 1024
)  # bytes of a standard in a message, so that the message passes the bus and the ledger


class NoStandardError(ValueError):
    """The office has no service standard for what was asked."""


class UnknownTierError(ValueError):
    """The service standard has no such tier."""


class OverlappingPausesError(ValueError):
    """A clock can't be stopped twice at once."""


class ServiceKind(StrEnum):
    """The services whose standards this house decides by; an office has standards for others under names of its own."""

    COMPLAINT = "complaint"
    CONSULTATION = "consultation"
    PUBLIC_INFORMATION = "public_information"
    MENTORING = "mentoring"
    SKI = "ski"
    SKE = "ske"


ServiceName = Annotated[ServiceKind | Code, Field(union_mode="left_to_right")]
# A kind of a service, or a kind and what it is for: `ski_border`, `ski_border.obat`.
TrackName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?$")]


class Component(StrEnum):
    """The 14 components of a Standar Pelayanan (UU 25/2009, PermenPANRB 15/2014), by name because their numbering differs."""

    PERSYARATAN = "persyaratan"
    PROSEDUR = "prosedur"
    JANGKA_WAKTU = "jangka_waktu"
    BIAYA = "biaya"
    PRODUK = "produk"
    PENANGANAN_PENGADUAN = "penanganan_pengaduan"
    DASAR_HUKUM = "dasar_hukum"
    SARANA_PRASARANA = "sarana_prasarana"
    KOMPETENSI_PELAKSANA = "kompetensi_pelaksana"
    PENGAWASAN_INTERNAL = "pengawasan_internal"
    JUMLAH_PELAKSANA = "jumlah_pelaksana"
    JAMINAN_PELAYANAN = "jaminan_pelayanan"
    JAMINAN_KEAMANAN = "jaminan_keamanan"
    EVALUASI_KINERJA = "evaluasi_kinerja"


# Those of the delivery of the service, which every standard states and every reader is shown; the others are of its making.
DELIVERY = (
    Component.PERSYARATAN,
    Component.PROSEDUR,
    Component.JANGKA_WAKTU,
    Component.BIAYA,
    Component.PRODUK,
    Component.PENANGANAN_PENGADUAN,
)
# Cases of these services wait for citizens by the periods of `process`, and begin in a tier.
CASE_SERVICES = frozenset({ServiceKind.COMPLAINT, ServiceKind.CONSULTATION, ServiceKind.PUBLIC_INFORMATION})


class Term(BaseModel):
    """One promised period and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period
    source: str
    source_status: SourceStatus


class Tier(Term):
    """`second_person`: somebody else than who wrote an answer approves it."""

    title: Text
    second_person: bool = False


class ProcessTerms(BaseModel):
    """The periods that the process itself waits for, the same for every tier. Of requests for information `extension` is what the answer may take
    longer, once, and `objection` what the decision about one may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acknowledge: Term
    citizen_completes: Term
    silence_closes: Term
    reopen: Term
    extension: Term | None = None
    objection: Term | None = None


class StandardDocument(Sourced):
    """A document that the service asks for: any one of those that are named will do.

    `only_for` names the goods, risks, products or traits of a product that it is asked for; it is asked for all where it names none.
    `when` and `unless` are circumstances of the applicant.
    """

    any_of: Annotated[dict[Code, Text], Field(min_length=1)]
    per: Literal["account", "application", "item"] = "application"
    only_for: frozenset[Code] = frozenset()
    when: Code | None = None
    unless: Code | None = None


class StandardFee(Sourced):
    """Whole rupiah; with `up_to` a range whose amount another office fixes."""

    rupiah: NonNegativeInt
    up_to: NonNegativeInt | None = None
    per: Literal["application", "item"] = "application"

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.up_to is not None and self.up_to < self.rupiah:
            raise ValueError("a fee can't end below its beginning")
        return self


class ServiceStandard(Configured):
    """The terms of one service, which its cases pin.

    `tiers` are the promised periods by name, `first_tier` the tier of each track. `documents` and `fees` are stated by track too, and a
    track that is not named there keeps the documents and the fee of the rule set. Tracks are kinds of cases: for SKI and SKE the kinds of
    letters (a fee or a tier also for a kind and goods, `ski_border.obat`), for mentoring the parts of the process, its fees and its
    papers. Mentoring has the tiers correction, silence, sleep and later_check; SKI and SKE also payment and completion.
    """

    service: ServiceName
    office: str
    decree_id: str
    decree_title: Text
    version: PositiveInt
    effective_from: date
    effective_to: date | None = None
    source: str
    source_status: SourceStatus
    tiers: Annotated[dict[str, Tier], Field(min_length=1)]
    first_tier: dict[str, str] = Field(default_factory=dict)
    process: ProcessTerms | None = None
    documents: dict[TrackName, tuple[StandardDocument, ...]] = Field(default_factory=dict)
    fees: dict[TrackName, StandardFee] = Field(default_factory=dict)
    components: dict[Component, Text]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.id not in ("", self.decree_id):
            raise ValueError(f"a service standard has one name: {self.decree_id} or {self.id}")
        if missing := [part.value for part in DELIVERY if part not in self.components]:
            raise ValueError(f"a service standard must state {', '.join(missing)}")
        if self.service in CASE_SERVICES and not (self.first_tier and self.process):
            raise ValueError(f"a standard for {self.service} must state first_tier and process")
        if unknown := sorted(set(self.first_tier.values()) - set(self.tiers)):
            raise ValueError(f"first_tier names tiers that don't exist: {', '.join(unknown)}")
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError("a service standard can't end before it begins")
        return self

    @property
    def waits(self) -> ProcessTerms:
        """The periods that a case waits for its citizen. Raises NoStandardError for a service that has no such cases."""
        if self.process is None:
            raise NoStandardError(f"The service standard for {self.service} states no periods of a case.")
        return self.process

    @property
    def as_source(self) -> Sourced:
        """The standard as the document that its terms are read in, once the office has adopted it."""
        named = f"{self.office}: {self.decree_title.id}, {self.decree_id} {self.version}"
        return Sourced(source=named, source_status=SourceStatus.VERIFIED)

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


def missing_components(standard: ServiceStandard) -> tuple[Component, ...]:
    """List the components without which the office can't adopt the standard: of all 14 those that are not there or are blank."""
    return tuple(part for part in Component if not _is_stated(standard.components.get(part)))


def standard_content(table: Mapping[str, Any]) -> bytes:
    """Write the terms in the one form that is hashed and sent. Raises UnusableConfigurationError for what is no standard."""
    return standard_configuration(canonical(table), "the standard").content


def standard_configuration(content: bytes, origin: str) -> Configuration:
    """Name a standard that is written as canonical JSON, and read it once. Raises UnusableConfigurationError."""
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnusableConfigurationError(f"{origin} is not JSON that can be read. {error}") from error
    if len(content) > MOST_CONTENT:
        raise UnusableConfigurationError(f"{origin} is longer than {MOST_CONTENT} bytes.")
    if not isinstance(table, dict):
        raise UnusableConfigurationError(f"{origin} is not a table of terms.")
    configuration = name(STANDARD, _with_its_day(table), origin)
    if configuration.content != content:
        raise UnusableConfigurationError(f"{origin} is not written in the canonical form.")
    read(ServiceStandard, configuration)
    return configuration


def standard_in_force(standards: Iterable[ServiceStandard], service: str, day: date) -> ServiceStandard:
    """The newest of those in force: a later decree replaces an earlier one that names no end."""
    in_force = [each for each in standards if each.service == service and each.is_in_force(day)]
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
    _refuse_other_offices(standards, load_office(office_folder))
    _refuse_repeats((each.decree_id, each.version) for each in standards)
    _refuse_repeats((each.service, each.effective_from) for each in standards)
    return standards


def _refuse_other_offices(standards: Editions[ServiceStandard], office: OfficeEdition) -> None:
    """Raises UnusableConfigurationError for a standard of another office than the one whose folder it is in."""
    for standard, configuration in zip(standards, standards.configurations, strict=True):
        if office.is_own and standard.office != office.data.name:
            raise UnusableConfigurationError(
                f"{configuration.origin} can't be used. office: it is {standard.office}, and in {office.configuration.origin} name is"
                f" {office.data.name}."
            )


def no_standards(content_of: ContentLookup = no_content) -> Editions[ServiceStandard]:
    """The standards of a service that has none in files: it decides by those that the office adopts."""
    return Editions(ServiceStandard, STANDARD, (), content_of)


def _apart(pauses: Sequence[Pause]) -> Sequence[Pause]:
    for earlier, later in pairwise(pauses):
        if later.began < earlier.ended:
            raise OverlappingPausesError(
                "Give the pauses in order, each beginning after the one before has ended."
            )
    return pauses


def _with_its_day(table: dict[str, Any]) -> dict[str, Any]:
    """The day as TOML has it; what is no day stays, and is refused where it is read."""
    try:
        return table | {"effective_from": date.fromisoformat(table["effective_from"])}
    except (KeyError, TypeError, ValueError):
        return table


def _is_stated(text: Text | None) -> bool:
    return text is not None and bool(text.id.strip()) and bool(text.en.strip())


def _refuse_repeats(keys: Iterable[tuple[object, object]]) -> None:
    earlier: set[tuple[object, object]] = set()
    for key in keys:
        if key in earlier:
            raise ValueError(
                f"two service standards say the same {key[0]}, {key[1]}: give the newer one its own"
            )
        earlier.add(key)
