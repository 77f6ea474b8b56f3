"""A worker that makes files in the test's own process: test_pdf_worker has the one that runs beside a service."""

import asyncio

from zi_letters.pdf_worker import LetterJob, PdfWorker, PdfWorkerError, finished_file


class InProcessWorker(PdfWorker):
    async def make(self, job: LetterJob) -> bytes:
        try:
            return await asyncio.to_thread(finished_file, job)
        except Exception as fault:
            raise PdfWorkerError(type(fault).__name__) from fault
