"""The process in which letters become files: it makes one after the other; a letter that takes too long ends it and nothing else."""

import asyncio
import resource
import sys
from asyncio.subprocess import PIPE, Process
from typing import BinaryIO, assert_never

import httpx
from pydantic import ConfigDict, TypeAdapter

from zi_chassis.domain import Value
from zi_letters.archive import archive, require_time, seal_for_ever
from zi_letters.clocks import TimestampSource
from zi_letters.evidence import evidence_in
from zi_letters.rendering import IssuingEntry, plain_page, unsealed_page
from zi_letters.seal import LocalSeal
from zi_tlog.note import parse_skey

SECONDS = 30.0
# It holds a typesetter and its fonts, a hundred megabytes, which letters use now and then.
IDLE_SECONDS = 60.0
LENGTH = 8
LIMITS = {resource.RLIMIT_AS: 2_000_000_000, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}


class PdfWorkerError(Exception):
    """A letter could not be made into a file; the text names the reason without a word of its content."""


class UnsealedPageJob(Value):
    """The parts of a page that is to be signed: `content` as it is stored, `template` with the digest that was signed for, the code's key."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", hide_input_in_errors=True)

    content: bytes
    template: bytes
    message: bytes
    proof: bytes
    policy: bytes
    code_key: str

    def page(self) -> bytes:
        entry = IssuingEntry(self.message, self.proof, self.policy)
        return unsealed_page(self.content, self.template, entry, parse_skey(self.code_key))


class RenderJob(UnsealedPageJob):
    """The parts of a file: those of its page, and private keys."""

    seal_key: bytes
    seal_certificate: bytes
    timestamps: TimestampSource


class SealJob(Value):
    """A page that its signatory has signed, to be sealed."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", hide_input_in_errors=True)

    file: bytes
    seal_key: bytes
    seal_certificate: bytes
    timestamps: TimestampSource


class ArchiveJob(Value):
    """A sealed file that gets one more archive timestamp."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", hide_input_in_errors=True)

    file: bytes
    timestamps: TimestampSource


class PlainPageJob(Value):
    """A page without a seal: `content` as its `template` reads it."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", hide_input_in_errors=True)

    content: bytes
    template: bytes


SealedJob = RenderJob | SealJob | ArchiveJob
LetterJob = SealedJob | UnsealedPageJob | PlainPageJob
_JOBS: TypeAdapter[LetterJob] = TypeAdapter(LetterJob)


class PdfWorker:
    """The process is started at the first job, and again after it ended; it ends with this object or when it has nothing to do."""

    def __init__(
        self,
        seconds: float = SECONDS,
        command: tuple[str, ...] = ("-m", __name__),
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._command = command
        self._idle_seconds = idle_seconds
        self._idle: asyncio.TimerHandle | None = None
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def make(self, job: LetterJob) -> bytes:
        """Return the finished file; one job after the other. Raises PdfWorkerError."""
        async with self._turn:
            return await self._made(job)

    async def _made(self, job: LetterJob) -> bytes:
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._answer(job.model_dump_json().encode())
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
            await self.close()
            raise PdfWorkerError(f"the process that makes files gave none: {type(fault).__name__}") from None
        except asyncio.CancelledError:
            await self.close()
            raise
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._end)
        outcome, content = answer[:1], answer[1:]
        if outcome != b"+":
            raise PdfWorkerError(content.decode())
        return content

    async def close(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        process = self._end()
        if process is not None:
            await process.wait()

    def _end(self) -> Process | None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        return process

    async def _answer(self, job: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._command, stdin=PIPE, stdout=PIPE, limit=2**24
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(job).to_bytes(LENGTH, "big") + job)
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
        return await process.stdout.readexactly(length)


def finished_file(job: LetterJob) -> bytes:
    """Make the page, seal it and put timestamps on it, or only a part of that, or a page that nobody seals; in this process."""
    if isinstance(job, PlainPageJob):
        return plain_page(job.content, job.template)
    if type(job) is UnsealedPageJob:
        return job.page()
    assert isinstance(job, SealedJob)
    file = asyncio.run(_finished(job))
    require_time(file, job.timestamps.at)
    return file


async def _finished(job: SealedJob) -> bytes:
    async with httpx.AsyncClient() as client:
        source = job.timestamps
        stamper, evidence, roots = source.stamper(client), source.archived, evidence_in(source.roots)
        match job:
            case ArchiveJob():
                return await archive(job.file, stamper, evidence, roots)
            case RenderJob() | SealJob():
                pdf = job.file if isinstance(job, SealJob) else job.page()
                seal = LocalSeal(job.seal_key, job.seal_certificate)
                return await seal_for_ever(pdf, seal, stamper, evidence, roots)
            case _ as never:
                assert_never(never)


def work(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until their sender is gone."""
    while length := jobs.read(LENGTH):
        job = jobs.read(int.from_bytes(length, "big"))
        try:
            answer = b"+" + finished_file(_JOBS.validate_json(job))
        except Exception as fault:
            answer = f"-{type(fault).__name__}".encode()
        answers.write(len(answer).to_bytes(LENGTH, "big") + answer)
        answers.flush()


if __name__ == "__main__":
    for limit, amount in LIMITS.items():
        resource.setrlimit(limit, (amount, amount))
    work(sys.stdin.buffer, sys.stdout.buffer)
