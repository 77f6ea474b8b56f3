"""What can be asked of the index and what it answers; an answer is what entries say of themselves, and only their place and their
leaf hash are the log's own word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, ValidationInfo, computed_field, field_validator

from zi_audit.chain import LARGEST, Break
from zi_chassis.domain import Value
from zi_rules.ticket import MalformedTicketError, normalise_ticket


def _case(text: str) -> str:
    """A ticket as it was given out, however it was typed; other subjects of the ledger as they are."""
    try:
        return normalise_ticket(text)
    except MalformedTicketError:
        return text


MOST = 200
LONGEST = 200
Asked = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\x00]*$")]
Case = Annotated[Asked, AfterValidator(_case)]
Cursor = Annotated[int, Field(ge=-1, le=LARGEST)]
Holder = Literal["office", "citizen"]


class Filter(Value):
    """Which entries are meant: those that everything given here fits."""

    case: Case | None = None
    actor: Asked | None = None
    role: Asked | None = None
    service: Asked | None = None
    type: Asked | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    cursor: Cursor = -1

    @field_validator("until")
    @classmethod
    def _is_after_since(cls, until: datetime | None, given: ValidationInfo) -> datetime | None:
        since = given.data.get("since")
        if until is not None and since is not None and until <= since:
            raise ValueError("The end has to be after the beginning.")
        return until


class Question(Filter):
    """A page of at most `limit` entries behind index `cursor`."""

    limit: Annotated[int, Field(ge=1, le=1000)] = MOST


class Indexed(Value):
    """An entry. `time` is None when what it says is no time; `holder` is who has to act, where the entry tells it; `anomaly` what is
    wrong with it where it stands. An entry that came in another's name is of the service `unknown`."""

    index: int
    event_id: str | None
    service: str
    position: int | None
    type: str | None
    case: str | None
    actor: str | None
    role: str | None
    time: datetime | None
    holder: Holder | None
    leaf_hash: str
    anomaly: Break | None


class Page(Value):
    """`next` is the cursor of the following page, if there is one."""

    entries: Sequence[Indexed]
    next: int | None


class Deed(Value):
    """How often an actor did one thing in one role, and at which entries and times first and last."""

    role: str
    type: str
    count: int
    first_index: int
    last_index: int
    first_time: datetime | None
    last_time: datetime | None


class Activity(Value):
    """What an actor did, the most frequent first."""

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
