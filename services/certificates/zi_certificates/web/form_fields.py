"""Values of the forms that more than one page reads."""

from zi_chassis.web.form import Form


def checked_values(form: Form, name: str) -> list[str]:
    return [each.removeprefix(f"{name}.") for each in form.values if each.startswith(f"{name}.")]


def filled_in(**fields: object) -> dict[str, object]:
    """Leave out blank fields, so that they are reported as missing and not as wrong."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def page_number(text: str) -> int:
    """Return the page of a list that an address asks for; the first where it asks for none or can't be read."""
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1


def revision_of(form: Form) -> int:
    """Return the revision that the person looked at; 0, which never exists, if it is no number."""
    text = form.value("revision")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
