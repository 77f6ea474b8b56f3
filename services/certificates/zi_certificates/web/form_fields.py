"""Values of the forms that more than one page reads."""

from uuid import UUID

from zi_chassis.web.form import Form


def checked_values(form: Form, name: str) -> list[str]:
    return [each.removeprefix(f"{name}.") for each in form.values if each.startswith(f"{name}.")]


def filled_in(**fields: object) -> dict[str, object]:
    """Leave out blank fields, so that they are reported as missing and not as wrong."""
    return {name: value for name, value in fields.items() if value not in ("", None)}


def key_of(form: Form) -> UUID | None:
    """Return the form's hidden one-time key; None if it was tampered with."""
    try:
        key = UUID(form.value("key"))
    except ValueError:
        return None
    return key if key.version in (4, 7) else None


def revision_of(form: Form) -> int:
    """Return the revision that the person looked at; 0, which never exists, if it is no number."""
    text = form.value("revision")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
