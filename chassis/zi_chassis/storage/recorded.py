"""The stored form of an accepted event: its state bytes, and the message that the world gets, to the byte."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson
from pydantic import BaseModel

from zi_chassis.domain import Act, Disclosure, Event

NO_PREVIOUS = "0" * 64
LARGEST_MESSAGE = 32 * 1024
_PREFIX = b'{"salt":"'
_MIDDLE = b'","event":'
_EVENT_AT = len(_PREFIX) + 44 + len(_MIDDLE)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event at its place in the sender's sequence, and its message."""

    event: Event
    event_id: UUID
    aggregate: UUID
    version: int
    position: int
    type: str
    subject: str
    message: bytes
    hash: str


def event_id(aggregate: UUID, version: int) -> UUID:
    return uuid5(aggregate, str(version))


def encode(event: Event, salt: bytes) -> bytes:
    """Stored state: 32 random salt bytes and the event, so that a commitment to it can't be guessed."""
    return _PREFIX + base64.b64encode(salt) + _MIDDLE + event.model_dump_json().encode() + b"}"


def decode(state: bytes, kind: type[Event]) -> Event:
    return kind.model_validate_json(state[_EVENT_AT:-1])


def commitment(state: bytes) -> str:
    return hashlib.sha256(b"zona/commitment/v1\0" + state).hexdigest()


def digest(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def stored_time(stored: str | None) -> datetime | None:
    """Read a time that a table has, or has not."""
    return None if stored is None else datetime.fromisoformat(stored)


def render(
    *,
    source: str,
    type: str,
    id: UUID,
    aggregate: UUID,
    version: int,
    position: int,
    previous: str,
    state: bytes,
    by: Act,
    disclosure: Disclosure,
    request: str | None = None,
) -> bytes:
    """The message as the bytes that are stored, sent, and become the ledger's leaf. `request` is the id of the request that caused it."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(id),
        "source": source,
        "type": type,
        "subject": disclosure.subject,
        "time": rfc3339(by.at),
        "datacontenttype": "application/json",
        "aggregate": str(aggregate),
        "version": version,
        "position": position,
        "previous": previous,
        "actor": by.actor,
        "actorrole": by.role,
    }
    causes = {"causation": by.causation, "correlation": by.correlation, "request": request}
    attributes |= {name: value for name, value in causes.items() if value is not None}
    attributes["commitment"] = commitment(state)
    data = disclosure.data
    attributes["data"] = (
        orjson.Fragment(data.model_dump_json()) if isinstance(data, BaseModel) else dict(data)
    )
    return orjson.dumps(attributes)
