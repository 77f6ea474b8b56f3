"""A small web server over a log's folder, with the switches that a real one or a hostile one may have."""

import gzip
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Manners:
    """The behaviour of the server; `requests` lists the targets."""

    token: str | None = None
    is_gzipped: bool = False
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    hangs_up_after: int = 0


class WebLog:
    """Serves `folder` at <url>; the policy at ../api/witness-policy."""

    def __init__(self, folder: Path, manners: Manners) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder, manners))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/audit/log"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(folder: Path, manners: Manners) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, or the client's kernel waits for the second one

        def do_GET(self) -> None:
            manners.requests.append(self.path)
            status, body = self._answer()
            if manners.is_gzipped and status == 200:
                body = gzip.compress(body)
            self.send_response(status)
            if manners.is_gzipped and status == 200:
                self.send_header("Content-Encoding", "gzip")
            if status == 302:
                self.send_header("Location", "http://stranger.example/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            # A server may drop an idle connection without a word; the client must ask again on a new one.
            self.close_connection = len(manners.requests) == manners.hangs_up_after

        def _answer(self) -> tuple[int, bytes]:
            if self.path in manners.answers:
                return manners.answers[self.path]
            if self.path == "/audit/api/witness-policy":
                return 200, (folder / "witness-policy").read_bytes()
            is_allowed = self.headers.get("Authorization") == f"Bearer {manners.token}"
            if manners.token and "/entries/" in self.path and not is_allowed:
                return 401, b"who are you"
            file = folder / self.path.removeprefix("/audit/log/")
            return (200, file.read_bytes()) if file.is_file() else (404, b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
