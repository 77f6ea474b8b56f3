"""The letters of one service, as the work of sealing asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from zi_contracts.vault import ItemRef


@dataclass(frozen=True)
class SignedPage:
    """The page of a letter with its signatory's personal signature: its digest, and where it lies in the vault."""

    file: str
    item: ItemRef


@dataclass(frozen=True)
class NumberedLetter:
    """A letter that has its number and no file yet.

    `content` and `template` are the digests that were signed for, `item` the stored content, `event` the event whose message issued it.
    Where its signatory signs personally it `awaits_signature`, until `signed` is what the seal covers; `lapses` counts the signatures that
    ended before that."""

    id: UUID
    ticket: str
    content: str
    template: str
    item: ItemRef | None
    event: UUID
    signed: SignedPage | None = None
    awaits_signature: bool = False
    lapses: int = 0

    def nth(self, name: str) -> str:
        """Return the name of a file in the vault that each signature has one of."""
        return f"{name} {self.lapses}" if self.lapses else name


@dataclass(frozen=True)
class StoredFile:
    """A file in the vault: its digest, where it lies, and until when its last timestamp holds (None: it has none)."""

    file: str
    item: ItemRef
    holds_until: datetime | None


@dataclass(frozen=True)
class SealedLetter:
    """A letter with the file that it has now, and until when the last timestamp of it holds."""

    letter: NumberedLetter
    file: str
    item: ItemRef
    holds_until: datetime | None


def with_file(
    letter: NumberedLetter, file: str | None, item: ItemRef | None, until: datetime | None
) -> SealedLetter:
    """A letter as a read model has it, which finds only sealed ones."""
    assert file is not None
    assert item is not None
    return SealedLetter(letter, file, item, until)


class LetterVault(Protocol):
    """The vault that has the contents and files of letters: over the bus, or the service's own. Both calls are without effect where they
    were made before."""

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        *,
        causation: str | None = None,
        items: Sequence[UUID] | None = None,
    ) -> dict[str, str]: ...

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]: ...


class LetterRegister(Protocol):
    """The service's side: it numbers its letters and records their files. Each step is without effect where it was done before."""

    async def unsealed(self, limit: int) -> Sequence[UUID]:
        """Return the letters that were signed for and have no file, the oldest first."""
        ...

    async def number(self, id: UUID) -> NumberedLetter:
        """Give the letter its number, and record it with its application."""
        ...

    async def record_file(self, letter: NumberedLetter, file: StoredFile) -> None: ...

    async def to_renew(self, before: datetime, limit: int) -> Sequence[SealedLetter]:
        """Return letters whose timestamps do not hold beyond `before`, or that have none; the first to end is the first."""
        ...

    async def record_renewal(self, letter: NumberedLetter, file: StoredFile) -> None: ...

    async def end_replaced(self) -> bool:
        """End every letter whose replacement is sealed; False if one could not be ended now."""
        ...
