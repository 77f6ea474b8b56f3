"""An entry as pages show it: names in words with the ids behind them, each a way to all entries that have it too."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from zi_audit.domain.facets import ASSIGNEE, HOLDER, own_values
from zi_audit.domain.question import Indexed
from zi_audit.web import facet_texts, texts
from zi_audit.web.access_log import AccessPurpose
from zi_audit.web.facet_texts import FacetNames
from zi_audit.web.search_form import LABELS, Search
from zi_chassis.web.language import moment, msgid
from zi_chassis.web.page import Translator
from zi_contracts.event_words import title

OFFICIALS = frozenset({ASSIGNEE, "official"})
OPAQUE = frozenset({*OFFICIALS, "business", "person", "letter", "visit"})  # whose values are ids
HOURS = msgid("{hours} hours")
Roles = Mapping[str, str]


class Detail(NamedTuple):
    """`id` is what stands behind the text, `address` where all entries with it are, if it can be asked for."""

    label: str
    text: str
    id: str = ""
    address: str = ""


class EntryView:
    """For one reader. `roles` are those of officials, by their id; `searched` the fields of the search."""

    def __init__(
        self,
        language: str,
        say: Translator,
        purpose: AccessPurpose,
        roles: Roles,
        names: FacetNames,
        searched: Collection[str] = (),
    ) -> None:
        self._language = language
        self._say = say
        self._purpose = purpose
        self._roles = roles
        self._names = names
        self._searched_fields = searched

    def disclosed(self, entry: Indexed) -> list[Detail]:
        """Return what the entry itself discloses, as far as there are texts for it."""
        facets = [
            self.facet(*pair)
            for pair in dict.fromkeys(own_values(entry.fields))
            if pair[0] not in facet_texts.QUIET
        ]
        return [*facets, *self._times(entry.fields)]

    def of_case(self, facts: Mapping[str, str]) -> list[Detail]:
        return [self.facet(name, value) for name, value in facts.items() if name != HOLDER]

    def searched_of_case(self, entry: Indexed) -> list[Detail]:
        """Return the searched fields that the case has and the entry itself does not disclose."""
        fields = dict(own_values(entry.fields))
        return self.of_case(
            {n: value for n, value in entry.of_case.items() if n in self._searched_fields and n not in fields}
        )

    def further(self, entry: Indexed) -> list[Detail]:
        """The rest of what it says, by the names of its contract."""
        named = {*facet_texts.LABELS, *facet_texts.QUIET}
        return [
            Detail(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in entry.fields.items()
            if name not in named and not any(own_values({name: value}))
        ]

    def facet(self, name: str, value: str) -> Detail:
        query = urlencode({name: value, "purpose": self._purpose.value})
        text = self._names.text(name, value, self._say)
        if name in OFFICIALS:
            text = self._say(texts.ROLES.get(self._roles.get(value, ""), texts.OFFICIAL))
        return Detail(
            self._say(facet_texts.LABELS[name]),
            text,
            value if name in OPAQUE else "",
            f"/audit/entries?{query}",
        )

    def _times(self, fields: Mapping[str, Any]) -> Iterator[Detail]:
        for name, value in fields.items():
            at = facet_texts.moment(value) if name in facet_texts.LABELS else None
            if at is not None:
                yield Detail(self._say(facet_texts.LABELS[name]), moment(at, self._language))


def search_terms(wanted: Search, say: Translator, names: FacetNames) -> list[tuple[str, str, str]]:
    """Return the terms of a search as texts, each with the address of the same search without it."""
    return [
        (_label(name, say), _term_value(name, value, say, names), wanted.without(name, value))
        for name, values in wanted.form_values.items()
        if name not in ("purpose", "order", "cursor")
        for value in values
    ]


def _label(name: str, say: Translator) -> str:
    return say(LABELS.get(name) or facet_texts.LABELS[name])


def _term_value(name: str, value: str, say: Translator, names: FacetNames) -> str:
    match name:
        case "type" | "measured_from" if texts.is_known(value):
            return say(title(value)).rstrip(".")
        case "role" if value in texts.ROLES:
            return say(texts.ROLES[value])
        case "service" if value in texts.SERVICES:
            return say(texts.SERVICES[value])
        case "weekday":
            return say(texts.WEEKDAYS[int(value) - 1])
        case "anomaly":
            return say(texts.BREAKS.get(value, texts.ANY_ANOMALY))
        case "least_hours" | "most_hours":
            return say(HOURS, hours=value)
        case "from_hour" | "until_hour":
            return f"{int(value):02}:00"
        case _:
            return names.text(name, value, say)


def officials(entries: Iterable[Indexed]) -> set[str]:
    """All that these entries name."""
    named = (pair for entry in entries for pair in (*own_values(entry.fields), *entry.of_case.items()))
    return {value for name, value in named if name in OFFICIALS}
