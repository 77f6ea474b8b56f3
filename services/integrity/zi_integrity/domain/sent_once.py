"""The keys of forms and their content: the same again is a repeat, and another text is refused instead of lost. Pure."""

from collections.abc import Mapping
from uuid import UUID

from zi_chassis.domain import DomainError


class AnotherTextError(DomainError):
    """The form of this text was sent before, with another text."""

    def __init__(self) -> None:
        super().__init__(
            "Another text was sent from this form, and this one was not taken: open the page anew to send it."
        )


def is_repeat(key: UUID, body_digest: str, sent: Mapping[UUID, str | None]) -> bool:
    """Tell if the same was sent under this key; of what came in before digests were recorded, all counts as the same.

    Raises AnotherTextError."""
    if key not in sent:
        return False
    if sent[key] not in (None, body_digest):
        raise AnotherTextError
    return True
