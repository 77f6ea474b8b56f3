"""Issuing a letter: its content is sealed, numbered and recorded together with the decision that it shows, or nothing is."""

import asyncio
import hmac
from base64 import b64decode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import ValidationError

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault, VaultItemError
from zi_integrity.domain.office_letter import (
    SERIES,
    IssueOfficeLetter,
    OfficeLetterError,
    office_register_id,
)
from zi_integrity.letters.content import LetterDraft, LetterIssuer, content_of
from zi_integrity.messaging.office_letters_data import office_registers
from zi_integrity.read.office_letters import OfficeLetterRow
from zi_letters.content import digest
from zi_letters.vault_fields import CONTENT
from zi_rules.letter_number import official_number


class UnprintableLetterError(OfficeLetterError):
    """A text that the letter should show holds something that it can't show."""

    def __init__(self) -> None:
        super().__init__(
            "The letter can't show one of these texts: it is empty, too long, or holds a sign that nobody sees. Write it anew."
        )


@dataclass(frozen=True)
class NumberedDecision:
    """The letter as the decision that it shows refers to it."""

    letter: UUID
    number: str


class LetterIssuing:
    """`secret` makes the salts of contents, so that the same signature gives the same content; `template` is the newest one."""

    def __init__(
        self, store: Store, office: str, vault: Vault, issuer: LetterIssuer, template: bytes, secret: bytes
    ) -> None:
        self._store = store
        self._office = office
        self._vault = vault
        self._issuer = issuer
        self._template = digest(template)
        self._secret = secret

    async def issue(
        self,
        letter: UUID,
        matter: UUID,
        draft: LetterDraft,
        signer_name: str,
        by: Act,
        decisions: Callable[[Tx, NumberedDecision], Sequence[Reaction]],
    ) -> NumberedDecision:
        """Number the letter and record the decisions that it shows, in one transaction; a refusal of any of them leaves nothing behind.

        `letter` is the same at every repeat. `decisions` are made under the write lock. Raises UnprintableLetterError and what the
        decisions raise."""
        rendered = self._rendered(draft, signer_name, letter)
        sealed = await asyncio.to_thread(self._vault.seal, letter, {CONTENT: rendered.decode()})
        command = IssueOfficeLetter(
            by=by,
            series=SERIES[draft.kind],
            year=by.at.astimezone(office_zone()).year,
            letter=letter,
            kind=draft.kind,
            matter=matter,
            content=digest(rendered),
            template=self._template,
            item=sealed.refs[0],
        )
        numbers: list[NumberedDecision] = []

        def found(tx: Tx) -> list[Reaction]:
            issuing, number = self._numbering(tx, command)
            numbers.append(NumberedDecision(letter, number))
            return [replace(issuing, keep=sealed), *decisions(tx, numbers[-1])]

        await self._store.decide_all(found)
        return numbers[-1]

    def _rendered(self, draft: LetterDraft, signer_name: str, letter: UUID) -> bytes:
        salt = hmac.digest(self._secret, letter.bytes, "sha256").hex()
        try:
            return content_of(draft, self._issuer, signer_name, salt).render()
        except ValidationError as fault:
            raise UnprintableLetterError from fault

    def _numbering(self, tx: Tx, command: IssueOfficeLetter) -> tuple[Reaction, str]:
        """Return the command to the register of its year, and the number that the letter gets or has."""
        register = office_register_id(self._office, command.series, command.year)
        _, state = self._store.states(tx, {register: office_registers})[register]
        number, _ = state.contents.get(command.letter, (state.last + 1, ""))
        return Reaction(office_registers, register, command), official_number(
            command.series, command.year, number
        )


def sealed_file(store: Store, vault: Vault, row: OfficeLetterRow) -> bytes:
    """Read the file of a sealed letter. Raises UnavailableError where the vault does not have what was sealed."""
    assert row.file_item is not None
    item = row.file_item.item
    with suppress(VaultItemError, DomainError):
        pdf = b64decode(store.read(lambda tx: vault.open(tx, [item]))[item].text)
        if digest(pdf) == row.file:
            return pdf
    raise UnavailableError("The vault does not have the file that was sealed.")
