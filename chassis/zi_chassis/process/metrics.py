"""The metrics of a process for Prometheus; labels are names out of the code, never values out of a request."""

from functools import cache
from math import nan
from pathlib import Path
from shutil import disk_usage

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter("zi_requests", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram(
    "zi_request_seconds",
    "Time from the request's arrival to the end of its answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10),
)
READY = Gauge(
    "zi_ready", "1 while this part keeps the process from nothing, as /ready says", ["service", "check"]
)
LEASE_HELD = Gauge(
    "zi_lease_held", "1 in the one process of a service that runs its outbox, lanes and timers", ["service"]
)
DISK_FREE = Gauge(
    "zi_disk_free_bytes", "Space that is free on the disk of the process's own data folder", ["service"]
)
BUILD = Gauge("zi_build_info", "Always 1; the label names the version of the program", ["service", "version"])


@cache
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(route)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    requests, times = _of(method, route, status)
    requests.inc()
    times.observe(seconds)


def free_on_disk(folder: Path) -> float:
    """Return the bytes; not a number where there is no such folder yet."""
    try:
        return disk_usage(folder).free
    except OSError:
        return nan


def text() -> bytes:
    return generate_latest(REGISTRY)
