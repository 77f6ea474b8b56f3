"""The attributes of a house message that a stranger can check, read leniently: unknown attributes and types are let through."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_TEXTS = ("id", "source", "type", "aggregate", "previous")
_NUMBERS = ("position", "version")
_KINDS = (str,) * len(_TEXTS) + (int,) * len(_NUMBERS)
_HASH = re.compile(r"[0-9a-f]{64}")


class MessageError(ValueError):
    """A log entry that is not a message of the house."""


class Message(NamedTuple):
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


def parse_message(entry: bytes) -> Message:
    """The message in a log entry; what is no JSON object or lacks an attribute raises MessageError."""
    try:
        said = json.loads(entry.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MessageError("The entry is not a message: it is not JSON.") from error
    if not isinstance(said, dict):
        raise MessageError("The entry is not a message: it is not a JSON object.")
    values: list[Any] = [said.get(name) for name in (*_TEXTS, *_NUMBERS)]
    for name, kind, value in zip((*_TEXTS, *_NUMBERS), _KINDS, values, strict=True):
        if type(value) is not kind:
            raise MessageError(f"The entry is not a message: it has no {name}.")
    return Message._make((*values, str(said.get("subject", "")), said.get("data")))


def vault_refs(data: Any) -> Iterator[VaultRef]:
    """Every SHA-256 digest (64 hex digits) in a message's data, wherever it stands."""
    if isinstance(data, dict):
        item, field = (
            data.get(name) if isinstance(data.get(name), str) else None for name in ("item", "field")
        )
        for value in data.values():
            if isinstance(value, str) and _HASH.fullmatch(value):
                yield VaultRef(value, item, field)
            else:
                yield from vault_refs(value)
    elif isinstance(data, list):
        for value in data:
            yield from vault_refs(value)
    elif isinstance(data, str) and _HASH.fullmatch(data):
        yield VaultRef(data, None, None)


def strings(data: Any) -> Iterator[str]:
    """Every text value in a message's data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from strings(value)
