"""Give the citizen of an invited case its one signature: blind, or for a token that the office makes for whoever has no script."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from zi_chassis.blind_signature import (
    SALT,
    BlindPublicKey,
    BlindSignatureError,
    BlindSigningKey,
    expand,
)
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.storage.store import Store
from zi_integrity.domain.invitation import (
    InvitationOverError,
    InvitationTakenError,
    NotInvitedError,
    SignInvitation,
)
from zi_integrity.domain.survey_token import MESSAGE, SurveyToken
from zi_integrity.messaging.finished_cases import case_under
from zi_integrity.messaging.invitations.published import invitations
from zi_integrity.read.invitations import SurveyInvitationRow, SurveyKeyRow, invitation_of, survey_key_of
from zi_integrity.use_cases.office_day import OfficeDays
from zi_integrity.use_cases.survey_keys import SigningKeys

SEED = 32
LedgerIndexes = Callable[[Iterable[UUID]], Awaitable[Mapping[UUID, int]]]


class BlindedMessageError(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "What was sent for signing can't be signed. Load the page again and take the invitation there."
        )


class KeyNotInLedgerError(UnavailableError):
    """The key has to stand in the ledger, for everybody alike, before it signs anything."""

    def __init__(self) -> None:
        super().__init__("The key of this survey is not in the ledger yet. Try again in a minute.")


@dataclass(frozen=True)
class OpenInvitation:
    row: SurveyInvitationRow
    key: SurveyKeyRow


class Inviting:
    def __init__(
        self, store: Store, keys: SigningKeys, indexes: LedgerIndexes, days: OfficeDays, clock: Clock
    ) -> None:
        self._store = store
        self._keys = keys
        self._indexes = indexes
        self._days = days
        self._clock = clock

    async def invitation(self, ticket: str) -> OpenInvitation | None:
        """Return the invitation of a case and the key that signs it, if it was invited."""
        row = await self._store.query(lambda tx: invitation_of(tx, ticket))
        if row is None:
            return None
        key = await self._store.query(lambda tx: survey_key_of(tx, row.key))
        assert key is not None
        return OpenInvitation(row, key)

    async def is_in_ledger(self, event: UUID) -> bool:
        return event in await self._indexes([event])

    async def sign(self, ticket: str, by: Act, blinded: bytes) -> bytes:
        """Return the blind signature, once it is recorded that the case got it."""
        found = await self.invitation(ticket)
        if found is None:
            raise NotInvitedError
        return await self._sign(found, await self._key_of(found.row), by, blinded)

    async def hand_out(self, ticket: str, by: Act, seed: bytes) -> SurveyToken:
        """Make the token of a seed that only the citizen's page has; a repeat of the same seed makes the same token."""
        found = await self.invitation(ticket)
        if found is None:
            raise NotInvitedError
        key = await self._key_of(found.row)
        message = expand(b"message" + seed, MESSAGE).to_bytes(MESSAGE, "big")
        salt = expand(b"salt" + seed, SALT).to_bytes(SALT, "big")
        blinding = key.public.blind(message, salt, b"factor" + seed)
        signed = await self._sign(found, key, by, blinding.blinded)
        signature = key.public.finalize(message, signed, blinding.inverse)
        return SurveyToken(found.row.service, found.row.quarter, message, signature)

    async def _sign(self, found: OpenInvitation, key: BlindSigningKey, by: Act, blinded: bytes) -> bytes:
        if key.public != BlindPublicKey.read(bytes.fromhex(found.key.modulus)):
            raise InvitationTakenError
        if not await self.is_in_ledger(found.key.event):
            raise KeyNotInLedgerError
        try:
            signature = await asyncio.to_thread(key.sign, blinded)
        except BlindSignatureError as error:
            raise BlindedMessageError from error
        case = await self._store.query(lambda tx: case_under(tx, found.row.ticket))
        if case is None:
            raise NotInvitedError
        day, owner = self._days.day(self._clock.now()), case.owner_as(by.role)
        command = SignInvitation(by=by, owner=owner, blinded=sha256(blinded).hexdigest(), day=day)
        await self._store.handle(invitations, found.row.invitation, command)
        return signature

    async def _key_of(self, row: SurveyInvitationRow) -> BlindSigningKey:
        key = await self._keys.find(row.key)
        if key is None:
            raise InvitationOverError
        return key
