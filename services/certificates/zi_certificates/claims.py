"""A stranger's file: which letter it says it is. It is opened outside of this process (cleanroom.py), which gets little memory, little
time and no secrets; what it finds is a claim and proves nothing.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from zi_certificates.domain.verification import number_in
from zi_chassis.confinement import open_file
from zi_chassis.web.problem import RefusedError
from zi_sandbox.limits import Limits
from zi_sandbox.parent import ChildError

LARGEST = 10_000_000
CLEANROOM = ("-m", "zi_certificates.cleanroom")
LIMITS = Limits(memory=1_000_000_000, cpu=10, wall=20, answer=1000)
ROOMS = ThreadPoolExecutor(2, "cleanroom")  # threads of its own: a hostile file may hold one for a while
QUEUE = BoundedSemaphore(8)  # each place holds a file in memory

logger = logging.getLogger(__name__)


class TooManyFilesError(RefusedError):
    """As many files as there is room for are being looked at."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Many files are being looked at just now. Send it again in a minute, or verify the letter by its number."
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "60"}


async def number_claimed(data: bytes, *, must_confine: bool = True) -> str | None:
    """The number of the letter that the file says it is; None for what is no letter."""
    if not data.startswith(b"%PDF-"):
        return None
    if not QUEUE.acquire(blocking=False):
        raise TooManyFilesError
    try:
        return await asyncio.get_running_loop().run_in_executor(ROOMS, _number_in, data, must_confine)
    finally:
        QUEUE.release()


def _number_in(data: bytes, must_confine: bool) -> str | None:
    try:
        answer = open_file(CLEANROOM, data, LIMITS, must_confine=must_confine)
    except ChildError as died:
        # Out of memory or time, or it is no letter: nothing of the file itself may be logged.
        logger.info("an uploaded file could not be read: %s", died)
        return None
    return number_in(answer.decode("ascii", "replace"))
