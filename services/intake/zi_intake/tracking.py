"""How a case stands, for the one who filed it: each step in words and where the ledger has it, messages, mails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from zi_chassis.vault import OpenedItem
from zi_chassis.web.page import Translator
from zi_contracts.intake import Holder
from zi_contracts.message import Message
from zi_intake.labels import AUDIT_PURPOSES, ERASURES, LETTER_PURPOSES, OTHER_REASON, PURPOSES, REFUSALS
from zi_intake.projections import Delivery, Step, StepElsewhere

STEPS: Mapping[str, str] = {
    "complaint_filed": "The office has the complaint. It is to be answered by {due}.",
    "consultation_filed": "The office has the question. It is to be answered by {due}.",
    "certificate_requested": "The office has the request. It is worked on at the certificates desk.",
    "mentoring_requested": "The office has the request. It is worked on at the mentoring desk.",
    "business_number_given": "The business gave its number (NIB).",
    "case_acknowledged": "The office has looked at it and taken it up.",
    "case_assigned": "An officer is working on it.",
    "clarification_asked": "The office asks for more, to be sent by {reply_by}. The clock stands until then.",
    "citizen_replied": "The reply came. The clock runs again; the answer is due by {due}.",
    "case_answered": "The office has answered. Without a reaction the case closes on {closes_on}.",
    "case_closed": "The case is closed.",
    "case_reopened": "The case was reopened. The answer is due by {due}.",
    "case_withdrawn": "The case was withdrawn by the one who filed it.",
    "attachment_added": "A file was added.",
    "data_kept": "A note or a document of another desk was kept.",
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
AT_CERTIFICATES: Mapping[str, str] = {
    "account_opened": "The company's account was opened. An officer verifies it.",
    "account_changed": "The company's account was changed. An officer verifies it again.",
    "account_verified": "An officer verified the company's account.",
    "account_refused": "An officer found the company's account not in order. Why, stands on its page.",
    "account_flagged": "It became known later that an official who had decided about the account should not have.",
    "account_moved": "Another person is in charge of the company's account. An officer verifies it again.",
    "application_drafted": "The application was begun at the certificates desk.",
    "application_changed": "The application was changed.",
    "application_submitted": "The application was submitted. It is to be paid by {pay_by}.",
    "application_paid": "The payment came, and the application is in the queue. It is to be decided by {due}.",
    "payment_refused": "Money came that pays for nothing here. It is to be paid back.",
    "application_taken": "An evaluator took the application from the queue.",
    "application_released": "The evaluator gave the application back. It keeps its place in the queue.",
    "data_asked": "The office asks for more, to be sent by {open_until}. The clock stands until then.",
    "data_sent": "What was missing came. The clock runs again; the decision is due by {due}.",
    "evaluation_passed": "An evaluator found the application in order.",
    "application_rejected": "The application was rejected. Why, stands on its page.",
    "application_resubmitted": "The application came again and is in the queue. It is to be decided by {due}.",
    "application_sent_back": "The signer did not sign. The evaluator looks at the application again.",
    "letters_signed": "The letters were signed. They get their numbers next and are sealed then.",
    "letter_numbered": "A letter got its number, {number}.",
    "letter_sealed": "The letter {number} is sealed and can be fetched.",
    "letter_suspended": "The letter {number} is not valid for the time being.",
    "letter_reinstated": "The letter {number} is valid again.",
    "letter_revoked": "The letter {number} is not valid any more.",
    "letter_superseded": "The letter {by_number} took the place of the letter {number}.",
    "application_expired": "The application has expired: it was not paid or not completed in time.",
    "application_withdrawn": "The applicant withdrew the application.",
    "override_asked": "It was asked that an official may act although an interest hinders. A second person decides.",
    "override_approved": "A second person agreed that the official may act although an interest hinders.",
    "override_refused": "A second person did not agree. The official stays out of the application.",
    "conflict_flagged": "It became known later that an official who had decided should not have.",
}
AT_MENTORING: Mapping[str, str] = {
    "mentoring_registered": "The mentoring desk has the request. A mentor takes it up.",
    "business_restated": "It was said anew what the business is and makes.",
    "business_identified": "The business is known at the mentoring desk by its number (NIB).",
    "consent_given": "The business agreed that its request {to} takes over what was said at the mentoring desk.",
    "consent_withdrawn": "The business does not agree any more that its request {to} takes over what was said.",
    "mentoring_recorded": "A mentor takes care of the business, and so never decides about its permit.",
    "products_triaged": "A mentor decided by the rules which way each product goes.",
    "products_referred": "A letter to the health office is there, for the products that it registers.",
    "business_returned": "The business came back from the health office. Its way is decided again.",
    "document_added": "A document was added at the mentoring desk.",
    "label_checked": "A mentor looked at the label of product {product}.",
    "business_assessed": "An official assessed the place. It has {points} of 100 points.",
    "action_agreed": "It was agreed what is put right, by {due}.",
    "action_evidenced": "It was shown that something is put right. Somebody else looks at it.",
    "action_verified": "An official found that something is put right.",
    "action_reopened": "An official found that something has to be put right once more.",
    "action_overdue": "Something was to be put right by {due}, and that time is over.",
    "permit_applied": "The business applied for its permit (IP CPPOB).",
    "permit_returned": "Something has to be put right before the permit (IP CPPOB).",
    "permit_issued": "The permit (IP CPPOB) was issued.",
    "registration_sent": "Product {product} was sent to be registered.",
    "registration_returned": "The registration of product {product} came back. It can be sent once more.",
    "number_obtained": "Product {product} has its registration number, {number}.",
    "business_graduated": "The last visit found all well. The business goes on by itself.",
    "mentoring_paused": "Nothing was heard for long. The mentoring sleeps until the business says a word.",
    "mentoring_resumed": "The mentoring goes on where it stood.",
    "mentoring_closed": "The mentoring was closed.",
    "visit_begun": "An official began to look at the place.",
    "visit_signed": "What was seen at the place was signed.",
    "visit_finished": "What was seen at the place is complete. It has {points} of 100 points.",
}
BY_THE_BUSINESS: Mapping[str, str] = {
    "business_assessed": "The business assessed itself. It has {points} of 100 points.",
    "visit_begun": "The business began to assess itself.",
}
# What another desk says of a case, by the service that says it; of the rest its own page tells.
ELSEWHERE: Mapping[str, Mapping[str, str]] = {"certificates": AT_CERTIFICATES, "umkm": AT_MENTORING}
_PURPOSES = {**PURPOSES, **AUDIT_PURPOSES, **LETTER_PURPOSES}
OPENED_BY_AUDITOR = "An auditor looked at the personal data of this case. What for: {purpose}."
OPENED_BY_NOTIFY = "The e-mail address was read to send a message about the case."
OPENED_BY_SYSTEM = "The certificates desk read the data of the company. What for: {purpose}."
OPENED_TO_PREFILL = "What the business agreed to was taken over into its request for letters."
# How often it was seen again in the hour after it was opened: once, or more often.
AGAIN = (
    "In the hour from {since} the office looked once more at the personal data of this case. What for: {purpose}.",
    "In the hour from {since} the office looked {count} times more at the personal data of this case. What for: {purpose}.",
)
AGAIN_BY_AUDITOR = (
    "In the hour from {since} an auditor looked once more at the personal data of this case. What for: {purpose}.",
    "In the hour from {since} an auditor looked {count} times more at the personal data of this case. What for: {purpose}.",
)
AGAIN_BY_NOTIFY = (
    "In the hour from {since} the e-mail address was read once more to send a message about the case.",
    "In the hour from {since} the e-mail address was read {count} times more to send messages about the case.",
)
AGAIN_BY_SYSTEM = (
    "In the hour from {since} the certificates desk read the data once more. What for: {purpose}.",
    "In the hour from {since} the certificates desk read the data {count} times more. What for: {purpose}.",
)
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

    own: Mapping[UUID, OpenedItem]
    shown: WordsShown = "shown"


class LedgerPlace(BaseModel):
    index: int
    receipt: str


class StandingElsewhere(BaseModel):
    """Where the case stands at the other desk."""

    state: str
    holder: Holder
    due: datetime | None


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
    own: Mapping[UUID, OpenedItem]
    indexes: Mapping[UUID, int]
    deliveries: Sequence[Delivery]
    public_url: str
    elsewhere: Sequence[StepElsewhere] = ()

    def timeline(self, say: Translator) -> list[TimelineStep]:
        own = [self._step(Message.parse(step.message), say) for step in self.steps]
        return sorted([*own, *(self._step_elsewhere(each, say) for each in self.elsewhere)], key=_at)

    def standing_elsewhere(self) -> StandingElsewhere | None:
        told = [each for each in self.elsewhere if each.state is not None]
        if not told:
            return None
        dues = [each.said["due"] for each in told if "due" in each.said and each.desk == "certificates"]
        return StandingElsewhere(state=told[-1].state, holder=told[-1].holder, due=dues[-1] if dues else None)

    def _step(self, message: Message, say: Translator) -> TimelineStep:
        return TimelineStep(
            event_id=message.id,
            type=message.type,
            at=message.time,
            by=_whose(message.actorrole),
            text=words(message, say),
            ledger=self._place(message.id),
        )

    def _step_elsewhere(self, step: StepElsewhere, say: Translator) -> TimelineStep:
        return TimelineStep(
            event_id=step.event_id,
            type=step.type,
            at=step.at,
            by=_whose(step.actorrole),
            text=say(_sentence(step), **{**step.said, **_times(step.said)}),
            ledger=self._place(step.event_id),
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
    if message.event == "personal_data_opened":
        return say(_opened(message), purpose=_purpose(message, say))
    if message.event == "openings_counted":
        return _counted(message, say)
    told = {**_times(message.data), "purpose": _purpose(message, say), "reason": _reason(message, say)}
    return say(STEPS.get(message.event, OTHERWISE), **told)


def _sentence(step: StepElsewhere) -> str:
    event = step.type.rpartition(".")[2]
    if step.said.get("assessor") == "business":
        return BY_THE_BUSINESS.get(event, OTHERWISE)
    return ELSEWHERE[step.desk].get(event, OTHERWISE)


def _opened(message: Message) -> str:
    role = message.actorrole
    if role == "system:notify":
        return OPENED_BY_NOTIFY
    if role.startswith("system:"):
        return OPENED_TO_PREFILL if message.data.get("purpose") == "prefill" else OPENED_BY_SYSTEM
    return OPENED_BY_AUDITOR if role == "staff:auditor" else STEPS["personal_data_opened"]


def _counted(message: Message, say: Translator) -> str:
    role, count = str(message.data["role"]), int(message.data["count"])
    if role == "system:notify":
        sentences = AGAIN_BY_NOTIFY
    elif role.startswith("system:"):
        sentences = AGAIN_BY_SYSTEM
    else:
        sentences = AGAIN_BY_AUDITOR if role == "staff:auditor" else AGAIN
    since = datetime.fromisoformat(message.data["since"])
    return say(sentences[count > 1], count=count, since=since, purpose=_purpose(message, say))


def _whose(role: str) -> Literal["citizen", "office", "system"]:
    if role.startswith("system:"):
        return "system"
    return "citizen" if role in ("public", "applicant") else "office"


def _at(step: TimelineStep) -> datetime:
    return step.at


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
    times = ("due", "reply_by", "closes_on", "pay_by", "open_until")
    return {name: datetime.fromisoformat(data[name]) for name in times if isinstance(data.get(name), str)}


def _spoken(message: Message, own: Mapping[UUID, OpenedItem]) -> list[Spoken]:
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
