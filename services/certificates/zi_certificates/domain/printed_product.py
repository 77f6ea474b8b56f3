"""A stated product as letters print it and their codes repeat it: one spelling and one line a field. Pure."""

from decimal import Decimal

from zi_certificates.domain.statement import StatedProduct
from zi_contracts.text import one_spelling
from zi_tlog.letter_goods import CodeProduct

LONGEST = 300


def printed_product(stated: StatedProduct) -> CodeProduct:
    return CodeProduct(one_line(stated.product), one_line(stated.batch), printed_quantity(stated))


def printed_quantity(stated: StatedProduct) -> str:
    """Write 1200.5 kg in bottles as `1200,5 kg (bottle)`."""
    return one_line(f"{_plain(stated.quantity)} {stated.unit} ({stated.pack})")[:LONGEST]


def one_line(text: str) -> str:
    return " ".join(one_spelling(text).split())


def _plain(amount: Decimal) -> str:
    written = f"{amount:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")
