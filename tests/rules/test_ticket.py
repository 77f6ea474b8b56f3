"""Tickets and case codes survive the way through mouths and hands."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.crockford import CHECK_CHARACTERS, DIGITS
from zi_rules.ticket import (
    MalformedCaseCodeError,
    MalformedTicketError,
    case_code_from_bytes,
    normalise_case_code,
    normalise_ticket,
    number_of_ticket,
    ticket_from_bytes,
    ticket_from_number,
)

numbers = st.integers(0, 2**40 - 1)


@given(numbers)
def test_a_ticket_gives_its_number_back(number: int) -> None:
    ticket = ticket_from_number(number)
    assert len(ticket) == 9
    assert number_of_ticket(ticket) == number


@given(numbers, st.integers(0, 8), st.sampled_from(CHECK_CHARACTERS))
def test_any_single_wrong_character_is_found(number: int, place: int, wrong: str) -> None:
    ticket = ticket_from_number(number)
    if ticket[place] != wrong:
        with pytest.raises(MalformedTicketError):
            number_of_ticket(ticket[:place] + wrong + ticket[place + 1 :])


@given(numbers)
def test_a_carelessly_typed_ticket_is_still_itself(number: int) -> None:
    ticket = ticket_from_number(number)
    typed = f" {ticket[:4]}-{ticket[4:8]} {ticket[8]}".lower().replace("0", "o").replace("1", "l")
    assert normalise_ticket(typed) == ticket
    assert normalise_ticket(typed.replace("l", "I")) == ticket


@given(numbers)
def test_a_ticket_is_itself_however_it_was_pasted(number: int) -> None:
    ticket = ticket_from_number(number)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in ticket)
    lines = f"{ticket[:4]}\u2011{ticket[4:8]}\u2212{ticket[8]}"
    for pasted in (wide, f"{lines}.", f"\u00a0{ticket}\u200b,", f"\ufeff{ticket[:3]}\u2009{ticket[3:]}"):
        assert normalise_ticket(pasted) == ticket


@given(st.text())
def test_whatever_is_typed_is_a_ticket_or_a_clear_refusal(text: str) -> None:
    with suppress(MalformedTicketError):
        assert normalise_ticket(text) == ticket_from_number(number_of_ticket(text))


@pytest.mark.parametrize("text", ["", "00000000", "0000000000", "0000000U0", "000000001"])
def test_a_ticket_that_is_short_long_or_miswritten_is_refused(text: str) -> None:
    with pytest.raises(MalformedTicketError) as refused:
        normalise_ticket(text)
    assert str(refused.value) == "Check the ticket: one of its nine characters is missing or wrong."


def test_known_tickets_are_written_as_published() -> None:
    assert ticket_from_number(0) == "000000000"
    assert ticket_from_number(32) == "00000010*"
    assert ticket_from_number(1234) == "0000016JD"
    assert ticket_from_number(2**40 - 1) == "ZZZZZZZZF"


@pytest.mark.parametrize("number", [-1, 2**40])
def test_a_ticket_holds_forty_bits(number: int) -> None:
    with pytest.raises(ValueError, match=r"^a ticket holds 40 bits$"):
        ticket_from_number(number)


def test_a_ticket_comes_from_the_first_forty_bits_of_a_digest() -> None:
    assert ticket_from_bytes(b"\x00\x00\x00\x04\xd2 and the rest") == ticket_from_number(1234)


def test_too_few_bytes_make_no_ticket() -> None:
    with pytest.raises(ValueError, match="at least 5"):
        ticket_from_bytes(b"1234")


def test_a_case_code_comes_from_the_first_sixty_bits_of_a_digest() -> None:
    assert case_code_from_bytes(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ"
    assert case_code_from_bytes(b"\x00" * 7 + b"\x1f") == "0000-0000-0001"


def test_too_few_bytes_make_no_case_code() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        case_code_from_bytes(b"1234567")


@given(st.binary(min_size=8, max_size=32))
def test_a_carelessly_typed_case_code_is_still_itself(digest: bytes) -> None:
    code = case_code_from_bytes(digest)
    typed = code.lower().replace("-", " ").replace("0", "O").replace("1", "i")
    assert normalise_case_code(typed) == code
    assert set(code.replace("-", "")) <= set(DIGITS)


@pytest.mark.parametrize("text", ["", "ZZZZ-ZZZZ-ZZZ", "ZZZZ-ZZZZ-ZZZZZ", "UUUU-UUUU-UUUU"])
def test_what_is_not_twelve_digits_is_no_case_code(text: str) -> None:
    with pytest.raises(MalformedCaseCodeError) as refused:
        normalise_case_code(text)
    assert str(refused.value) == "Check the code: it has twelve characters, written as XXXX-XXXX-XXXX."
