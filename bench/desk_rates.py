"""Measures desks over ten thousand cases: a store on each database, filled once, its pages and its API asked over HTTP."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bench import house, load
from zi_chassis.service import Service, run
from zi_chassis.settings import IDENTITY, Settings

AIM_MS = 100  # at the 95th percentile, with four clients
SECONDS = 2


@dataclass(frozen=True)
class Desk:
    """`fill` returns the processor time of queries in milliseconds, by name, where it measures it. `clients` ends with four, and `official` has
    the `roles`. `database` is the name of one of `house.postgres`."""

    service: str
    program: str
    port: int
    database: str
    title: str
    queries: load.Queries
    official: str
    roles: Sequence[str]
    fill: Callable[[Path, str], Awaitable[Mapping[str, float] | None]]
    front: Callable[[Settings], Service]
    clients: Sequence[int] = (1, 4)
    options: Mapping[str, str] = field(default_factory=dict)

    def main(self, *files: Path) -> int:
        """Measure on both databases, print the table and write the results; or serve, where the command says so."""
        if sys.argv[1:] == ["serve"]:
            self._serve()
            return 0
        with (
            tempfile.TemporaryDirectory(prefix="zona-desk-") as folder,
            house.postgres(Path(folder) / "pg") as place,
        ):
            results = self.measured(Path(folder) / "desk", postgresql=place.format(self.database))
        for row in self.rows(results):
            print(row[0].ljust(60), *(cell.rjust(24) for cell in row[1:]))
        for file in files:
            file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
        return 0

    def measured(self, folder: Path, **databases: str) -> dict[str, Any]:
        """`databases` are further ones, by name."""
        results: dict[str, Any] = {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "load_average": round(os.getloadavg()[0], 1),  # above the number of cores others worked meanwhile
            "desk": self.title,
        }
        for name, place in {"sqlite": "", **databases}.items():
            (folder / name).mkdir(parents=True)
            processor = asyncio.run(_awaited(self.fill(folder / name, place)))
            if processor:
                results[f"{name}_processor_ms"] = dict(processor)
            house.settle(place)
            results[name] = self._rates(folder / name, place)
        slow = {
            f"{name} {query}": at["4"]["p95_ms"]
            for name in ("sqlite", *databases)
            for query, at in results[name].items()
            if at["4"]["p95_ms"] > AIM_MS
        }
        return results | {"above_the_aim": slow}

    def rows(self, results: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        """As lines of a table: what was asked of which database, and how long it took with so many clients."""
        yield (
            f"{self.title}: asked per second (p50 / p95 ms)",
            *(f"{count} clients" for count in self.clients),
        )
        for name in ("sqlite", "postgresql"):
            for query, at in results.get(name, {}).items():
                yield f"{name}, {query.replace('_', ' ')}", *load.rate_cells(at, self.clients)
        for name in ("sqlite", "postgresql"):
            for query, milliseconds in results.get(f"{name}_processor_ms", {}).items():
                yield (
                    f"{name}, {query.replace('_', ' ')}: processor time of its queries",
                    f"{milliseconds} ms",
                )

    def _rates(self, data: Path, place: str) -> dict[str, Any]:
        """Past the gateway, the same again and again, by so many clients at once."""
        settings = Settings(service=self.service, data=data, port=self.port)
        keys = self.port + IDENTITY
        options = {"ZI_DATABASE": place, "ZI_JWKS_URL": f"http://127.0.0.1:{keys}/", **self.options}
        with (
            identity(settings, keys, self.official, *self.roles) as token,
            house.front_of(self.service, self.program, data, self.port, **options) as address,
        ):
            return load.query_rates(address, self.queries, token, self.clients, SECONDS)

    def _serve(self) -> None:
        """Serve routes and pages as the service's process does; nobody needs a broker to look at a desk."""
        settings = Settings(service=self.service)
        service = self.front(settings)
        service.open(lambda: service.app.state.office)
        run(service.app, settings)


async def _awaited(filling: Awaitable[Mapping[str, float] | None]) -> Mapping[str, float] | None:
    return await filling


@contextmanager
def identity(settings: Settings, port: int, sub: str, *roles: str) -> Iterator[str]:
    """The keys of an identity provider, and the token of an official."""
    key = RSAKey.generate_key(2048, parameters={"kid": "bench"})
    keys = json.dumps(KeySet([key]).as_dict(private=False)).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_: object) -> None:
            pass

    claims = {
        "iss": settings.issuer,
        "aud": settings.client_id,
        "sub": sub,
        "exp": int(time.time()) + 3600,
        "roles": list(roles),
    }
    with ThreadingHTTPServer(("127.0.0.1", port), Keys) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield jwt.encode({"alg": "RS256", "kid": "bench"}, claims, key)
        server.shutdown()
