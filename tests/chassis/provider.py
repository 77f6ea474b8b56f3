"""Identity providers for tests: one whose keys and claims a test chooses, and the real one of the demo."""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from tests.ports import free_port
from tests.until import PATIENCE

Key = RSAKey | ECKey
KEY = RSAKey.generate_key(2048)
PROMPTLY = 0.01  # seconds until it hears that it is to end


class OwnProvider:
    """Publishes discovery and keys over HTTP; `token` signs whatever a test wants to claim."""

    def __init__(self) -> None:
        self.keys: list[Key] = [KEY]
        self.key_requests = 0
        self.hosts: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.issuer = self.url
        threading.Thread(target=self._server.serve_forever, args=(PROMPTLY,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, *, key: Key | None = None, alg: str = "RS256", **claims: object) -> str:
        signer = key or self.keys[-1]
        signer.ensure_kid()
        now = int(time.time())
        standard = {"iss": self.issuer, "aud": "zi", "sub": "s-1", "iat": now, "exp": now + 600}
        payload = {name: value for name, value in {**standard, **claims}.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": signer.kid}, payload, signer, algorithms=[alg])

    def _document(self, path: str) -> Any:
        if path == "/jwks":
            self.key_requests += 1
            return KeySet(list(self.keys)).as_dict(private=False)
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.hosts.add(self.headers["Host"])
                body = json.dumps(provider._document(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler


class MockProvider:
    """The demo's oidc-provider-mock as its own process, with one officer and one auditor."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        people = [
            {"sub": "officer-1", "name": "Ayu Rekaan", "roles": ["officer"]},
            {"sub": "auditor-1", "name": "Budi Rekaan", "roles": ["auditor"]},
        ]
        command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)]
        for person in people:
            command += ["--user-claims", json.dumps(person)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/jwks", trust_env=False)
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError("the provider does not answer")

    def consent(self, authorize: str, sub: str) -> str:
        """What the browser does at the provider: choose a person; returns where it sends the browser back to."""
        return httpx.post(authorize, data={"sub": sub}, trust_env=False).headers["location"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
