"""Search in the lists of the desk: what an official types is found anywhere in a text, whatever its capitals."""


def searchable(text: str) -> str:
    """Return the text without capitals and doubled spaces."""
    return " ".join(text.casefold().split())


def pattern_of(text: str) -> str:
    """Return the pattern of LIKE (with ESCAPE '!') for texts in which this stands; its own signs mean themselves."""
    return "%" + "".join(f"!{each}" if each in "!%_" else each for each in searchable(text)) + "%"
