"""The contents and files of letters of assignment, in this service's own store: they are about no business, so the erasure of one takes
none of them. A text is stored in the transaction of the event that records it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.requests import VaultClient
from zi_contracts.vault import ItemRef
from zi_letters.content import digest
from zi_letters.letter_register import LetterVault
from zi_umkm.messaging.published import SUBJECT_OF_TRIPS

Wanted = Sequence[UUID] | None


@dataclass(frozen=True)
class TripLetterText:
    ref: ItemRef
    text: str


class TripLetterTexts:
    """The companion of the store that writes them."""

    kind = TripLetterText
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS trip_letter_texts (item TEXT PRIMARY KEY, field TEXT NOT NULL, text TEXT NOT NULL)",
    )

    def prepare(self, items: Sequence[TripLetterText]) -> None:
        pass

    def write(self, tx: Tx, items: Sequence[TripLetterText]) -> None:
        for each in items:
            tx.execute(
                "INSERT INTO trip_letter_texts (item, field, text) VALUES (?, ?, ?) ON CONFLICT (item) DO NOTHING",
                *(str(each.ref.item), each.ref.field, each.text),
            )


def kept_text(field: str, text: str, request: UUID) -> TripLetterText:
    """Return the text with its reference, which is the same for the same request."""
    ref = ItemRef(item=uuid5(request, field), field=field, digest=digest(text.encode()))
    return TripLetterText(ref, text)


class LetterVaults:
    """The `LetterVault` of this service: letters of assignment lie here, all others in the office's vault, which may come later."""

    def __init__(self, office: Callable[[], VaultClient], trips: "TripLetterVault") -> None:
        self._office, self._trips = office, trips

    def _of(self, ticket: str) -> LetterVault:
        return self._trips if ticket == SUBJECT_OF_TRIPS else self._office()

    async def read(self, ticket: str, fields: Sequence[str], purpose: str, **which: Any) -> dict[str, str]:
        return await self._of(ticket).read(ticket, fields, purpose, **which)

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]:
        return await self._of(ticket).keep(ticket, fields, request, causation)


class TripLetterVault:
    """The `LetterVault` of letters of assignment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unrecorded: dict[UUID, TripLetterText] = {}

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]:
        """Return the references; the texts are stored with the event for which `take` is called, and lost with the process before that."""
        texts = [kept_text(field, text, request) for field, text in fields.items()]
        self._unrecorded |= {each.ref.item: each for each in texts}
        return tuple(each.ref for each in texts)

    def take(self, item: UUID) -> TripLetterText | None:
        """Return the text for the event that is recorded now; None where an earlier event has it."""
        return self._unrecorded.pop(item, None)

    async def read(
        self, ticket: str, fields: Sequence[str], purpose: str, *, items: Wanted = None, **_: object
    ) -> dict[str, str]:
        unrecorded = {
            each.ref.field: each.text
            for item in items or ()
            if (each := self._unrecorded.get(item)) is not None
        }
        stored = await self._store.query(lambda tx: _texts(tx, items or ()))
        return stored | unrecorded


def _texts(tx: Tx, items: Sequence[UUID]) -> dict[str, str]:
    rows = [
        tx.execute("SELECT field, text FROM trip_letter_texts WHERE item = ?", str(item)) for item in items
    ]
    return {row["field"]: row["text"] for found in rows for row in found}
