"""Give a business the name that officials see in their lists; its text lies in the vault, and in a table that erasure empties."""

from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_contracts.umkm import NicknameRemovalReason
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.nickname import NameBusiness, RemoveNickname
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.open_text import refuse_personal
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.nicknames import Nickname
from zi_umkm.use_cases.decisions import NO_TEXTS, CaseDecisions
from zi_umkm.use_cases.vault_fields import NICKNAME


class Naming:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, vault_writer: VaultWriter) -> None:
        self._decisions = CaseDecisions(store, vault_writer)

    async def name(
        self, request: MentoringRequest, by: Act, key: UUID | None, text: str | None
    ) -> Handled[MentoringCase]:
        """Give it this name, or with None take back the one that it has. Raises PersonalTextError for a number or an address."""
        refuse_personal(text or "")
        request_id = request_id_of(key, by, "name-business", [text])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return NameBusiness(by=by, request=request_id, is_named=text is not None, items=items)

        texts = NO_TEXTS if text is None else {NICKNAME: text}
        copy = Nickname(request.ticket, text)
        return await self._decisions.decide(request, decision, request_id, texts, copy)

    async def remove(
        self, request: MentoringRequest, by: Act, key: UUID | None, reason: NicknameRemovalReason
    ) -> Handled[MentoringCase]:
        """Take it out of the office's lists; the text stays with the data of the business, in the vault."""
        request_id = request_id_of(key, by, "remove-nickname", [reason])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return RemoveNickname(by=by, request=request_id, reason=reason)

        copy = Nickname(request.ticket, None)
        return await self._decisions.decide(request, decision, request_id, NO_TEXTS, copy)
