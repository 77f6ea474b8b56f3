"""The status of a case for the citizen who filed it: a sentence for each step and its place in the ledger, messages, deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from zi_chassis.vault.vault import OpenedItem
from zi_chassis.web.page import Translator
from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_contracts.intake import Holder
from zi_contracts.message import Message
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.promise import receipt_url
from zi_intake.read.labels import (
    AUDIT_PURPOSES,
    DISCLOSURE_REASONS,
    ERASURES,
    LETTER_PURPOSES,
    OTHER_REASON,
    PURPOSES,
    REFUSALS,
)
from zi_intake.read.projections import CaseRecords, DeskStep

_PURPOSES = {**PURPOSES, **AUDIT_PURPOSES, **LETTER_PURPOSES}
OTHERWISE = "A step was recorded."
DRAFT = "answer_drafted"
# The address of a browser for notices: for notify alone, and in no evidence, which others read.
BROWSER = "browser.subscription"
# What officers write for one another.
INTERNAL = frozenset({"case.note", "visit.findings", "incident.reason", "draft.reason"})
SENDERS: Mapping[str, Literal["citizen", "office"]] = {
    "text": "citizen",
    "question": "office",
    "reply": "citizen",
    "answer": "office",
    "triage.reason": "office",
    "referral.text": "office",
    "extension.reason": "office",
    "addition": "citizen",
    "correction": "citizen",
    "objection": "citizen",
}


TextsShown = Literal["shown", "erased", "not_now"]


@dataclass(frozen=True)
class CaseTexts:
    """The texts of the citizen and of the office, or why there are none to show."""

    opened: Mapping[UUID, OpenedItem]
    availability: TextsShown = "shown"


class LedgerPlace(BaseModel):
    index: int
    receipt: str


class DeskStatus(BaseModel):
    """The status of the case at the other desk."""

    state: str
    holder: Holder
    due: datetime | None


class TrackedStep(BaseModel):
    event_id: UUID
    type: str
    at: datetime
    by: Literal["citizen", "office", "system"]
    text: str
    ledger: LedgerPlace | None


class CaseMessage(BaseModel):
    event_id: UUID
    sender: Literal["citizen", "office"]
    field: str
    at: datetime
    text: str


class DeliveryState(BaseModel):
    channel: str
    state: str
    at: datetime
    reason: str | None
    cause: UUID | None = None


# Whose states are those of the request; the integrity zone has states of its own.
WORKING_DESKS = ("certificates", "umkm")


@dataclass(frozen=True)
class CaseHistory:
    """The steps, messages and deliveries of a case; `say` translates their sentences."""

    records: CaseRecords
    opened: Mapping[UUID, OpenedItem]
    indexes: Mapping[UUID, int]
    public_url: str

    def timeline(self, say: Translator) -> list[TrackedStep]:
        steps = [self._step(Message.parse(step.message), say) for step in self.records.steps]
        return sorted([*steps, *(self._desk_step(each, say) for each in self.records.desk_steps)], key=_at)

    def is_last_of_citizen(self, event: str, since: datetime) -> bool:
        """Return whether the citizen's last step is this event, and not older than `since`."""
        messages = [Message.parse(step.message) for step in self.records.steps]
        acts = [each for each in messages if _whose(each.actorrole) == "citizen"]
        return bool(acts) and acts[-1].event == event and acts[-1].time >= since

    def desk_status(self) -> DeskStatus | None:
        steps = [
            each for each in self.records.desk_steps if each.state is not None and each.desk in WORKING_DESKS
        ]
        if not steps:
            return None
        dues = [each.fields["due"] for each in steps if "due" in each.fields and each.desk == "certificates"]
        return DeskStatus(state=steps[-1].state, holder=steps[-1].holder, due=dues[-1] if dues else None)

    def _step(self, message: Message, say: Translator) -> TrackedStep:
        return TrackedStep(
            event_id=message.id,
            type=message.type,
            at=message.time,
            by=_whose(message.actorrole),
            text=sentence_of(message, say),
            ledger=self._place(message.id),
        )

    def _desk_step(self, step: DeskStep, say: Translator) -> TrackedStep:
        return TrackedStep(
            event_id=step.event_id,
            type=step.type,
            at=step.at,
            by=_whose(step.actorrole),
            text=say(_sentence(step), **{**step.fields, **_times(step.fields)}),
            ledger=self._place(step.event_id),
        )

    def _place(self, event: UUID) -> LedgerPlace | None:
        index = self.indexes.get(event)
        if index is None:
            return None
        return LedgerPlace(index=index, receipt=receipt_url(self.public_url, event))

    def own_steps(self) -> list[UUID]:
        """Return the ids of the steps that intake recorded, for whoever checks that a proof has them."""
        return [step.event_id for step in self.records.steps]

    def messages(self) -> list[CaseMessage]:
        """Return the messages of the case, in order; none once it was erased."""
        return [
            message
            for step in self.records.steps
            for message in _messages_in(Message.parse(step.message), self.opened)
        ]

    def deliveries(self) -> list[DeliveryState]:
        return [
            DeliveryState(
                channel=d.channel,
                state=d.state,
                at=d.at,
                reason=d.reason,
                cause=UUID(d.cause) if d.cause else None,
            )
            for d in self.records.deliveries
        ]


def sentence_of(message: Message, say: Translator) -> str:
    data, values = message.data, _values(message, say)
    variant = None
    match message.event:
        case "case_closed":
            variant = str(data.get("reason"))
        case "attachment_added" if any(ref["field"] == ANSWER_FILE for ref in data["items"]):
            variant = "answer"
        case "case_answered":
            variant = data.get("objection") or ("refused" if data.get("refusal") else None)
        case "case_reopened" if data.get("objection"):
            variant = "objection"
        case "moved_to_appointed":
            variant = str(data["state"])
        case "words_added":
            variant = str(data.get("kind"))
        case "deadline_missed":
            variant = str(data.get("clock"))
        case "contact_decided":
            variant = "allowed" if data.get("allowed") else "not_allowed"
        case "complaint_filed" if data.get("illness_claimed"):
            variant = "illness"
        case "case_triaged" if data.get("emergency"):
            variant = "emergency"
        case "personal_data_opened":
            variant = _reader(message.actorrole)
            if variant == "system" and data.get("purpose") == "prefill":
                variant = "prefill"
        case "openings_counted":
            variant = _reader(str(data["role"]))
            if int(data["count"]) == 1:
                variant = "once" if variant is None else f"{variant}_once"
    return say(event_words.citizen(message.type, variant) or OTHERWISE, **values)


def _values(message: Message, say: Translator) -> dict[str, object]:
    """Return the values of the placeholders in a sentence, from the fields of the message."""
    return {
        **_times(message.data),
        "count": message.data.get("count"),
        "purpose": _purpose(message, say),
        "reason": _reason(message, say),
    }


def _reader(role: str) -> str | None:
    """Return the variant of a sentence about opened personal data; None for most officials."""
    if role == "system:notify":
        return "notify"
    if role.startswith("system:"):
        return "system"
    return "auditor" if role == "staff:auditor" else None


def _sentence(step: DeskStep) -> EventText | str:
    variant = "business" if step.fields.get("assessor") == "business" else None
    return event_words.citizen(step.type, variant) or OTHERWISE


def _whose(role: str) -> Literal["citizen", "office", "system"]:
    if role.startswith("system:"):
        return "system"
    return "citizen" if role in ("public", "applicant") else "office"


def _at(step: TrackedStep) -> datetime:
    return step.at


def _purpose(message: Message, say: Translator) -> str:
    """Return the purpose for the middle of a sentence."""
    return _within(say(_PURPOSES.get(str(message.data.get("purpose")), PURPOSES["handling"])))


def _reason(message: Message, say: Translator) -> str:
    """Return the reason of an erasure, of its refusal or of a disclosure, for the middle of a sentence."""
    return _within(
        say({**ERASURES, **REFUSALS, **DISCLOSURE_REASONS}.get(str(message.data.get("reason")), OTHER_REASON))
    )


def _within(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _times(data: Mapping[str, Any]) -> dict[str, datetime]:
    times = (
        *("due", "reply_by", "closes_on", "pay_by", "open_until", "since"),
        *("offer_by", "answer_by", "give_by", "opens_at", "judge_by"),
    )
    return {name: datetime.fromisoformat(data[name]) for name in times if isinstance(data.get(name), str)}


def _messages_in(message: Message, opened: Mapping[UUID, OpenedItem]) -> list[CaseMessage]:
    if message.event == DRAFT:  # what is sent of it is in a later message
        return []
    refs = [ref for ref in message.data.get("items", ()) if isinstance(ref, dict) and ref["field"] in SENDERS]
    return [
        CaseMessage(
            event_id=message.id,
            sender=SENDERS[ref["field"]],
            field=ref["field"],
            at=message.time,
            text=opened[UUID(ref["item"])].text,
        )
        for ref in refs
        if UUID(ref["item"]) in opened
    ]
