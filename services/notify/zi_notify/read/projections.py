"""Read model of notify: the state of every delivery, the due time of its next attempt, and the number of mails by address."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from zi_chassis.domain import Value
from zi_chassis.storage.database import Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_notify.domain import delivery, recipient
from zi_notify.domain.delivery import Channel
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_notify.domain.recipient import Consent, Frequency
from zi_notify.texts.short_message import CONFIRM_NUMBER

CONFIRMING_SINCE = 2  # the version of the templates that first asked for a confirmation
SENT = ("handing_over", "handed_over", "uncertain", "delivered", "undelivered")


class ListedDelivery(Value):
    """A delivery as staff see it: its progress, never its address."""

    channel: str
    template: str
    language: str
    state: str
    attempt: int
    reason: str | None
    at: str


class Night(Value):
    """The office's quiet hours. Over a channel that rings only first attempts begin in them, of what is due since `since`."""

    since: datetime | None = None


class DeliveryCount(Value):
    state: str
    reason: str | None
    deliveries: int


class DeliveryProjection:
    name = "deliveries"
    version = 7
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, ticket TEXT NOT NULL, channel TEXT NOT NULL,"
        " template TEXT NOT NULL, language TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,"
        " reason TEXT, due TEXT, changed TEXT NOT NULL, template_version INTEGER NOT NULL, position INTEGER NOT NULL,"
        " recipient TEXT, begun TEXT, contributor TEXT, to_official INTEGER NOT NULL, provider TEXT, bound_to TEXT,"
        " is_for_daytime INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS deliveries_next ON deliveries (channel, due)",
        "CREATE INDEX IF NOT EXISTS deliveries_template ON deliveries (template, channel, begun)",
        "CREATE INDEX IF NOT EXISTS deliveries_ticket ON deliveries (ticket)",
        "CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (state, position)",
        "CREATE INDEX IF NOT EXISTS deliveries_position ON deliveries (position)",
        "CREATE INDEX IF NOT EXISTS deliveries_recipient ON deliveries (recipient, begun)",
        "CREATE TABLE IF NOT EXISTS recipients (recipient TEXT PRIMARY KEY, consent TEXT NOT NULL, asked TEXT,"
        " frequency TEXT)",
        "CREATE INDEX IF NOT EXISTS recipients_asked ON recipients (asked)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        match recorded.event:
            case delivery.DeliveryRequested() as event:
                _add(tx, recorded, event)
            case delivery.DeliveryHandingOver() as event:
                _begin(tx, recorded, event)
            case delivery.DeliveryHandedOver():
                _move(tx, recorded, DeliveryStatus.HANDED_OVER)
            case delivery.DeliveryUncertain() as event:
                _move(tx, recorded, DeliveryStatus.UNCERTAIN, due=event.retry_at)
                _bind(tx, recorded)
            case delivery.DeliveryDeferred() as event:
                _move(tx, recorded, DeliveryStatus.DEFERRED, reason=event.reason_class, due=event.retry_at)
            case delivery.DeliveryFailed() as event:
                _move(tx, recorded, DeliveryStatus.FAILED, reason=event.reason_class)
            case delivery.DeliveryUnconfirmed() as event:
                _hold(tx, recorded, event)
            case delivery.DeliveryPostponed() as event:
                _move(tx, recorded, DeliveryStatus.POSTPONED, due=event.retry_at)
            case delivery.DeliveryWithheld() as event:
                _move(tx, recorded, DeliveryStatus.WITHHELD, reason=event.reason_class)
            case delivery.DeliveryDelivered():
                _move(tx, recorded, DeliveryStatus.DELIVERED)
            case delivery.DeliveryUndelivered():
                _move(tx, recorded, DeliveryStatus.UNDELIVERED)
            case _:
                _project_recipient(tx, recorded)


def due(
    tx: Tx,
    channel: Channel,
    now: datetime,
    providers: Sequence[str | None],
    limit: int,
    night: Night | None = None,
) -> list[UUID]:
    """List what is due on the channel and may be sent by one of these providers; in the `night`, what does not wait for its end."""
    sendable, values = _sendable(providers, night)
    rows = tx.execute(
        f"SELECT id FROM deliveries WHERE channel = ? AND due <= ? AND {sendable} ORDER BY due LIMIT ?",
        *(channel, rfc3339(now), *values, limit),
    )
    return [UUID(row["id"]) for row in rows]


def next_due(
    tx: Tx, channel: Channel, providers: Sequence[str | None], night: Night | None = None
) -> datetime | None:
    if not providers:
        return None
    sendable, values = _sendable(providers, night)
    rows = tx.execute(
        f"SELECT MIN(due) AS due FROM deliveries WHERE channel = ? AND due IS NOT NULL AND {sendable}",
        *(channel, *values),
    )
    return datetime.fromisoformat(rows[0]["due"]) if rows[0]["due"] else None


def _sendable(providers: Sequence[str | None], night: Night | None) -> tuple[str, list[str]]:
    """The condition that no other provider may have the message, and that it is sent in quiet hours where these are now; and its values."""
    named = [name for name in providers if name is not None]
    free = f"(bound_to IS NULL OR bound_to IN ({placeholders(named)}))" if named else "bound_to IS NULL"
    if night is None:
        return free, named
    if night.since is None:
        return f"{free} AND is_for_daytime = 0", named
    at_once = "is_for_daytime = 0 AND attempt = 0 AND state <> 'postponed' AND due >= ?"
    return f"{free} AND {at_once}", [*named, rfc3339(night.since)]


def open_attempts(tx: Tx) -> list[tuple[Channel, UUID, int, str | None]]:
    rows = tx.execute(
        "SELECT channel, id, attempt, provider FROM deliveries WHERE state = ?",
        DeliveryStatus.HANDING_OVER.value,
    )
    return [(row["channel"], UUID(row["id"]), row["attempt"], row["provider"]) for row in rows]


def abandoned(tx: Tx, known: Mapping[Channel, Collection[str | None]]) -> list[UUID]:
    """List what waits for a channel that is none of these, or for a provider that its channel has not."""
    rows = tx.execute("SELECT DISTINCT channel, bound_to FROM deliveries WHERE due IS NOT NULL")
    lost = [
        (row["channel"], row["bound_to"])
        for row in rows
        if row["channel"] not in known
        or (row["bound_to"] is not None and row["bound_to"] not in known[row["channel"]])
    ]
    found = (
        tx.execute(
            "SELECT id FROM deliveries WHERE due IS NOT NULL AND channel = ? AND COALESCE(bound_to, '') = ?",
            *(channel, provider or ""),
        )
        for channel, provider in lost
    )
    return [UUID(row["id"]) for some in found for row in some]


def counts(tx: Tx) -> list[DeliveryCount]:
    rows = tx.execute(
        "SELECT state, reason, COUNT(*) AS deliveries FROM deliveries GROUP BY state, reason ORDER BY state, reason"
    )
    return [DeliveryCount(state=r["state"], reason=r["reason"], deliveries=r["deliveries"]) for r in rows]


def of_ticket(tx: Tx, ticket: str) -> list[ListedDelivery]:
    """List the deliveries to the citizen of the case; which officials were told of it nobody sees."""
    rows = tx.execute(
        "SELECT * FROM deliveries WHERE ticket = ? AND to_official = 0 ORDER BY changed, id", ticket
    )
    return [
        ListedDelivery(
            channel=row["channel"],
            template=row["template"],
            language=row["language"],
            state=row["state"],
            attempt=row["attempt"],
            reason=row["reason"],
            at=row["changed"],
        )
        for row in rows
    ]


def is_earlier_case(tx: Tx, ticket: str) -> bool:
    """Tell if the first mail about the case is from before addresses were confirmed."""
    rows = tx.execute(
        "SELECT MIN(template_version) AS first FROM deliveries WHERE ticket = ? AND channel = 'email'", ticket
    )
    return bool(rows) and rows[0]["first"] is not None and rows[0]["first"] < CONFIRMING_SINCE


def sent_to(tx: Tx, recipient: UUID, delivery: UUID, since: datetime) -> int:
    """Count how many mails the address got or may have got besides that of `delivery`."""
    rows = tx.execute(
        "SELECT COUNT(*) AS mails FROM deliveries WHERE recipient = ? AND begun >= ?"
        f" AND state IN ({placeholders(SENT)}) AND id <> ?",
        *(str(recipient), rfc3339(since), *SENT, str(delivery)),
    )
    return int(rows[0]["mails"])


def asked_since(tx: Tx, since: datetime) -> int:
    """Count how many addresses were asked for their confirmation."""
    rows = tx.execute("SELECT COUNT(*) AS addresses FROM recipients WHERE asked >= ?", rfc3339(since))
    return int(rows[0]["addresses"])


def frequency(tx: Tx, recipient: UUID) -> Frequency:
    """Return when an official wants notices; at once where they chose nothing."""
    rows = tx.execute("SELECT frequency FROM recipients WHERE recipient = ?", str(recipient))
    return Frequency(rows[0]["frequency"]) if rows and rows[0]["frequency"] else Frequency.AT_ONCE


def numbers_asked(tx: Tx, channel: Channel, since: datetime) -> int:
    """Count how many numbers were or are about to be asked for their confirmation on the channel."""
    rows = tx.execute(
        "SELECT COUNT(*) AS numbers FROM deliveries WHERE template = ? AND channel = ? AND (begun >= ?"
        " OR (begun IS NULL AND due IS NOT NULL))",
        *(CONFIRM_NUMBER, channel, rfc3339(since)),
    )
    return int(rows[0]["numbers"])


def has_recipients(tx: Tx) -> bool:
    return bool(tx.execute("SELECT 1 FROM recipients LIMIT 1"))


def _consent(tx: Tx, recorded: Recorded, consent: Consent) -> None:
    tx.execute(
        "INSERT INTO recipients (recipient, consent) VALUES (?, ?)"
        " ON CONFLICT (recipient) DO UPDATE SET consent = excluded.consent",
        *(str(recorded.aggregate), consent.value),
    )


def _project_recipient(tx: Tx, recorded: Recorded) -> None:
    match recorded.event:
        case recipient.RecipientAsked() as event:
            _consent(tx, recorded, Consent.UNKNOWN)
            tx.execute(
                "UPDATE recipients SET asked = ? WHERE recipient = ?",
                *(rfc3339(event.by.at), str(recorded.aggregate)),
            )
        case recipient.RecipientConfirmed():
            _consent(tx, recorded, Consent.CONFIRMED)
            _resume(tx, recorded)
        case recipient.RecipientStopped():
            _consent(tx, recorded, Consent.STOPPED)
        case recipient.RecipientFrequencyChosen() as event:
            _consent(tx, recorded, Consent.CONFIRMED)
            tx.execute(
                "UPDATE recipients SET frequency = ? WHERE recipient = ?",
                *(event.frequency, str(recorded.aggregate)),
            )
            _resume(tx, recorded)
        case _:
            pass


def _hold(tx: Tx, recorded: Recorded, event: delivery.DeliveryUnconfirmed) -> None:
    """Due at once if the confirmation came while it was looked for."""
    rows = tx.execute("SELECT consent FROM recipients WHERE recipient = ?", str(event.recipient))
    is_confirmed = bool(rows) and rows[0]["consent"] == Consent.CONFIRMED.value
    _move(tx, recorded, DeliveryStatus.UNCONFIRMED, due=event.by.at if is_confirmed else None)
    tx.execute(
        "UPDATE deliveries SET recipient = ? WHERE id = ?", str(event.recipient), str(recorded.aggregate)
    )


def _resume(tx: Tx, recorded: Recorded) -> None:
    """Make the newest delivery of each case to this address due; older ones are outdated. A notice over another channel outdates none.

    Many people write under the ticket of a forum, each about something else: what they wait for is due with each."""
    tx.execute(
        "UPDATE deliveries SET due = ? WHERE recipient = ? AND state = ? AND (contributor IS NOT NULL OR NOT EXISTS"
        " (SELECT 1 FROM deliveries later WHERE later.ticket = deliveries.ticket AND later.channel = deliveries.channel"
        " AND later.position > deliveries.position"
        " AND later.template <> ? AND (later.recipient IS NULL OR later.recipient = deliveries.recipient)))",
        rfc3339(recorded.event.by.at),
        str(recorded.aggregate),
        DeliveryStatus.UNCONFIRMED.value,
        CONFIRM_NUMBER,
    )


def _begin(tx: Tx, recorded: Recorded, event: delivery.DeliveryHandingOver) -> None:
    _move(tx, recorded, DeliveryStatus.HANDING_OVER)
    tx.execute(
        "UPDATE deliveries SET attempt = ?, recipient = ?, begun = ?, provider = ? WHERE id = ?",
        *(
            event.attempt,
            _text(event.recipient),
            rfc3339(event.by.at),
            event.provider,
            str(recorded.aggregate),
        ),
    )


def _bind(tx: Tx, recorded: Recorded) -> None:
    """Nobody but the provider of the attempt sends it again."""
    tx.execute("UPDATE deliveries SET bound_to = provider WHERE id = ?", str(recorded.aggregate))


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _add(tx: Tx, recorded: Recorded, event: delivery.DeliveryRequested) -> None:
    """A delivery to officials stands under no ticket: none of the lists of a case has it."""
    at, is_to_officials = rfc3339(event.by.at), event.is_to_officials
    tx.execute(
        "INSERT INTO deliveries (id, ticket, channel, template, language, state, attempt, due, changed, template_version,"
        " position, contributor, to_official, is_for_daytime, bound_to) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
        str(recorded.aggregate),
        "" if is_to_officials else event.ticket,
        event.channel,
        event.template,
        event.language,
        DeliveryStatus.REQUESTED.value,
        rfc3339(event.send_after) if event.send_after else at,
        at,
        event.template_version,
        recorded.position,
        _text(event.contributor),
        int(is_to_officials),
        int(event.is_for_daytime),
        event.team,
    )


def _move(
    tx: Tx, recorded: Recorded, to: DeliveryStatus, *, reason: str | None = None, due: datetime | None = None
) -> None:
    tx.execute(
        "UPDATE deliveries SET state = ?, reason = ?, due = ?, changed = ? WHERE id = ?",
        to.value,
        reason,
        rfc3339(due) if due else None,
        rfc3339(recorded.event.by.at),
        str(recorded.aggregate),
    )
