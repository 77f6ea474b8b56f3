"""Texts of the pages about services, roles, breaks and times; the sentences about events are in zi_contracts.event_words."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from zi_audit.domain.question import Holder
from zi_audit.web.access_log import AccessPurpose
from zi_chassis.office_clock import office_zone
from zi_chassis.web.language import msgid
from zi_contracts import event_words
from zi_contracts.event_words import EventText, title
from zi_contracts.registry import MODELS

Count = Callable[..., str]

SERVICES: Mapping[str, str] = {
    "intake": msgid("Front desk"),
    "certificates": msgid("Import and export letters"),
    "umkm": msgid("Mentoring of small businesses"),
    "integrity": msgid("Integrity zone"),
    "notify": msgid("Mail to citizens"),
    "audit": msgid("The ledger"),
}
ROLES: Mapping[str, EventText] = event_words.catalogue().roles
HOLDERS: Mapping[Holder, str] = {
    "office": msgid("waited for the office"),
    "citizen": msgid("waited for the citizen"),
}
PASSED = msgid("passed")
PURPOSES: Mapping[AccessPurpose, str] = {
    AccessPurpose.AUDIT: msgid("To audit how cases are handled"),
    AccessPurpose.INVESTIGATION: msgid("To investigate a report"),
    AccessPurpose.COMPLAINT: msgid("To look into a complaint about the office"),
    AccessPurpose.COURT: msgid("For a court or another authority"),
    AccessPurpose.VERIFICATION: msgid("To verify the ledger"),
}
REASONS: Mapping[str, str] = {
    "regression": msgid("The ledger's database is older than what was published: a backup was restored."),
    "second_writer": msgid("A second writer worked on the ledger."),
    "disk_full": msgid("The disk is full."),
    "clock_backwards": msgid("The clock went backwards."),
    "key_changed": msgid("The signing key is not the ledger's."),
    "damaged": msgid("A file of the ledger is not what was written."),
    "unconfirmed": msgid("No witness has confirmed yet what the ledger signed last."),
    "contradicted": msgid("A witness knows another history of this ledger."),
    "failure": msgid("The ledger could not be written."),
}
FAULTS: Mapping[str, str] = {
    "silent": msgid("it does not answer"),
    "unknown_log": msgid("it does not watch this ledger"),
    "refused": msgid("it refuses"),
    "unusable": msgid("its answer can't be used"),
    "clock": msgid("its clock is wrong, so its signature is not used"),
    "conflict": msgid("it knows another history of this ledger"),
    "ahead": msgid("it has seen more entries than this ledger has"),
}
BREAKS: Mapping[str, str] = {
    "unreadable": msgid("not a message"),
    "unknown_sender": msgid("from an unknown sender"),
    "wrong_lane": msgid("under the name of another service"),
    "wrong_type": msgid("an event of a type that belongs to another service"),
    "missing": msgid("messages before it are missing"),
    "altered": msgid("does not fit the message before it"),
    "out_of_order": msgid("came after its turn"),
    "repeated": msgid("was there before"),
    "forged": msgid("declared forged by a person"),
}

OFFICIAL = msgid("official")
ANY_ANOMALY = msgid("anything wrong")
WEEKDAYS = (
    msgid("Monday"),
    msgid("Tuesday"),
    msgid("Wednesday"),
    msgid("Thursday"),
    msgid("Friday"),
    msgid("Saturday"),
    msgid("Sunday"),
)

SLACK = 5.0  # seconds that the clocks and lanes of two services may be apart without a word about it


def exact(at: datetime) -> tuple[str, str]:
    """Day and time to the second, where the office is."""
    there = at.astimezone(office_zone())
    return there.strftime("%Y-%m-%d"), there.strftime("%H:%M:%S %Z")


def by_service() -> Mapping[str, Mapping[str, EventText]]:
    """Return the types that are published with their sentences, by the service that tells them."""
    services: dict[str, dict[str, EventText]] = {service: {} for service in SERVICES}
    for type in MODELS:
        services.setdefault(type.split(".")[1], {})[type] = title(type)
    return services


def is_known(type: str) -> bool:
    return type in MODELS


def duration(seconds: float, ngettext: Count) -> str:
    """Return a duration in its two largest units."""
    days, rest = divmod(max(timedelta(seconds=round(seconds)), timedelta()), timedelta(days=1))
    hours, minutes, left = rest.seconds // 3600, rest.seconds // 60 % 60, rest.seconds % 60
    parts = [
        (days, ngettext("{number} day", "{number} days", days)),
        (hours, ngettext("{number} hour", "{number} hours", hours)),
        (minutes, ngettext("{number} minute", "{number} minutes", minutes)),
        (left, ngettext("{number} second", "{number} seconds", left)),
    ]
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(text for number, text in parts[first : first + 2] if number or first == len(parts) - 1)
