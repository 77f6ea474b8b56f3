"""Idempotency keys: the same act of the same person under one key is done once, however often it is sent."""

from typing import Annotated
from uuid import UUID

from fastapi import Header
from pydantic import AfterValidator

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid

KEY_HEADER = "Idempotency-Key"
RANDOM = (4, 7)  # versions of UUIDs that nobody can guess


def random_uuid(key: UUID | None) -> UUID | None:
    """Refuse a key that another person could guess. Raises ValueError."""
    if key is not None and key.version not in RANDOM:
        raise ValueError(msgid("Give a random UUID here (version 4 or 7), a new one for each intention."))
    return key


IdempotencyKey = Annotated[UUID | None, AfterValidator(random_uuid), Header(alias=KEY_HEADER)]


def key_of(form: Form) -> UUID | None:
    """Read the form's hidden key; None for one that was tampered with."""
    try:
        key = UUID(form.value("key"))
    except ValueError:
        return None
    return key if key.version in RANDOM else None
