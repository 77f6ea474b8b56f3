"""Traces: one request on its way through services, stores, bus, ledger and mail, for a collector of OpenTelemetry.

A trace begins with a request and with nothing else. Every other step goes on with one, in the process or after a `traceparent` (W3C Trace
Context) that came with a message, or does nothing. Off unless a collector is set: then a step costs a comparison, and nothing of
OpenTelemetry's SDK is imported.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from importlib.util import find_spec
from types import MappingProxyType, TracebackType
from typing import NamedTuple, Protocol, Self

from zi_chassis.settings import Settings

logger = logging.getLogger(__name__)

HEADER = "traceparent"
SECONDS_TO_END = 2.0
Attributes = Mapping[str, str | int]
NO_ATTRIBUTES: Attributes = MappingProxyType({})


class SpanKind(Enum):
    """The kinds of OpenTelemetry, by their names there."""

    INTERNAL = "INTERNAL"
    SERVER = "SERVER"
    CLIENT = "CLIENT"
    PRODUCER = "PRODUCER"
    CONSUMER = "CONSUMER"


class Span:
    """A step of a trace, from `with` to its end; this one is of no trace. `traceparent` names it to those that go on after it."""

    traceparent: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""

    def note(self, attributes: Attributes, name: str | None = None) -> None:
        """Add codes out of the program, and ids; nothing that somebody wrote."""

    def end(self, failure: type[BaseException] | None = None) -> None:
        """End it, where it was not entered too."""


NO_SPAN = Span()


class TraceStep(NamedTuple):
    """A step after the one that `parent` names, a traceparent."""

    parent: str | None
    name: str
    kind: SpanKind
    attributes: Attributes = NO_ATTRIBUTES


class Tracer(Protocol):
    """Makes the spans while traces are on."""

    def request(self, parent: str | None) -> Span: ...

    def inside(self, name: str, kind: SpanKind, attributes: Attributes) -> Span: ...

    def after(self, step: TraceStep) -> Span: ...

    def current(self) -> str | None: ...

    def end(self) -> None: ...


_tracer: Tracer | None = None


def start(settings: Settings, version: str) -> None:
    """Begin to send traces where a collector is set. A house without the packages for that goes on without traces."""
    if not settings.otlp_endpoint:
        return
    if find_spec("opentelemetry.exporter") is None:
        logger.error("ZI_OTLP_ENDPOINT is set, and zi-chassis was installed without [traces]: none are sent")
        return
    from zi_chassis.process.collector import tracer_of

    use(tracer_of(settings, version))


def use(tracer: Tracer | None) -> None:
    """Make the spans of this process with `tracer`, or none."""
    global _tracer
    _tracer = tracer


def stop() -> None:
    """Send the last spans, for two seconds at most."""
    tracer = _tracer
    use(None)
    if tracer is not None:
        ending = threading.Thread(target=tracer.end, name="last spans", daemon=True)
        ending.start()
        ending.join(SECONDS_TO_END)


def is_on() -> bool:
    return _tracer is not None


def request(parent: str | None) -> Span:
    """Begin a trace, or go on with that of a service which asks this one."""
    return NO_SPAN if _tracer is None else _tracer.request(parent)


def inside(name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes = NO_ATTRIBUTES) -> Span:
    """A step of what this task is doing now."""
    return NO_SPAN if _tracer is None else _tracer.inside(name, kind, attributes)


def after(step: TraceStep) -> Span:
    return NO_SPAN if _tracer is None or step.parent is None else _tracer.after(step)


@contextmanager
def each_after(steps: Iterable[TraceStep]) -> Iterator[list[Span]]:
    """Steps that are taken together, each of a trace of its own. None of them becomes what this task is doing."""
    spans = [after(step) for step in steps]
    failure: type[BaseException] | None = None
    try:
        yield spans
    except BaseException as error:
        failure = type(error)
        raise
    finally:
        for span in spans:
            span.end(failure)


def current() -> str | None:
    """Return the traceparent of what this task is doing, if it is of a trace."""
    return None if _tracer is None else _tracer.current()


def headers(span: Span | None = None) -> dict[str, str]:
    """Return what goes beside a request to another part of this house, never to strangers: of this span, or of what the task is doing."""
    parent = current() if span is None else span.traceparent
    return {} if parent is None else {HEADER: parent}


def parent_in(beside: Mapping[str, str] | None) -> str | None:
    """Return the traceparent in the headers that came with a message, while traces are on. A header can come as an object of the e-mail library."""
    return None if _tracer is None or not beside or HEADER not in beside else str(beside[HEADER])
