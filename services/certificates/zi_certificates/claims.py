"""A stranger's file: which letter it says it is. It is opened outside of this process (cleanroom.py), which gets little memory, little
time and no secrets; what it finds is a claim and proves nothing.
"""

import asyncio
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from zi_certificates.verification import number_in
from zi_chassis.web.problem import RefusedError

LARGEST = 10_000_000
SECONDS = 20
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


async def number_claimed(data: bytes) -> str | None:
    """The number of the letter that the file says it is; None for what is no letter."""
    if not data.startswith(b"%PDF-"):
        return None
    if not QUEUE.acquire(blocking=False):
        raise TooManyFilesError
    try:
        return await asyncio.get_running_loop().run_in_executor(ROOMS, _asked, data)
    finally:
        QUEUE.release()


def _asked(data: bytes) -> str | None:
    room = [sys.executable, "-I", "-m", "zi_certificates.cleanroom"]
    try:
        done = subprocess.run(room, input=data, capture_output=True, timeout=SECONDS, check=True, env={})
    except subprocess.SubprocessError as died:
        # Out of memory or time, or it is no letter: nothing of the file itself may be logged.
        logger.info("an uploaded file could not be read: %s", type(died).__name__)
        return None
    return number_in(done.stdout.decode("ascii", "replace"))
