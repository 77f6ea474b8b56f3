"""The Typst templates of letters, in versions: a released one stays, so that a letter that was signed for with it can still be made."""

import re
from collections.abc import Sequence
from importlib.resources import files

from zi_rules.configuration import Configuration

LETTER_TEMPLATE = "letter_template"
OFFICE_LETTER = "office_letter"
_FILE = re.compile(r"([a-z_]+)_([0-9]+)\.typ")


def load_letter_templates(id: str = "letter") -> Sequence[Configuration]:
    """Load every version of one template, the newest first: new letters are signed with that one."""
    versions = []
    for file in (files("zi_rules") / "data/letter_templates").iterdir():
        name = _FILE.fullmatch(file.name)
        if name is not None and name[1] == id:
            version = int(name[2])
            versions.append(Configuration(LETTER_TEMPLATE, id, version, file.read_bytes(), str(file)))
    return sorted(versions, key=lambda template: template.version, reverse=True)
