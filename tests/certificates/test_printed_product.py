"""A product as its letter prints it and its code repeats it."""

from tests.certificates import steps

from zi_certificates.domain.printed_product import printed_product
from zi_tlog.letter_goods import CodeProduct


def test_a_product_is_repeated_by_the_code_in_the_letters_spelling() -> None:
    stated = steps.product().model_copy(update={"product": " Kecap  \n Contoh", "batch": "B\t1"})
    assert printed_product(stated) == CodeProduct("Kecap Contoh", "B 1", "1200,5 kg (bottle)")


def test_a_quantity_is_not_longer_than_a_line_of_a_letter() -> None:
    long = steps.product().model_copy(update={"pack": "x" * 400})
    assert len(printed_product(long).quantity) == 300
