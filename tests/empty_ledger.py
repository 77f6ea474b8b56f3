"""A ledger that holds nothing yet: what a process asks before its first command."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

SENDERS = "/audit/api/senders"


@contextmanager
def answering(status: int = 200, body: bytes = b"[]") -> Iterator[str]:
    """Return the address of a server that gives this answer to whoever asks for the senders."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == SENDERS else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
