"""Tickets name a case (40 bits and a check character); case codes open it (60 bits). Each is derived from a secret of its own."""

from zi_rules.crockford import check_character, is_written, read, tidied, written

TICKET_BYTES = 5
CASE_CODE_BYTES = 8
_TICKET_DIGITS = 8
_CASE_CODE_DIGITS = 12


class MalformedTicketError(ValueError):
    """The input can't be a ticket: a character is missing, too many or wrong."""


class MalformedCaseCodeError(ValueError):
    """The input can't be a case code."""


def ticket_from_number(number: int) -> str:
    if not 0 <= number < 1 << 8 * TICKET_BYTES:
        raise ValueError("a ticket holds 40 bits")
    return written(number.to_bytes(TICKET_BYTES)) + check_character(number)


def ticket_from_bytes(digest: bytes) -> str:
    """From the first 40 bits."""
    return ticket_from_number(int.from_bytes(_leading(digest, TICKET_BYTES)))


def number_of_ticket(text: str) -> int:
    ticket = tidied(text)
    digits, check = ticket[:_TICKET_DIGITS], ticket[_TICKET_DIGITS:]
    if not is_written(digits, _TICKET_DIGITS) or check != check_character(read(digits)):
        raise MalformedTicketError("Check the ticket: one of its nine characters is missing or wrong.")
    return read(digits)


def normalise_ticket(text: str) -> str:
    return ticket_from_number(number_of_ticket(text))


def case_code_from_bytes(digest: bytes) -> str:
    """From the first 60 bits."""
    return _grouped(written(_leading(digest, CASE_CODE_BYTES))[:_CASE_CODE_DIGITS])


def normalise_case_code(text: str) -> str:
    code = tidied(text)
    if not is_written(code, _CASE_CODE_DIGITS):
        raise MalformedCaseCodeError("Check the code: it has twelve characters, written as XXXX-XXXX-XXXX.")
    return _grouped(code)


def _leading(digest: bytes, length: int) -> bytes:
    if len(digest) < length:
        raise ValueError(f"at least {length} bytes are needed")
    return digest[:length]


def _grouped(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
