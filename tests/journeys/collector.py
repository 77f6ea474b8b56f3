"""A collector of OpenTelemetry as far as a house needs one: takes spans over HTTP and keeps them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True)
class Hop:
    """A span and the service that it is of."""

    service: str
    span: Span

    @property
    def label(self) -> str:
        return f"{self.service}: {self.span.name}"

    @property
    def codes(self) -> dict[str, str]:
        return {each.key: each.value.string_value for each in self.span.attributes}


@dataclass
class Collector:
    """`bodies` are the requests as they came."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def hops(self) -> list[Hop]:
        return [
            hop for body in list(self.bodies) for hop in _hops(ExportTraceServiceRequest.FromString(body))
        ]

    def linked(self, name: str) -> set[bytes]:
        """The spans that those of this name are linked with."""
        return {link.span_id for hop in self.hops if hop.span.name == name for link in hop.span.links}

    def trace_of(self, request: str) -> list[Hop]:
        """All hops of the trace that began with the request."""
        first = [hop for hop in self.hops if hop.codes.get("zi.request") == request]
        return [hop for hop in self.hops if first and hop.span.trace_id == first[0].span.trace_id]


def steps(trace: list[Hop]) -> set[tuple[str, str]]:
    """Each hop behind the one before it; that of the first is empty."""
    labels = {hop.span.span_id: hop.label for hop in trace}
    return {
        (labels.get(hop.span.parent_span_id, "unknown") if hop.span.parent_span_id else "", hop.label)
        for hop in trace
    }


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            collector.bodies.append(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield collector
        server.shutdown()


def _hops(sent: ExportTraceServiceRequest) -> Iterator[Hop]:
    for resource in sent.resource_spans:
        named = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            yield from (Hop(named["service.name"], span) for span in scope.spans)
