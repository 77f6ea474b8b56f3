"""Decrees as integrity announces them: a standard of the office, and the message about it, in the data of every service that hears it."""

import tomllib
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Any

from zi_contracts.integrity import StandardAdopted, StandardWithdrawn
from zi_rules.configuration import canonical
from zi_rules.standard import Component, standard_content

SOURCED = {"source": "Keputusan Kepala Balai, 2026", "source_status": "verified"}
TEXT = {"id": "Sebagaimana disepakati dalam forum.", "en": "As agreed in the forum."}
FROM = date(2026, 1, 1)


def period(amount: int, unit: str = "working_days") -> dict[str, Any]:
    return {"period": {"amount": amount, "unit": unit}, **SOURCED}


def tier(amount: int, unit: str = "working_days") -> dict[str, Any]:
    return {**period(amount, unit), "title": TEXT}


def shipped(service: str) -> dict[str, Any]:
    text = (files("zi_rules") / f"data/demo/office/standards/{service}.toml").read_text("utf-8")
    return tomllib.loads(text)


def complaint(days: int = 7, **changes: Any) -> dict[str, Any]:
    """The shipped standard for complaints as it was adopted: everything is answered within so many working days."""
    table = shipped("complaint")
    table |= {"version": 2, "effective_from": FROM, "components": _components(table)}
    table["tiers"] = {name: {**each, **period(days)} for name, each in table["tiers"].items()}
    return table | changes


def decree(service: str, **changes: Any) -> dict[str, Any]:
    """A decree about a service that has no standard in files."""
    table: dict[str, Any] = {
        "service": service,
        "office": "Balai POM di Tarakan",
        "decree_id": f"standar-{service}",
        "decree_title": TEXT,
        "version": 1,
        "effective_from": FROM,
        **SOURCED,
        "tiers": {},
        "components": _components({"components": {}}),
    }
    return table | changes


def mentoring(**changes: Any) -> dict[str, Any]:
    return decree("mentoring", tiers={"correction": tier(12)}) | changes


def letters(series: str, **changes: Any) -> dict[str, Any]:
    """A decree about import or export letters; without changes it states one time for one kind."""
    kind = {"ski": "ski_border", "ske": "ske_health"}[series]
    return decree(series, tiers={"letter": tier(1)}, first_tier={kind: "letter"}) | changes


def adoption(
    table: Mapping[str, Any], number: str | None = "SP-2026-000001", **changes: Any
) -> dict[str, Any]:
    """The data of the message, as JSON has it."""
    content = standard_content(table)
    fields = {
        "service": table["service"],
        "id": table["decree_id"],
        "version": table["version"],
        "digest": sha256(content).hexdigest(),
        "effective_from": table["effective_from"],
        "effective_to": table.get("effective_to"),
        "number": number,
        "content": content.decode(),
    }
    return StandardAdopted.model_validate(fields | changes).model_dump(mode="json")


def unread_adoption(table: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a message whose content nobody read before it was sent."""
    content = canonical(table)
    whole = adoption(complaint()) | {"content": content.decode(), "digest": sha256(content).hexdigest()}
    return whole


def withdrawal(table: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    named = {name: adoption(table)[name] for name in ("service", "id", "version", "digest")}
    return StandardWithdrawn.model_validate(named | {"reason": "lawful_order"} | changes).model_dump(
        mode="json"
    )


def _components(table: Mapping[str, Any]) -> dict[str, Any]:
    return {part.value: table["components"].get(part.value, TEXT) for part in Component}
