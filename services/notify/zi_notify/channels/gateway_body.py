"""The body that a gateway wants, filled in by structure and never by pasting text into JSON; and what stands where in its answers."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from zi_rules.message_channels import PLACEHOLDER, GatewayAnswer, GatewayRequest

MEDIA_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class UnreadableError(ValueError):
    """The document is not what the description of the gateway says."""


def body_of(request: GatewayRequest, fields: Mapping[str, str]) -> bytes:
    filled = _filled(request.body, fields)
    return (
        json.dumps(filled, ensure_ascii=False).encode()
        if request.format == "json"
        else urlencode(filled).encode()
    )


def headers_of(request: GatewayRequest, fields: Mapping[str, str]) -> dict[str, str]:
    headers = {name: str(_filled(text, fields)) for name, text in request.headers.items()}
    return {**headers, "Content-Type": MEDIA_TYPES[request.format], "User-Agent": "zona-notices"}


def document_of(content: bytes) -> object:
    """Raises UnreadableError."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableError("This is not JSON.") from None


def at(document: object, pointer: str) -> object:
    """Return the value at a JSON pointer (RFC 6901). Raises UnreadableError where there is none."""
    value = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError, ValueError):
            raise UnreadableError(f"Nothing stands at {pointer}.") from None
    return value


def is_accepted(rules: GatewayAnswer, content: bytes) -> bool:
    """Tell if the body of an accepted answer says what it must say besides. Raises UnreadableError."""
    if not rules.where:
        return True
    document = document_of(content)
    return all(at(document, pointer) in wanted for pointer, wanted in rules.where.items())


def _filled(template: Any, fields: Mapping[str, str]) -> Any:
    if isinstance(template, str):
        return PLACEHOLDER.sub(lambda found: fields[found[1]], template)
    if isinstance(template, Mapping):
        return {key: _filled(value, fields) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(value, fields) for value in template]
    return template
