"""The timeline of a case: each step in words, by which role, and its place in the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zi_chassis.web import history
from zi_chassis.web.history import TimelineStep
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_contracts.message import Message
from zi_umkm.web.labels import END_REASONS, OUTCOMES, QUESTION_DAY_REASONS, SEEN_BY, role
from zi_umkm.web.rule_names import RuleNames

OTHERWISE = msgid("A step was recorded.")
# Whether a trip of the official to the business is on record, of what is said to have been seen on the spot.
SEEN_ON_TRIP: Mapping[bool, str] = {
    True: msgid(
        "It was looked at on the spot, on the trip with the letter of assignment {number}. If nobody came, complain about it."
    ),
    False: msgid(
        "It was looked at on the spot. No trip of the official to this business is on record since the evidence was sent: if nobody"
        " came, complain about it."
    ),
}
TOGETHER = ("item_answered", "photo_added", "document_added", "business_restated")
PLAIN = ("number", "product", "points", "findings", "critical", "to")


@dataclass(frozen=True)
class StepLedgerEntry:
    index: int
    receipt: str


def steps(
    messages: Iterable[bytes], indexes: Mapping[UUID, int], public_url: str, say: Translator, names: RuleNames
) -> list[TimelineStep]:
    """Return a step for each message, in their order."""
    return [
        TimelineStep.of(
            each, indexes, public_url, role=role(each.actorrole), text=sentence_of(each, say, names)
        )
        for each in map(Message.parse, messages)
    ]


def grouped(steps: Sequence[TimelineStep]) -> list[list[TimelineStep]]:
    """Group the steps, the newest first; small ones that follow each other are one group."""
    return history.grouped(steps, TOGETHER)


def sentence_of(message: Message, say: Translator, names: RuleNames) -> str:
    return say(_sentence(message), **_values(message.data, say, names)).rstrip()


def _sentence(message: Message) -> EventText | str:
    clock = message.data.get("clock")
    missed = str(clock) if clock and message.type.endswith(".deadline_missed") else None
    variant = "business" if message.data.get("assessor") == "business" else missed
    return event_words.desk(message.type, variant) or OTHERWISE


def _values(data: Mapping[str, Any], say: Translator, names: RuleNames) -> dict[str, object]:
    plain = {name: data[name] for name in PLAIN if name in data}
    return {
        **plain,
        **{name: _moment(data.get(name)) for name in ("due", "former_due")},
        "district": names.district(str(data.get("district", ""))),
        "outcomes": " ".join(map(names.outcome, _listed(data, "outcomes"))),
        "products": ", ".join(map(str, data.get("products") or ())) if _is_list(data, "products") else "",
        "document": _document(data, say, names),
        "parts": names.requirements(_listed(data, "parts")) or say("nothing"),
        "item": names.item(str(data.get("item", ""))),
        "means": _seen_by(data, say),
        "rating": names.rating(str(data.get("rating", ""))),
        "outcome": say(OUTCOMES.get(str(data.get("outcome", "")), OTHERWISE)),
        "reason": _reason(str(data.get("reason", "")), say, names),
    }


def _reason(code: str, say: Translator, names: RuleNames) -> str:
    """Name a reason of the end of a case, of another day of the state, or one for which a permit is revoked."""
    known = END_REASONS.get(code) or QUESTION_DAY_REASONS.get(code)
    return say(known) if known else names.revocation(code) or say(OTHERWISE)


def _seen_by(data: Mapping[str, Any], say: Translator) -> str:
    """Say how a correction was looked at; nothing where no means were needed."""
    text = SEEN_BY.get(str(data.get("means")))
    if isinstance(recorded := data.get("trip_recorded"), bool):
        text = SEEN_ON_TRIP[recorded]
    return "" if text is None else say(text, number=data.get("number"))


def _moment(value: Any) -> datetime | str:
    return datetime.fromisoformat(value) if isinstance(value, str) else ""


def _document(data: Mapping[str, Any], say: Translator, names: RuleNames) -> str:
    named, product = names.requirement(str(data.get("document", ""))), data.get("product")
    return (
        named if product is None else say("{document}, of product {number}", document=named, number=product)
    )


def _listed(data: Mapping[str, Any], name: str) -> Sequence[Any]:
    return data[name] if _is_list(data, name) else ()


def _is_list(data: Mapping[str, Any], name: str) -> bool:
    return isinstance(data.get(name), list | tuple)
