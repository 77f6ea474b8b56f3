"""What happened to a mentored business, step by step in words, by whom in which role, and where the ledger has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_contracts.message import Message
from zi_umkm.web.labels import END_REASONS, role
from zi_umkm.web.rule_names import Naming

STEPS: Mapping[str, str] = {
    "mentoring_registered": msgid("The business asked to be mentored. {district}."),
    "business_restated": msgid("The business said anew what it is and makes."),
    "business_identified": msgid("The business has its business number (NIB) now."),
    "mentoring_recorded": msgid(
        "A mentor takes care of the business. From now on that person never decides about its permit."
    ),
    "products_triaged": msgid("The way of the products was decided. {outcomes}"),
    "products_referred": msgid("The business was given a letter to the health office. Products: {products}."),
    "business_returned": msgid(
        "The business came back from the health office. Its file is kept, and its way is decided again."
    ),
    "document_added": msgid("A document was added. {requirement}."),
    "label_checked": msgid("A mentor looked at the label of product {product}. On it: {parts}."),
    "business_assessed": msgid(
        "An official assessed the place. {points} of 100 points, {rating}. Findings: {findings}, critical ones: {critical}."
    ),
    "action_agreed": msgid("It was agreed what is put right. {item} Until {due}."),
    "action_evidenced": msgid("It was shown that it is put right. {item}"),
    "action_verified": msgid("Somebody else found it put right. {item}"),
    "action_reopened": msgid("It has to be put right once more. {item}"),
    "action_overdue": msgid("The agreed time is over. {item}"),
    "permit_applied": msgid("The business applied for its permit (IP CPPOB)."),
    "permit_returned": msgid(
        "The application for the permit was returned. Something has to be put right first."
    ),
    "permit_issued": msgid("The permit (IP CPPOB) was issued."),
    "registration_sent": msgid("The dossier of product {product} was sent to be registered."),
    "registration_returned": msgid(
        "The registration of product {product} came back. It can be sent once more."
    ),
    "number_obtained": msgid("Product {product} has its registration number. {number}."),
    "business_graduated": msgid("The last visit found all well. The business goes on by itself."),
    "mentoring_paused": msgid(
        "Nothing was heard for long. The mentoring sleeps until the business says a word."
    ),
    "mentoring_resumed": msgid("The mentoring goes on where it stood."),
    "mentoring_closed": msgid("The mentoring was closed. Why: {reason}."),
    "consent_given": msgid(
        "The business agreed that what it told here is taken over into its application {to}."
    ),
    "consent_withdrawn": msgid("The business took back its consent for application {to}."),
    "visit_begun": msgid("A visit began. Its checklist stays the same to its end."),
    "item_answered": msgid("An item of the checklist was answered. {item}"),
    "answers_settled": msgid("It was decided which of two answers counts. {item}"),
    "photo_added": msgid("A photo was added."),
    "visit_signed": msgid("The visit was signed."),
    "visit_finished": msgid("The checklist is complete. {points} of 100 points, {rating}."),
}
BY_THE_BUSINESS: Mapping[str, str] = {
    "business_assessed": msgid(
        "The business assessed itself. {points} of 100 points, {rating}. Findings: {findings}, critical ones: {critical}."
    ),
    "visit_begun": msgid("The business began to assess itself."),
}
OTHERWISE = msgid("A step was recorded.")
TOGETHER = ("item_answered", "photo_added", "document_added", "business_restated")
PLAIN = ("number", "product", "points", "findings", "critical", "to")

By = Literal["citizen", "office", "system"]


@dataclass(frozen=True)
class LedgerPlace:
    index: int
    receipt: str


@dataclass(frozen=True)
class Step:
    event_id: UUID
    event: str
    at: datetime
    by: By
    role: str
    text: str
    ledger: LedgerPlace | None


def steps(
    messages: Iterable[bytes], indexes: Mapping[UUID, int], public_url: str, say: Translator, names: Naming
) -> list[Step]:
    """In the order of the messages."""
    return [_step(Message.parse(each), indexes, public_url, say, names) for each in messages]


def grouped(told: Sequence[Step]) -> list[list[Step]]:
    """The newest first; what was told bit by bit comes together."""
    groups: list[list[Step]] = []
    for step in reversed(told):
        if groups and step.event in TOGETHER and step.event == groups[-1][-1].event:
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
        ledger=None if index is None else LedgerPlace(index, receipt),
    )


def words(message: Message, say: Translator, names: Naming) -> str:
    return say(_sentence(message), **_told(message.data, say, names)).rstrip()


def _sentence(message: Message) -> str:
    if message.data.get("assessor") == "business":
        return BY_THE_BUSINESS.get(message.event, OTHERWISE)
    return STEPS.get(message.event, OTHERWISE)


def _told(data: Mapping[str, Any], say: Translator, names: Naming) -> dict[str, object]:
    plain = {name: data[name] for name in PLAIN if name in data}
    due = data.get("due")
    return {
        **plain,
        "due": datetime.fromisoformat(due) if isinstance(due, str) else "",
        "district": names.district(str(data.get("district", ""))),
        "outcomes": " ".join(map(names.outcome, _listed(data, "outcomes"))),
        "products": ", ".join(map(str, data.get("products") or ())) if _is_list(data, "products") else "",
        "requirement": _document(data, say, names),
        "parts": names.requirements(_listed(data, "parts")) or say("nothing"),
        "item": names.item(str(data.get("item", ""))),
        "rating": names.rating(str(data.get("rating", ""))),
        "reason": say(END_REASONS.get(str(data.get("reason", "")), OTHERWISE)),
    }


def _document(data: Mapping[str, Any], say: Translator, names: Naming) -> str:
    named, product = names.requirement(str(data.get("document", ""))), data.get("product")
    return (
        named if product is None else say("{document}, of product {number}", document=named, number=product)
    )


def _listed(data: Mapping[str, Any], name: str) -> Sequence[Any]:
    return data[name] if _is_list(data, name) else ()


def _is_list(data: Mapping[str, Any], name: str) -> bool:
    return isinstance(data.get(name), list | tuple)


def _whose(actorrole: str) -> By:
    if actorrole.startswith("system:"):
        return "system"
    return "office" if actorrole.startswith("staff:") else "citizen"
