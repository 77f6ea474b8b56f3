"""A choice from a list that is data: refused in the words in which a choice from a fixed list is."""

from collections.abc import Iterable

from fastapi.exceptions import RequestValidationError


def expected(codes: Iterable[str]) -> str:
    """Return the codes as a refusal lists them: 'a', 'b' or 'c'."""
    *first, last = [f"'{code}'" for code in codes]
    return f"{', '.join(first)} or {last}" if first else last


def refuse_unlisted(field: str, code: str, codes: Iterable[str]) -> None:
    """Raises RequestValidationError for a field of the body that holds none of the codes."""
    listed = tuple(codes)
    if code not in listed:
        context = {"expected": expected(listed)}
        error = {"type": "literal_error", "loc": ("body", field), "msg": "not on the list", "ctx": context}
        raise RequestValidationError([error])
