"""Questions to the index and its answers; an answer repeats what entries claim, and only their place and their leaf hash are proven by
the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, ValidationInfo, computed_field, field_validator

from zi_audit.domain.chain import LARGEST, Break
from zi_audit.domain.facets import LONGEST
from zi_chassis.domain import Value
from zi_rules.ticket import MalformedTicketError, normalise_ticket

MOST = 200
MOST_NAMES = 100  # of one field in one question
SHORTEST = 4  # letters of the beginning of a name
YEARS = 24 * 366 * 100  # in hours: longer is no duration
ANY_ANOMALY = "any"
# That, or a kind of break.
Wrong = Literal[
    "any",
    "unreadable",
    "unknown_sender",
    "wrong_lane",
    "wrong_type",
    "missing",
    "altered",
    "out_of_order",
    "repeated",
    "forged",
]
QueryText = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]*$")]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)]
Cursor = Annotated[int, Field(ge=-1, le=LARGEST)]
Hours = Annotated[float, Field(ge=0, le=YEARS)]
Holder = Literal["office", "citizen"]
Order = Literal["oldest", "newest"]


def ticket(typed: str) -> str:
    """As the ledger writes it, however it was typed; what is no ticket stays as it is."""
    try:
        return normalise_ticket(typed)
    except MalformedTicketError:
        return typed


Case = Annotated[QueryText, AfterValidator(ticket)]


class EntryFilter(Value):
    """A selection of entries: those that fit every field; of several names in one field any.

    `assignee`, `business`, `person`, `district`, `commodity`, `topic`, `series`, `confidentiality`, `configuration` (the service standard) and `holder` are also those of an
    entry whose case was said to have them before. Hours of the day and days of the week (1 is Monday) are those of the office's time
    zone, from `from_hour` on and before `until_hour`, over midnight where that is not later. `least_hours` and `most_hours` are the time
    since the step before in the same case, or since the last one of type `measured_from`.
    """

    case: Annotated[Names, AfterValidator(lambda names: tuple(map(ticket, names)))] = ()
    actor: Names = ()
    role: Names = ()
    service: Names = ()
    type: Names = ()
    assignee: Names = ()
    official: Names = ()
    business: Names = ()
    person: Names = ()
    district: Names = ()
    commodity: Names = ()
    topic: Names = ()
    series: Names = ()
    confidentiality: Names = ()
    kind: Names = ()
    configuration: Names = ()
    digest: Names = ()
    number: Names = ()
    letter: Names = ()
    visit: Names = ()
    stated_purpose: Names = ()
    reason: Names = ()
    state: Names = ()
    holder: Names = ()
    anomaly: Annotated[tuple[Wrong, ...], Field(max_length=MOST_NAMES)] = ()
    weekday: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7)] = ()
    from_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    until_hour: Annotated[int, Field(ge=0, le=24)] | None = None
    least_hours: Hours | None = None
    most_hours: Hours | None = None
    measured_from: Name | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    search: Name | None = None

    @field_validator("until")
    @classmethod
    def _is_after_since(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        since = info.data.get("since")
        if until is not None and since is not None and until <= since:
            raise ValueError("The end has to be after the beginning.")
        return until

    @field_validator("most_hours")
    @classmethod
    def _is_not_less(cls, most: float | None, info: ValidationInfo) -> float | None:
        least = info.data.get("least_hours")
        if most is not None and least is not None and most < least:
            raise ValueError("The longest time has to be at least the shortest.")
        return most

    @property
    def hours(self) -> Sequence[int]:
        """The hours of the day that are meant; none where every hour is."""
        if self.from_hour is None and self.until_hour is None:
            return ()
        first, end = self.from_hour or 0, 24 if self.until_hour is None else self.until_hour
        return [hour % 24 for hour in range(first, end if end > first else end + 24)]


class Question(EntryFilter):
    """A page of at most `limit` entries behind index `cursor` in the order asked for; -1 is where the order begins."""

    cursor: Cursor = -1
    order: Order = "oldest"
    limit: Annotated[int, Field(ge=1, le=1000)] = MOST


# Of which a question takes several values.
SEVERAL = frozenset(name for name, field in Question.model_fields.items() if field.default == ())


class Indexed(Value):
    """An entry. `time` is None when what it says is no time; `anomaly` is what is wrong with it where it stands. An entry that came in
    another's name is of the service `unknown`.

    `fields` is what it discloses, by the names of its contract; `of_case` what is known of its case from there on. `waited` are the
    seconds since the step before it in its case, `took` those since the last step of the type that was asked for.
    """

    index: int
    event_id: str | None
    service: str
    position: int | None
    type: str | None
    case: str | None
    aggregate: str | None
    actor: str | None
    role: str | None
    time: datetime | None
    waited: float | None
    took: float | None
    holder: Holder | None
    fields: dict[str, Any]
    of_case: dict[str, str]
    leaf_hash: str
    anomaly: Break | None


class EntryPage(Value):
    """`next` is the cursor of the following page, if there is one. The first page has `total`: how many of the `indexed` entries fit."""

    entries: Sequence[Indexed]
    next: int | None
    total: int | None
    indexed: int


class Deed(Value):
    """The number of times that an actor did one thing in one role, with the first and the last entry and time."""

    role: str
    type: str
    count: int
    first_index: int
    last_index: int
    first_time: datetime | None
    last_time: datetime | None


class Activity(Value):
    """The acts of an actor, the most frequent first."""

    actor: str
    deeds: Sequence[Deed]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return sum(deed.count for deed in self.deeds)


class Mark(Value):
    """The log had `size` entries when its entries told the time `at`."""

    size: int
    at: datetime


class FoundBreak(Value):
    """A break of `sender`'s chain at entry `index`."""

    index: int
    sender: str
    kind: Break
    position: int | None
    expected: str | None
    found: str | None
