"""The vault's published side: references that events carry, and the request and reply by which a service reads."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.message import Sha256Hex, ShortText, Slug

FieldName = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$", max_length=60)]
VaultRefusal = Literal["unknown", "erased", "not_allowed", "unavailable"]


class ItemRef(BaseModel):
    """An item in the vault: what it is and the salted digest of its plaintext, never the plaintext."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    item: UUID
    field: FieldName
    digest: Sha256Hex


class VaultRequest(BaseModel):
    """Asked on `vault.read.<caller>`; the broker's permissions make the caller's name trustworthy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: ShortText
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    purpose: Slug
    causation: ShortText | None = None
    token: str | None = None


class VaultReply(BaseModel):
    """Either the fields that exist, in plaintext, or why nothing is told."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fields: dict[FieldName, str] = {}
    error: VaultRefusal | None = None
