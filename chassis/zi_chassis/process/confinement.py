"""Strangers' files are opened in processes that can do nothing else. Whether this system confines them is tried at the start; where it does
not, a house in use opens no file and says so, and only a demo does without."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zi_chassis.service import Service
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import RefusedError
from zi_sandbox.limits import Limits
from zi_sandbox.parent import UnconfinedError, run, weakness

CHECK = "sandbox"

logger = logging.getLogger(__name__)


class FilesClosedError(RefusedError):
    """No file is opened, as nothing would confine the process that opens it."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "No file can be opened here safely just now, so yours was not opened and not kept. Please tell the office."
            )
        )


def open_file(program: tuple[str, str], data: bytes, limits: Limits, *, must_confine: bool) -> bytes:
    """Return what the program answers to a stranger's file. Blocks: call it in a thread. Raises ChildError, FilesClosedError."""
    try:
        return run(program, data, limits, must_confine=must_confine)
    except UnconfinedError:
        raise FilesClosedError from None


@asynccontextmanager
async def confinement(service: Service) -> AsyncIterator[None]:
    """Try at the start what confines such processes, and say in health and readiness what came of it."""
    weak = await asyncio.to_thread(weakness)
    service.facts[CHECK] = weak or "confined"
    if weak is not None and service.settings.demo:
        logger.warning("processes that open files are limited and not confined: %s", weak)
    elif weak is not None:
        logger.error("no file is opened, as the process that does it is not confined: %s", weak)
        service.ready_check(CHECK, lambda: weak)
    yield
