"""The follower that finishes signed letters: number, ledger entry, file, seal, and the end of the letter that each replaces.

Every step is found done if it was done before, so it goes on wherever the process ended. A letter that can't be finished now is tried
again after a pause, keeps its number, and delays no other letter.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from prometheus_client import Gauge

from zi_chassis.bus.broker import heed_cancellation
from zi_chassis.domain import DomainError, ErasedError, UnavailableError
from zi_chassis.ledger import LedgerClient
from zi_chassis.process.backoff import Backoff
from zi_chassis.storage.commit_event import commit_event
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import VAULT_ERRORS
from zi_contracts.text import first_unseen
from zi_letters.content import digest
from zi_letters.keys import LetterKeys
from zi_letters.letter_register import LetterRegister, LetterVault, NumberedLetter, SignedPage
from zi_letters.pdf_worker import PdfWorker, PdfWorkerError, RenderJob, SealJob, UnsealedPageJob
from zi_letters.personal_signature import LapsedSignatureError, SignatureStanding, signature_standing
from zi_letters.rendering import IssuingEntry
from zi_letters.renewing import Renewing
from zi_letters.stored_file import kept_file, read_file, store_file
from zi_letters.template import NoTemplateError
from zi_letters.vault_fields import CONTENT, PURPOSE
from zi_tlog.error import LogError
from zi_tlog.policy import parse_policy
from zi_tlog.proof import parse_proof, verify_proof

logger = logging.getLogger(__name__)

FIRST_PAUSE, LAST_PAUSE, LONGEST_SLEEP = 0.25, 120.0, 30.0
GATHER_SECONDS = 0.1  # so that letters that are signed at about the same time are sealed together
LETTERS_A_ROUND = 1_000
PATIENCE = 8  # tries before waiting for the ledger is worth reporting
NEVER = float("inf")  # an erased content stays erased, and nobody can mend it
UNSEALED = Gauge("zi_letters_unsealed", "Letters that were signed for and have no file yet")


class NotYetError(Exception):
    """The ledger proves nothing about the letter yet: that takes a moment and is nobody's fault."""


class SpoiltError(Exception):
    """The stored content of a letter is not the one that was signed for."""


EXPECTED = (
    *(DomainError, UnavailableError, PdfWorkerError, SpoiltError, NoTemplateError, LapsedSignatureError),
    *VAULT_ERRORS,
)


@dataclass
class SealingProblem:
    """The reason why a letter is not sealed yet, and the moment of the next try (monotonic clock)."""

    reason: str = ""
    tries: int = 0
    next_try: float = 0.0
    is_reported: bool = False
    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST_PAUSE, LAST_PAUSE))


class Sealing:
    """Run by the process that holds the lease. `vault` is called at every use, because it may come later; `template` finds one by its
    digest; `record_lapse` asks a letter's signatory to sign again, where letters are signed personally.
    """

    def __init__(
        self,
        store: Store,
        register: LetterRegister,
        keys: LetterKeys,
        ledger: LedgerClient,
        vault: Callable[[], LetterVault],
        template: Callable[[str], bytes],
        worker: PdfWorker | None = None,
        record_lapse: Callable[[NumberedLetter], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._register = register
        self._keys = keys
        self._ledger = ledger
        self._vault = vault
        self._template = template
        self._worker = worker or PdfWorker()
        self._record_lapse = record_lapse
        self.renewing = Renewing(register, keys.clock, vault, self._worker)
        self._problems: dict[UUID, SealingProblem] = {}
        self._numbered: dict[UUID, NumberedLetter] = {}
        self._may_replace = True

    @property
    def reason(self) -> str | None:
        """Return the letters that can't be sealed and why; waiting for the ledger is reported only when it takes long."""
        reported = [f"{id}: {each.reason}" for id, each in self._problems.items() if each.is_reported]
        if reported:
            return f"{len(reported)} letters can't be sealed, first {reported[0]}"
        return self.renewing.reason or self._keys.reason()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            with commit_event(self._store) as woken:
                while True:
                    heed_cancellation()
                    woken.clear()
                    await self.round()
                    await self.renewing.now_and_then()
                    await asyncio.sleep(GATHER_SECONDS)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._pause()):
                            await woken.wait()
        finally:
            await self._worker.close()

    async def round(self) -> int:
        """Do what can be done now; return how many letters were sealed."""
        letters = await self._register.unsealed(LETTERS_A_ROUND)
        UNSEALED.set(len(letters))
        self._problems = {id: self._problems.get(id) or SealingProblem() for id in letters}
        now = time.monotonic()
        due = [id for id in letters if self._problems[id].next_try <= now]
        self._numbered = {}
        numbered = [id for id in due if await self._succeeds(id, self._number(id))]
        ready = [id for id in numbered if not self._numbered[id].awaits_signature]
        sealed = [id for id in ready if await self._succeeds(id, self._seal(self._numbered[id]))]
        self._may_replace = self._may_replace or bool(sealed)
        if self._may_replace:
            self._may_replace = not await self._register.end_replaced()
        for id in sealed:
            del self._problems[id]
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

    def _put_off(self, id: UUID, reason: str, patience: float = 1) -> None:
        problem = self._problems[id]
        problem.reason, problem.tries = reason, problem.tries + 1
        problem.is_reported = problem.tries >= patience
        problem.next_try = time.monotonic() + problem.backoff.next()

    def _pause(self) -> float:
        """Seconds until the first letter is tried again."""
        first = min((each.next_try for each in self._problems.values()), default=float("inf"))
        return min(max(first - time.monotonic(), 0.0), LONGEST_SLEEP)

    async def _number(self, id: UUID) -> None:
        self._numbered[id] = await self._register.number(id)

    async def page(self, letter: NumberedLetter) -> bytes:
        """Return the page of a letter before anybody has signed it: the same bytes at every call. Raises NotYetError."""
        vault = self._vault()
        made = await self._worker.make(await self._page_job(vault, letter))
        page, _ = await kept_file(vault, letter, made, "page")
        return page

    async def _seal(self, letter: NumberedLetter) -> None:
        vault = self._vault()
        job: SealJob | RenderJob
        if letter.signed is None:
            parts = await self._page_job(vault, letter)
            job = RenderJob(**dict(parts), **await self._seal_parts())
        else:
            page = await read_signed(vault, letter, letter.signed)
            await self._refuse_lapsed(letter, page)
            job = SealJob(file=page, **await self._seal_parts())
        stored = await store_file(vault, letter, await self._worker.make(job), letter.nth("file"))
        await self._register.record_file(letter, stored)

    async def _refuse_lapsed(self, letter: NumberedLetter, page: bytes) -> None:
        """Ask for another signature where this one has lapsed. Raises LapsedSignatureError for each that a seal would prove nothing of."""
        standing = await signature_standing(page, self._keys.certified_signatories)
        if standing is SignatureStanding.UNTRUSTED:
            raise LapsedSignatureError("no authority that is known here certified its personal signature")
        if standing is SignatureStanding.LAPSED:
            if self._record_lapse is not None:
                await self._record_lapse(letter)
            raise LapsedSignatureError("the certificate of its personal signature ended or was revoked")

    async def _seal_parts(self) -> dict[str, Any]:
        timestamps = await asyncio.to_thread(self._keys.clock.source)
        seal = self._keys.seal
        return {"seal_key": seal.key, "seal_certificate": seal.certificate, "timestamps": timestamps}

    async def _page_job(self, vault: LetterVault, letter: NumberedLetter) -> UnsealedPageJob:
        entry = await self._proven_entry(letter.event)
        return UnsealedPageJob(
            content=await read_content(vault, letter),
            template=await asyncio.to_thread(self._template, letter.template),
            message=entry.message,
            proof=entry.proof,
            policy=entry.policy,
            code_key=self._keys.code.skey,
        )

    async def _proven_entry(self, event: UUID) -> IssuingEntry:
        """A letter is sealed over a receipt that verifies, and over none before."""
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
        return IssuingEntry(message, proof, policy)


async def read_content(vault: LetterVault, letter: NumberedLetter) -> bytes:
    """Read the content that was signed for. Raises SpoiltError."""
    if letter.item is None:
        raise SpoiltError("nothing was kept of its content")
    fields = await vault.read(
        letter.ticket, [CONTENT], PURPOSE, causation=str(letter.event), items=[letter.item.item]
    )
    content = fields[CONTENT].encode()
    if digest(content) != letter.content:
        raise SpoiltError("its content is not the one that was signed for")
    if first_unseen(fields[CONTENT]) is not None:
        raise SpoiltError("its content holds a sign that nobody sees")
    return content


async def read_signed(vault: LetterVault, letter: NumberedLetter, signed: SignedPage) -> bytes:
    """Read the page as its signatory has signed it. Raises SpoiltError."""
    page = await read_file(vault, letter, signed.item)
    if digest(page) != signed.file:
        raise SpoiltError("its page is not the one that its signatory has signed")
    return page
