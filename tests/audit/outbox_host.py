"""Answer over HTTP as the outboxes of other services do; a service that is named nowhere does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from zi_audit.messaging.outboxes import Outboxes
from zi_chassis.settings import Settings
from zi_chassis.web.lanes import OutboxState, StrangerState

GOING = OutboxState(stopped=False, reason=None, after_position=0, head="0" * 64, messages=())


@dataclass
class OutboxHost:
    address: str = ""
    states: dict[str, OutboxState] = field(default_factory=dict)
    tokens: list[str | None] = field(default_factory=list)

    def stop(self, sender: str, after_position: int, head: str, *messages: StrangerState) -> None:
        """The outbox of `sender` stopped at these messages."""
        self.states[sender] = OutboxState(
            stopped=True, reason="it is stopped", after_position=after_position, head=head, messages=messages
        )

    @property
    def outboxes(self) -> Outboxes:
        names = ("intake_url", "umkm_url", "certificates_url", "notify_url", "audit_url")
        return Outboxes(Settings(service="audit", **dict.fromkeys(names, self.address)))  # type: ignore[arg-type]


@contextmanager
def hosted() -> Iterator[OutboxHost]:
    host = OutboxHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.tokens.append(self.headers.get("Authorization"))
            state = host.states.get(self.path.split("/")[1])
            self.send_response(503 if state is None else 200)
            self.end_headers()
            self.wfile.write(b"" if state is None else state.model_dump_json().encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield host
    server.shutdown()
    server.server_close()
