"""The Typst template that a letter was signed for with, found by its digest."""

from collections.abc import Callable, Sequence

from zi_letters.content import digest


class NoTemplateError(LookupError):
    """A letter was signed for with a template that is neither shipped nor stored any more."""


def find_template(
    template_digest: str, shipped: Sequence[bytes], stored: Callable[[str], bytes | None]
) -> bytes:
    """Return the template with this digest: one of this program, or one that an earlier one adopted. Raises NoTemplateError."""
    known = (template for template in shipped if digest(template) == template_digest)
    template = next(known, None) or stored(template_digest)
    if template is None:
        raise NoTemplateError(f"No template of a letter has the digest {template_digest}.")
    return template
