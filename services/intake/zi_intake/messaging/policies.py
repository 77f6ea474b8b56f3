"""The reactions to the messages of other services: those of notify become the states of mails and letters that a case shows, those of another desk
the steps of a case that was passed on, a business's consent what the vault lets another request of it take over, and the decrees of integrity
what the next cases are promised."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import orjson

from zi_chassis.bus.announced import AnnouncedConfigurations
from zi_chassis.bus.inbox import React
from zi_chassis.bus.lanes import Reaction, act_because_of
from zi_chassis.clock import Clock
from zi_chassis.storage.configuration import ConfigurationKey
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_contracts import certificates, event_words, integrity, notify, umkm
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_contracts.registry import MODELS, by_sender, data_of
from zi_contracts.umkm import handover
from zi_intake.domain.case.web_push_messages import EndWebPush
from zi_intake.messaging.published import decider
from zi_intake.names import Names
from zi_intake.read.interested_officials import end_conflict, note_conflict
from zi_intake.read.projections import Consents, last_step_to_browser
from zi_intake.read.retention_over import note_retention_over, withdraw_retention_over
from zi_rules.decree import Standards
from zi_rules.standard import STANDARD
from zi_rules.standard_fit import FILED_KINDS

HANDLED_TYPES = by_sender(
    ("notify", "certificates", "umkm", "integrity"),
    (
        *(model for model in notify.MODELS if model.type.startswith("zi.notify.delivery_")),
        *(notify.PrintedLetterQueued, notify.PrintedLetterSettled),
        *(model for type_, model in MODELS.items() if event_words.citizen(type_) is not None),
        *(certificates.RetentionEnded, certificates.RetentionHeld),
        *(umkm.ConsentGiven, umkm.ConsentWithdrawn, handover.ProductsHandedOver, handover.HandoverEnded),
        *(integrity.StandardAdopted, integrity.StandardWithdrawn),
        *(integrity.ConflictDeclared, integrity.ConflictCleared),
    ),
)
# What a step's sentence and its case's due date need; the rest is read at the other desk.
FIELDS = (
    *("due", "pay_by", "open_until", "offer_by", "answer_by", "give_by"),
    *("number", "by_number", "to", "product", "points", "assessor"),
)


def reacting(clock: Clock, standards: Standards, announced: AnnouncedConfigurations, names: Names) -> React:
    """Return the reaction to a message; other types, or unknown ones, change nothing here."""

    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        if event_words.citizen(message.type) is not None:
            _step_elsewhere(tx, message)
        match data_of(message):
            case integrity.StandardAdopted() as adopted if adopted.service in FILED_KINDS:
                standard = standards.read(adopted)
                return announced.take_up(message, clock.now(), standard, adopted.number)
            case integrity.StandardWithdrawn() as ended if ended.service in FILED_KINDS:
                key = ConfigurationKey(STANDARD, ended.id, ended.version)
                return announced.take_out(message, clock.now(), key, ended.digest)
            case integrity.ConflictDeclared() as conflict:
                note_conflict(tx, message, conflict)
            case integrity.ConflictCleared():
                end_conflict(tx, message.aggregate)
            case umkm.ConsentData() | handover.ProductsHandedOver() | handover.HandoverEnded() as agreed:
                _agreed(tx, message, agreed)
            case certificates.RetentionEnded():
                note_retention_over(tx, message)
            case certificates.RetentionHeld():
                withdraw_retention_over(tx, message.subject)
            case notify.DeliveryRequested() as delivery:
                _requested(tx, message, delivery)
            case notify.PrintedLetterQueued(cause=cause):
                _note_letter(tx, message, cause, "queued")
            case notify.PrintedLetterSettled(settlement=settlement):
                _note_letter(tx, message, None, settlement)
            case data if data is not None and message.event.startswith("delivery_"):
                began = last_step_to_browser(tx, message.aggregate)
                _moved_on(tx, message, getattr(data, "reason_class", None))
                return _ended(message, data, began, names, clock)
            case _:
                pass
        return ()

    return react


def _requested(tx: Tx, message: Message, data: notify.DeliveryRequested) -> None:
    tx.execute(
        "INSERT INTO deliveries (delivery, ticket, channel, cause, state, at) VALUES (?, ?, ?, ?, 'requested', ?)",
        str(message.aggregate),
        message.subject,
        data.channel,
        str(data.cause),
        rfc3339(message.time),
    )


def _note_letter(tx: Tx, message: Message, cause: UUID | None, status: str) -> None:
    """Note what became of a printed letter, also of one that was queued before letters were noted here: its cause stays unknown."""
    tx.execute(
        "INSERT INTO deliveries (delivery, ticket, channel, cause, state, at) VALUES (?, ?, 'letter', ?, ?, ?)"
        " ON CONFLICT (delivery) DO UPDATE SET state = excluded.state, at = excluded.at",
        *(
            str(message.aggregate),
            message.subject,
            str(cause or ""),
            f"letter_{status}",
            rfc3339(message.time),
        ),
    )


def _moved_on(tx: Tx, message: Message, reason: str | None) -> None:
    tx.execute(
        "UPDATE deliveries SET state = ?, at = ?, reason = ? WHERE delivery = ?",
        message.event.removeprefix("delivery_"),
        rfc3339(message.time),
        reason,
        str(message.aggregate),
    )


def _ended(
    message: Message, data: Data, began: datetime | None, names: Names, clock: Clock
) -> Iterable[Reaction]:
    """End the notices to a browser that its push service knows no more, as the attempt that began then found out."""
    is_gone = isinstance(data, notify.DeliveryFailed) and data.reason_class == "gone"
    if not is_gone or began is None:
        return ()
    command = EndWebPush(by=act_because_of(message, "intake", clock.now()), known_gone=began)
    return (Reaction(decider, names.aggregate(message.subject), command),)


def _agreed(
    tx: Tx, message: Message, agreed: umkm.ConsentData | handover.ProductsHandedOver | handover.HandoverEnded
) -> None:
    """Record what a business lets another request of it take over, or not any more."""
    ticket, granted = message.subject, agreed.to
    match agreed:
        case umkm.ConsentGiven():
            tx.execute(
                "INSERT INTO consents (ticket, granted) VALUES (?, ?) ON CONFLICT DO NOTHING", ticket, granted
            )
        case handover.ProductsHandedOver(products=products):
            Consents().hand_over(tx, ticket, granted, (item.item for each in products for item in each.items))
        case handover.HandoverEnded():
            Consents().hand_over(tx, ticket, granted, ())
        case _:
            tx.execute("DELETE FROM consents WHERE ticket = ? AND granted = ?", ticket, granted)


def _step_elsewhere(tx: Tx, message: Message) -> None:
    fields = {name: message.data[name] for name in FIELDS if name in message.data}
    tx.execute(
        "INSERT INTO steps_elsewhere (event, ticket, type, actorrole, at, position, state, holder, said)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        str(message.id),
        message.subject,
        message.type,
        message.actorrole,
        rfc3339(message.time),
        message.position,
        message.data.get("state"),
        message.data.get("holder"),
        orjson.dumps(fields).decode(),
    )
