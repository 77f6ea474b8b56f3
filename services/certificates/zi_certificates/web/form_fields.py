"""Values of the forms that more than one page reads."""

from zi_certificates.letters.content import COUNTRIES
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.refused_form import ChoiceError
from zi_rules.letter_number import number_in

NO_COUNTRY = msgid("Choose a country from the list.")


def checked_values(form: Form, name: str) -> list[str]:
    return [each.removeprefix(f"{name}.") for each in form.values if each.startswith(f"{name}.")]


def filled_in(**fields: object) -> dict[str, object]:
    """Leave out blank fields, so that they are reported as missing and not as wrong."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def chosen_country(form: Form) -> str:
    """Return the code of the country, or nothing. Raises ChoiceError for what is no country's code."""
    code = form.value("country").strip().upper()
    if code and code not in COUNTRIES["id"]:
        raise ChoiceError(NO_COUNTRY, "country")
    return code


def letter_number(form: Form, name: str) -> str:
    """Return the number of a letter as it is printed; what is none stays as it was typed, to be refused."""
    typed = form.value(name).strip()
    return number_in(typed) or typed


def page_number(text: str) -> int:
    """Return the page of a list that an address asks for; the first where it asks for none or can't be read."""
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1


def revision_of(form: Form) -> int:
    """Return the revision that the person looked at; 0, which never exists, if it is no number."""
    text = form.value("revision")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
