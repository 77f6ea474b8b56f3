"""Chats of teams of officials: one attempt to hand a message to the service of a team by Apprise, and its outcome.

Apprise runs in a process of its own, which gets the address of the chat over a pipe and nothing of this one's environment, and is ended when
its time is over. That a service took a message says nothing of who read it. What a service may have is not sent again: a mail says the same.
"""

import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from zi_notify.channels.channel import Attempted, Outcome
from zi_notify.channels.retry_after import wait_of
from zi_rules.message_channels import MessengerTeam

PROGRAM = (sys.executable, "-I", "-m", "zi_notify.channels.messenger_call")
ENVIRONMENT = {"LANG": "C.UTF-8", "HOME": "/nonexistent"}  # no proxy, no certificates or passwords of others
STARTING = 10  # seconds until the program runs on a slow machine
BUSY = {429, 503}
# Whatever else an address may ask Apprise for, such as to read a file or to trust any certificate, it is refused for.
PERMITTED = {"topic", "thread", "silent", "mode", "auth", "token", "priority"}
LOCAL = re.compile(r"^ntfy://(?:localhost|127\.0\.0\.1)(?::\d+)?/[\w-]+$")
TELEGRAM = re.compile(r"^tgram://(?:bot)?\d+:[\w-]+/(?:-?\d+|@?[A-Za-z_][\w-]+)(?::\d+)?/?$", re.ASCII)


@dataclass(frozen=True)
class TeamMessage:
    text: str = field(repr=False)


class MessengerChannel:
    """The chat of one team."""

    repeats_once = False
    program: Sequence[str] = PROGRAM

    def __init__(self, team: MessengerTeam, url: str, seconds: int) -> None:
        self._team, self._url, self._seconds = team, url, seconds

    @property
    def name(self) -> str:
        return self._team.name

    async def hand_over(self, message: TeamMessage) -> Attempted:
        order = {
            "service": service_of(self._url),
            "url": self._url,
            "text": message.text,
            "seconds": self._seconds,
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *self.program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=ENVIRONMENT,
            )
        except OSError:
            return Attempted("technical")
        try:
            async with asyncio.timeout(self._seconds + STARTING):
                answer, _ = await process.communicate(json.dumps(order).encode())
        except (TimeoutError, OSError):
            return Attempted("uncertain")
        finally:
            await _ended(process)
        return attempted(answer)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def attempted(answer: bytes) -> Attempted:
    """Read what the program says. It says nothing where it was ended, and then nobody knows what the service has."""
    try:
        result = json.loads(answer)
        return _attempted(result["accepted"], result["calls"])
    except (ValueError, LookupError, TypeError):
        return Attempted("uncertain")


def _attempted(accepted: bool, calls: Sequence[Mapping[str, Any]]) -> Attempted:
    if accepted:
        return Attempted("handed_over")
    if not calls:
        return Attempted("technical")
    last = calls[-1]
    outcome = _outcome(last["sent"], last["status"])
    return Attempted(outcome, wait_of(last["wait"]) if outcome == "temporary" else None)


def _outcome(sent: bool, status: int | None) -> Outcome:
    """The meaning of the last request where Apprise says that it failed. A service that says so under a good status may have the message."""
    if not sent:
        return "technical"
    if status in BUSY:
        return "temporary"
    return "technical" if status is not None and 300 <= status < 500 else "uncertain"


def service_of(url: str) -> str:
    return url.partition("://")[0]


def is_usable(team: MessengerTeam, url: str) -> bool:
    """Return whether the address is one of the team's service, and asks for nothing that would make it another or a less safe one."""
    if not (url.isascii() and url.isprintable()) or set(" \\#,;") & set(url):
        return False
    if team.service == "ntfys" and LOCAL.match(url):
        return True
    address, _, query = url.partition("?")
    if service_of(url) != team.service or not url.partition("://")[2]:
        return False
    if team.service == "tgram" and not TELEGRAM.match(address):
        return False
    return all(name in PERMITTED for name, _ in parse_qsl(query, keep_blank_values=True))
