"""The attributes of a house message that a stranger can check, read leniently: unknown attributes and types are let through."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

_TEXTS = ("id", "source", "type", "aggregate", "previous")
_NUMBERS = ("position", "version")
_REQUIRED = itemgetter(*_TEXTS, *_NUMBERS)
_HASH = re.compile(r"[0-9a-f]{64}")


# What a message says about its own place: id, source, type, aggregate, previous, position, version.
Place = tuple[str, str, str, str, str, int, int]


class MessageError(ValueError):
    """A log entry that is not a message of the house."""


class LogMessage(NamedTuple):
    """One sender's message: its place in the sender's chain (`position`, `previous`) and in its aggregate (`version`)."""

    id: str
    source: str
    type: str
    aggregate: str
    previous: str
    position: int
    version: int
    subject: str
    data: Any


@dataclass(frozen=True)
class VaultRef:
    """A digest that a message gives instead of a vault item, with the item id and the field if it names them."""

    digest: str
    item: str | None
    field: str | None


def parse_message(entry: bytes) -> LogMessage:
    """The message in a log entry; what is no JSON object or lacks an attribute raises MessageError."""
    place, attributes = parse_place(entry)
    return LogMessage._make((*place, str(attributes.get("subject", "")), attributes.get("data")))


def parse_place(entry: bytes) -> tuple[Place, dict[str, Any]]:
    """The same without looking at the rest, which is given as it is; a replay does little else."""
    try:
        attributes = orjson.loads(entry)
        id_, source, type_, aggregate, previous, position, version = _REQUIRED(attributes)
    except orjson.JSONDecodeError as error:
        raise MessageError("The entry is not a message: it is not JSON.") from error
    except (TypeError, IndexError) as error:
        raise MessageError("The entry is not a message: it is not a JSON object.") from error
    except KeyError as error:
        raise MessageError(f"The entry is not a message: it has no {error.args[0]}.") from error
    # Exact types: true is no number here.
    texts = type(id_) is type(source) is type(type_) is type(aggregate) is type(previous) is str
    if not (texts and type(position) is type(version) is int):
        raise MessageError("The entry is not a message: an attribute is of the wrong kind.")
    return (id_, source, type_, aggregate, previous, position, version), attributes


def vault_refs(data: Any) -> Iterator[VaultRef]:
    """Every SHA-256 digest (64 hex digits) in a message's data, at any place and depth."""
    waiting: list[tuple[Any, str | None, str | None]] = [(data, None, None)]
    while waiting:
        value, item, field = waiting.pop()
        if isinstance(value, str) and _HASH.fullmatch(value):
            yield VaultRef(value, item, field)
        elif isinstance(value, dict):
            named = _text(value, "item"), _text(value, "field")
            waiting += [(inner, *named) for inner in reversed(value.values())]
        elif isinstance(value, list):
            waiting += [(inner, None, None) for inner in reversed(value)]


def strings(data: Any) -> Iterator[str]:
    """Every text value in a message's data."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            waiting += reversed(list(value.values()) if isinstance(value, dict) else value)


def _text(named: dict[str, Any], name: str) -> str | None:
    value = named.get(name)
    return value if isinstance(value, str) else None
