"""Catalogue of the sentences that people read about each event, in English and Indonesian; the data are in event_words.toml.

It is checked against the contracts when it is read: a type without its sentences, a sentence of a type that is not published, a language
that is missing and a placeholder that the message has no field for are errors that name the place."""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from zi_contracts.certificates import ApplicationData, ApplicationState
from zi_contracts.data import Data
from zi_contracts.intake import StatusData
from zi_contracts.registry import MODELS
from zi_contracts.umkm import MentoringData, MentoringState

NAME = "event_words.toml"
OF_A_CASE = (StatusData, ApplicationData, MentoringData)
OF_A_DESK = (ApplicationData, MentoringData)
STATES = {"certificates": get_args(ApplicationState), "umkm": get_args(MentoringState)}
EVERY_SERVICE = "*."
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class EventWordsError(Exception):
    """The catalogue does not fit the contracts; each line of the message names a place."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EventText(_Entry):
    en: str
    id: str


class EventSentence(EventText):
    """`when` has the sentences that replace this one: for a reason, or for the role of the actor."""

    when: Mapping[str, EventText] = {}

    def variant(self, name: str | None) -> EventText:
        return self if name is None else self.when.get(name, self)


class EventWords(_Entry):
    """`citizen` is absent where no citizen's page shows the event, `desk` where its service has no history page of it."""

    title: EventText
    citizen: EventSentence | None = None
    desk: EventSentence | None = None


class EventCatalogue(_Entry):
    """`other` is the title of a type that is not known here, `roles` are those of `actorrole`, `states` those of a service's requests."""

    other: EventText
    roles: Mapping[str, EventText]
    states: Mapping[str, Mapping[str, EventText]]
    types: Mapping[str, EventWords]

    def of(self, type_: str) -> EventWords | None:
        every = EVERY_SERVICE + type_.rpartition(".")[2]
        return self.types.get(type_) or self.types.get(every)


def read(content: str, models: Mapping[str, type[Data]] = MODELS) -> EventCatalogue:
    try:
        found = EventCatalogue.model_validate(tomllib.loads(content))
    except ValidationError as error:
        places = (
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False)
        )
        raise EventWordsError("\n".join(f"{NAME}: {place}" for place in places)) from None
    if faults := [*_missing(found, models), *_unfit(found, models), *_wrong_states(found)]:
        raise EventWordsError("\n".join(f"{NAME}: {fault}" for fault in faults))
    return found


def _missing(found: EventCatalogue, models: Mapping[str, type[Data]]) -> Iterator[str]:
    for type_, model in models.items():
        entry = found.of(type_)
        if entry is None:
            yield f'add [types."{type_}"] with title.en and title.id'
        elif issubclass(model, OF_A_CASE) and entry.citizen is None:
            yield f'add citizen.en and citizen.id to [types."{type_}"]: its case has a page'
        elif issubclass(model, OF_A_DESK) and entry.desk is None:
            yield f'add desk.en and desk.id to [types."{type_}"]: its desk has a history'


def _unfit(found: EventCatalogue, models: Mapping[str, type[Data]]) -> Iterator[str]:
    for type_, entry in found.types.items():
        named = [
            model
            for name, model in models.items()
            if type_ in (name, EVERY_SERVICE + name.rpartition(".")[2])
        ]
        if not named:
            yield f'[types."{type_}"] is no type of a contract'
            continue
        for place, text in _texts(entry):
            english, indonesian = (set(_PLACEHOLDER.findall(each)) for each in (text.en, text.id))
            if english != indonesian:
                yield f'[types."{type_}"] {place}: the languages have different placeholders'
            for name in sorted(english - set(named[0].model_fields)):
                yield f'[types."{type_}"] {place}: the message has no field {name}'


def _wrong_states(found: EventCatalogue) -> Iterator[str]:
    for service, known in STATES.items():
        for state in sorted(set(known) ^ set(found.states.get(service, {}))):
            yield f"[states.{service}] {state}: stands in only one of contract and catalogue"


def _texts(entry: EventWords) -> Iterator[tuple[str, EventText]]:
    yield "title", entry.title
    for reader, sentence in (("citizen", entry.citizen), ("desk", entry.desk)):
        if sentence is not None:
            yield reader, sentence
            yield from ((f"{reader}.when.{name}", text) for name, text in sentence.when.items())


@cache
def catalogue() -> EventCatalogue:
    return read((files("zi_contracts") / NAME).read_text("utf-8"))


def title(type_: str | None) -> EventText:
    """Return the sentence for auditors; that of other kinds for a type that is not known here."""
    entry = catalogue().of(type_ or "")
    return catalogue().other if entry is None else entry.title


def citizen(type_: str, variant: str | None = None) -> EventText | None:
    """Return the sentence on the page of the citizen's case; None when the page does not show the event."""
    entry = catalogue().of(type_)
    return None if entry is None or entry.citizen is None else entry.citizen.variant(variant)


def desk(type_: str, variant: str | None = None) -> EventText | None:
    """Return the sentence in the history at the desk that did it; None when the desk shows no such event."""
    entry = catalogue().of(type_)
    return None if entry is None or entry.desk is None else entry.desk.variant(variant)


def states(service: str) -> Mapping[str, EventText]:
    """Return the names of the states of a service's requests, as every service shows them."""
    return catalogue().states[service]


def act_names() -> str:
    """Return verify/zi_verify/act_names.json, the verifier's copy of the titles: it stands alone and imports nothing of ours."""
    found = catalogue()
    titles = {type_: entry.title for type_, entry in found.types.items()}
    parts = [f' "other": {_line(found.other)}']
    for name, texts in (("roles", found.roles), ("types", titles)):
        lines = ",\n".join(f'  "{key}": {_line(texts[key])}' for key in sorted(texts))
        parts.append(f' "{name}": {{\n{lines}\n }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(text: EventText) -> str:
    return json.dumps({"en": text.en, "id": text.id}, ensure_ascii=False)


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "verify/zi_verify/act_names.json").write_text(
        act_names(), encoding="utf-8"
    )
