"""Template variables that pages share: names of rules, the way with its costs, and the timeline."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from starlette.requests import Request

from zi_chassis.domain import ErasedError, UnavailableError
from zi_chassis.vault.requests import UnknownTicketError, VaultRefusedError, VaultUnavailableError
from zi_chassis.web.history import TimelineStep
from zi_chassis.web.language import language_of
from zi_chassis.web.page import Translator, pages_of
from zi_contracts.intake import Items
from zi_contracts.message import Message
from zi_rules.mentoring.next_step import Cost, NextStep, next_step
from zi_rules.mentoring.rule_set import MentoringRules
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus
from zi_umkm.domain.next_step import WAY, StopStatus, WayStop
from zi_umkm.web import labels
from zi_umkm.web.history import grouped, steps
from zi_umkm.web.rule_names import RuleNames

HALF = Fraction(1, 2)
OWN_COPY = "own_copy"
Structure = TypeVar("Structure", list[Any], dict[str, Any])
UNREAD = (VaultUnavailableError, VaultRefusedError, UnknownTicketError, UnavailableError, ErasedError)


def say_of(request: Request) -> Translator:
    return pages_of(request).translator(language_of(request))


def names_of(
    request: Request, office: MentoringOffice, rules: MentoringRules, state: MentoringCase | None = None
) -> RuleNames:
    """Return the names of the rules, with the items of the checklists that this case was assessed by."""
    checklists = office.rules.checklists_for(state or MentoringCase(), office.clock.now())
    language, reasons = language_of(request), office.rules.permits.now.reasons
    return RuleNames(rules, checklists, office.rules.districts, language, say_of(request), reasons)


def ruled(
    request: Request, office: MentoringOffice, rules: MentoringRules, state: MentoringCase | None = None
) -> dict[str, Any]:
    """Return the template variables of a page that shows rules."""
    return {
        "labels": labels,
        "grouped": grouped,
        "names": names_of(request, office, rules, state),
        "rule_set": rules,
        "decree": office.rules.decree_of(state or MentoringCase(), office.clock.now()),
        "rulings": {
            "tracks": {each.code: each for each in rules.tracks},
            "risks": {each.code: each for each in rules.risks},
        },
        "half": HALF,
    }


# -- the way


@dataclass(frozen=True)
class ListedStop:
    """`step` is what leads there and `cost` what that costs, where it costs anything."""

    state: MentoringStatus
    label: str
    standing: StopStatus
    step: NextStep | None
    cost: Cost | None


def listed_stops(stops: Sequence[WayStop], rules: MentoringRules) -> list[ListedStop]:
    before = [None, *(each.state for each in stops)]
    return [_stop(each, prior, rules) for each, prior in zip(stops, before, strict=False)]


def whole_way(rules: MentoringRules) -> list[ListedStop]:
    """Return the way as seen before it is begun."""
    return listed_stops([WayStop(each, "ahead") for each in WAY], rules)


def _stop(stop: WayStop, prior: MentoringStatus | None, rules: MentoringRules) -> ListedStop:
    step = None if prior is None else step_in(prior, rules)
    label = labels.STOPS.get(stop.state) or labels.STOPS_AT_THE_HEALTH_OFFICE[stop.state]
    return ListedStop(stop.state, label, stop.standing, step, None if step is None else step.cost)


def step_in(state: MentoringStatus, rules: MentoringRules) -> NextStep | None:
    """Return the step of the rules for this state, with its cost."""
    return next_step(state.value, rules) if state.value in rules.steps else None


# -- products


async def product_names(
    office: MentoringOffice, ticket: str, case: MentoringCase, token: str | None, named: RuleNames
) -> dict[int, str]:
    """Return the names that the business gave its products; where they can't be read now, their kinds."""
    products = case.business.products if case.business else ()
    items = tuple(item for each in products for item in each.items)
    texts = await disclosed(office, ticket, items, token)
    names = {
        each.number: [texts[item.item] for item in each.items if item.item in texts] for each in products
    }
    return {
        each.number: names[each.number][-1] if names[each.number] else named.unnamed(each.number, each.kind)
        for each in products
    }


async def disclosed(
    office: MentoringOffice, ticket: str, items: Items, token: str | None
) -> Mapping[Any, str]:
    """Return the business's own texts by item; empty where they can't be read now, or were erased."""
    try:
        return await disclosed_unless_erased(office, ticket, items, token)
    except ErasedError:
        return {}


async def disclosed_unless_erased(
    office: MentoringOffice, ticket: str, items: Items, token: str | None
) -> Mapping[Any, str]:
    """Return the business's own texts by item; empty where they can't be read now. Raises ErasedError."""
    if not items:
        return {}
    try:
        texts = await office.vault.disclosed(ticket, items, OWN_COPY, token)
    except ErasedError:
        raise
    except UNREAD:
        return {}
    return {item: each.text for item, each in texts.items()}


# -- statements made at the front door


def readable(field: str, text: str, say: Translator) -> str:
    """Format a field of the request; products and place are structures, and anything else is returned as it is."""
    match field:
        case "products":
            made = [_product_text(each) for each in _structure(text, list)]
            return "\n".join(made) or text
        case "place":
            place = _structure(text, dict)
            kind = labels.PLACES.get(str(place.get("kind")))
            parts = [say(kind)] if kind else []
            return ". ".join([*parts, *filter(None, [str(place.get("address") or "")])]) or text
        case _:
            return text


def stated_names(text: str) -> list[str]:
    """Return the names of the products that the business stated at the front door."""
    return [str(each["name"]) for each in _structure(text, list) if isinstance(each, dict) and "name" in each]


def _product_text(product: Any) -> str:
    fields = product if isinstance(product, dict) else {"name": str(product)}
    return ": ".join(str(fields[name]) for name in ("name", "description") if fields.get(name))


def _structure(text: str, kind: type[Structure]) -> Structure:
    try:
        found = json.loads(text)
    except ValueError:
        return kind()
    return found if isinstance(found, kind) else kind()


# -- what happened


async def history_of(
    request: Request, office: MentoringOffice, messages: Sequence[bytes], named: RuleNames
) -> list[TimelineStep]:
    indexes = await office.ledger.indexes([Message.parse(each).id for each in messages])
    return steps(messages, indexes, office.settings.public_url, say_of(request), named)
