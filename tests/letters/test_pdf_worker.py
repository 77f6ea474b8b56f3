"""The process that makes files: what it makes, and what becomes of a letter that it can't make."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from tests.letters.sample_clock import SampleClock
from tests.letters.sample_letter import CODE_KEY, CONTENT, NOW, TEMPLATE, authority, issued, unsealed
from tests.until import until
from tests.verify.sample_log import POLICY

from zi_letters.pdf_worker import PdfWorker, PdfWorkerError, RenderJob
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Matching

ROOT = authority()
SEAL = ROOT.make_seal("Balai POM Contoh", NOW)
CLOCK = SampleClock()
HANGS = ("-c", "import sys, time; sys.stdin.buffer.read(8); time.sleep(600)")


def job(folder: Path) -> RenderJob:
    entry = issued(folder)
    return RenderJob(
        content=CONTENT.render(),
        template=TEMPLATE,
        message=entry.message,
        proof=entry.proof,
        policy=entry.policy,
        code_key=CODE_KEY.skey,
        seal_key=SEAL.key,
        seal_certificate=SEAL.certificate,
        timestamps=CLOCK.source,
    )


async def test_a_made_file_is_the_page_and_the_seal(tmp_path: Path) -> None:
    worker = PdfWorker()
    sealed = await worker.make(job(tmp_path / "a"))
    assert sealed.startswith(unsealed(tmp_path / "b"))
    report = await asyncio.to_thread(check_certificate, sealed, POLICY, ROOT.pem + CLOCK.root.pem)
    assert report.verdict == Matching()
    await worker.close()


async def test_one_process_makes_many_files_and_a_new_one_goes_on_when_it_died(tmp_path: Path) -> None:
    worker = PdfWorker()
    await worker.make(job(tmp_path))
    first = worker._process
    await worker.make(job(tmp_path))
    assert worker._process is first
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    with pytest.raises(PdfWorkerError, match="gave none"):
        await worker.make(job(tmp_path))
    assert await worker.make(job(tmp_path))
    await worker.close()


async def test_a_letter_that_takes_too_long_ends_the_process_and_not_the_next_letter(tmp_path: Path) -> None:
    worker = PdfWorker(0.2, HANGS)
    with pytest.raises(PdfWorkerError, match="TimeoutError"):
        await worker.make(job(tmp_path))
    assert worker._process is None


async def test_a_process_without_work_ends_and_the_next_letter_gets_another(tmp_path: Path) -> None:
    worker = PdfWorker(idle_seconds=0.01)
    assert await worker.make(job(tmp_path))
    await until(lambda: worker._process is None)
    assert await worker.make(job(tmp_path))
    await worker.close()


async def test_what_can_not_be_made_is_told_without_its_words(tmp_path: Path) -> None:
    worker, whole = PdfWorker(), job(tmp_path)
    for broken, why in (
        ({"template": b"#nothing"}, "TypstError"),
        ({"content": whole.content.replace(b"PT Contoh", b"")[:-3]}, "ValidationError"),
        ({"seal_key": b"no key"}, "ValueError"),
    ):
        with pytest.raises(PdfWorkerError, match=rf"^{why}$"):
            await worker.make(whole.model_copy(update=broken))
    assert await worker.make(whole)
    await worker.close()
