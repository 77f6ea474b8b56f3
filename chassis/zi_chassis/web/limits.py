"""Slows down whoever guesses tickets and codes: wrong tries fill a bucket that drains with time; memory is bounded."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.requests import Request

from zi_chassis.web.problem import TooManyRequestsError

KEYS = 20_000
MINUTE = 60


class Buckets:
    """One bucket a key: `size` wrong tries at once, then one more every `drain` seconds."""

    def __init__(self, size: int, drain: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self._size, self._drain, self._seconds = size, drain, seconds
        self._empty_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until this key may try again; 0 when it may now."""
        full_at = self._seconds() + (self._size - 1) * self._drain
        return max(0.0, self._empty_at.get(key, float("-inf")) - full_at)

    def add(self, key: str) -> None:
        now = self._seconds()
        self._empty_at[key] = max(now, self._empty_at.pop(key, now)) + self._drain
        while len(self._empty_at) > KEYS:
            self._empty_at.popitem(last=False)


def refuse_wrong_codes(wrong: Buckets, connection: str) -> None:
    """Raise TooManyRequestsError for a connection that wrong codes came from as often as its bucket holds."""
    wait = wrong.wait(connection)
    if wait > 0:
        raise TooManyRequestsError(
            "Too many wrong codes came from your connection. Try again in {minutes} min.",
            retry_after=ceil(wait),
            minutes=ceil(wait / MINUTE),
        )


class Attempts:
    """Wrong tries per ticket and per client address. Whether the ticket exists plays no part."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._tickets = Buckets(size=10, drain=60, seconds=seconds)
        self._addresses = Buckets(size=20, drain=30, seconds=seconds)

    def check(self, ticket: str, address: str) -> None:
        wait = max(self._tickets.wait(ticket), self._addresses.wait(address))
        if wait > 0:
            raise TooManyRequestsError(
                "Too many wrong tries. Check the ticket and the code and try again in {minutes} min.",
                retry_after=ceil(wait),
                minutes=ceil(wait / 60),
            )

    def wrong(self, ticket: str, address: str) -> None:
        self._tickets.add(ticket)
        self._addresses.add(address)


class DayBudget:
    """An amount that each key may use on one day; stored in memory, so a restart gives it anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._day: date | None = None
        self._used: OrderedDict[str, int] = OrderedDict()

    def left(self, key: str, day: date) -> int:
        return self._most - (self._used.get(key, 0) if day == self._day else 0)

    def use(self, key: str, day: date, amount: int = 1) -> int:
        """Add to what the key has used on the day, and return what is left; a negative amount is given back."""
        if day != self._day:
            self._day = day
            self._used.clear()
        self._used[key] = used = max(0, self._used.pop(key, 0) + amount)
        while len(self._used) > KEYS:
            self._used.popitem(last=False)
        return self._most - used


def client_address(request: Request) -> str:
    """Return the address that the gateway names (the last hop of X-Forwarded-For); IPv6 counts by its /64, which one person holds, but an
    IPv4 address that is written as IPv6 by itself, as all of these are in one /64."""
    hops = request.headers.get("x-forwarded-for", "").split(",")
    forwarded = hops[-1].strip() or (request.client.host if request.client else "")
    try:
        address = ip_address(forwarded)
    except ValueError:
        return forwarded[:64]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or address.exploded[:19])
    return str(address)
