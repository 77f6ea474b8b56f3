"""The number of a letter as it is printed, SKI-2026-000017, and read from however somebody typed or pasted it. Pure."""

import re

from zi_rules.typography import plain_signs

NUMBER = re.compile(r"SK([I1L]|E)[ /.-]*([0-9OIL]{4})[ /.-]*([0-9OIL]{1,9})", re.ASCII)
DIGITS = str.maketrans("OIL", "011")


def official_number(series: str, year: int, number: int) -> str:
    """Return the number as it is printed: SKI-2026-000017."""
    return f"{series.upper()}-{year}-{number:06}"


def number_in(text: str) -> str | None:
    """Return it as it is printed: `ski 2026 17` is SKI-2026-000017. None for what is no number of an import or export letter."""
    match = NUMBER.fullmatch(plain_signs(text))
    if match is None:
        return None
    year, number = (int(part.translate(DIGITS)) for part in match.groups()[1:])
    return official_number("ske" if match[1] == "E" else "ski", year, number)
