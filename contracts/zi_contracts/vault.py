"""The contracts of the vault: references that events carry, and the requests and replies by which a service reads and stores data."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.message import Sha256Hex, ShortText, Slug

FieldName = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$", max_length=60)]
VaultRefusal = Literal["unknown", "erased", "not_allowed", "too_many", "unavailable"]
# Why an auditor has the vault opened; a closed list, because the reason itself is published.
AuditPurpose = Literal["audit", "investigation", "complaint", "court", "verification"]


class ItemRef(BaseModel):
    """An item in the vault: what it is and the salted digest of its plaintext, never the plaintext."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    item: UUID
    field: FieldName
    digest: Sha256Hex


class VaultRequest(BaseModel):
    """A request on `vault.read.<caller>`; the broker's permissions make the caller's name trustworthy.

    `token` authenticates the person for whom the data is read: an official's bearer token, or the token of the case;
    `items` narrows the fields down to these of their items.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: ShortText
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    purpose: Slug
    causation: ShortText | None = None
    token: str | None = None
    items: tuple[UUID, ...] | None = None


class DisclosedItem(BaseModel):
    """An item in plaintext, with the salt (base64) that makes the digest in its event checkable."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    item: UUID
    field: FieldName
    salt: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    text: str


class VaultReply(BaseModel):
    """Either the data in plaintext, or the error: `items` where the request names items or an auditor asks, else `fields`.

    `retry_after`: seconds until a caller with the error `too_many` may ask again.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    fields: dict[FieldName, str] = {}
    items: tuple[DisclosedItem, ...] = ()
    error: VaultRefusal | None = None
    retry_after: Annotated[int, Field(ge=1)] | None = None


class VaultKeepRequest(BaseModel):
    """A request on `vault.keep.<caller>`; a repeat of the same `request` stores nothing and gets the same items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: ShortText
    fields: Annotated[dict[FieldName, str], Field(min_length=1)]
    request: UUID
    causation: ShortText | None = None


class VaultKept(BaseModel):
    """Either the stored items, for events to refer to, or the error."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    items: tuple[ItemRef, ...] = ()
    error: VaultRefusal | None = None
