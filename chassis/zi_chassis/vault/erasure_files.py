"""The files in a service's folder by which an operator says, after a restore, what is known of erasures."""

from pathlib import Path

BROUGHT = "erasures"  # those of the ledger, one message a line, after a line with UP_TO
UNSETTLED = "erasures-unsettled"  # there until somebody has settled who was erased since the backup
UP_TO = "# all of this sender up to position"


def brought_lines(file: Path) -> list[bytes]:
    """Return the messages of a file that may be missing."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [line for line in lines if not line.startswith(UP_TO.encode())]


def brought_up_to(file: Path) -> int:
    """Return up to which position of its service the file has all erasures: 0 where it is missing or does not say."""
    first = file.read_bytes().partition(b"\n")[0] if file.exists() else b""
    position = first.removeprefix(UP_TO.encode()).strip()
    return int(position) if first.startswith(UP_TO.encode()) and position.isdigit() else 0
