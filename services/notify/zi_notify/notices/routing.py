"""The office's routing bound to what this service can send: an unknown event, field, template or channel refuses the start, and so does a template
with a gap that the route can't fill."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from zi_chassis.office_clock import office_zone
from zi_contracts.data import Data
from zi_contracts.integrity.forum import ProposalSettled
from zi_contracts.registry import MODELS, by_sender
from zi_notify.domain.delivery import Channel
from zi_notify.texts.letter import WITH_CODE_LINK, templates, wordings
from zi_rules.configuration import Configuration, UnusableConfigurationError
from zi_rules.notice_routing import NoticeRoute, NoticeRouting, load_notice_routing

SENDERS = ("intake", "certificates", "umkm", "integrity")
LANGUAGES = ("id", "en")
CHANNELS = frozenset(get_args(Channel))
FOR_OFFICIALS = "messenger"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# The fields of a template for the text of a notice by the clock.
BY_THE_CLOCK = frozenset({"ticket", "where", "until"})
OF_A_LIST = frozenset({"where", "items"})


@dataclass(frozen=True)
class Routing:
    data: NoticeRouting
    configurations: tuple[Configuration, ...]
    routes: Mapping[type[Data], tuple[NoticeRoute, ...]]

    def is_quiet(self, now: datetime) -> bool:
        """Return whether the office's quiet hours are now."""
        return self.data.quiet_hours.end_of(now, office_zone()) is not None

    def rings(self, channel: Channel) -> bool:
        """Return whether a message over the channel wakes people."""
        return channel in self.data.quiet_hours.ringing

    def of(self, step: Data) -> tuple[NoticeRoute, ...]:
        return self.routes.get(type(step), ())

    def types(self, besides: Iterable[type[Data]]) -> Mapping[str, Sequence[type[Data]]]:
        """Return the contracts that are handled, by their sender; `besides` are those that are noted without a notice."""
        return by_sender(SENDERS, (*self.routes, *besides))

    @cached_property
    def to_officers(self) -> frozenset[str]:
        """The templates of notices to whoever has the case."""
        found = (
            (route, step) for step, routes in self.routes.items() for route in routes if route.to == "officer"
        )
        return frozenset(name for route, step in found for name in template_names(route.template, step))

    @cached_property
    def letters(self) -> frozenset[str]:
        """The templates of notices that are printed where nothing else reaches the person."""
        return frozenset(
            name
            for step, routes in self.routes.items()
            for route in routes
            if route.letter
            for name in template_names(route.template, step)
        )


def load_routing(folder: Path | None = None) -> Routing:
    """Raises UnusableConfigurationError."""
    editions = load_notice_routing(folder)
    (data,) = editions
    origin = editions.configurations[0].origin
    problems = list(_problems(data))
    if problems:
        raise UnusableConfigurationError(f"{origin} can't be used. {'; '.join(problems)}")
    routes: dict[type[Data], tuple[NoticeRoute, ...]] = {}
    for route in data.routes:
        step = MODELS[route.event]
        routes[step] = (*routes.get(step, ()), route)
    return Routing(data, editions.configurations, routes)


def template_names(pattern: str, step: type[Data]) -> tuple[str, ...]:
    """Return the names that a pattern stands for: one for each value of the fields in braces, which have a closed list of values."""
    fields = PLACEHOLDER.findall(pattern)
    values = [_values(step, field) for field in fields]
    return tuple(pattern.format_map(dict(zip(fields, chosen, strict=True))) for chosen in product(*values))


def _values(step: type[Data], field: str) -> tuple[str, ...]:
    annotation = step.model_fields[field].annotation if field in step.model_fields else None
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def _problems(data: NoticeRouting) -> Iterator[str]:
    yield from _unknown_channels("quiet_hours", data.quiet_hours.ringing)
    for each, filled in ((data.morning_list, OF_A_LIST), (data.reminder, BY_THE_CLOCK)):
        yield from _unknown_channels(each.template, each.channels, is_to_officials=True)
        yield from _unusable_templates(each.template, (each.template,), filled)
    if data.lapse is not None:
        yield from _unknown_channels(data.lapse.template, data.lapse.channels)
        yield from _unusable_templates(data.lapse.template, data.lapse.templates, BY_THE_CLOCK)
    for route in data.routes:
        step = MODELS.get(route.event)
        if step is None or route.event.split(".")[1] not in SENDERS:
            yield f"{route.event}: no service sends such a message to this one"
            continue
        yield from _unknown_channels(route.event, route.channels, is_to_officials=not route.is_to_filer)
        yield from _unknown_fields(route, step)
        yield from _idle_conditions(route, step)
        names = template_names(route.template, step)
        wanted = (
            names if route.unless is None else tuple(name for name in names if not _is_left_out(name, route))
        )
        yield from _unusable_templates(route.event, wanted or (route.template,), _filled_by(route, step))


def _is_left_out(name: str, route: NoticeRoute) -> bool:
    """Return whether the template is that of a value for which there is no notice."""
    unless = route.unless
    return (
        unless is not None
        and unless.value is not None
        and name == route.template.replace(f"{{{unless.field}}}", str(unless.value)) != route.template
    )


def _unknown_channels(where: str, channels: Sequence[str], is_to_officials: bool = False) -> Iterator[str]:
    for channel in channels:
        if channel not in CHANNELS:
            yield f"{where}: there is no channel {channel}; there are {', '.join(sorted(CHANNELS))}"
    if is_to_officials and "email" not in channels:
        yield f"{where}: officials get each notice by email, whatever else they get it by"
    if not is_to_officials and FOR_OFFICIALS in channels:
        yield f"{where}: {FOR_OFFICIALS} is for officials alone"


def _unknown_fields(route: NoticeRoute, step: type[Data]) -> Iterator[str]:
    named = (
        *([route.until] if route.until else ()),
        *(each.field for each in (route.only, route.unless) if each is not None),
        *PLACEHOLDER.findall(route.template),
    )
    for field in named:
        if field not in step.model_fields:
            yield f"{route.event}: the message has no field {field}"
    if route.until in step.model_fields and not _is_moment(step.model_fields[route.until].annotation):
        yield f"{route.event}: {route.until} is no date"


def _idle_conditions(route: NoticeRoute, step: type[Data]) -> Iterator[str]:
    """Conditions on what the field never has: nobody would be told, and nobody would notice."""
    for condition in (route.only, route.unless):
        if condition is None or condition.field not in step.model_fields:
            continue
        annotation: Any = step.model_fields[condition.field].annotation
        try:
            TypeAdapter(annotation).validate_python(condition.value, strict=True)
        except ValidationError:
            value = "absent" if condition.absent else repr(condition.value)
            yield f"{route.event}: {condition.field} is never {value}"


def _is_moment(annotation: object) -> bool:
    return annotation in (AwareDatetime, date, datetime) or any(map(_is_moment, get_args(annotation)))


def _filled_by(route: NoticeRoute, step: type[Data]) -> frozenset[str]:
    """Return the fields of a template that a notice of this route has; a printed letter has the ticket and the date alone."""
    is_sent_to_filer = route.is_to_filer and not route.letter
    has_number = "number" in step.model_fields or step is ProposalSettled
    filled = {
        "ticket": route.names_case,
        "until": route.until is not None,
        "where": not route.letter,
        "amount": is_sent_to_filer and "amount" in step.model_fields,
        "number": is_sent_to_filer and has_number,
        "code": is_sent_to_filer and (route.solicited or route.template == WITH_CODE_LINK),
    }
    return frozenset(name for name, is_filled in filled.items() if is_filled)


def _unusable_templates(where: str, names: Iterable[str], filled: frozenset[str]) -> Iterator[str]:
    content = templates().content
    for name in names:
        for language in LANGUAGES:
            wording = wordings(content, language).get(name)
            if wording is None:
                yield f"{where}: there is no template {name} ({language})"
            elif gaps := set(PLACEHOLDER.findall(wording.subject + wording.text)) - filled:
                yield f"{where}: nothing fills {', '.join(sorted(gaps))} in the template {name} ({language})"
