"""The id of the request that is being answered, so that a line of the log and an entry of the ledger can be joined."""

from contextvars import ContextVar

# None where no request is the cause: timers, lanes, the start.
REQUEST_ID: ContextVar[str | None] = ContextVar("zi_request_id", default=None)
