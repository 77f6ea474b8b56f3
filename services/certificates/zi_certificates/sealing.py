"""The follower that makes signed letters whole: number, ledger entry, file, seal, and the end of what each replaces.

Every step is found done if it was done before, so it goes on wherever the process ended. What can't be done now is tried again after a
pause, keeps its number, and stands in nobody's way.
"""

import asyncio
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid5

from prometheus_client import Gauge

from zi_certificates.domain.application import RecordNumber, Seal, Supersede
from zi_certificates.domain.ids import register_id
from zi_certificates.domain.issuing import to_issue
from zi_certificates.keys import Keys
from zi_certificates.letter import NoTemplateError, digest
from zi_certificates.messaging.published import applications, registers
from zi_certificates.press import Plate, Press, PressError
from zi_certificates.read.projections import LetterRow, letter, letters_of, letters_to_seal
from zi_certificates.signing import CONTENT, PURPOSE, Shelf
from zi_certificates.use_cases.keeping import VAULT_ERRORS
from zi_chassis.backoff import Backoff
from zi_chassis.broker import heed_cancellation
from zi_chassis.clock import Clock
from zi_chassis.database import Tx
from zi_chassis.domain import Act, DomainError, ErasedError, UnavailableError
from zi_chassis.ledger import LedgerClient
from zi_chassis.store import Store
from zi_chassis.web.language import WITA
from zi_contracts.text import first_unseen
from zi_contracts.vault import ItemRef
from zi_tlog.error import LogError
from zi_tlog.policy import parse_policy
from zi_tlog.proof import parse_proof, verify_proof

logger = logging.getLogger(__name__)

FILE = "letter.file"
FIRST_PAUSE, LAST_PAUSE, LONGEST_SLEEP = 0.25, 120.0, 30.0
BREATH = 0.1  # so that what is signed at about the same time is looked at together
LOOKED_AT = 1_000  # letters a round
PATIENCE = 8  # tries before waiting for the ledger is worth telling
NEVER = float("inf")  # what was erased stays so, and nobody can mend it
UNSEALED = Gauge("zi_letters_unsealed", "Letters that were signed for and have no file yet")


class NotYetError(Exception):
    """The ledger proves nothing about the letter yet: that takes a moment and is nobody's fault."""


class SpoiltError(Exception):
    """What is kept for a letter is not what was signed for."""


EXPECTED = (
    *(DomainError, UnavailableError, PressError, SpoiltError, NoTemplateError),
    *VAULT_ERRORS,
)


@dataclass
class Trouble:
    """Why a letter is not sealed yet, and when it is tried again."""

    why: str = ""
    tries: int = 0
    again: float = 0.0
    is_told: bool = False
    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST_PAUSE, LAST_PAUSE))


@dataclass(frozen=True)
class Replaced:
    """A letter whose place another one has taken."""

    application: UUID
    letter: UUID
    kind: str
    by: UUID


class Sealing:
    """Run by the process that holds the lease. `vault` is asked for at every use, because it may come later; `template` finds one by its
    digest.
    """

    def __init__(
        self,
        store: Store,
        office: str,
        clock: Clock,
        keys: Keys,
        ledger: LedgerClient,
        vault: Callable[[], Shelf],
        template: Callable[[str], bytes],
        press: Press | None = None,
    ) -> None:
        self._store = store
        self._office = office
        self._clock = clock
        self._keys = keys
        self._ledger = ledger
        self._vault = vault
        self._template = template
        self._press = press or Press()
        self._troubles: dict[UUID, Trouble] = {}
        self._may_replace = True

    @property
    def reason(self) -> str | None:
        """Which letters can't be sealed and why; waiting for the ledger is told when it takes long."""
        told = [f"{id}: {each.why}" for id, each in self._troubles.items() if each.is_told]
        if told:
            return f"{len(told)} letters can't be sealed, first {told[0]}"
        return self._keys.reason()

    async def run(self) -> None:
        """Until cancelled."""
        woken, loop = asyncio.Event(), asyncio.get_running_loop()
        self._store.subscribe(lambda: _wake(loop, woken))
        try:
            while True:
                heed_cancellation()
                woken.clear()
                await self.round()
                await asyncio.sleep(BREATH)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pause()):
                        await woken.wait()
        finally:
            await self._press.close()

    async def round(self) -> int:
        """Does what can be done now; how many letters were sealed."""
        rows = await self._store.query(lambda tx: letters_to_seal(tx, LOOKED_AT))
        UNSEALED.set(len(rows))
        self._troubles = {row.letter: self._troubles.get(row.letter) or Trouble() for row in rows}
        now = time.monotonic()
        due = [row.letter for row in rows if self._troubles[row.letter].again <= now]
        numbered = [id for id in due if await self._succeeds(id, self._number(id))]
        sealed = [id for id in numbered if await self._succeeds(id, self._seal(id))]
        self._may_replace = self._may_replace or bool(sealed)
        if self._may_replace:
            self._may_replace = not await self._supersede()
        for id in sealed:
            del self._troubles[id]
        return len(sealed)

    async def _succeeds(self, id: UUID, step: Awaitable[None]) -> bool:
        try:
            await step
        except NotYetError as wait:
            self._put_off(id, str(wait), PATIENCE)
        except ErasedError as erased:
            self._put_off(id, str(erased), NEVER)
        except EXPECTED as fault:
            self._put_off(id, f"{type(fault).__name__}: {fault}")
        except Exception as fault:
            logger.exception("a letter could not be sealed", extra={"fields": {"letter": str(id)}})
            self._put_off(id, type(fault).__name__)
        else:
            return True
        return False

    def _put_off(self, id: UUID, why: str, patience: float = 1) -> None:
        trouble = self._troubles[id]
        trouble.why, trouble.tries = why, trouble.tries + 1
        trouble.is_told = trouble.tries >= patience
        trouble.again = time.monotonic() + trouble.backoff.next()

    def _pause(self) -> float:
        """Until the first letter is tried again."""
        again = min((each.again for each in self._troubles.values()), default=float("inf"))
        return min(max(again - time.monotonic(), 0.0), LONGEST_SLEEP)

    async def _number(self, id: UUID) -> None:
        """The register's first word counts; the application hears it afterwards."""
        row = await self._row(id)
        _, application = await self._store.fetch(applications, row.application)
        assert application.signed is not None
        year = row.signed_at.astimezone(WITA).year
        register = register_id(self._office, row.series, year)
        for issue in to_issue(row.application, application, application.signed, year, self._act()):
            if issue.letter == id:
                await self._store.handle(registers, register, issue)
                issued = await self._row(id)
                assert issued.number is not None
                command = RecordNumber(by=self._act(issued.event_id), letter=id, number=issued.number)
                await self._store.handle(applications, row.application, command)

    async def _seal(self, id: UUID) -> None:
        row = await self._row(id)
        vault = self._vault()
        message, proof, policy = await self._proven(row)
        plate = Plate(
            content=await _content(vault, row),
            template=await asyncio.to_thread(self._template, row.template),
            message=message,
            proof=proof,
            policy=policy,
            code_key=self._keys.code.skey,
            seal_key=self._keys.seal.key,
            seal_certificate=self._keys.seal.certificate,
        )
        item, file = await _kept(vault, row, await self._press.make(plate))
        command = Seal(by=self._act(row.event_id), letter=id, file=digest(file), item=item)
        await self._store.handle(applications, row.application, command)

    async def _proven(self, row: LetterRow) -> tuple[bytes, bytes, bytes]:
        """(entry, receipt, policy): a letter is sealed over a receipt that holds, and over none before."""
        event = row.event_id
        assert event is not None
        if event not in await self._ledger.indexes([event]):
            raise NotYetError("it is not in the ledger yet")
        message = await asyncio.to_thread(self._store.message, event)
        proof = (await self._ledger.receipts([event])).get(event)
        policy = await self._ledger.policy()
        if proof is None or message is None:
            raise NotYetError("the ledger has no receipt for it yet")
        try:
            verify_proof(parse_proof(proof), message, parse_policy(policy))
        except LogError as fault:
            raise NotYetError(f"the ledger's receipt does not hold: {fault}") from fault
        return message, proof, policy

    async def _supersede(self) -> bool:
        """Whether every letter whose replacement is sealed has ended."""
        for old in await self._store.query(replaced):
            [new, *_] = await self._store.query(partial(_successors, old))
            assert new.number is not None
            command = Supersede(by=self._act(new.event_id), letter=old.letter, by_number=new.number)
            try:
                await self._store.handle(applications, old.application, command)
            except (DomainError, UnavailableError) as fault:
                logger.warning("letter %s could not be ended: %s", old.letter, fault)
                return False
        return True

    async def _row(self, id: UUID) -> LetterRow:
        row = await self._store.query(lambda tx: letter(tx, id))
        assert row is not None
        return row

    def _act(self, causation: UUID | None = None) -> Act:
        actor, because = f"system:{self._store.service}", causation and str(causation)
        return Act(at=self._clock.now(), actor=actor, role=actor, causation=because)


async def _content(vault: Shelf, row: LetterRow) -> bytes:
    if row.item is None:
        raise SpoiltError("nothing was kept of its content")
    told = await vault.read(
        row.ticket, [CONTENT], PURPOSE, causation=str(row.event_id), items=[row.item.item]
    )
    content = told[CONTENT].encode()
    if digest(content) != row.content:
        raise SpoiltError("its content is not the one that was signed for")
    if first_unseen(told[CONTENT]) is not None:
        raise SpoiltError("its content holds a sign that nobody sees")
    return content


async def _kept(vault: Shelf, row: LetterRow, pdf: bytes) -> tuple[ItemRef, bytes]:
    """What the vault has: a file that was kept before this one, by a process that ended then, is the letter's file."""
    request, said = uuid5(row.letter, "file"), b64encode(pdf).decode()
    [item] = await vault.keep(row.ticket, {FILE: said}, request, causation=str(row.event_id))
    told = await vault.read(row.ticket, [FILE], PURPOSE, causation=str(row.event_id), items=[item.item])
    return item, b64decode(told[FILE], validate=True)


def replaced(tx: Tx) -> list[Replaced]:
    """Letters that still hold although their replacement is sealed; nobody ends a letter of another business."""
    rows = tx.execute(
        "SELECT o.application, o.letter, o.kind, a.application AS successor FROM applications a"
        " JOIN letters o ON o.number = a.replaces"
        " WHERE a.replaces IS NOT NULL AND a.status IN ('issued', 'suspended') AND o.standing IN ('valid', 'suspended')"
        " AND (o.account = a.account OR o.business_ref = a.business_ref)"
    )
    return [
        Replaced(UUID(row["application"]), UUID(row["letter"]), row["kind"], UUID(row["successor"]))
        for row in rows
    ]


def _successors(old: Replaced, tx: Tx) -> list[LetterRow]:
    """That of the same kind first."""
    return sorted(letters_of(tx, old.by), key=lambda row: row.kind != old.kind)


def _wake(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(woken.set)
