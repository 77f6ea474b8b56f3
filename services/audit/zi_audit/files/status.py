"""The status that the writer publishes beside its tiles, so that readers can tell a stopped log from a quiet one."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field, ValidationError

from zi_audit.files.halt import Reason
from zi_audit.files.tiles import Tiles
from zi_chassis.domain import Value

STATUS = "status.json"


class Fault(StrEnum):
    """The reason why a witness did not cosign the last time; the pages have a sentence for each."""

    SILENT = "silent"  # no answer in time
    UNKNOWN_LOG = "unknown_log"  # it does not watch this log
    REFUSED = "refused"
    UNUSABLE = "unusable"  # its answer is none, or its cosignature does not hold
    CLOCK = "clock"  # it cosigned at a time that is far from this clock's
    CONFLICT = "conflict"  # it holds another history of this log
    AHEAD = "ahead"  # it has cosigned more than this log has


class WitnessStatus(Value):
    """The newest checkpoint that a witness cosigned, of `size` entries and at its own time `at`; one without a `url` can't be reached."""

    name: str
    url: str
    at: datetime | None = None
    size: int | None = None
    fault: Fault | None = None


class WriterStatus(Value):
    """`stopped` and its `sentence` (for the operator) are empty while the log grows as it should; `heard`: by sender, up to which number
    of its stream every message is an entry or was passed over."""

    at: datetime
    stopped: Reason | None = None
    sentence: str | None = None
    witnesses: tuple[WitnessStatus, ...] = ()
    heard: Mapping[str, int] = Field(default_factory=dict)


def write_status(tiles: Tiles, status: WriterStatus) -> None:
    tiles.announce(STATUS, status.model_dump_json().encode())


def read_status(tiles: Tiles) -> WriterStatus | None:
    """None when the writer never said anything, or nothing that can be read."""
    try:
        return WriterStatus.model_validate_json(tiles.read(STATUS) or b"")
    except ValidationError:
        return None
