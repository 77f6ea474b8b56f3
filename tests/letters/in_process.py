"""A worker that makes files in the test's own process: test_pdf_worker has the one that runs beside a service."""

import asyncio

from zi_letters.pdf_worker import PdfWorker, PdfWorkerError, RenderJob, sealed_file


class InProcessWorker(PdfWorker):
    async def make(self, job: RenderJob) -> bytes:
        try:
            return await asyncio.to_thread(sealed_file, job)
        except Exception as fault:
            raise PdfWorkerError(type(fault).__name__) from fault
