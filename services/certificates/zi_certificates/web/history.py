"""The history of an application: a sentence for each step, the role of its actor, and the entry of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from zi_certificates.web.labels import role
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web import history
from zi_chassis.web.history import TimelineStep
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_contracts.message import Message

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


@dataclass(frozen=True)
class Passed:
    """An application that was complete earlier, and was passed over when this one was taken."""

    ticket: str
    reason: str


@dataclass(frozen=True)
class HistoryStep(TimelineStep):
    passed: tuple[Passed, ...]


def steps(
    messages: Iterable[bytes],
    indexes: Mapping[UUID, int],
    public_url: str,
    say: Translator,
    names: CertificateRuleNames,
) -> list[HistoryStep]:
    """Return a step for each message, in their order."""

    def step(message: Message) -> HistoryStep:
        text, passed = sentence(message, say, names), _passed(message.data, names)
        return HistoryStep.of(
            message, indexes, public_url, role=role(message.actorrole), text=text, passed=passed
        )

    return [step(Message.parse(each)) for each in messages]


@dataclass(frozen=True)
class Person:
    """An official who decided, as a number instead of a name, with role and acts."""

    number: int
    role: str
    deeds: tuple[str, ...]


def people(messages: Iterable[bytes], say: Translator, names: CertificateRuleNames) -> list[Person]:
    """List the officials who decided, in the order of their first act; an official with two roles is listed twice under one number."""
    numbers: dict[str, int] = {}
    deeds: dict[tuple[str, str], list[str]] = {}
    for message in filter(_is_decision, map(Message.parse, messages)):
        numbers.setdefault(message.actor, len(numbers) + 1)
        heading = sentence(message, say, names).partition(". ")[0].rstrip(".") + "."
        deeds.setdefault((message.actor, message.actorrole), []).append(heading)
    return [Person(numbers[actor], role(acted), tuple(done)) for (actor, acted), done in deeds.items()]


def _is_decision(message: Message) -> bool:
    return message.actorrole.startswith("staff:")


def grouped(steps: Sequence[HistoryStep]) -> list[list[HistoryStep]]:
    """Group the steps, the newest first; changes by the applicant that follow each other are one group."""
    return history.grouped(steps, CHANGES)


def sentence(message: Message, say: Translator, names: CertificateRuleNames) -> str:
    return say(_template(message), **_values(message, say, names)).rstrip()


def _template(message: Message) -> EventText | str:
    variant = None
    if message.event == "application_rejected" and message.data.get("resubmissions_left") == 0:
        variant = "final"
    elif message.data.get("second") is True:
        variant = "second"
    elif message.data.get("reversed") is True:
        variant = "reversed"
    elif message.data.get("repeats") is True:
        variant = "repeats"
    return event_words.desk(message.type, variant) or OTHERWISE


def _values(message: Message, say: Translator, names: CertificateRuleNames) -> dict[str, object]:
    data = message.data
    times = {name: datetime.fromisoformat(data[name]) for name in TIMES if isinstance(data.get(name), str)}
    plain = {name: data[name] for name in PLAIN if name in data}
    return {
        **times,
        **plain,
        "amount": names.amount(int(data.get("amount", 0))),
        "reason": _reason(message, say, names),
        "reasons": _findings(data, "reasons", names),
        "refused": _refused(data, say, names),
        "wanted": _findings(data, "wanted", names),
        "fact": say(FACTS.get(str(data.get("fact")), OTHERWISE)),
    }


def _findings(data: Mapping[str, Any], field: str, names: CertificateRuleNames) -> str:
    return " ".join(names.finding(each) for each in data.get(field) or () if isinstance(each, Mapping))


def _refused(data: Mapping[str, Any], say: Translator, names: CertificateRuleNames) -> str:
    refused = _findings(data, "refused", names)
    return say("Refused: {products}", products=refused) if refused else ""


def _reason(message: Message, say: Translator, names: CertificateRuleNames) -> str:
    code = str(message.data.get("reason") or "")
    match message.event:
        case "payment_refused":
            return say(PAYMENTS.get(code, OTHERWISE))
        case "application_released":
            return names.release(code).rstrip(".")
        case "application_expired":
            return names.expiry(code)
        case "letter_reinstated":
            return names.reinstatement(code)
        case "override_asked" | "override_approved":
            return names.override(code)
        case _:
            return names.standing(code)


def _passed(data: Mapping[str, Any], names: CertificateRuleNames) -> tuple[Passed, ...]:
    overtaken = [each for each in data.get("overtaken", ()) if isinstance(each, Mapping)]
    return tuple(Passed(str(each["ticket"]), names.overtaking(str(each["reason"]))) for each in overtaken)
