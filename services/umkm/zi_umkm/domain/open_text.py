"""Short texts that stand outside the vault, in lists and letters: nothing in them leads to a person. Pure."""

import re

from zi_umkm.domain import errors

FEWEST_DIGITS_OF_A_PERSON = (
    7  # the shortest telephone number; a business number has 13, an identity number 16
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s.,()/+_:;\u2010-\u2015-]+(?=\d)")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"@|https?:|www\.|\S\.(?:com|id|net|org|co)\b", re.IGNORECASE)
_REGISTRATION = re.compile(r"\b(?:MD|ML|NIB|NIK|NPWP|NIE|P[\s.-]*IRT)\b[\s.:-]*\d", re.IGNORECASE)


def leads_to_a_person(text: str) -> bool:
    """Return whether the text has a telephone or registration number, an address of mail or a page."""
    joined = _BETWEEN_DIGITS.sub("", text)
    if any(len(each) >= FEWEST_DIGITS_OF_A_PERSON for each in _DIGITS.findall(joined)):
        return True
    return _ADDRESS.search(text) is not None or _REGISTRATION.search(text) is not None


def refuse_personal(text: str) -> None:
    if leads_to_a_person(text):
        raise errors.PersonalTextError
