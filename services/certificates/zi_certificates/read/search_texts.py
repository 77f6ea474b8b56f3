"""The text of an application that officials search: its ticket, products, registration numbers, HS codes and batches; nothing personal."""

from zi_certificates.domain.statement import Statement
from zi_chassis.storage.searching import searchable
from zi_rules.registration_number import normalise_number


def search_text(ticket: str, stated: Statement) -> str:
    fields = [ticket]
    for each in stated.products:
        fields += (each.product, each.hs_code, each.batch)
        if each.registration_number is not None:
            fields += (each.registration_number, normalise_number(each.registration_number))
    return "\n".join(map(searchable, fields))
