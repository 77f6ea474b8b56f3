"""The causes of the work that is being done: the id of the request that is being answered, and the id of the event that is being handled.

So a line of the log, a message and an entry of the ledger can be joined. An id says nothing about a person.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# None where no request is the cause: timers, the start.
REQUEST_ID: ContextVar[str | None] = ContextVar("zi_request_id", default=None)
EVENT_ID: ContextVar[str | None] = ContextVar("zi_event_id", default=None)
HEADER = "Zi-Request"  # beside a request of one service to another over NATS
_REQUEST_ID = re.compile("[0-9a-f]{32}")


def read_request_id(text: object) -> str | None:
    """Return the id of a request out of what another process sent, None for any other text: it would be recorded for ever."""
    return text if isinstance(text, str) and _REQUEST_ID.fullmatch(text) else None


@contextmanager
def because_of(request: str | None, event: str | None = None) -> Iterator[None]:
    """Work for this request, and for this event where one is handled."""
    former = REQUEST_ID.set(request), EVENT_ID.set(event)
    try:
        yield
    finally:
        REQUEST_ID.reset(former[0])
        EVENT_ID.reset(former[1])


def causes() -> dict[str, str]:
    """Return the fields that every line of the log carries."""
    fields = {"request": REQUEST_ID.get(), "event": EVENT_ID.get()}
    return {name: value for name, value in fields.items() if value is not None}


def headers() -> dict[str, str]:
    """Return what goes beside a request to another service of this house."""
    request = REQUEST_ID.get()
    return {} if request is None else {HEADER: request}
