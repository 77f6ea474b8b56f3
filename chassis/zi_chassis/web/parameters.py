"""Refuses an address that gives a value more than once where one is read: the reader would take one of them, and not say which; and one that
gives a control sign, which no search finds and a database may refuse."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from zi_chassis.web.language import msgid
from zi_contracts.text import UNSEEN, Unseen

SEVERAL = "zi.several_values"
ONCE = msgid("Give this once: the address says it more than once.")
BLANKS = "\t\n\r"
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def takes_several(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Below the route's decorator: this endpoint reads every value of these parameters."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[SEVERAL] = frozenset(names)
        return endpoint

    return mark


async def refuse_unreadable(request: Request) -> None:
    """A dependency of every route. Raises RequestValidationError, which names each parameter that is repeated or holds a control sign."""
    if not request.scope["query_string"]:
        return
    pairs = request.query_params.multi_items()
    wrong = [*_repeated(request, pairs), *_with_controls(pairs)]
    if wrong:
        raise RequestValidationError(wrong)


def _repeated(request: Request, pairs: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    counts = Counter(name for name, _ in pairs)
    several: frozenset[str] = getattr(request.scope.get("endpoint"), SEVERAL, frozenset())
    for name in sorted(name for name, count in counts.items() if count > 1 and name not in several):
        yield {"type": "value_error", "ctx": {"error": ValueError(ONCE)}, "loc": ("query", name)}


def _with_controls(pairs: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for name, text in pairs:
        control = first_control(text)
        if control is not None:
            yield {"type": UNSEEN, "ctx": control._asdict(), "loc": ("query", name)}


def first_control(text: str) -> Unseen | None:
    """Return the first control sign (C0, C1 or DEL) and its place; blanks, tabs and ends of lines come with what is pasted."""
    if text.isprintable():
        return None
    for place, sign in enumerate(text, start=1):
        if (sign < " " or "\x7f" <= sign <= "\x9f") and sign not in BLANKS:
            return Unseen(f"U+{ord(sign):04X}", place)
    return None
