"""One trace from a request over store and bus to whoever hears of it; off, it is nothing at all."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Status, StatusCode
from tests.chassis.counter import add, counter
from tests.chassis.house import open_store, opened, running
from tests.chassis.sample_service import service, settings
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.lanes import Reaction
from zi_chassis.bus.outbox import Outbox
from zi_chassis.process import tracing
from zi_chassis.process.collector import CollectorExporter, CollectorTracer, tracer_of, without_texts
from zi_chassis.storage import origins
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import event_id
from zi_contracts.message import Message

SOMEBODY, STRANGER = f"00-{'0a' * 16}-{'0b' * 8}-01", "11" * 16
PERSONAL = "Siti Rekaan, Jalan Contoh 1"
THING = {"text": "ok", "kind": "red"}


class Spans:
    """The spans that left this process."""

    def __init__(self) -> None:
        self._memory = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(CollectorExporter(self._memory)))

    @property
    def all(self) -> list[ReadableSpan]:
        return list(self._memory.get_finished_spans())

    def hops(self) -> set[tuple[str, str]]:
        """Name each span after the name of the span before it."""
        names = {span.context.span_id: span.name for span in self.all}
        return {(names.get(span.parent.span_id, "?") if span.parent else "", span.name) for span in self.all}


@pytest.fixture
def spans() -> Iterator[Spans]:
    collected = Spans()
    tracing.use(CollectorTracer(collected.provider))
    yield collected
    tracing.use(None)


def owed(tx: Tx, message: Message) -> Iterable[Reaction]:
    """Count once more because of the message, and once more for somebody whom nobody finds by it."""
    command = add(1)
    because = command.by.model_copy(update={"causation": str(message.id)})
    yield Reaction(counter, UUID(int=1), command.model_copy(update={"by": because}))
    yield Reaction(counter, UUID(int=2), command)


@pytest.mark.journey
async def test_a_trace_goes_on_over_the_bus_also_after_the_sender_was_started_anew(
    spans: Spans, nats: NatsServer, tmp_path: Path
) -> None:
    intake = open_store("intake", tmp_path / "intake.db")
    with tracing.request(None) as request:
        await intake.handle(counter, uuid4(), add(1))
    await intake.handle(counter, uuid4(), add(1))  # by no request: of no trace
    intake.close()
    intake, notify = (open_store(name, tmp_path / f"{name}.db") for name in ("intake", "notify"))
    sending, hearing = nats.broker("intake"), nats.broker("notify")
    async with opened(sending, hearing):
        outbox, inbox = Outbox(intake, sending), Inbox(notify, hearing, "intake", owed)
        async with running(outbox.run, inbox.run):
            await until(lambda: notify.received_position("intake") == 2)
    assert spans.hops() == {
        ("", "request"),
        ("request", "store append"),
        ("store append", "zi.intake.added publish"),
        ("zi.intake.added publish", "zi.intake.added process"),
    }
    assert {span.context.trace_id for span in spans.all} == {_trace_id(request)}
    [handled] = [span for span in spans.all if span.name.endswith("process")]
    known = notify.read(lambda tx: [origins.origin(tx, event_id(UUID(int=n), 1)) for n in (1, 2)])
    assert [(each.trace or "")[36:52] for each in known] == [f"{handled.context.span_id:016x}", ""]
    intake.close()
    notify.close()


def _trace_id(span: tracing.Span) -> int:
    return int((span.traceparent or "").split("-")[1], 16)


async def test_traces_are_stored_of_the_newest_events_alone(
    spans: Spans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origins, "NEWEST", 2)
    store = open_store("intake", tmp_path / "intake.db")
    for _ in range(5):
        with tracing.request(None):
            await store.handle(counter, uuid4(), add(1))
    assert sorted(store.read(lambda tx: origins.traces(tx, 1, 9))) == [4, 5]
    store.close()


async def test_a_trace_that_is_not_sent_is_stored_nowhere(tmp_path: Path) -> None:
    tracing.use(CollectorTracer(TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)))
    store = open_store("intake", tmp_path / "intake.db")
    with tracing.request(None) as span:
        await store.handle(counter, uuid4(), add(1))
        assert (span.traceparent, tracing.current(), tracing.headers()) == (None, None, {})
    assert store.read(lambda tx: origins.traces(tx, 1, 9)) == {}
    store.close()
    tracing.use(None)


def test_the_span_of_a_request_has_its_route_and_nothing_that_was_sent(spans: Spans, tmp_path: Path) -> None:
    with TestClient(service(tmp_path).app, raise_server_exceptions=False) as client:
        answer = client.post("/sample/api/things/TICKET-7?code=SECRET", json={**THING, "text": "broken"})
        client.get("/nowhere/SECRET")
    first, second = spans.all
    assert (first.name, second.name) == ("POST /sample/api/things/{ticket}", "GET -")
    assert first.attributes == {
        "http.request.method": "POST",
        "http.route": "/sample/api/things/{ticket}",
        "http.response.status_code": 500,
        "zi.request": answer.headers["x-request-id"],
    }
    written = " ".join(span.to_json() for span in spans.all)
    assert not any(each in written for each in ("TICKET", "SECRET", "broken"))


def test_only_services_of_this_house_go_on_with_a_trace(spans: Spans, tmp_path: Path) -> None:
    """A stranger who names one would mix their requests with those of others, or turn the sending of traces on."""
    with TestClient(service(tmp_path).app) as client:
        client.get("/sample/health", headers={"traceparent": SOMEBODY})
        gateway = {"traceparent": f"00-{STRANGER}-{'0b' * 8}-01", "X-Forwarded-For": "203.0.113.7"}
        client.get("/sample/health", headers=gateway)
        client.get("/sample/health", headers={"traceparent": "no such thing"})
    ours, theirs, unreadable = spans.all
    assert f"{ours.context.trace_id:032x}" == "0a" * 16
    assert (theirs.parent, unreadable.parent) == (None, None)
    assert f"{theirs.context.trace_id:032x}" != STRANGER


def test_nothing_but_listed_codes_leaves_the_process() -> None:
    """Whatever a library adds to a span: texts of errors, bodies, addresses."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("x").start_span("zi.intake.> process")
    span.set_attributes({"http.route": "/x/{ticket}", "url.full": PERSONAL, "zi.event": PERSONAL * 9})
    span.record_exception(ValueError(PERSONAL))
    span.set_status(Status(StatusCode.ERROR, PERSONAL))
    span.add_link(span.get_span_context(), {"name": PERSONAL})
    span.end()
    assert isinstance(span, ReadableSpan)
    sent = without_texts(span)
    assert PERSONAL in span.to_json()
    assert PERSONAL not in sent.to_json()
    assert (sent.attributes, sent.status.status_code) == ({"http.route": "/x/{ticket}"}, StatusCode.ERROR)
    assert len(sent.links) == 1


async def test_a_step_of_no_trace_is_none_and_one_that_fails_says_how(spans: Spans) -> None:
    with tracing.inside("alone"), tracing.after(tracing.TraceStep(None, "x", tracing.SpanKind.CONSUMER)):
        pass
    with tracing.after(tracing.TraceStep("no such thing", "x", tracing.SpanKind.CONSUMER)):
        pass
    assert spans.all == []
    step = tracing.TraceStep(SOMEBODY, "together", tracing.SpanKind.CONSUMER)
    with pytest.raises(ValueError), tracing.each_after([step, step._replace(parent=None)]):
        raise ValueError(PERSONAL)
    [failed] = spans.all
    assert (failed.attributes, failed.events) == ({"error.type": "ValueError"}, ())


def test_a_collector_that_takes_and_never_answers_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "SECONDS_TO_END", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        tracer = tracer_of(settings(tmp_path, otlp_endpoint=address), "1", share=False)
        tracing.use(tracer)
        for _ in range(5_000):
            with tracing.request(None):
                pass
        tracing.stop()
        assert not tracing.is_on()


def test_while_traces_are_off_nothing_of_the_sdk_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from zi_chassis.bus import process; from zi_chassis.process import tracing; from zi_chassis.settings import Settings;"
        f"tracing.start(Settings(service='sample', data={str(tmp_path)!r}), '1');"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert asyncio.run(_off()) == (None, {}, None)


async def _off() -> tuple[str | None, dict[str, str], str | None]:
    with tracing.request(SOMEBODY) as span, tracing.inside("x"):
        return span.traceparent, tracing.headers(), tracing.parent_in({"traceparent": SOMEBODY})
