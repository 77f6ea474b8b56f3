"""Notices to officials: about a message at once, of a deadline before it passes, and each morning a list of what is due, late or waiting.

They are sent to whom the office's data names, and name a case only to those who may learn of it by a mail (domain/case_facts.py). Their
deliveries are of no case in the ledger, and name no address.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_contracts.data import Data
from zi_contracts.deadline import MissedDeadlineData
from zi_contracts.message import Message
from zi_notify.addresses.official_addresses import OfficialAddresses
from zi_notify.domain.case_facts import CaseFacts, MailAudience
from zi_notify.domain.delivery import Channel, DeliveryRequested, RequestDelivery, delivery_id
from zi_notify.domain.recipient import Frequency
from zi_notify.messaging.published import decider
from zi_notify.notices.notice import is_due, moment_of, template_of
from zi_notify.notices.routing import Routing
from zi_notify.notices.team_notices import TeamNotices
from zi_notify.read import projections, work_table
from zi_notify.roles import HEAD, SUPERVISOR
from zi_notify.texts.letter import templates
from zi_rules.calendar import WorkingCalendar
from zi_rules.message_channels import MessengerTeam
from zi_rules.notice_routing import NoticeRoute

SYSTEM = "system:notify"
STAFF = "staff:"
MOST_REMINDED = 200
MAIL: Channel = "email"
Interests = Mapping[str, frozenset[str]]
Waiting = Sequence[tuple[CaseFacts, tuple[str, ...]]]


@dataclass(frozen=True)
class OfficialNotices:
    routing: Routing
    audience: MailAudience
    addresses: OfficialAddresses
    calendar: WorkingCalendar
    teams: TeamNotices

    def reactions(
        self, tx: Tx, message: Message, step: Data, facts: CaseFacts | None, at: datetime
    ) -> Iterator[Reaction]:
        """The deliveries that a message causes."""
        for route in self.routing.of(step):
            if route.is_to_filer or not is_due(route, message, step):
                continue
            accounts = self._recipients(tx, route, message, step, facts)
            yield from self.teams.reactions(tx, route, accounts, message, step, at)
            for account in accounts:
                yield from self._request(
                    tx,
                    account,
                    occasion=self.addresses.keys.occasion(str(message.id), route.template, account),
                    template=template_of(route, step),
                    ticket=message.subject if route.names_case else "",
                    until=moment_of(route, step),
                    at=at,
                    binding=route.binding,
                    quiet=route.quiet_hours,
                )

    # -- by the clock

    def is_morning(self, now: datetime) -> bool:
        """Return whether the list of this day of the office is sent at this moment, if it was not yet."""
        local, rules = now.astimezone(office_zone()), self.routing.data.morning_list
        in_time = rules.at <= local.timetz().replace(tzinfo=None) < rules.latest
        return in_time and self.calendar.is_working_day(local.date())

    @staticmethod
    def day_of(now: datetime) -> str:
        return now.astimezone(office_zone()).date().isoformat()

    def is_late_list(self, request: DeliveryRequested, now: datetime) -> bool:
        """Return whether this is the list of a morning that is over."""
        rules, local = self.routing.data.morning_list, now.astimezone(office_zone())
        is_list = request.is_to_officials and request.template == rules.template
        is_in_time = self.day_of(request.by.at) == self.day_of(now) and local.time() < rules.latest
        return is_list and not is_in_time

    def morning(self, tx: Tx, now: datetime) -> Sequence[Reaction]:
        """Under the write lock: the day's list of each official who has something on it, once."""
        day = self.day_of(now)
        if work_table.is_morning_listed(tx, day):
            return ()
        work_table.mark_morning(tx, day)
        rules, waiting = self.routing.data.morning_list, self._waiting(tx)
        busy = {account for _, accounts in waiting for account in accounts}
        teams = [team for team in self.teams.teams if any(self._items_of(tx, team, waiting))]
        to_teams = self.teams.morning(day, teams, now)
        return tuple(to_teams) + tuple(
            reaction
            for account in self.addresses.addresses
            if account in busy
            for reaction in self._request(
                tx,
                account,
                occasion=self.addresses.keys.occasion(rules.template, day, account),
                template=rules.template,
                at=now,
                is_list=True,
            )
        )

    def reminders(self, tx: Tx, now: datetime) -> Sequence[Reaction]:
        """Under the write lock: the reminders of deadlines that come near, each once."""
        rules, found, interests = self.routing.data.reminder, list[Reaction](), work_table.interests(tx)
        for facts in self.near(tx, now):
            work_table.mark_reminded(tx, facts)
            deadline = facts.deadline
            if deadline is None or deadline <= now:
                continue  # missed: that is told by the service whose deadline it is
            accounts = self._responsible(facts, interests)
            found += self.teams.reminders(tx, facts, deadline, accounts, now)
            for account in accounts:
                found += self._request(
                    tx,
                    account,
                    occasion=self.addresses.keys.occasion(
                        facts.service, facts.ticket, deadline.isoformat(), account
                    ),
                    template=rules.template,
                    ticket=facts.ticket,
                    until=deadline,
                    at=now,
                    quiet=rules.quiet_hours,
                )
        return found

    def near(self, tx: Tx, now: datetime) -> list[CaseFacts]:
        """Cases of whose deadline somebody is to be reminded now."""
        before = self.routing.data.reminder.before
        horizon = self.calendar.add(before, now)
        return [
            facts
            for facts in work_table.unreminded(tx, horizon, MOST_REMINDED)
            if facts.deadline is not None and self.calendar.before(before, facts.deadline) <= now
        ]

    def items(self, tx: Tx, account: str) -> list[CaseFacts]:
        """Return what waits for this official: what they have in hand, and for those who give cases out what nobody has."""
        interests, roles = work_table.interests(tx), self.audience.people.roles_of(account)
        in_hand_of = account if roles.isdisjoint({SUPERVISOR, HEAD}) else None
        return [
            facts
            for facts in work_table.open_cases(tx, in_hand_of)
            if account in self._responsible(facts, interests)
        ]

    def team_items(self, tx: Tx, team: MessengerTeam) -> list[CaseFacts]:
        """Return what waits for any member of the team and may be named in its chat."""
        return list(self._items_of(tx, team, self._waiting(tx)))

    def _items_of(self, tx: Tx, team: MessengerTeam, waiting: Waiting) -> Iterator[CaseFacts]:
        return (
            facts
            for facts, accounts in waiting
            if not set(team.members).isdisjoint(accounts) and self.teams.may_reach(tx, team, facts.ticket)
        )

    def _waiting(self, tx: Tx) -> Waiting:
        """Read the open cases, each with those for whom it waits."""
        interests = work_table.interests(tx)
        return [(facts, self._responsible(facts, interests)) for facts in work_table.open_cases(tx)]

    # -- recipients

    def _responsible(self, facts: CaseFacts, interests: Interests) -> tuple[str, ...]:
        """Whoever has the case in hand; while nobody has it, or it is one of their own, those who give it out."""
        if facts.officer is not None and self._may_be_told(facts.officer, facts, interests):
            return (facts.officer,)
        return self.audience.supervisors(facts, interests)

    def _recipients(
        self, tx: Tx, route: NoticeRoute, message: Message, step: Data, facts: CaseFacts | None
    ) -> tuple[str, ...]:
        """The officials of a route, but for those whom the message is about where it goes to others."""
        interests, named = work_table.interests(tx), _named(message, step)
        chosen = self._chosen(route, message, step, facts, interests)
        if route.to == "officer":
            return tuple(
                account
                for account in chosen
                if account != message.actor and not self._is_barred(account, facts, interests)
            )
        others = [account for account in dict.fromkeys(chosen) if account not in named]
        if not route.names_case:
            return tuple(others)
        return tuple(account for account in others if self._may_be_told(account, facts, interests))

    def _chosen(
        self,
        route: NoticeRoute,
        message: Message,
        step: Data,
        facts: CaseFacts | None,
        interests: Interests,
    ) -> Iterable[str]:
        people = self.audience.people
        match route.to:
            case "officer":
                return _officer(step, facts)
            case "superior":
                return self._superiors(route, message, step, facts, interests)
            case "supervisors":
                return () if facts is None else self.audience.supervisors(facts, interests)
            case "second_person":
                return self.audience.second_persons(facts, message.actor)
            case "agreeing":
                return () if facts is None else self.audience.agreeing(facts, message.actor, interests)
            case "agreeing_head":
                return () if facts is None else self.audience.heads_agreeing(facts, message.actor, interests)
            case "role":
                return people.with_role(route.role or "")
            case "filer":
                return ()

    def _superiors(
        self,
        route: NoticeRoute,
        message: Message,
        step: Data,
        facts: CaseFacts | None,
        interests: Interests,
    ) -> Iterator[str]:
        """The nearest superior of each official whom the message names who may be told; else those who give the case out, or the head."""
        named, people = _named(message, step), self.audience.people
        listed = {each.account for each in people.officials}
        found = False
        for account in sorted(named):
            above = (
                each
                for each in people.superiors(account)
                if each in listed
                and each not in named
                and (not route.names_case or self._may_be_told(each, facts, interests))
            )
            for superior in above:
                found = True
                yield superior
                break
        if not found and not route.names_case:
            yield from people.with_role(HEAD)
        elif not found and facts is not None:
            yield from self.audience.supervisors(facts, interests)

    def _may_be_told(self, account: str, facts: CaseFacts | None, interests: Interests) -> bool:
        interest = interests.get(account, frozenset())
        return facts is not None and self.audience.may_be_told(account, facts, interest)

    def _is_barred(self, account: str, facts: CaseFacts | None, interests: Interests) -> bool:
        return facts is not None and self.audience.is_barred(
            account, facts, interests.get(account, frozenset())
        )

    def may_still_be_told(self, tx: Tx, account: str, request: DeliveryRequested) -> bool:
        """Return whether a requested notice may name its case to this official now. Where no message says who has the case, the one that
        caused the notice did."""
        known, interests = work_table.all_facts_of(tx, request.ticket), work_table.interests(tx)
        if any(
            account in self.audience.kept_from_deciding(facts) or self._is_barred(account, facts, interests)
            for facts in known
        ):
            return False
        if any(self._may_be_told(account, facts, interests) for facts in known):
            return True
        is_known = any(facts.officer is not None or facts.is_moved for facts in known)
        return bool(known) and not is_known and request.template in self.routing.to_officers

    # -- deliveries

    def _request(
        self,
        tx: Tx,
        account: str,
        *,
        occasion: UUID,
        template: str,
        at: datetime,
        ticket: str = "",
        until: datetime | None = None,
        binding: bool = False,
        quiet: bool = False,
        is_list: bool = False,
    ) -> Iterator[Reaction]:
        """One delivery to an official; none without an address, or where they want the morning list alone."""
        address, recipient = self.addresses.of(account), self.addresses.recipient(account)
        if address is None or recipient is None:
            return
        if not (binding or is_list) and projections.frequency(tx, recipient) is Frequency.DAILY:
            return
        request = RequestDelivery(
            by=Act(at=at, actor=SYSTEM, role=SYSTEM),  # of no case
            ticket=ticket,
            channel=MAIL,
            template=template,
            template_version=templates().version,
            template_digest=templates().digest,
            language=address.language,
            cause=occasion,
            until=until,
            official=account,
            binding=binding,
            send_after=self.routing.data.quiet_hours.end_of(at, office_zone()) if quiet else None,
            keeps_quiet_hours=quiet,
        )
        yield Reaction(decider, delivery_id(occasion, MAIL), request)


def _named(message: Message, step: Data) -> frozenset[str]:
    """The officials whom a message is about: those whom it names, and its actor."""
    fields = type(step).model_fields
    names = set(step.officials) if isinstance(step, MissedDeadlineData) else set()
    names |= {getattr(step, field) for field in ("official", "officer", "mentor") if field in fields}
    if message.actorrole.startswith(STAFF):
        names.add(message.actor)
    return frozenset(names)


def _officer(step: Data, facts: CaseFacts | None) -> tuple[str, ...]:
    """Whoever has the case now; a message about those who had it says it only where it names one."""
    if facts is not None and facts.officer is not None:
        return (facts.officer,)
    if isinstance(step, MissedDeadlineData) and len(step.officials) == 1:
        return step.officials
    return ()
