"""The notice of a step to the person who filed the case, by the office's routing. All other steps are on the tracking page only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, cast

from zi_chassis.office_clock import office_zone
from zi_contracts.data import Data
from zi_contracts.integrity import forum
from zi_contracts.message import Message
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import Channel
from zi_notify.notices.routing import Routing
from zi_notify.roles import FILERS
from zi_notify.texts.letter import WITH_CODE_LINK
from zi_rules.notice_routing import NoticeRoute

LAST_MINUTE = time(23, 59)
JUST_NOW = timedelta(minutes=5)
OF_CONTRIBUTORS = (forum.ParticipantCodeIssued, forum.ProposalSettled)  # there is no case with an address


@dataclass(frozen=True)
class Reach:
    language: Literal["id", "en"]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """`channel` is None where the person is reached by none and the notice is printed as a letter. `until` is the date that the mail names,
    `amount` is in rupiah, `number` is that of an issued letter, a registered product or a proposal."""

    template: str
    channel: Channel | None
    language: Literal["id", "en"]
    until: datetime | None
    amount: int | None
    number: str | None
    daily: bool
    solicited: bool
    send_after: datetime | None
    keeps_quiet_hours: bool


def filer_notices(
    routing: Routing,
    message: Message,
    step: Data,
    facts: CaseFacts | None,
    at: datetime,
    for_phones: Channel | None = None,
    by_browser: bool = False,
) -> Iterator[Notice]:
    """The notices of a step that is heard of `at` this moment; none if nothing is sent, or its reader is reached by no channel of the route. With `by_browser` a browser gets each
    as well, which brings no code."""
    for route in routing.of(step):
        if not (route.is_to_filer and is_due(route, message, step)):
            continue
        if facts is not None and _is_too_soon(route, message, facts):
            continue
        reach = reach_of(step, facts)
        channel = first_channel(route, reach, for_phones) if reach else None
        if reach is None:
            continue
        if channel is not None or _is_printed(route, facts):
            yield _notice(routing, route, message, step, reach, channel, at)
        if by_browser and not (route.solicited or route.template == WITH_CODE_LINK):
            yield _notice(routing, route, message, step, reach, "web_push", at)


def is_due(route: NoticeRoute, message: Message, step: Data) -> bool:
    """Return whether the route's conditions hold for this step and whoever took it."""
    if route.only is not None and not route.only.holds(getattr(step, route.only.field)):
        return False
    if route.unless is not None and route.unless.holds(getattr(step, route.unless.field)):
        return False
    is_by_filer = message.actorrole in FILERS
    return route.by == "anybody" or (route.by == "filer") == is_by_filer


def reach_of(step: Data, facts: CaseFacts | None) -> Reach | None:
    """Return the channels by which the person is reached, by the step itself or by the last one of the case that said so."""
    fields = dict(step)
    if "reachable_by" in fields:
        return Reach(fields["language"], tuple(fields["reachable_by"]))
    if facts is None or not facts.reachable_by:
        return None
    return Reach(facts.language, facts.reachable_by)


def first_channel(route: NoticeRoute, reach: Reach, for_phones: Channel | None) -> Channel | None:
    """The first channel of the route by which the person is reachable, or the office's one for telephones. What brings a code itself is
    never sent there, because others can read it."""
    return reachable_channel(route.channels, reach, None if route.solicited else for_phones)


def reachable_channel(channels: Iterable[str], reach: Reach, for_phones: Channel | None) -> Channel | None:
    """The first of the channels by which the person is reachable, or the office's one for telephones."""
    found = next((channel for channel in channels if channel in reach.channels), None)
    if found:
        return cast(Channel, found)
    return for_phones if "phone" in reach.channels else None


def moment_of(route: NoticeRoute, step: Data) -> datetime | None:
    """The date that the notice names: the end of the office's day where the step names a date alone."""
    until: datetime | date | None = getattr(step, route.until) if route.until else None
    if until is None or isinstance(until, datetime):
        return until
    return datetime.combine(until, LAST_MINUTE, office_zone())


def template_of(route: NoticeRoute, step: Data) -> str:
    return route.template.format_map(dict(step))


def _is_printed(route: NoticeRoute, facts: CaseFacts | None) -> bool:
    """Return whether a letter is printed: not for somebody whom nobody knows, or of whom it is not known whether they gave a name."""
    return route.letter and facts is not None and facts.is_printable


def _is_too_soon(route: NoticeRoute, message: Message, facts: CaseFacts) -> bool:
    filed = facts.filed
    wait = timedelta(minutes=route.not_within_minutes)
    return bool(wait) and (filed is None or message.time < filed + wait)


def _notice(
    routing: Routing,
    route: NoticeRoute,
    message: Message,
    step: Data,
    reach: Reach,
    channel: Channel | None,
    at: datetime,
) -> Notice:
    quiet = routing.data.quiet_hours
    is_quiet = route.quiet_hours or (
        channel is not None and routing.rings(channel) and not _is_awaited(route, message, at)
    )
    return Notice(
        template=template_of(route, step),
        channel=channel,
        language=reach.language,
        until=moment_of(route, step),
        amount=getattr(step, "amount", None),
        number=str(step.proposal)
        if isinstance(step, forum.ProposalSettled)
        else getattr(step, "number", None),
        daily=route.when == "once_a_day",
        solicited=route.solicited,
        send_after=quiet.end_of(message.time, office_zone()) if is_quiet else None,
        keeps_quiet_hours=is_quiet,
    )


def _is_awaited(route: NoticeRoute, message: Message, at: datetime) -> bool:
    """Return whether the reader waits for it: it answers what they did just now, or brings what they asked for just now."""
    if at - message.time > JUST_NOW:
        return False
    return message.actorrole in FILERS or route.solicited or route.template == WITH_CODE_LINK
