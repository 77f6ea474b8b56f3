"""The pool of accepted answers on their way to the store, in one file that shows neither their order nor their time.

What `add` returned for is on disk. The file is written anew each time: sorted by a random value, encrypted, padded, and with the time of
1970; the version before it is overwritten with zeros.
"""

import asyncio
import fcntl
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from zi_chassis.domain import UnavailableError
from zi_chassis.randomness import random_bytes
from zi_chassis.secret_file import sync_folder
from zi_contracts.message import Slug
from zi_contracts.text import LINES, ONE_LINE
from zi_integrity.domain.survey.messages import Kind
from zi_integrity.domain.survey_key import TokenSpentError
from zi_integrity.domain.survey_token import SurveyToken

T = TypeVar("T")

PAGE = 64 * 1024
NONCE = 12
PURPOSE = b"zona/answer-pool/v1"
COMMENT = 2_000  # characters
TURN_SECONDS, ASK_SECONDS = (
    10.0,
    0.02,
)  # a turn takes some milliseconds, and a process that was frozen in its own keeps nobody waiting for ever


class FilledForm(BaseModel):
    """A filled questionnaire of a survey window; `comment` is sealed in the vault when it is recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: UUID
    kind: Kind
    scale: int
    values: dict[Slug, int]
    comment: Annotated[str, Field(max_length=COMMENT), LINES] = ""


class PooledAnswer(BaseModel):
    """An answer and the token that was spent for it, together only until the answer is recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Annotated[str, ONE_LINE]
    fills: tuple[FilledForm, ...]
    from_office: bool = False

    @property
    def survey(self) -> tuple[str, str]:
        """Return service and quarter."""
        token = SurveyToken.read(self.token)
        return token.service, token.quarter

    @property
    def digest(self) -> str:
        return SurveyToken.read(self.token).digest


_ANSWERS = TypeAdapter(list[PooledAnswer])


class AnswerPool:
    """Processes that share the folder take turns, and each reads what the others wrote before it writes. `open` before use."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        self._cipher = AESGCM(secret)
        self._answers: dict[str, PooledAnswer] = {}
        self._version: tuple[int, int] | None = None  # of the file that was read or written last
        self._lock = asyncio.Lock()

    def open(self) -> None:
        descriptor = self._locked_folder()
        try:
            fresh = self._path.with_suffix(".new")
            if fresh.exists():  # a process died before anybody was answered
                _overwrite(fresh)
                fresh.unlink()
            self._read()
        finally:
            os.close(descriptor)

    async def refresh(self) -> None:
        """Take in what other processes wrote."""
        await _to_its_end(self._refresh())

    async def _refresh(self) -> None:
        async with self._turn():
            pass

    async def add(self, answer: PooledAnswer, is_spent: Callable[[str], Awaitable[bool]]) -> None:
        """Return when it is on disk; a repeat of the same answer changes nothing.

        Raises TokenSpentError for another answer with the same token, UnavailableError if the disk can't take it.
        """
        await _to_its_end(self._add(answer, is_spent))

    async def _add(self, answer: PooledAnswer, is_spent: Callable[[str], Awaitable[bool]]) -> None:
        digest = answer.digest
        async with self._turn():
            pooled = self._answers.get(digest)
            if pooled is not None:
                if pooled.fills != answer.fills:
                    raise TokenSpentError
                return
            if await is_spent(digest):  # after the pool: what leaves it is in the store before
                raise TokenSpentError
            await self._write({**self._answers, digest: answer})

    async def drop(self, digests: Collection[str]) -> None:
        """Forget answers that the store has."""
        await _to_its_end(self._drop(frozenset(digests)))

    async def _drop(self, digests: frozenset[str]) -> None:
        async with self._turn():
            if not digests.isdisjoint(self._answers):
                await self._write(
                    {digest: each for digest, each in self._answers.items() if digest not in digests}
                )

    def surveys(self) -> Mapping[tuple[str, str], Sequence[PooledAnswer]]:
        """Return the answers of each service and quarter, in the order of the file."""
        found: dict[tuple[str, str], list[PooledAnswer]] = {}
        for answer in self._answers.values():
            found.setdefault(answer.survey, []).append(answer)
        return found

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Keep the other processes of this service out, and know what they wrote. Raises UnavailableError if the disk does not answer."""
        async with self._lock:
            descriptor = await _from_disk(self._locked_folder)
            try:
                await _from_disk(self._read)
                yield
            finally:
                os.close(descriptor)

    def _locked_folder(self) -> int:
        """The folder itself is locked: a file for it would have a time of its own. Raises TimeoutError where another process stands still in
        its turn."""
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        until = time.monotonic() + TURN_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(descriptor)
                    raise TimeoutError("Another process does not end its turn.") from None
                time.sleep(ASK_SECONDS)
            else:
                return descriptor

    def _read(self) -> None:
        version = self._version_on_disk()
        if version == self._version:
            return
        answers: list[PooledAnswer] = []
        if version is not None:
            content = self._path.read_bytes()
            plain = self._cipher.decrypt(content[:NONCE], content[NONCE:], PURPOSE)
            answers = _ANSWERS.validate_json(plain.rstrip(b"\0"))
        self._answers, self._version = {each.digest: each for each in answers}, version

    def _version_on_disk(self) -> tuple[int, int] | None:
        """Its times are those of 1970, but for the one that the system sets."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_ctime_ns

    async def _write(self, answers: dict[str, PooledAnswer]) -> None:
        arranged = self._arranged(answers)
        try:
            await asyncio.to_thread(self._replace, self._sealed(arranged.values()))
        except OSError as error:
            raise UnavailableError("The answer could not be stored; nothing was counted.") from error
        self._answers, self._version = arranged, self._version_on_disk()

    def _arranged(self, answers: dict[str, PooledAnswer]) -> dict[str, PooledAnswer]:
        return dict(sorted(answers.items()))

    def _sealed(self, answers: Iterable[PooledAnswer]) -> bytes:
        plain = json.dumps([each.model_dump(mode="json") for each in answers]).encode()
        padded = plain.ljust(-(-len(plain) // PAGE) * PAGE, b"\0")
        nonce = random_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, padded, PURPOSE)

    def _replace(self, content: bytes) -> None:
        fresh = self._path.with_suffix(".new")
        with open(fresh, "wb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.utime(file.fileno(), (0, 0))
            os.fsync(file.fileno())
        before = os.open(self._path, os.O_RDWR) if self._path.exists() else None
        os.replace(fresh, self._path)
        sync_folder(self._path.parent)
        if before is not None:
            with suppress(OSError):  # the new one is safe
                _zero(before)
            os.close(before)


async def _from_disk(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise UnavailableError("The answers could not be read; nothing was counted.") from error


async def _to_its_end(work: Awaitable[None]) -> None:
    """Go on also when whoever waits goes away: a file must not be written by two at a time, and its lock must not stay behind."""
    await asyncio.shield(asyncio.ensure_future(work))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _overwrite(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        _zero(descriptor)
    finally:
        os.close(descriptor)


def _zero(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    os.pwrite(descriptor, bytes(size), 0)
    os.fsync(descriptor)
