"""A client for one witness (c2sp.org/tlog-witness, add-checkpoint, the log's side): an answer counts only once its cosignature was checked,
and whatever else the witness does is a fault with a name."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import httpx
from prometheus_client import Gauge

from zi_audit.files.status import Fault, WitnessStatus
from zi_audit.writer.ledger import LogState
from zi_tlog.cosignature import CLOCK_SKEW, CosignatureVerifier, cosigned_at, is_dated
from zi_tlog.error import LogError
from zi_tlog.note import Signature
from zi_tlog.policy import Witness
from zi_tlog.witness import ADD_CHECKPOINT, AddCheckpoint, parse_cosignatures, parse_size

logger = logging.getLogger(__name__)

SECONDS = 5.0
TRIES = 3
MOST = 65_536
FAULTS: Mapping[int, Fault] = {404: Fault.UNKNOWN_LOG, 422: Fault.CONFLICT}
WITNESSED = Gauge("zi_log_witnessed_size", "Entries that the witness has cosigned", ["witness"])
FAULT = Gauge("zi_log_witness_fault", "1 while the witness cosigns nothing", ["witness"])

# (old size, head) -> the consistency proof between them.
Prove = Callable[[int, LogState], Awaitable[tuple[bytes, ...]]]


class FaultError(Exception):
    """The witness gave no cosignature; the message says what it did."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


class WitnessClient:
    """A client that sends one request at a time; `status` is what there is to show."""

    def __init__(self, witness: Witness, client: httpx.AsyncClient, prove: Prove) -> None:
        self.name = witness.name
        self.status = WitnessStatus(name=witness.name, url=witness.url or "")
        self.busy = False
        self.checkpoint = b""
        self.known_size: int | None = None
        self._verifier = CosignatureVerifier(witness.key)
        self._url = f"{(witness.url or '').rstrip('/')}/{ADD_CHECKPOINT}"
        self._client = client
        self._prove = prove

    async def ask(self, head: LogState) -> Signature | None:
        """Return the cosignature on the head, or None and a fault in `status`."""
        self.busy, self.checkpoint = True, head.checkpoint
        try:
            async with asyncio.timeout(SECONDS):
                signature, at = await self._cosigned(head)
        except FaultError as error:
            self._stand(error.fault, str(error))
        except LogError as error:
            self._stand(Fault.UNUSABLE, str(error))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._stand(Fault.SILENT, f"{type(error).__name__}: {error}")
        else:
            self._record(head, at)
            return signature
        finally:
            self.busy = False
        return None

    async def _cosigned(self, head: LogState) -> tuple[Signature, datetime]:
        for _ in range(TRIES):
            old = head.size if self.known_size is None else min(self.known_size, head.size)
            request = AddCheckpoint(old, await self._prove(old, head), head.checkpoint)
            status, body = await self._post(request.format())
            if status == httpx.codes.OK:
                self.known_size = head.size
                signature = parse_cosignatures(body, head.checkpoint, [self._verifier])[0]
                return signature, _instant(signature)
            if status != httpx.codes.CONFLICT:
                raise FaultError(FAULTS.get(status, Fault.REFUSED), _sentence(status, body))
            self.known_size = parse_size(body)
            if self.known_size > head.size:
                raise FaultError(Fault.AHEAD, f"It has cosigned {self.known_size} entries.")
        raise FaultError(Fault.REFUSED, "It tells another size each time.")

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        async with self._client.stream("POST", self._url, content=body) as answer:
            known_size = b""
            async for part in answer.aiter_bytes():
                known_size += part
                if len(known_size) > MOST:
                    raise FaultError(Fault.UNUSABLE, "Its answer is longer than any answer.")
            return answer.status_code, known_size

    def _record(self, head: LogState, at: datetime) -> None:
        self.status = self.status.model_copy(update={"at": at, "size": head.size, "fault": None})
        WITNESSED.labels(self.name).set(head.size)
        FAULT.labels(self.name).set(0)

    def _stand(self, fault: Fault, why: str) -> None:
        if fault != self.status.fault:
            level = logging.CRITICAL if fault in (Fault.CONFLICT, Fault.AHEAD) else logging.WARNING
            fields = {"witness": self.name, "fault": fault, "why": why}
            logger.log(level, "a witness does not cosign", extra={"fields": fields})
        self.status = self.status.model_copy(update={"fault": fault})
        FAULT.labels(self.name).set(1)


def _instant(signature: Signature) -> datetime:
    """The time of a cosignature by the real clock, which is the witness's, also where a demonstration's is shifted. It was made a moment ago:
    published with an older time, it would say that the entries were in the log before they were written."""
    second, now = cosigned_at(signature), int(time.time())
    if not is_dated(second, now) or second < now - CLOCK_SKEW:
        raise FaultError(Fault.CLOCK, f"Its cosignature has the time {second}, and it is {now} here.")
    return datetime.fromtimestamp(second, UTC)


def _sentence(status: int, body: bytes) -> str:
    return f"It answered {status}: {body[:200].decode('utf-8', 'replace').strip()}"
