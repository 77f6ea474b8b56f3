"""The proclamation of the maklumat: its letter holds promise, compensation promise, and the key and checkpoint of the ledger."""

from collections.abc import Sequence
from uuid import uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.ledger import LedgerClient
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_integrity.domain.maklumat import (
    Maklumat,
    NoPledgeTextError,
    PledgeTexts,
    ProclaimMaklumat,
    WriteMaklumat,
    maklumat_id,
)
from zi_integrity.letters.content import LetterDraft
from zi_integrity.letters.issuing import LetterIssuing, NumberedDecision
from zi_integrity.messaging.maklumat_data import pledges
from zi_letters.sections import section
from zi_tlog.policy import parse_policy


class Pledging:
    def __init__(self, store: Store, office: str, issuing: LetterIssuing, ledger: LedgerClient) -> None:
        self._store = store
        self._id = maklumat_id(office)
        self._issuing = issuing
        self._ledger = ledger

    async def write(self, texts: PledgeTexts, by: Act) -> Handled[Maklumat]:
        return await self._store.handle(pledges, self._id, WriteMaklumat(by=by, texts=texts))

    async def proclaim(self, digest: str, by: Act, name: str) -> NumberedDecision:
        """Raises MaklumatError, or LedgerAwayError where the ledger tells no key and no checkpoint now."""
        _, state = await self._store.fetch(pledges, self._id)
        if state.texts is None:
            raise NoPledgeTextError
        letter = uuid5(self._id, f"{state.drafts} {digest}")
        if state.proclaimed is not None and state.proclaimed.letter == letter:
            return NumberedDecision(letter, state.proclaimed.number)
        draft = await self._letter(state.texts)

        def decisions(tx: Tx, numbered: NumberedDecision) -> Sequence[Reaction]:
            command = ProclaimMaklumat(by=by, digest=digest, number=numbered.number, letter=letter)
            return [Reaction(pledges, self._id, command)]

        return await self._issuing.issue(letter, self._id, draft, name, by, decisions)

    async def _letter(self, texts: PledgeTexts) -> LetterDraft:
        policy, checkpoint = parse_policy(await self._ledger.policy()), await self._ledger.checkpoint()
        origin, size, root, *_ = checkpoint.decode().split("\n")
        return LetterDraft(
            kind="maklumat",
            subject="Maklumat Pelayanan",
            facts=[
                *(("log_key", log.key.vkey) for log in policy.logs),
                ("checkpoint", f"{origin}, {size}, {root}"),
            ],
            sections=[
                section(("Janji pelayanan", "Promise"), (texts.promise, texts.promise_en)),
                section(("Janji kompensasi", "Compensation"), (texts.compensation, texts.compensation_en)),
            ],
        )
