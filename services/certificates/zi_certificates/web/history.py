"""The history of an application: a sentence for each step, the role of its actor, and the entry of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from zi_certificates.web.labels import role
from zi_certificates.web.rule_names import CertificateRuleNames
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

By = Literal["citizen", "office", "system"]


@dataclass(frozen=True)
class LedgerEntryLink:
    index: int
    receipt: str


@dataclass(frozen=True)
class Passed:
    """An application that was complete earlier, and was passed over when this one was taken."""

    ticket: str
    reason: str


@dataclass(frozen=True)
class HistoryStep:
    event_id: UUID
    event: str
    at: datetime
    by: By
    role: str
    text: str
    passed: tuple[Passed, ...]
    ledger: LedgerEntryLink | None


def steps(
    messages: Iterable[bytes],
    indexes: Mapping[UUID, int],
    public_url: str,
    say: Translator,
    names: CertificateRuleNames,
) -> list[HistoryStep]:
    """List the steps in the order of the messages."""
    return [_step(Message.parse(each), indexes, public_url, say, names) for each in messages]


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


def grouped(history: Sequence[HistoryStep]) -> list[list[HistoryStep]]:
    """Put the newest first, and changes that the applicant made one after the other into one group."""
    groups: list[list[HistoryStep]] = []
    for step in reversed(history):
        if groups and step.event in CHANGES and step.event == groups[-1][-1].event:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _step(
    message: Message,
    indexes: Mapping[UUID, int],
    public_url: str,
    say: Translator,
    names: CertificateRuleNames,
) -> HistoryStep:
    index = indexes.get(message.id)
    receipt = f"{public_url}/audit/api/receipts/{message.id}"
    return HistoryStep(
        event_id=message.id,
        event=message.event,
        at=message.time,
        by=_whose(message.actorrole),
        role=role(message.actorrole),
        text=sentence(message, say, names),
        passed=_passed(message.data, names),
        ledger=None if index is None else LedgerEntryLink(index, receipt),
    )


def sentence(message: Message, say: Translator, names: CertificateRuleNames) -> str:
    return say(_template(message), **_values(message, say, names)).rstrip()


def _template(message: Message) -> EventText | str:
    variant = None
    if message.event == "application_rejected" and message.data.get("resubmissions_left") == 0:
        variant = "final"
    elif message.data.get("second") is True:
        variant = "second"
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
        "wanted": _findings(data, "wanted", names),
        "fact": say(FACTS.get(str(data.get("fact")), OTHERWISE)),
    }


def _findings(data: Mapping[str, Any], field: str, names: CertificateRuleNames) -> str:
    return " ".join(names.finding(each) for each in data.get(field) or () if isinstance(each, Mapping))


def _reason(message: Message, say: Translator, names: CertificateRuleNames) -> str:
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


def _passed(data: Mapping[str, Any], names: CertificateRuleNames) -> tuple[Passed, ...]:
    overtaken = [each for each in data.get("overtaken", ()) if isinstance(each, Mapping)]
    return tuple(Passed(str(each["ticket"]), names.overtaking(str(each["reason"]))) for each in overtaken)


def _whose(actorrole: str) -> By:
    if actorrole.startswith("system:"):
        return "system"
    return "citizen" if actorrole in ("applicant", "public") else "office"
