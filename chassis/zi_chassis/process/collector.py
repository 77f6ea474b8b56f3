"""Spans for a collector, over OTLP (HTTP, protobuf) with OpenTelemetry's SDK; imported only while traces are on.

Only names, numbers, codes and ids leave the process, by a list of attributes: whatever a library adds, texts of errors too, is left out.
A collector that is away costs spans and nothing else: they wait in a bounded queue, and another thread sends them.
"""

import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import requests
from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from zi_chassis.process.tracing import HEADER, NO_SPAN, Attributes, Span, SpanKind, TraceStep
from zi_chassis.settings import Settings

logger = logging.getLogger(__name__)
logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it tells of each batch that was not taken

MOST_WAITING, LARGEST_BATCH = 2048, 512
SECONDS_BETWEEN, SECONDS_TO_SEND = 1.0, 2.0
LONGEST = 120  # characters of a value
SENT = frozenset(
    {
        *("http.request.method", "http.route", "http.response.status_code", "error.type"),
        *("messaging.system", "messaging.operation", "messaging.destination.name"),
        "messaging.batch.message_count",
        *("zi.request", "zi.event", "zi.sender", "zi.position", "zi.sequence", "zi.channel", "zi.outcome"),
    }
)
_PROPAGATOR = TraceContextTextMapPropagator()


class RecordedSpan(Span):
    """A step that the SDK records, unless its trace was not chosen to be sent."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._token: Any = None
        self.traceparent = _traceparent(span)

    def __enter__(self) -> "RecordedSpan":
        self._token = contexts.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(kind)

    def note(self, attributes: Attributes, name: str | None = None) -> None:
        self._span.set_attributes(dict(attributes))
        if name is not None:
            self._span.update_name(name)

    def end(self, failure: type[BaseException] | None = None) -> None:
        if self._token is not None:
            contexts.detach(self._token)
            self._token = None
        if failure is not None:
            self._span.set_attribute("error.type", failure.__name__)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class CollectorTracer:
    """The spans of one process."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("zona")

    def request(self, parent: str | None) -> Span:
        around = None if parent is None else _context_of(parent)
        return self._span("request", SpanKind.SERVER, around or contexts.Context(), {})

    def inside(self, name: str, kind: SpanKind, attributes: Attributes) -> Span:
        if not trace.get_current_span().is_recording():
            return NO_SPAN
        return self._span(name, kind, None, attributes)

    def after(self, step: TraceStep) -> Span:
        around = None if step.parent is None else _context_of(step.parent)
        if around is None:
            return NO_SPAN
        return self._span(step.name, step.kind, around, step.attributes)

    def current(self) -> str | None:
        return _traceparent(trace.get_current_span())

    def end(self) -> None:
        self._provider.shutdown()

    def _span(
        self, name: str, kind: SpanKind, around: contexts.Context | None, attributes: Attributes
    ) -> Span:
        return RecordedSpan(
            self._tracer.start_span(name, around, trace.SpanKind[kind.value], dict(attributes))
        )


class CollectorExporter(SpanExporter):
    """Send spans without what may not leave. Log once that the collector is away, and once that it is back."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export([without_texts(span) for span in spans])
        is_away = result is not SpanExportResult.SUCCESS
        if is_away and not self._is_away:
            logger.warning("traces: the collector does not take them; what waits too long is dropped")
        elif self._is_away and not is_away:
            logger.info("traces: the collector takes them again")
        self._is_away = is_away
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def without_texts(span: ReadableSpan) -> ReadableSpan:
    """Return the span with the listed attributes alone, and without events, in which libraries quote errors."""
    return ReadableSpan(
        name=span.name[:LONGEST],
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes={
            name: value for name, value in (span.attributes or {}).items() if _may_leave(name, value)
        },
        links=[trace.Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def tracer_of(settings: Settings, version: str, *, share: bool = True) -> CollectorTracer:
    """Begin to send to the collector of the settings. With `share` FastStream's middleware gets its spans from the same provider."""
    session = requests.Session()
    session.trust_env = False
    address = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    sending = OTLPSpanExporter(address, timeout=SECONDS_TO_SEND, session=session)
    named = {
        "service.name": settings.service,
        "service.namespace": settings.office,
        "service.version": version,
    }
    provider = provider_of(CollectorExporter(sending), named)
    if share:
        trace.set_tracer_provider(provider)
    return CollectorTracer(provider)


def provider_of(exporter: SpanExporter, named: Attributes) -> TracerProvider:
    """Return a source of spans. OpenTelemetry's own variables say how many traces it sends: OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG."""
    provider = TracerProvider(resource=Resource.create(dict(named)), shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=MOST_WAITING,
            schedule_delay_millis=SECONDS_BETWEEN * 1000,
            max_export_batch_size=LARGEST_BATCH,
        )
    )
    return provider


def _may_leave(name: str, value: object) -> bool:
    return name in SENT and (type(value) is int or (type(value) is str and len(value) <= LONGEST))


def _context_of(parent: str) -> contexts.Context | None:
    """Read a traceparent; None for what is none."""
    around = _PROPAGATOR.extract({HEADER: parent}, contexts.Context())
    return around if trace.get_current_span(around).get_span_context().is_valid else None


def _traceparent(span: trace.Span) -> str | None:
    context = span.get_span_context()
    if not (context.is_valid and context.trace_flags.sampled):
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
