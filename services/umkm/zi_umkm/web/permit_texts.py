"""The words about a permit: why it came back or is to be revoked, and what its business says against that. They lie in the vault."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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

# The forms for these promise that officials read them.
FOR_OFFICIALS = (permit.PermitFoundFit, permit.RevocationProposed)


@dataclass(frozen=True)
class PermitText:
    """`text` is there once it was opened."""

    at: datetime
    sentence: str
    text: str | None


def words_for_business(events: Iterable[object]) -> list[PermitWords]:
    """Leave out what was written for whoever signs or decides, and under no other sentence."""
    return [each for each in _written(events) if not isinstance(each, FOR_OFFICIALS)]


def words_for_official(
    events: Iterable[object], official: str, mentors: Collection[str]
) -> list[PermitWords]:
    """Leave out objections for `mentors` and for whoever proposed or announced that revocation: the form promises that somebody else
    reads them, and that holds after the decision too."""
    read: list[PermitWords] = []
    parties: set[str] = set()
    for each in _written(events):
        if isinstance(each, permit.RevocationProposed):
            parties = {each.by.actor}
        elif isinstance(each, permit.RevocationAnnounced):
            parties.add(each.by.actor)
        if not isinstance(each, permit.RevocationContested) or official not in parties.union(mentors):
            read.append(each)
    return read


def permit_items(words: Iterable[PermitWords]) -> list[ItemRef]:
    return [item for each in words for item in each.items]


def permit_texts(words: Sequence[PermitWords], texts: Mapping[UUID, str]) -> list[PermitText]:
    """Return what was written, the newest first."""
    return [
        PermitText(each.by.at, SENTENCES[type(each)], _text(each.items, texts)) for each in reversed(words)
    ]


def _text(items: Sequence[ItemRef], texts: Mapping[UUID, str]) -> str | None:
    return next((texts[each.item] for each in items if each.item in texts), None)


def _written(events: Iterable[object]) -> list[PermitWords]:
    return [event for event in events if isinstance(event, PermitWords) and event.items]
