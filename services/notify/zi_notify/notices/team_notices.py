"""Notices to the chats of teams of officials: what their members get by mail, once for the team, and only what each of its readers may know.

A chat names a case only as far as other systems are told of it, and not where a member filed it or has an interest in it. What names no case
is about officials, so it goes only to a team of which every member is to be told.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.domain.case_facts import CaseFacts, MailAudience
from zi_notify.domain.delivery import Channel, RequestDelivery, delivery_id
from zi_notify.messaging.published import decider
from zi_notify.notices.notice import moment_of, template_of
from zi_notify.notices.routing import Routing
from zi_notify.read import work_table
from zi_notify.texts.channel_templates import templates_for
from zi_rules.message_channels import MessengerTeam
from zi_rules.notice_routing import NoticeRoute

SYSTEM = "system:notify"
CHANNEL: Channel = "messenger"


@dataclass(frozen=True)
class TeamNotices:
    routing: Routing
    audience: MailAudience
    keys: RecipientKeys
    teams: tuple[MessengerTeam, ...] = ()

    def of(self, name: str) -> MessengerTeam | None:
        return next((team for team in self.teams if team.name == name), None)

    def may_reach(self, tx: Tx, team: MessengerTeam, ticket: str) -> bool:
        """Return whether the chat may be named the case."""
        known = work_table.all_facts_of(tx, ticket)
        return self.audience.may_reach(team.members, known, work_table.interests(tx))

    def reactions(
        self,
        tx: Tx,
        route: NoticeRoute,
        accounts: Collection[str],
        message: Message,
        step: Data,
        at: datetime,
    ) -> Iterator[Reaction]:
        """The deliveries of a notice that goes to these officials."""
        if CHANNEL not in route.channels:
            return
        ticket = message.subject if route.names_case else ""
        for team in self._recipients(tx, accounts, ticket):
            occasion = (str(message.id), route.template, team.name)
            until = moment_of(route, step)
            yield self._reaction(
                team, occasion, template_of(route, step), at, ticket, until, quiet=route.quiet_hours
            )

    def reminders(
        self, tx: Tx, facts: CaseFacts, deadline: datetime, accounts: Collection[str], at: datetime
    ) -> Iterator[Reaction]:
        rules = self.routing.data.reminder
        if CHANNEL not in rules.channels:
            return
        for team in self._recipients(tx, accounts, facts.ticket):
            occasion = (facts.service, facts.ticket, deadline.isoformat(), team.name)
            yield self._reaction(
                team, occasion, rules.template, at, facts.ticket, deadline, quiet=rules.quiet_hours
            )

    def morning(self, day: str, teams: Sequence[MessengerTeam], at: datetime) -> Iterator[Reaction]:
        """The day's list of these teams, which have something on it."""
        rules = self.routing.data.morning_list
        if CHANNEL in rules.channels:
            for team in teams:
                yield self._reaction(team, (rules.template, day, team.name), rules.template, at)

    def _recipients(self, tx: Tx, accounts: Collection[str], ticket: str) -> Iterator[MessengerTeam]:
        for team in self.teams:
            if ticket:
                is_theirs = not set(team.members).isdisjoint(accounts) and self.may_reach(tx, team, ticket)
            else:
                is_theirs = set(team.members) <= set(accounts)
            if is_theirs:
                yield team

    def _reaction(
        self,
        team: MessengerTeam,
        occasion: tuple[str, ...],
        template: str,
        at: datetime,
        ticket: str = "",
        until: datetime | None = None,
        quiet: bool = False,
    ) -> Reaction:
        texts, cause = templates_for(CHANNEL), self.keys.occasion("team", *occasion)
        request = RequestDelivery(
            by=Act(at=at, actor=SYSTEM, role=SYSTEM),  # of no case
            ticket=ticket,
            channel=CHANNEL,
            template=template,
            template_version=texts.version,
            template_digest=texts.digest,
            language=team.language,
            cause=cause,
            until=until,
            team=team.name,
            send_after=self.routing.data.quiet_hours.end_of(at, office_zone()) if quiet else None,
            keeps_quiet_hours=quiet,
        )
        return Reaction(decider, delivery_id(cause, CHANNEL), request)
