"""What happened to an application, step by step in words, by whom in which role, and where the ledger has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from zi_certificates.read.labels import role
from zi_certificates.read.naming import Naming
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_contracts.message import Message

STEPS: Mapping[str, str] = {
    "application_drafted": msgid("The application was begun."),
    "application_changed": msgid("The application was changed. It is revision {revision} now."),
    "application_submitted": msgid(
        "The application was submitted. Rp {amount} are to be paid by {pay_by}; what is still missing can come until {open_until}."
    ),
    "application_paid": msgid("The payment came. The office decides by {due}."),
    "payment_refused": msgid("Money came that pays for nothing here. Why: {reason}. It is to be paid back."),
    "application_taken": msgid("An evaluator took the application from the queue."),
    "application_released": msgid(
        "The evaluator gave the application back to the queue, at its old place. Why: {reason}."
    ),
    "data_asked": msgid(
        "The office asks for more, to be sent by {open_until}. Its clock stands until then. What: {reasons}"
    ),
    "data_sent": msgid("What was asked for came. The clock runs again; the office decides by {due}."),
    "evaluation_passed": msgid("The evaluator found the application in order."),
    "application_rejected": msgid(
        "The application was rejected. Why: {reasons} It can be submitted again {resubmissions_left} times until {open_until}."
    ),
    "application_resubmitted": msgid("The application was submitted again. The office decides by {due}."),
    "application_sent_back": msgid(
        "The signer did not sign; the evaluator looks at it again. Why: {reasons}"
    ),
    "letters_signed": msgid("The signer decided to issue the letters."),
    "letter_numbered": msgid("The letter got its number. {number}."),
    "letter_sealed": msgid("The letter is sealed and valid. {number}."),
    "letter_suspended": msgid("The letter is suspended, not valid for now. {number}. Why: {reason}"),
    "letter_reinstated": msgid("The letter is valid again. {number}."),
    "letter_revoked": msgid("The letter was revoked, not valid any more. {number}. Why: {reason}"),
    "letter_superseded": msgid("The letter was replaced. {by_number} took the place of {number}."),
    "application_withdrawn": msgid("The applicant withdrew the application."),
    "application_expired": msgid("The application has expired. Why: {reason}"),
    "override_asked": msgid("An exception for a hindered official was asked for. Why: {reason}"),
    "override_approved": msgid(
        "An exception for a hindered official was approved by a second person. Why: {reason}"
    ),
    "override_refused": msgid("An exception for a hindered official was refused by a second person."),
    "conflict_flagged": msgid("A decision is flagged. {fact}"),
    "certificate_issued": msgid("The register issued the letter. {number}."),
    "account_opened": msgid("The account of the company was opened. An officer has to verify it."),
    "account_changed": msgid("The account of the company was changed. An officer has to verify it again."),
    "account_moved": msgid("Another person is in charge of the account. An officer has to verify it again."),
    "account_verified": msgid("The account of the company was verified."),
    "account_flagged": msgid("A word on the account is flagged. {fact}"),
    "account_refused": msgid("The account of the company is not in order. Why: {reasons}"),
}
SECOND: Mapping[str, str] = {
    "application_taken": msgid("A second evaluator took the application from the queue."),
    "evaluation_passed": msgid("A second evaluator found the application in order."),
}
REJECTED_FOR_GOOD = msgid("The application was rejected. Why: {reasons} It can't be submitted again.")
FACTS: Mapping[str, str] = {
    "conflict": msgid(
        "Later it became known that an official who had decided has an interest in this business."
    ),
    "mentorship": msgid("Later it became known that an official who had decided has mentored this business."),
}
PAYMENTS: Mapping[str, str] = {
    "wrong_amount": msgid("it is another amount than the bill's"),
    "already_paid": msgid("the bill was paid already"),
    "too_late": msgid("the time to pay was over"),
}
OTHERWISE = msgid("A step was recorded.")
CHANGES = ("application_changed", "account_changed")
TIMES = ("due", "pay_by", "open_until")
PLAIN = ("revision", "number", "by_number", "resubmissions_left")

By = Literal["citizen", "office", "system"]


@dataclass(frozen=True)
class LedgerPlace:
    index: int
    receipt: str


@dataclass(frozen=True)
class Passed:
    """Somebody who was complete earlier, and was passed over when this was taken."""

    ticket: str
    reason: str


@dataclass(frozen=True)
class Step:
    event_id: UUID
    event: str
    at: datetime
    by: By
    role: str
    text: str
    passed: tuple[Passed, ...]
    ledger: LedgerPlace | None


def steps(
    messages: Iterable[bytes], indexes: Mapping[UUID, int], public_url: str, say: Translator, names: Naming
) -> list[Step]:
    """In the order of the messages."""
    return [_step(Message.parse(each), indexes, public_url, say, names) for each in messages]


@dataclass(frozen=True)
class Person:
    """One of those who decided, without a name: which one, in which role, what they did."""

    number: int
    role: str
    deeds: tuple[str, ...]


def people(messages: Iterable[bytes], say: Translator, names: Naming) -> list[Person]:
    """Those who decided, in the order in which they came; whoever has two roles shows twice under one number."""
    numbers: dict[str, int] = {}
    deeds: dict[tuple[str, str], list[str]] = {}
    for message in filter(_is_decision, map(Message.parse, messages)):
        numbers.setdefault(message.actor, len(numbers) + 1)
        heading = words(message, say, names).partition(". ")[0].rstrip(".") + "."
        deeds.setdefault((message.actor, message.actorrole), []).append(heading)
    return [Person(numbers[actor], role(acted), tuple(done)) for (actor, acted), done in deeds.items()]


def _is_decision(message: Message) -> bool:
    return message.actorrole.startswith("staff:")


def grouped(told: Sequence[Step]) -> list[list[Step]]:
    """The newest first; changes that the applicant made one after the other come together."""
    groups: list[list[Step]] = []
    for step in reversed(told):
        if groups and step.event in CHANGES and step.event == groups[-1][-1].event:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _step(
    message: Message, indexes: Mapping[UUID, int], public_url: str, say: Translator, names: Naming
) -> Step:
    index = indexes.get(message.id)
    receipt = f"{public_url}/audit/api/receipts/{message.id}"
    return Step(
        event_id=message.id,
        event=message.event,
        at=message.time,
        by=_whose(message.actorrole),
        role=role(message.actorrole),
        text=words(message, say, names),
        passed=_passed(message.data, names),
        ledger=None if index is None else LedgerPlace(index, receipt),
    )


def words(message: Message, say: Translator, names: Naming) -> str:
    return say(_sentence(message), **_told(message, say, names)).rstrip()


def _sentence(message: Message) -> str:
    event, data = message.event, message.data
    if event == "application_rejected" and data.get("resubmissions_left") == 0:
        return REJECTED_FOR_GOOD
    if data.get("second") is True:
        return SECOND.get(event, OTHERWISE)
    return STEPS.get(event, OTHERWISE)


def _told(message: Message, say: Translator, names: Naming) -> dict[str, object]:
    data = message.data
    times = {name: datetime.fromisoformat(data[name]) for name in TIMES if isinstance(data.get(name), str)}
    plain = {name: data[name] for name in PLAIN if name in data}
    return {
        **times,
        **plain,
        "amount": names.amount(int(data.get("amount", 0))),
        "reason": _reason(message, say, names),
        "reasons": " ".join(names.finding(each) for each in _findings(data)),
        "fact": say(FACTS.get(str(data.get("fact")), OTHERWISE)),
    }


def _findings(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = data.get("wanted") or data.get("reasons") or ()
    return [each for each in found if isinstance(each, Mapping)]


def _reason(message: Message, say: Translator, names: Naming) -> str:
    code = str(message.data.get("reason", ""))
    match message.event:
        case "payment_refused":
            return say(PAYMENTS.get(code, OTHERWISE))
        case "application_released":
            return names.release(code).rstrip(".")
        case "application_expired":
            return names.expiry(code)
        case "override_asked" | "override_approved":
            return names.override(code)
        case _:
            return names.standing(code)


def _passed(data: Mapping[str, Any], names: Naming) -> tuple[Passed, ...]:
    told = [each for each in data.get("overtaken", ()) if isinstance(each, Mapping)]
    return tuple(Passed(str(each["ticket"]), names.overtaking(str(each["reason"]))) for each in told)


def _whose(actorrole: str) -> By:
    if actorrole.startswith("system:"):
        return "system"
    return "citizen" if actorrole in ("applicant", "public") else "office"
