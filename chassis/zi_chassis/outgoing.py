"""Requests to other servers, past every proxy of the environment. Which certificates are trusted is read once a process: it takes
longer than most requests do, and as much memory each time."""

import ssl
import sys
from functools import cache

import httpx

CONNECTIONS = 8
# httpcore asks for this library several times a request. It is not installed, and looking for it takes 0.1 ms each time (docs/performance.md).
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def client(seconds: float, connections: int = CONNECTIONS) -> httpx.AsyncClient:
    """`seconds`: how long it waits for each step of an answer; `connections`: as many as its requests under way, so that none waits for one."""
    limits = httpx.Limits(max_connections=connections)
    return httpx.AsyncClient(timeout=seconds, trust_env=False, verify=_trusted(), limits=limits)


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
