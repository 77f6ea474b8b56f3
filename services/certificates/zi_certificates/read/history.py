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


def _sentence(message: Message) -> EventText | str:
    variant = None
    if message.event == "application_rejected" and message.data.get("resubmissions_left") == 0:
        variant = "final"
    elif message.data.get("second") is True:
        variant = "second"
    return event_words.desk(message.type, variant) or OTHERWISE


def _told(message: Message, say: Translator, names: Naming) -> dict[str, object]:
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


def _findings(data: Mapping[str, Any], field: str, names: Naming) -> str:
    return " ".join(names.finding(each) for each in data.get(field) or () if isinstance(each, Mapping))


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
