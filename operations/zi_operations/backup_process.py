"""The small server of `zona schedule`: readiness and metrics, in the same shape as every service answers them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from zi_chassis.process import metrics
from zi_operations.house import SCHEDULER
from zi_operations.schedule import Schedule


class BackupProcess:
    """Answers `/backups/ready` and `/backups/metrics` while it is entered; `address` is `host:port`."""

    def __init__(self, schedule: Schedule, address: str) -> None:
        host, _, port = address.rpartition(":")
        handler = type("Handler", (_Handler,), {"schedule": schedule})
        self._server = ThreadingHTTPServer((host, int(port)), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    schedule: Schedule

    def do_GET(self) -> None:
        if self.path == f"/{SCHEDULER}/metrics":
            self._answer(200, metrics.CONTENT_TYPE, metrics.text())
        elif self.path == f"/{SCHEDULER}/ready":
            names = ("backup", "removal", "drill", "copy")
            reasons = {name: getattr(self.schedule, name).fault for name in names}
            checks = {name: {"ok": why is None, "reason": why} for name, why in reasons.items()}
            ready = not any(reasons.values())
            body = json.dumps({"service": SCHEDULER, "ready": ready, "checks": checks}).encode()
            self._answer(200 if ready else 503, "application/json", body)
        elif self.path == f"/{SCHEDULER}/health":
            self._answer(200, "application/json", json.dumps({"service": SCHEDULER, "alive": True}).encode())
        else:
            self._answer(404, "text/plain", b"not found\n")

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged, as in every service."""

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
