"""What the writer says of itself beside its tiles, so that readers can tell a stopped log from a quiet one."""

from datetime import datetime

from pydantic import ValidationError

from zi_audit.halt import Reason
from zi_audit.tile_folder import TileFolder
from zi_chassis.domain import Value

STATUS = "status.json"


class WriterStatus(Value):
    """`stopped` and its `sentence` (for the operator) are empty while the log grows as it should."""

    at: datetime
    stopped: Reason | None = None
    sentence: str | None = None


def write_status(tiles: TileFolder, status: WriterStatus) -> None:
    tiles.replace(STATUS, status.model_dump_json().encode())


def read_status(tiles: TileFolder) -> WriterStatus | None:
    """None when the writer never said anything, or nothing that can be read."""
    try:
        return WriterStatus.model_validate_json(tiles.read(STATUS) or b"")
    except ValidationError:
        return None
