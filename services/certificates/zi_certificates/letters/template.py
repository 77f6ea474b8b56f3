"""The template of this service's letters, a configuration whose digest each signature names."""

from importlib.resources import files

from zi_rules.configuration import Configuration
from zi_tlog.letter import TEMPLATE

LETTER_TEMPLATE, TEMPLATE_VERSION = "letter_template", 1


def template_configuration() -> Configuration:
    """Load the template that new letters are signed with; a changed one is a new version."""
    file = files("zi_certificates") / "templates" / TEMPLATE
    return Configuration(LETTER_TEMPLATE, "letter", TEMPLATE_VERSION, file.read_bytes(), str(file))


def current_template() -> bytes:
    return template_configuration().content
