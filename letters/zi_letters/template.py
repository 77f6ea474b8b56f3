"""The Typst template that a letter was signed for with, found by its digest."""

from collections.abc import Callable

from zi_letters.content import digest


class NoTemplateError(LookupError):
    """A letter was signed for with a template that is not stored any more."""


def find_template(template_digest: str, current: bytes, stored: Callable[[str], bytes | None]) -> bytes:
    """Return the template with this digest, of this program or of an earlier one. Raises NoTemplateError."""
    template = current if digest(current) == template_digest else stored(template_digest)
    if template is None:
        raise NoTemplateError(f"No template of a letter has the digest {template_digest}.")
    return template
