"""What a signer signs for: the content of each letter, kept in the vault before anybody signs, and its digests."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from zi_certificates.application import Application
from zi_certificates.contents import Applied, Letterhead, content_of
from zi_certificates.ids import letter_id
from zi_certificates.letter import Content, Person, Place, digest, template
from zi_chassis.web.language import WITA
from zi_contracts.certificates import SignedLetter
from zi_contracts.vault import ItemRef
from zi_rules.certificate.rule_set import CertificateRules

CONTENT = "letter.content"


class Keeper(Protocol):
    """The vault, as far as it is needed to keep something."""

    async def keep(
        self, ticket: str, fields: Mapping[str, str], request: UUID, causation: str | None = None
    ) -> tuple[ItemRef, ...]: ...


@dataclass(frozen=True)
class Signature:
    """Who signs, for whom, when."""

    by: Person
    holder: Place
    at: datetime


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
    vault: Keeper, ticket: str, contents: Mapping[UUID, tuple[str, Content]]
) -> tuple[SignedLetter, ...]:
    """What the command names, once it is kept. Keeping again keeps nothing more."""
    return tuple(
        [await _kept(vault, ticket, letter, kind, content) for letter, (kind, content) in contents.items()]
    )


async def _kept(vault: Keeper, ticket: str, letter: UUID, kind: str, content: Content) -> SignedLetter:
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
