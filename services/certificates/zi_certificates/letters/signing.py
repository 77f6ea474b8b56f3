"""Signing the letters of an application: the content of each is in the vault before anybody signs for its digest."""

import hmac
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from pydantic import ValidationError

from zi_certificates.domain.application.errors import (
    ApplicationError,
    UnprintableCompanyError,
    UnprintableProductsError,
    UnprintableSignerError,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.ids import letter_id
from zi_certificates.letters.content import (
    CertificateContent,
    CertificateSignatory,
    CompliantApplication,
    IssuingOffice,
    content_of,
    holder,
    signatory,
)
from zi_certificates.letters.personal_signing import PersonalSigning
from zi_certificates.messaging.published import accounts, applications
from zi_certificates.use_cases.amendment_findings import is_amendment, printed_changes
from zi_certificates.use_cases.deciding import Deciding
from zi_certificates.use_cases.rulebook import Rulebook
from zi_certificates.use_cases.statement_checks import CONSIGNEE, PRODUCER
from zi_chassis.access.identity import Staff
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_contracts.certificates import SignedLetter
from zi_letters.content import Party, digest
from zi_letters.vault_fields import CONTENT, PURPOSE
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.letter_template import load_letter_templates

COMPANY = ("company.name", "company.address")


@dataclass(frozen=True)
class LetterSignature:
    """The signatory, the holder of the letters, the moment, and producer and consignee by field."""

    signer: CertificateSignatory
    holder: Party
    at: datetime
    parties: Mapping[str, str] = field(default_factory=dict)


class Signing:
    """`vault` is called at every use, because it may come later; `secret` makes the salts of the contents."""

    def __init__(
        self,
        store: Store,
        rules: Rulebook,
        deciding: Deciding,
        vault: Callable[[], VaultClient],
        issuer: IssuingOffice,
        secret: bytes,
        personal: PersonalSigning,
    ) -> None:
        self._store = store
        self._rules = rules
        self._deciding = deciding
        self._vault = vault
        self._issuer = issuer
        self._secret = secret
        self._personal = personal

    async def sign(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        revision: int,
        person: Staff,
        refused: Collection[int] = (),
    ) -> Handled[Application]:
        """Sign every letter of the application, without the refused products that the signer saw; the signer reads the company with
        their own token, and a refusal leaves nothing behind."""
        await self._deciding.refuse_unless_signable(ticket, by, key, revision, refused)
        self._personal.refuse_unable(by)
        id = await self._deciding.application_id(ticket)
        _, application = await self._store.fetch(applications, id)
        try:
            letters = await self._letters(ticket, by, person, id, application)
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        return await self._deciding.sign(ticket, by, key, revision, letters, refused)

    async def _letters(
        self, ticket: str, by: Act, person: Staff, id: UUID, application: Application
    ) -> tuple[SignedLetter, ...]:
        vault, verified = self._vault(), await self._verified_ticket(ticket, application)
        fields = await vault.read(verified, COMPANY, PURPOSE, token=person.token)
        is_acting = by.role not in ("staff:signer", "staff:head")
        name, wording = person.name or person.sub, self._issuer.wording
        parties = await self._parties(vault, ticket, person, application)
        with refused_as(UnprintableSignerError):
            signer = signatory(
                name,
                by.role,
                wording,
                is_acting=is_acting,
                official=person.sub,
                personal_signature=self._personal.is_used,
            )
        with refused_as(UnprintableCompanyError):
            company = holder(*(fields[name] for name in COMPANY))
        rules = self._rules.of(application, by.at)
        signature = LetterSignature(signer, company, by.at, parties)
        with refused_as(UnprintableProductsError):
            contents = contents_to_sign(id, application, signature, self._issuer, rules, self._secret)
        return await letters_to_sign(vault, ticket, contents)

    async def _parties(
        self, vault: VaultClient, ticket: str, person: Staff, application: Application
    ) -> Mapping[str, str]:
        """Read producer and consignee as they are stated in the revision that is signed for."""
        stated = () if application.statement is None else application.statement.parties
        if not stated:
            return {}
        read: dict[str, str] = {}
        for each in stated:
            lies = application.statement.ticket_of(each.item, ticket) if application.statement else ticket
            read |= await vault.read(lies, [each.field], PURPOSE, token=person.token, items=[each.item])
        return read

    async def _verified_ticket(self, ticket: str, application: Application) -> str:
        """A letter is in the name that an officer has verified, whatever a later request says of its company."""
        if application.draft is None:
            return ticket
        _, account = await self._store.fetch(accounts, application.draft.account)
        return account.verified_ticket or ticket


@contextmanager
def refused_as(error: type[ApplicationError]) -> Iterator[None]:
    """Turn a text that a letter can't show into a refusal that names it to the signer."""
    try:
        yield
    except ValidationError as fault:
        raise error from fault


def contents_to_sign(
    id: UUID,
    application: Application,
    signature: LetterSignature,
    issuer: IssuingOffice,
    rules: CertificateRules,
    secret: bytes,
) -> dict[UUID, tuple[str, CertificateContent]]:
    """Return kind and content of each letter applied for, by its id.

    The same signature gives the same contents to the byte: their salts are derived from `secret`, which is the office's."""
    draft, statement, approved = application.draft, application.statement, application.approved
    assert draft is not None
    assert statement is not None
    assert approved is not None
    refused = tuple(each for each in statement.products if each.number in application.refused_numbers)
    producer, consignee = (signature.parties.get(name, "") for name in (PRODUCER, CONSIGNEE))
    applied = CompliantApplication(
        draft.ticket,
        approved,
        draft.replaces,
        signature.holder,
        producer,
        consignee,
        refused,
        printed_changes(application) if is_amendment(application) else (),
    )
    day, amended = signature.at.astimezone(office_zone()).date(), draft.amends
    letters = {letter_id(id, kind, application.revision): kind for kind in statement.kinds}
    return {
        letter: (
            kind,
            content if amended is None else content.model_copy(update={"valid_until": amended.valid_until}),
        )
        for letter, kind in letters.items()
        for content in [
            content_of(kind, applied, issuer, signature.signer, day, rules, _salt(secret, letter))
        ]
    }


async def letters_to_sign(
    vault: VaultClient, ticket: str, contents: Mapping[UUID, tuple[str, CertificateContent]]
) -> tuple[SignedLetter, ...]:
    """Store each content and return the letters that the command names. Storing again stores nothing more."""
    return tuple(
        [
            await _letter_to_sign(vault, ticket, letter, kind, content)
            for letter, (kind, content) in contents.items()
        ]
    )


async def _letter_to_sign(
    vault: VaultClient, ticket: str, letter: UUID, kind: str, content: CertificateContent
) -> SignedLetter:
    rendered = content.render()
    content_digest = digest(rendered)
    [item] = await vault.keep(ticket, {CONTENT: rendered.decode()}, uuid5(letter, content_digest))
    return SignedLetter(
        letter=letter,
        kind=kind,
        content=content_digest,
        template=load_letter_templates()[0].digest,
        valid_until=content.valid_until,
        item=item,
        personal_signature=content.signer.personal_signature,
    )


def _salt(secret: bytes, letter: UUID) -> str:
    return hmac.digest(secret, letter.bytes, "sha256").hex()
