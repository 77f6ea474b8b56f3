"""Collect cosignatures beside the growth of the log: all witnesses are asked for the same checkpoint, what they cosign is
published, a missing quorum is shown and stops nothing. Only before a first signature, and when one of them knows of more than the log
does, they decide whether it goes on."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client import Gauge

from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.status import Fault, WitnessStatus
from zi_audit.files.tiles import Tiles
from zi_audit.writer.batch import set_within
from zi_audit.writer.ledger import LogState
from zi_audit.writer.log import NO_WITNESSES, TransparencyLog
from zi_audit.writer.witness_client import WitnessClient
from zi_audit.writer.write_lock import WriteLock
from zi_chassis.settings import Settings
from zi_contracts.audit import LONGEST_POLICY
from zi_tlog.error import LogError
from zi_tlog.note import Signature, parse_note
from zi_tlog.policy import Policy, parse_policy
from zi_tlog.tile import TileHashes
from zi_tlog.tree import consistency_proof

COSIGNED = Gauge("zi_log_cosigned_size", "Entries under the newest checkpoint that meets the quorum")


@dataclass(frozen=True)
class Times:
    """In seconds. A quiet log is cosigned again after `renew`, so that a watcher can tell quiet from stalled; who failed is asked again
    after `look`; `confirm` is how long the start waits before it says so."""

    pace: float = 0.5
    look: float = 5.0
    renew: float = 60.0
    confirm: float = 5.0


def witnesses_of(settings: Settings) -> Policy:
    """Witnesses, groups and quorum as the operator's file says them; nobody when there is none and none was named."""
    path = settings.witnesses or _usual(settings.data / "witnesses")
    if settings.witnesses is not None and not path.exists():
        raise HaltError(
            Reason.FAILURE,
            f"ZI_WITNESSES names {path}, and no file is there: set it right. Where nobody is to witness the log, the"
            " file says so: quorum none.",
        )
    try:
        policy = parse_policy(path.read_bytes()) if path.exists() else NO_WITNESSES
    except (LogError, OSError) as error:
        raise HaltError(Reason.FAILURE, f"The file {path} of the witnesses can't be used: {error}") from error
    if policy.logs:
        raise HaltError(
            Reason.FAILURE, f"The file {path} names witnesses; its log lines are the writer's to write."
        )
    return policy


def readable(policy: bytes) -> bytes:
    """The policy, if an entry of the log can hold its text."""
    try:
        is_short = len(policy.decode()) <= LONGEST_POLICY
    except UnicodeDecodeError:
        is_short = False
    if not is_short:
        raise HaltError(
            Reason.FAILURE,
            f"The policy of the log is no UTF-8 text of at most {LONGEST_POLICY} characters, so the log can't record it:"
            " give the witnesses plain names, and fewer of them.",
        )
    return policy


class Witnesses:
    """Those of one opened log. `tell` says that it grew."""

    def __init__(
        self,
        log: TransparencyLog,
        tiles: Tiles,
        policy: Policy,
        client: httpx.AsyncClient,
        lock: WriteLock,
        times: Times = Times(),
    ) -> None:
        self._times = times
        self._log = log
        self._tiles = tiles
        self._lock = lock
        self._grown = asyncio.Event()
        self._size = -1
        self._signatures: dict[str, Signature] = {}
        self._renewed: dict[str, float] = {}
        self._unreachable = [
            WitnessStatus(name=witness.name, url="") for witness in policy.witnesses if not witness.url
        ]
        self._clients = [
            WitnessClient(witness, client, self._prove) for witness in policy.witnesses if witness.url
        ]

    @property
    def statuses(self) -> tuple[WitnessStatus, ...]:
        return (*(witness.status for witness in self._clients), *self._unreachable)

    def tell(self) -> None:
        self._grown.set()

    async def confirm(self) -> None:
        """Return when a witness has cosigned the last size; nothing was signed since the start. Raises HaltError when one contradicts,
        or when none speaks for a while."""
        head, loop = self._log.head, asyncio.get_running_loop()
        until = loop.time() + self._times.confirm
        while self._clients:
            await self._all(head)
            if any(_has_answered(witness, head) for witness in self._clients):
                return
            if loop.time() > until:
                raise _unconfirmed(self._clients)
            await asyncio.sleep(self._times.pace)

    async def run(self) -> None:
        """Until cancelled; raises HaltError (in a group) when a witness knows of more than the log does."""
        async with asyncio.TaskGroup() as asking:
            while True:
                await self._round(asking)
                await asyncio.sleep(self._times.pace)
                await set_within(self._grown, self._times.look)
                self._grown.clear()

    async def _round(self, asking: asyncio.TaskGroup) -> None:
        """One checkpoint to all that are free; over when the quorum has signed, or when all of these have answered."""
        head = self._log.head
        pending = {
            asking.create_task(self._ask(witness, head))
            for witness in self._clients
            if self._due(witness, head)
        }
        while pending and self._log.cosigned_size < head.size:
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)

    async def _all(self, head: LogState) -> None:
        async with asyncio.TaskGroup() as asking:
            for witness in self._clients:
                asking.create_task(self._ask(witness, head))
        for witness in self._clients:
            if witness.status.fault is Fault.CONFLICT:
                raise _contradicts(witness, "holds another history of it than this one")

    def _due(self, witness: WitnessClient, head: LogState) -> bool:
        if witness.busy:
            return False
        quiet = asyncio.get_running_loop().time() - self._renewed.get(witness.name, 0.0)
        return (
            witness.checkpoint != head.checkpoint
            or witness.status.fault is not None
            or quiet >= self._times.renew
        )

    async def _ask(self, witness: WitnessClient, head: LogState) -> None:
        self._renewed[witness.name] = asyncio.get_running_loop().time()
        signature = await witness.ask(head)
        if witness.status.fault is Fault.AHEAD and (witness.known_size or 0) > self._log.size:
            raise _contradicts(
                witness,
                f"has cosigned {witness.known_size} entries, the ledger database holds {self._log.size}",
            )
        if signature is not None:
            await self._take(witness, head, signature)

    async def _take(self, witness: WitnessClient, head: LogState, signature: Signature) -> None:
        """Cosignatures on one checkpoint gather; one that comes too late is of no use any more."""
        if head.size < self._size:
            return
        if head.size > self._size:
            self._size, self._signatures = head.size, {}
        self._signatures[witness.name] = signature
        cosigned = parse_note(head.checkpoint).signed(*self._signatures.values()).format()
        await self._lock.write(self._log.cosign, cosigned)
        COSIGNED.set(self._log.cosigned_size)

    async def _prove(self, old: int, head: LogState) -> tuple[bytes, ...]:
        if old in (0, head.size):
            return ()
        hashes = TileHashes(head.size, self._tiles.read)
        return tuple(await asyncio.to_thread(consistency_proof, old, head.size, hashes))


def _usual(path: Path) -> Path:
    """Return the file in the folder where a volume was mounted, else the path itself."""
    return path / path.name if path.is_dir() else path


def _has_answered(witness: WitnessClient, head: LogState) -> bool:
    """Return whether it cosigned, be it by a wrong clock, or does not know a log that is at its beginning."""
    fault = witness.status.fault
    return fault in (None, Fault.CLOCK) or (fault is Fault.UNKNOWN_LOG and head.size <= 1)


def _contradicts(witness: WitnessClient, how: str) -> HaltError:
    return HaltError(
        Reason.CONTRADICTED,
        f"The witness {witness.name} {how}: a backup was restored, or somebody else signs with this log's key."
        " Bring the newest ledger back, or begin a new origin.",
    )


def _unconfirmed(clients: list[WitnessClient]) -> HaltError:
    answers = ", ".join(f"{witness.name} ({witness.status.fault})" for witness in clients)
    return HaltError(
        Reason.UNCONFIRMED,
        f"No witness has spoken on what was signed last, so nothing new is signed: {answers}. The log goes on by itself"
        " when one of them does.",
    )
