"""How a case stands, for the one who filed it: each step in words and where the ledger has it, messages, mails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from zi_chassis.vault import Opened
from zi_chassis.web.page import Translator
from zi_contracts.message import Message
from zi_intake.labels import AUDIT_PURPOSES, ERASURES, OTHER_REASON, PURPOSES, REFUSALS
from zi_intake.projections import Delivery, Step

STEPS: Mapping[str, str] = {
    "complaint_filed": "The office has the complaint. It is to be answered by {due}.",
    "consultation_filed": "The office has the question. It is to be answered by {due}.",
    "case_acknowledged": "The office has looked at it and taken it up.",
    "case_assigned": "An officer is working on it.",
    "clarification_asked": "The office asks for more, to be sent by {reply_by}. The clock stands until then.",
    "citizen_replied": "The reply came. The clock runs again; the answer is due by {due}.",
    "case_answered": "The office has answered. Without a reaction the case closes on {closes_on}.",
    "case_closed": "The case is closed.",
    "case_reopened": "The case was reopened. The answer is due by {due}.",
    "case_withdrawn": "The case was withdrawn by the one who filed it.",
    "attachment_added": "A file was added.",
    "erasure_requested": "The office was asked to erase the personal data of this case. Why: {reason}. A second official decides.",
    "erasure_refused": "The personal data of this case was not erased. Why: {reason}.",
    "data_subject_erased": "The personal data of this case was erased for good. Why: {reason}.",
    "personal_data_opened": "The office looked at the personal data of this case. What for: {purpose}.",
}
CLOSINGS: Mapping[str, str] = {
    "resolved": "The case is closed: the office has dealt with it.",
    "no_reaction": "The case is closed, because there was no reaction to the answer.",
    "not_completed": "The case is closed, because what was asked for did not come in time.",
}
_PURPOSES = {**PURPOSES, **AUDIT_PURPOSES}
OPENED_BY_AUDITOR = "An auditor looked at the personal data of this case. What for: {purpose}."
OPENED_BY_SYSTEM = "The e-mail address was read to send a message about the case."
OTHERWISE = "A step was recorded."
SPOKEN: Mapping[str, Literal["citizen", "office"]] = {
    "text": "citizen",
    "question": "office",
    "reply": "citizen",
    "answer": "office",
}


WordsShown = Literal["shown", "erased", "not_now"]


@dataclass(frozen=True)
class Words:
    """A citizen's and the office's words, or why there are none to show."""

    own: Mapping[UUID, Opened]
    shown: WordsShown = "shown"


class LedgerPlace(BaseModel):
    index: int
    receipt: str


class TimelineStep(BaseModel):
    event_id: UUID
    type: str
    at: datetime
    by: Literal["citizen", "office", "system"]
    text: str
    ledger: LedgerPlace | None


class Spoken(BaseModel):
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


@dataclass(frozen=True)
class Told:
    """What there is to tell of a case; the words in the language of `say`."""

    steps: Sequence[Step]
    own: Mapping[UUID, Opened]
    indexes: Mapping[UUID, int]
    deliveries: Sequence[Delivery]
    public_url: str

    def timeline(self, say: Translator) -> list[TimelineStep]:
        return [self._step(Message.parse(step.message), say) for step in self.steps]

    def _step(self, message: Message, say: Translator) -> TimelineStep:
        return TimelineStep(
            event_id=message.id,
            type=message.type,
            at=message.time,
            by=_whose(message),
            text=words(message, say),
            ledger=self._place(message.id),
        )

    def _place(self, event: UUID) -> LedgerPlace | None:
        index = self.indexes.get(event)
        if index is None:
            return None
        return LedgerPlace(index=index, receipt=receipt_url(self.public_url, event))

    def messages(self) -> list[Spoken]:
        """What was said, in order; empty once it was erased."""
        return [spoken for step in self.steps for spoken in _spoken(Message.parse(step.message), self.own)]

    def mails(self) -> list[DeliveryState]:
        return [
            DeliveryState(channel=d.channel, state=d.state, at=d.at, reason=d.reason) for d in self.deliveries
        ]


def words(message: Message, say: Translator) -> str:
    if message.event == "case_closed":
        return say(CLOSINGS.get(message.data.get("reason", ""), STEPS["case_closed"]))
    if message.event == "personal_data_opened" and message.actorrole.startswith("system:"):
        return say(OPENED_BY_SYSTEM)
    if message.event == "personal_data_opened" and message.actorrole == "staff:auditor":
        return say(OPENED_BY_AUDITOR, purpose=_purpose(message, say))
    told = {**_times(message.data), "purpose": _purpose(message, say), "reason": _reason(message, say)}
    return say(STEPS.get(message.event, OTHERWISE), **told)


def _whose(message: Message) -> Literal["citizen", "office", "system"]:
    if message.actorrole.startswith("system:"):
        return "system"
    return "citizen" if message.actorrole == "public" else "office"


def _purpose(message: Message, say: Translator) -> str:
    """Within a sentence."""
    return _within(say(_PURPOSES.get(str(message.data.get("purpose")), PURPOSES["handling"])))


def _reason(message: Message, say: Translator) -> str:
    """Of an erasure or its refusal."""
    return _within(say({**ERASURES, **REFUSALS}.get(str(message.data.get("reason")), OTHER_REASON)))


def _within(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def receipt_url(public_url: str, event: UUID) -> str:
    return f"{public_url}/audit/api/receipts/{event}"


def _times(data: Mapping[str, Any]) -> dict[str, datetime]:
    times = ("due", "reply_by", "closes_on")
    return {name: datetime.fromisoformat(data[name]) for name in times if isinstance(data.get(name), str)}


def _spoken(message: Message, own: Mapping[UUID, Opened]) -> list[Spoken]:
    refs = [ref for ref in message.data.get("items", ()) if isinstance(ref, dict) and ref["field"] in SPOKEN]
    return [
        Spoken(
            event_id=message.id,
            sender=SPOKEN[ref["field"]],
            field=ref["field"],
            at=message.time,
            text=own[UUID(ref["item"])].text,
        )
        for ref in refs
        if UUID(ref["item"]) in own
    ]
