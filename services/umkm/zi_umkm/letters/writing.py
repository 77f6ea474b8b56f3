"""Write a letter of mentoring: its content lies in the vault before the register of its series numbers it."""

import hmac
from dataclasses import dataclass
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.umkm.letters import MentoringLetterKind
from zi_contracts.vault import ItemRef
from zi_letters.content import OfficeParty, digest
from zi_letters.vault_fields import CONTENT
from zi_umkm.domain.letter import SERIES_OF, IssueMentoringLetter, letter_register_id


@dataclass(frozen=True)
class MentoringLetterIssuer:
    """The office as its letters name it, where they are verified, and the verifier key of their codes."""

    office: OfficeParty
    address: str
    code_key: str


class MentoringLetterWriting:
    """`template` is the one that new letters are made with; `salts` makes the salts of contents: the same letter gets the same one again."""

    def __init__(
        self,
        office: str,
        issuer: MentoringLetterIssuer,
        template: bytes,
        salts: bytes,
        vault_writer: VaultWriter,
    ) -> None:
        self._office = office
        self.issuer = issuer
        self._template = digest(template)
        self._salts = salts
        self._vault_writer = vault_writer

    def salt(self, letter: UUID) -> str:
        return hmac.digest(self._salts, letter.bytes, "sha256").hex()

    async def write(
        self, by: Act, ticket: str, letter: UUID, kind: MentoringLetterKind, year: int, content: bytes
    ) -> IssueMentoringLetter:
        """Keep the content, and return the command that numbers its letter."""
        name = digest(content)
        [item] = await self._vault_writer.keep(ticket, {CONTENT: content.decode()}, uuid5(letter, name))
        return self.issue(by, ticket, letter, kind, year, name, item)

    def issue(
        self,
        by: Act,
        ticket: str,
        letter: UUID,
        kind: MentoringLetterKind,
        year: int,
        content: str,
        item: ItemRef,
    ) -> IssueMentoringLetter:
        """Return the command that numbers a letter whose content, by its digest, is kept as the item."""
        return IssueMentoringLetter(
            by=by,
            ticket=ticket,
            letter=letter,
            kind=kind,
            series=SERIES_OF[kind],
            year=year,
            template=self._template,
            content=content,
            item=item,
        )

    def register_of(self, issue: IssueMentoringLetter) -> UUID:
        """Return the id of the register that numbers the letter."""
        return letter_register_id(self._office, issue.series, issue.year)
