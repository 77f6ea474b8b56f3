"""The Typst templates of letters, in versions: a released one stays, so that a letter that was signed for with it can still be made."""

import re
from collections.abc import Sequence
from importlib.resources import files

from zi_rules.configuration import Configuration

LETTER_TEMPLATE = "letter_template"
_FILE = re.compile(r"(letter)_([0-9]+)\.typ")


def load_letter_templates() -> Sequence[Configuration]:
    """Load every version, the newest first: new letters are signed with that one."""
    versions = []
    for file in (files("zi_rules") / "data/letter_templates").iterdir():
        if (name := _FILE.fullmatch(file.name)) is not None:
            version = int(name[2])
            versions.append(Configuration(LETTER_TEMPLATE, name[1], version, file.read_bytes(), str(file)))
    return sorted(versions, key=lambda template: template.version, reverse=True)
