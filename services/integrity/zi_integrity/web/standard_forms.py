"""The form of a draft: each component, period and fee as a field of its own, and back to the terms of the standard."""

import json
from typing import Any

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_integrity.domain.standard.terms import table_of, written
from zi_integrity.web.form_fields import required_words, whole_rupiah, words_of
from zi_rules.standard import Component
from zi_rules.standard_draft import UNITS

LONGEST_COMPONENT, LONGEST_TITLE, MOST = 4_000, 200, 9_999
OWN_SETTING = {"source": "The office's own decision", "source_status": "unverified"}
LANGUAGES = ("id", "en")


def form_of(terms: str) -> Form:
    """Return the form as the draft fills it."""
    table = table_of(terms)
    values = {f"title.{language}": table.get("decree_title", {}).get(language, "") for language in LANGUAGES}
    for part in Component:
        for language in LANGUAGES:
            stated = table.get("components", {}).get(part.value) or {}
            values[f"component.{part.value}.{language}"] = stated.get(language, "")
    for place, period in periods_of(table).items():
        values[f"{place}.amount"], values[f"{place}.unit"] = str(period["amount"]), period["unit"]
    for track, fee in table.get("fees", {}).items():
        values[f"fee.{track}"] = str(fee["rupiah"])
        values[f"fee_up_to.{track}"] = str(fee.get("up_to", ""))
    return Form(values)


def periods_of(table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return amount and unit of each period, by the name of its field."""
    tiers = {f"period.tiers.{name}": tier["period"] for name, tier in table.get("tiers", {}).items()}
    process = {
        f"period.process.{name}": term["period"] for name, term in (table.get("process") or {}).items()
    }
    return tiers | process


def terms_of(form: Form, terms: str) -> str:
    """Return the terms as the form changes them. Raises ChoiceError at the field that is wrong."""
    table: dict[str, Any] = json.loads(terms)
    table["decree_title"] = {
        language: required_words(form, f"title.{language}", longest=LONGEST_TITLE, lines=False)
        for language in LANGUAGES
    }
    table.setdefault("source", OWN_SETTING["source"])
    table.setdefault("source_status", OWN_SETTING["source_status"])
    table["components"] = _components(form, table.get("components", {}))
    _write_periods(form, table)
    _write_fees(form, table)
    _drop_documents(form, table)
    return written(table)


def documents_of(table: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Return each document of the draft by its place, with its names in both languages."""
    return [
        (
            f"{track}-{place}",
            {
                language: " / ".join(text[language] for text in document["any_of"].values())
                for language in LANGUAGES
            },
        )
        for track, documents in table.get("documents", {}).items()
        for place, document in enumerate(documents)
    ]


def _components(form: Form, stated: dict[str, Any]) -> dict[str, Any]:
    """Keep those that are empty out, so that what is missing is told when it matters."""
    components = {}
    for part in Component:
        texts = {
            language: words_of(form, f"component.{part.value}.{language}", longest=LONGEST_COMPONENT) or ""
            for language in LANGUAGES
        }
        if any(texts.values()):
            components[part.value] = texts
    in_order = {name: components.pop(name) for name in stated if name in components}
    return in_order | components


def _write_periods(form: Form, table: dict[str, Any]) -> None:
    for place in periods_of(table):
        _, group, name = place.split(".")
        period = _period(form, place)
        if period != table[group][name]["period"]:
            table[group][name] = {**table[group][name], "period": period, **OWN_SETTING}
    if not table.get("tiers") and form.value("period.new.amount").strip():
        title = {
            language: required_words(form, f"period.new.title.{language}", longest=LONGEST_TITLE, lines=False)
            for language in LANGUAGES
        }
        table["tiers"] = {"service": {"title": title, "period": _period(form, "period.new"), **OWN_SETTING}}


def _period(form: Form, place: str) -> dict[str, Any]:
    text, unit = form.value(f"{place}.amount").strip(), form.value(f"{place}.unit")
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST))
    if not is_number or not 1 <= int(text) <= MOST:
        raise ChoiceError(msgid("Write a whole number from 1 to {most}."), f"{place}.amount", most=MOST)
    if unit not in UNITS:
        raise ChoiceError(msgid("Choose one from the list."), f"{place}.unit")
    return {"amount": int(text), "unit": unit}


def _write_fees(form: Form, table: dict[str, Any]) -> None:
    for track, fee in table.get("fees", {}).items():
        least, most = whole_rupiah(form, f"fee.{track}"), whole_rupiah(form, f"fee_up_to.{track}")
        if least is None:
            raise ChoiceError(FIELDS["missing"], f"fee.{track}")
        if most is not None and most < least:
            raise ChoiceError(msgid("The highest fee can't be below the lowest."), f"fee_up_to.{track}")
        if (least, most) != (fee["rupiah"], fee.get("up_to")):
            changed = {**fee, "rupiah": least, "up_to": most, **OWN_SETTING}
            table["fees"][track] = {name: value for name, value in changed.items() if value is not None}


def _drop_documents(form: Form, table: dict[str, Any]) -> None:
    """Leave out the documents whose box was ticked; a track whose last one goes is stated as empty."""
    for track, documents in table.get("documents", {}).items():
        table["documents"][track] = [
            document
            for place, document in enumerate(documents)
            if form.value(f"drop.{track}-{place}") != "yes"
        ]
