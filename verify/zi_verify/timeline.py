"""The course of a case from its entries alone: one line an act, in the reader's language, with ids."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from zi_verify.acts import CaseAct
from zi_verify.birth import moment
from zi_verify.verdict import Sentence

_NAMES = Path(__file__).with_name("act_names.json")


def act_line(act: CaseAct) -> Sentence:
    """One line about an act: time, place in the log, name, and actor."""
    return Sentence(_line(act, "en"), _line(act, "id"))


def act_name(type_: str) -> Sentence:
    """The words for an act of this type."""
    event = f"*.{type_.rpartition('.')[2]}"
    found = _names()["types"].get(type_) or _names()["types"].get(event) or _names()["other"]
    return Sentence(found["en"], found["id"])


def _line(act: CaseAct, language: str) -> str:
    place = {"en": "entry", "id": "entri"}[language]
    nowhere = {"en": "not in the ledger yet", "id": "belum ada di catatan publik"}[language]
    name = act_name(act.type).en if language == "en" else act_name(act.type).id
    role = _names()["roles"].get(act.role, {}).get(language, act.role)
    where = nowhere if act.index is None else f"{place} {act.index}"
    return f"{_when(act)}, {where}: {name} ({role}: {act.actor}, {act.type}, {act.id})"


def _when(act: CaseAct) -> str:
    at = moment(act.times.get("time"))
    return "?" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


@cache
def _names() -> Any:
    return json.loads(_NAMES.read_text("utf-8"))
