"""Refuses an address that gives a value more than once where one is read: the reader would take one of them, and not say which."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from zi_chassis.web.language import msgid

SEVERAL = "zi.several_values"
ONCE = msgid("Give this once: the address says it more than once.")
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def takes_several(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Below the route's decorator: this endpoint reads every value of these parameters."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[SEVERAL] = frozenset(names)
        return endpoint

    return mark


async def refuse_repeated(request: Request) -> None:
    """A dependency of every route. Raises RequestValidationError, which names each."""
    if b"&" not in request.scope["query_string"]:
        return
    counts = Counter(name for name, _ in request.query_params.multi_items())
    several: frozenset[str] = getattr(request.scope.get("endpoint"), SEVERAL, frozenset())
    repeated = sorted(name for name, count in counts.items() if count > 1 and name not in several)
    if repeated:
        wrong = {"type": "value_error", "ctx": {"error": ValueError(ONCE)}}
        raise RequestValidationError([wrong | {"loc": ("query", name)} for name in repeated])
