"""The words about a permit: why it came back or is to be revoked, and what its business says against that. They lie in the vault."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.web.language import msgid
from zi_contracts.vault import ItemRef
from zi_umkm.domain.case import permit

PermitWords = (
    permit.PermitReturned
    | permit.PermitFoundFit
    | permit.RevocationProposed
    | permit.RevocationAnnounced
    | permit.RevocationContested
    | permit.RevocationDropped
    | permit.PermitRevoked
)
SENTENCES: Mapping[type[PermitWords], str] = {
    permit.PermitReturned: msgid("What has to be put right first"),
    permit.PermitFoundFit: msgid("What the evaluator wrote"),
    permit.RevocationProposed: msgid("Why it was proposed to revoke the permit"),
    permit.RevocationAnnounced: msgid("Why it was decided to revoke the permit"),
    permit.RevocationContested: msgid("What the business objects"),
    permit.RevocationDropped: msgid("Why the permit stays"),
    permit.PermitRevoked: msgid("Why the permit was revoked after the objection"),
}


@dataclass(frozen=True)
class PermitText:
    """`text` is there once it was opened."""

    at: datetime
    sentence: str
    text: str | None


def permit_items(events: Iterable[object]) -> list[ItemRef]:
    """Return the texts of all steps of a permit."""
    return [item for event in _written(events) for item in event.items]


def permit_texts(events: Iterable[object], texts: Mapping[UUID, str]) -> list[PermitText]:
    """Return what was written, the newest first."""
    return [
        PermitText(event.by.at, SENTENCES[type(event)], _text(event.items, texts))
        for event in reversed(_written(events))
    ]


def _text(items: Sequence[ItemRef], texts: Mapping[UUID, str]) -> str | None:
    return next((texts[each.item] for each in items if each.item in texts), None)


def _written(events: Iterable[object]) -> list[PermitWords]:
    return [event for event in events if isinstance(event, PermitWords) and event.items]
