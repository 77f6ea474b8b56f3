"""An HTML form as flat names and texts, so that what a person typed is shown again beside what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from starlette.datastructures import FormData

DEPTH = 4
SECRETS = frozenset({"passphrase"})


@dataclass(frozen=True)
class Form:
    """Names are dotted as the API's fields are: `reporter.email`. Files are not kept."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: FormData) -> Self:
        return cls({name: text for name, text in data.multi_items() if isinstance(text, str)})

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        return self.errors.get(name)

    def refused(self, errors: Mapping[str, str]) -> Self:
        return replace(self, errors=dict(errors))

    def without_secrets(self) -> Self:
        """Return the fields that may be shown again."""
        return self.without(*SECRETS)

    def without(self, *names: str) -> Self:
        return replace(self, values={name: text for name, text in self.values.items() if name not in names})

    def nested(self, *names: str) -> dict[str, Any]:
        """{"reporter.email": "x"} -> {"reporter": {"email": "x"}}; what was left blank is absent.

        With `names` only those fields and what lies under them.
        """
        tree: dict[str, Any] = {}
        for name, text in self.values.items():
            wanted = not names or name.partition(".")[0] in names
            if text.strip() and wanted and name.count(".") < DEPTH:
                _put(tree, name.split("."), text.replace("\r\n", "\n"))
        return tree


def _put(tree: dict[str, Any], path: list[str], text: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree.setdefault(path[-1], text)
