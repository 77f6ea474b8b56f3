"""Count the calls of the project's own functions between a complaint's entry and its 201, by file, in all threads.

Run as a script it prints the table: `python -m tests.architecture.path_of_a_complaint`.
"""

import asyncio
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from tests.intake.front import opened

PROJECT = Path(__file__).resolve().parents[2]
FILINGS = 6
PACKAGES = tuple(f"{PROJECT / folder}/" for folder in ("chassis", "contracts", "rules", "services", "tlog"))


class Calls:
    """The calls while `counting` is true; a comprehension and a lambda are calls too, going on with a generator is none."""

    def __init__(self) -> None:
        self.counting = False
        self.of: Counter[tuple[str, str]] = Counter()

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if self.counting and event == "call" and code.co_filename.startswith(PACKAGES) and begins(frame):
            self.of[code.co_filename.removeprefix(f"{PROJECT}/"), code.co_qualname] += 1

    @property
    def files(self) -> Counter[str]:
        files: Counter[str] = Counter()
        for (file, _), calls in self.of.items():
            files[file] += calls
        return files


def begins(frame: FrameType) -> bool:
    """Return whether the frame starts, rather than going on after a yield or an await (the low bits of RESUME's argument)."""
    return frame.f_code.co_code[frame.f_lasti + 1] & 3 == 0


class FromEntryToAnswer:
    """The application as a server calls it, counted while it answers."""

    def __init__(self, app: ASGIApp, calls: Calls) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._calls.counting = True
        try:
            await self._app(scope, receive, send)
        finally:
            self._calls.counting = False


async def measured(folder: Path) -> Calls:
    """The calls of a complaint that is filed a minute after another one, in a process that is warm: the fewest of some, for a ticket in nine is
    drawn again."""
    calls, filings = Calls(), []
    threading.setprofile(calls)  # the store's writer and the pool begin after this
    try:
        async with opened(folder) as office:
            await office.file()
            transport: Any = office.client._transport
            transport.app = FromEntryToAnswer(transport.app, calls)
            sys.setprofile(calls)
            try:
                for _ in range(FILINGS):
                    office.clock.pass_by(minutes=1)
                    await office.file()
                    filings.append(calls.of)
                    calls.of = Counter()
            finally:
                sys.setprofile(None)
    finally:
        threading.setprofile(None)  # type: ignore[arg-type]
    calls.of = min(filings, key=Counter.total)
    return calls


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        calls = asyncio.run(measured(Path(folder)))
    for file, count in calls.files.most_common():
        print(f"{count:4}  {file}")
        if "-v" in sys.argv:
            for (where, name), each in calls.of.most_common():
                if where == file:
                    print(f"          {each:4}  {name}")
    print(f"{calls.of.total()} calls in {len(calls.files)} files")


if __name__ == "__main__":
    main()
