"""The number of the letter that an uploaded file claims to be.

The file is opened outside of this process (file_reader.py), with little memory, little time and no secrets; a claim proves nothing."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from zi_chassis.process.confinement import open_file
from zi_chassis.web.problem import RefusedError
from zi_sandbox.limits import Limits
from zi_sandbox.parent import ChildError

LARGEST_FILE = 10_000_000
FILE_READER = ("-m", "zi_letters.file_reader")
LIMITS = Limits(memory=1_000_000_000, cpu=10, wall=20, answer=1000)
THREADS = ThreadPoolExecutor(2, "file-reader")  # threads of its own: a hostile file may hold one for a while
QUEUE = BoundedSemaphore(8)  # each place holds a file in memory

logger = logging.getLogger(__name__)


class TooManyFilesError(RefusedError):
    """As many files as there is room for are being read."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Many files are being looked at just now. Send it again in a minute, or verify the letter by its number."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "60"}


async def claimed_number(data: bytes, *, must_confine: bool = True) -> str | None:
    """Read the number as the file has it; None for a file that is no letter. Raises TooManyFilesError."""
    if not data.startswith(b"%PDF-"):
        return None
    if not QUEUE.acquire(blocking=False):
        raise TooManyFilesError
    try:
        return await asyncio.get_running_loop().run_in_executor(THREADS, _read_number, data, must_confine)
    finally:
        QUEUE.release()


def _read_number(data: bytes, must_confine: bool) -> str | None:
    try:
        answer = open_file(FILE_READER, data, LIMITS, must_confine=must_confine)
    except ChildError as fault:
        # Out of memory or time, or it is no letter: nothing of the file itself may be logged.
        logger.info("an uploaded file could not be read: %s", fault)
        return None
    return answer.decode("ascii", "replace")
