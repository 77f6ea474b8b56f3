"""The gateway names the client's address to the services: its own view, or that of a proxy in front that the operator trusts."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from deploy.embedded.programs import binary
from tests.ports import free_port
from tests.until import PATIENCE

from zi_chassis.settings import Settings


class Echo(BaseHTTPRequestHandler):
    """Answers with the X-Forwarded-For that it was sent."""

    def do_GET(self) -> None:
        content = ", ".join(self.headers.get_all("X-Forwarded-For") or []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def gateway(folder: Path, trusted: str) -> Iterator[str]:
    """Run the real Caddyfile in front of an echo; gives its address."""
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    port = free_port()
    environment = {
        "ZI_PORT": str(port),
        "ZI_CADDY": str(folder),
        "HOME": str(folder),
        "ZI_TRUSTED_PROXIES": trusted,
        "ZI_INTAKE_UPSTREAM": f"127.0.0.1:{echo.server_port}",
    }
    command = [binary("caddy"), "run", "--config", "deploy/caddy/Caddyfile", "--adapter", "caddyfile"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield _answering(f"http://127.0.0.1:{port}/")
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        echo.shutdown()


def _answering(address: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return address
    raise AssertionError("the gateway does not answer")


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", "127.0.0.1"),  # nobody in front is believed
        ("192.0.2.0/24", "127.0.0.1"),  # somebody else is
        ("127.0.0.1/32", "203.0.113.9"),  # the one in front; what the client wrote before is not
    ],
)
def test_services_see_the_client_that_the_gateway_can_vouch_for(
    tmp_path: Path, trusted: str, expected: str
) -> None:
    with gateway(tmp_path, trusted) as address:
        headers = {"X-Forwarded-For": "198.51.100.66, 203.0.113.9"}
        assert httpx.get(address, headers=headers).text == expected


@pytest.mark.parametrize(
    ("settings", "warns"),
    [
        ({"public_url": "https://layanan.example"}, True),
        ({"public_url": "https://layanan.example", "trusted_proxies": "10.0.0.5"}, False),
        ({"public_url": "http://localhost:8080"}, False),
    ],
)
def test_the_start_complains_when_a_proxy_in_front_is_not_named(
    settings: dict[str, str], warns: bool
) -> None:
    warning = Settings(service="intake", **settings).warning
    assert (warning is not None and "ZI_TRUSTED_PROXIES" in warning) == warns


HEADERS = {
    "content-security-policy": "default-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
# A service that answers, one that is away, one whose metrics stay inside, an API that is away, and a host that nobody has.
ROUTES = ("", "umkm/", "umkm/metrics", "audit/api/x", "audit/log/checkpoint", "//evil.example/desk")


def test_every_answer_of_the_gateway_carries_the_headers(tmp_path: Path) -> None:
    with gateway(tmp_path, "") as address, httpx.Client(timeout=30) as client:
        for route in ROUTES:
            answer = client.get(f"{address}{route}", headers={"Host": "evil.example"})
            for name, wanted in HEADERS.items():
                assert wanted in answer.headers.get(name, ""), (route, name)
            assert "server" not in answer.headers
            assert "strict-transport-security" not in answer.headers
            assert "evil" not in answer.headers.get("location", "")
        secure = client.get(f"{address}umkm/metrics", headers={"X-Forwarded-Proto": "https"})
        assert "max-age=" in secure.headers["strict-transport-security"]


INDONESIAN, ENGLISH = "Ukurannya terlalu besar", "This is too large"


def test_what_is_too_large_is_refused_in_the_reader_s_language(tmp_path: Path) -> None:
    languages = (
        ({}, "", INDONESIAN),
        ({"Accept-Language": "id-ID,en;q=0.8"}, "", INDONESIAN),
        ({"Accept-Language": "en-GB,id;q=0.8"}, "", ENGLISH),
        ({"Accept-Language": "en", "Cookie": "zi_lang=id"}, "", INDONESIAN),
        ({"Cookie": "zi_lang=en"}, "", ENGLISH),
        ({"Accept-Language": "en"}, "?lang=id", INDONESIAN),
        ({"Cookie": "zi_lang=id"}, "?lang=en", ENGLISH),
    )
    with gateway(tmp_path, "") as address:
        for headers, query, sentence in languages:
            url = f"{address}intake/api/cases/any/attachments{query}"
            answer = httpx.post(url, headers=headers, content=bytes(12_000_000), timeout=30)
            assert answer.status_code == 413
            assert answer.headers["connection"] == "close"  # no rest of it is taken for a request
            assert answer.json()["detail"].startswith(sentence), (headers, query)
        for language, sentence, other in (("id", INDONESIAN, ENGLISH), ("en", ENGLISH, INDONESIAN)):
            page = httpx.post(f"{address}complaints?lang={language}", content=bytes(12_000_000), timeout=30)
            assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
            assert f'<html lang="{language}">' in page.text
            assert f"<h1>{sentence}" in page.text
            assert other not in page.text
            assert '<meta name="viewport"' in page.text
            assert "{" not in page.text.partition("</style>")[2]
