"""The routing that comes with the programs, read once for all tests."""

from functools import cache

from zi_notify.notices.routing import Routing, load_routing


@cache
def shipped_routing() -> Routing:
    return load_routing()
