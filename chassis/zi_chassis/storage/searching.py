"""Search in the lists of the desk: what an official types is found anywhere in a text, whatever its capitals."""

LONGEST_TICKET = 20


def first_signs(text: str) -> str:
    """Return how a ticket begins, as it is written: of what was typed only letters and digits, in capitals."""
    return "".join(each for each in text.upper() if each.isascii() and each.isalnum())[:LONGEST_TICKET]


def begins_with(column: str, signs: str) -> tuple[str, tuple[str, ...]]:
    """Return the condition, and its values, that a ticket begins with these signs; none for no signs."""
    return (f" AND substr({column}, 1, {len(signs)}) = ?", (signs,)) if signs else ("", ())


def searchable(text: str) -> str:
    """Return the text without capitals and doubled spaces."""
    return " ".join(text.casefold().split())


def pattern_of(text: str) -> str:
    """Return the pattern of LIKE (with ESCAPE '!') for searchable texts in which this stands."""
    return f"%{like_escaped(searchable(text))}%"


def like_escaped(text: str) -> str:
    """Escape the signs of LIKE (with ESCAPE '!'), so that they mean themselves."""
    return "".join(f"!{each}" if each in "!%_" else each for each in text)
