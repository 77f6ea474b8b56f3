"""The policies of notify: a received message becomes the deliveries that the office's routing names for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_contracts.data import Data
from zi_contracts.intake import DataSubjectErased
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_notify.addresses.official_addresses import load_official_addresses
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.domain.case_facts import CaseFacts, MailAudience
from zi_notify.domain.delivery import Channel, RequestDelivery, delivery_id
from zi_notify.domain.printed_letter import DropLetter, QueueLetter, letter_id
from zi_notify.messaging.notice_webhooks import NoticeWebhooks, load_notice_webhooks
from zi_notify.messaging.published import decider, letters
from zi_notify.notices.lapse_notices import LapseNotices
from zi_notify.notices.notice import OF_CONTRIBUTORS, Notice, filer_notices
from zi_notify.notices.official_notices import OfficialNotices
from zi_notify.notices.routing import Routing, load_routing
from zi_notify.notices.team_notices import TeamNotices
from zi_notify.read import browser_cases, citizen_waits, printed_letters, work_table
from zi_notify.texts.channel_templates import templates_for
from zi_notify.texts.letter import templates
from zi_rules.appointed_topic import load_appointed_topics
from zi_rules.calendar import load_calendars
from zi_rules.configuration import Configuration, UnusableConfigurationError
from zi_rules.message_channels import MessageChannels, MessengerTeam
from zi_rules.people import People, load_people

SYSTEM = "system:notify"


@dataclass(frozen=True)
class Policies:
    """`configurations` are those that decide what is sent to whom; `for_phones` is the channel for whoever gave a telephone number alone, `for_browsers`
    says if the office sends notices to browsers."""

    routing: Routing
    officials: OfficialNotices
    configurations: tuple[Configuration, ...]
    for_phones: Channel | None = None
    for_browsers: bool = False
    webhooks: NoticeWebhooks = field(default_factory=NoticeWebhooks)

    @cached_property
    def _handled(self) -> frozenset[type[Data]]:
        return frozenset(each for of_sender in self.types.values() for each in of_sender)

    @cached_property
    def lapses(self) -> LapseNotices:
        return LapseNotices(self.routing, self.officials.calendar, self.for_phones, self.for_browsers)

    @cached_property
    def types(self) -> Mapping[str, Sequence[type[Data]]]:
        return self.routing.types(work_table.NOTED)

    def react(self, tx: Tx, message: Message, at: datetime) -> Sequence[Reaction]:
        """Note what the message says of its case, and return the deliveries that it causes."""
        step = data_of(message)
        if type(step) not in self._handled:
            return ()
        before = work_table.facts_of(tx, message.service, message.subject)
        facts = work_table.note(tx, message, step)
        citizen_waits.note(tx, message, step)
        browser_cases.note(tx, message, step)
        by_browser = self.for_browsers and browser_cases.has_browser(tx, message.subject)
        self.webhooks.note(tx, message, step, facts, at)
        return (
            *_dropped(tx, message, step, at),
            *filer_reactions(self.routing, message, step, before, at, self.for_phones, by_browser),
            *self.officials.reactions(tx, message, step, facts, at),
        )


def load_policies(
    folder: Path | None, keys: RecipientKeys, channels: MessageChannels | None = None
) -> Policies:
    """Raises UnusableConfigurationError."""
    routing, people, topics = load_routing(folder), load_people(folder), load_appointed_topics(folder)
    calendars = load_calendars(folder)
    audience = MailAudience(people[0], frozenset(each.code for each in topics[0].topics))
    addresses = load_official_addresses(folder, people[0], keys)
    teams = TeamNotices(routing, audience, keys, _teams(channels, people[0]))
    officials = OfficialNotices(routing, audience, addresses, calendars.current, teams)
    configurations = (
        *(*routing.configurations, *people.configurations, *topics.configurations),
        *calendars.configurations,
    )
    if channels is None:
        return Policies(routing, officials, configurations)
    webhooks = load_notice_webhooks(channels)
    for_browsers = channels.web_push is not None
    return Policies(routing, officials, configurations, channels.for_phones, for_browsers, webhooks)


def _teams(channels: MessageChannels | None, people: People) -> tuple[MessengerTeam, ...]:
    teams = () if channels is None else channels.teams
    members = {member for team in teams for member in team.members}
    if unknown := sorted(members - {each.account for each in people.officials}):
        raise UnusableConfigurationError(
            f"message_channels.toml can't be used. {', '.join(unknown)} is not in people.toml"
        )
    return teams


def filer_reactions(
    routing: Routing,
    message: Message,
    step: Data,
    facts: CaseFacts | None,
    at: datetime,
    for_phones: Channel | None = None,
    by_browser: bool = False,
) -> Iterator[Reaction]:
    """`facts` are those that were known before the message."""
    for notice in filer_notices(routing, message, step, facts, at, for_phones, by_browser):
        if notice.channel is None:
            yield _printed(message, notice, at)
            continue
        texts = templates_for(notice.channel)
        request = RequestDelivery(
            by=because_of(message, at),
            ticket=message.subject,
            channel=notice.channel,
            template=notice.template,
            template_version=texts.version,
            template_digest=texts.digest,
            language=notice.language,
            cause=message.id,
            until=notice.until,
            amount=notice.amount,
            number=notice.number,
            contributor=step.data_subject if isinstance(step, OF_CONTRIBUTORS) else None,
            solicited=notice.solicited,
            send_after=notice.send_after,
            keeps_quiet_hours=notice.keeps_quiet_hours,
        )
        yield Reaction(decider, delivery_id(_occasion(message, notice), notice.channel), request)


def _dropped(tx: Tx, message: Message, step: Data, at: datetime) -> Iterator[Reaction]:
    """Take the letters of an erased case out of the queue, where nobody would find them any more."""
    if isinstance(step, DataSubjectErased):
        for letter in printed_letters.waiting(tx, message.subject):
            yield Reaction(letters, letter, DropLetter(by=because_of(message, at)))


def _printed(message: Message, notice: Notice, at: datetime) -> Reaction:
    """The letter of a notice whose reader is reached by no channel."""
    queue = QueueLetter(
        by=because_of(message, at),
        ticket=message.subject,
        template=notice.template,
        template_version=templates().version,
        template_digest=templates().digest,
        language=notice.language,
        cause=message.id,
        until=notice.until,
    )
    return Reaction(letters, letter_id(_occasion(message, notice)), queue)


def _occasion(message: Message, notice: Notice) -> UUID:
    """The message, or the first of its kind that this case has on this day of the office."""
    if not notice.daily:
        return message.id
    day = message.time.astimezone(office_zone()).date()
    return uuid5(message.aggregate, f"{notice.template} {day}")


def because_of(message: Message, at: datetime) -> Act:
    return Act(
        at=at,
        actor=SYSTEM,
        role=SYSTEM,
        causation=str(message.id),
        correlation=message.correlation or str(message.aggregate),
    )
