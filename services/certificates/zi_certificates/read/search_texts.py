"""The text of an application that officials search: its ticket, products, registration numbers, HS codes and batches; nothing personal."""

from zi_certificates.domain.statement import Statement
from zi_rules.registration_number import normalise_number


def searchable(text: str) -> str:
    """Return the text as it is stored for the search: without capitals and doubled spaces."""
    return " ".join(text.casefold().split())


def search_text(ticket: str, stated: Statement) -> str:
    fields = [ticket]
    for each in stated.products:
        fields += (each.product, each.hs_code, each.batch)
        if each.registration_number is not None:
            fields += (each.registration_number, normalise_number(each.registration_number))
    return "\n".join(map(searchable, fields))


def like_part(text: str) -> str:
    """Return the pattern of LIKE (with ESCAPE '!') for texts in which this stands."""
    return f"%{like_escaped(searchable(text))}%"


def like_escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
