"""What a signer signs for: the content of each letter, kept in the vault before anybody signs, and its digests."""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from pydantic import ValidationError

from zi_certificates.contents import Applied, Letterhead, content_of, holder, signer
from zi_certificates.domain.application import Application
from zi_certificates.domain.ids import letter_id
from zi_certificates.domain.refusal import (
    ApplicationError,
    UnprintableCompanyError,
    UnprintableProductsError,
    UnprintableSignerError,
)
from zi_certificates.letter import Content, Person, Place, digest, template
from zi_certificates.messaging.published import accounts, applications
from zi_certificates.use_cases.deciding import Deciding
from zi_certificates.use_cases.keeping import VAULT_ERRORS
from zi_certificates.use_cases.rulebook import Rulebook
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.identity import Staff
from zi_chassis.store import Handled, Store
from zi_chassis.web.language import WITA
from zi_contracts.certificates import SignedLetter
from zi_contracts.vault import ItemRef
from zi_rules.certificate.rule_set import CertificateRules

CONTENT, PURPOSE = "letter.content", "letter"
COMPANY = ("company.name", "company.address")


class Shelf(Protocol):
    """The vault, as letters use it."""

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]: ...

    async def read(
        self,
        ticket: str,
        fields: Sequence[str],
        purpose: str,
        causation: str | None = None,
        token: str | None = None,
        items: Sequence[UUID] | None = None,
    ) -> dict[str, str]: ...


@dataclass(frozen=True)
class Signature:
    """Who signs, for whom, when."""

    by: Person
    holder: Place
    at: datetime


class Signing:
    """`vault` is asked for at every use; `secret` makes the salts of the contents."""

    def __init__(
        self,
        store: Store,
        rules: Rulebook,
        deciding: Deciding,
        vault: Callable[[], Shelf],
        head: Letterhead,
        secret: bytes,
    ) -> None:
        self._store = store
        self._rules = rules
        self._deciding = deciding
        self._vault = vault
        self._head = head
        self._secret = secret

    async def sign(
        self, ticket: str, by: Act, key: UUID | None, revision: int, person: Staff
    ) -> Handled[Application]:
        """The signer reads with their own token for whom they sign; what can't be signed leaves nothing behind."""
        await self._deciding.refuse_unless_signable(ticket, by, key, revision)
        id = await self._deciding.application_id(ticket)
        _, application = await self._store.fetch(applications, id)
        try:
            letters = await self._letters(ticket, by, person, id, application)
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        return await self._deciding.sign(ticket, by, key, revision, letters)

    async def _letters(
        self, ticket: str, by: Act, person: Staff, id: UUID, application: Application
    ) -> tuple[SignedLetter, ...]:
        vault, verified = self._vault(), await self._verified_ticket(ticket, application)
        said = await vault.read(verified, COMPANY, PURPOSE, token=person.token)
        is_acting = by.role not in ("staff:signer", "staff:head")
        with refused_as(UnprintableSignerError):
            named = signer(person.name or person.sub, by.role, is_acting=is_acting)
        with refused_as(UnprintableCompanyError):
            company = holder(*(said[field] for field in COMPANY))
        rules, signature = self._rules.of(application, by.at), Signature(named, company, by.at)
        with refused_as(UnprintableProductsError):
            contents = contents_to_sign(id, application, signature, self._head, rules, self._secret)
        return await letters_to_sign(vault, ticket, contents)

    async def _verified_ticket(self, ticket: str, application: Application) -> str:
        """A letter is in the name that an officer has verified, whatever a later request says of its company."""
        if application.draft is None:
            return ticket
        _, account = await self._store.fetch(accounts, application.draft.account)
        return account.verified_ticket or ticket


@contextmanager
def refused_as(error: type[ApplicationError]) -> Iterator[None]:
    """Tell the signer in words what a letter can't show."""
    try:
        yield
    except ValidationError as fault:
        raise error from fault


def contents_to_sign(
    id: UUID,
    application: Application,
    signature: Signature,
    head: Letterhead,
    rules: CertificateRules,
    secret: bytes,
) -> dict[UUID, tuple[str, Content]]:
    """Kind and content of each letter applied for. The same signature gives the same contents to the byte: their salts are derived
    from `secret`, which is the office's."""
    draft, statement = application.draft, application.statement
    assert draft is not None
    assert statement is not None
    applied = Applied(draft.ticket, statement, draft.replaces, signature.holder)
    day = signature.at.astimezone(WITA).date()
    letters = {letter_id(id, kind, application.revision): kind for kind in statement.kinds}
    return {
        letter: (kind, content_of(kind, applied, head, signature.by, day, rules, _salt(secret, letter)))
        for letter, kind in letters.items()
    }


async def letters_to_sign(
    vault: Shelf, ticket: str, contents: Mapping[UUID, tuple[str, Content]]
) -> tuple[SignedLetter, ...]:
    """What the command names, once it is kept. Keeping again keeps nothing more."""
    return tuple(
        [await _kept(vault, ticket, letter, kind, content) for letter, (kind, content) in contents.items()]
    )


async def _kept(vault: Shelf, ticket: str, letter: UUID, kind: str, content: Content) -> SignedLetter:
    rendered = content.render()
    bound = digest(rendered)
    [item] = await vault.keep(ticket, {CONTENT: rendered.decode()}, uuid5(letter, bound))
    return SignedLetter(
        letter=letter,
        kind=kind,
        content=bound,
        template=digest(template()),
        valid_until=content.valid_until,
        item=item,
    )


def _salt(secret: bytes, letter: UUID) -> str:
    return hmac.digest(secret, letter.bytes, "sha256").hex()
