"""Reminders to citizens of the day on which their case closes unless they reply or react."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import Channel, DeliveryRequested, RequestDelivery, delivery_id
from zi_notify.messaging.published import decider
from zi_notify.notices.notice import Reach, reachable_channel
from zi_notify.notices.routing import Routing
from zi_notify.read import browser_cases, citizen_waits, work_table
from zi_notify.read.citizen_waits import CitizenWait
from zi_notify.texts.channel_templates import templates_for
from zi_rules.calendar import WorkingCalendar
from zi_rules.notice_routing import LAPSE_CLOCKS, LapseClock, LapseReminder

SYSTEM = "system:notify"
MOST_REMINDED = 200


@dataclass(frozen=True)
class LapseNotices:
    routing: Routing
    calendar: WorkingCalendar
    for_phones: Channel | None = None
    for_browsers: bool = False

    def near(self, tx: Tx, now: datetime) -> list[CitizenWait]:
        """Cases of whose end their citizen is to be reminded now. In quiet hours nothing is recorded: whoever acts until they end hears nothing."""
        rules = self.routing.data.lapse
        if rules is None or (rules.quiet_hours and self.routing.is_quiet(now)):
            return []
        horizon = self.calendar.add(rules.before, now)
        return [
            wait
            for wait in citizen_waits.unreminded(tx, horizon, MOST_REMINDED)
            if self.calendar.before(rules.before, wait.ends) <= now
        ]

    def reminders(self, tx: Tx, now: datetime) -> Sequence[Reaction]:
        """Under the write lock: the reminders that are due, each once."""
        rules, found = self.routing.data.lapse, list[Reaction]()
        for wait in self.near(tx, now):
            citizen_waits.mark_reminded(tx, wait)
            facts = work_table.facts_of(tx, "intake", wait.ticket)
            if rules is not None and facts is not None and self._is_wanted(rules, wait, now):
                for channel in self._channels(tx, rules, facts):
                    is_quiet = rules.quiet_hours or self.routing.rings(channel)
                    found.append(_reminder(rules, wait, facts, channel, now, is_quiet))
        return found

    def _is_wanted(self, rules: LapseReminder, wait: CitizenWait, now: datetime) -> bool:
        """Not once the case is over, and not where the notice that named the day came as late as this one would."""
        return now < wait.ends and wait.begun < self.calendar.before(rules.before, wait.ends)

    def _channels(self, tx: Tx, rules: LapseReminder, facts: CaseFacts) -> Iterator[Channel]:
        reach = Reach(facts.language, facts.reachable_by)
        if channel := reachable_channel(rules.channels, reach, self.for_phones):
            yield channel
        if self.for_browsers and browser_cases.has_browser(tx, facts.ticket):
            yield "web_push"


def _reminder(
    rules: LapseReminder, wait: CitizenWait, facts: CaseFacts, channel: Channel, now: datetime, is_quiet: bool
) -> Reaction:
    occasion = _occasion(wait.cause, wait.clock)
    texts = templates_for(channel)
    request = RequestDelivery(
        by=Act(at=now, actor=SYSTEM, role=SYSTEM, causation=str(wait.cause)),
        ticket=wait.ticket,
        channel=channel,
        template=rules.template_of(wait.clock),
        template_version=texts.version,
        template_digest=texts.digest,
        language=facts.language,
        cause=occasion,  # of its own, as the Message-ID follows from it
        until=wait.ends,
        keeps_quiet_hours=is_quiet,
    )
    return Reaction(decider, delivery_id(occasion, channel), request)


def is_reminder(request: DeliveryRequested) -> bool:
    """Told by its occasion, as the office chooses the template."""
    because = request.by.causation
    return because is not None and request.cause in [_occasion(UUID(because), each) for each in LAPSE_CLOCKS]


def is_outdated(tx: Tx, reminder: DeliveryRequested, now: datetime) -> bool:
    """Return whether the case does not close on that day any more: it has closed, or its citizen has acted since."""
    wait = citizen_waits.of_case(tx, reminder.ticket)
    is_over = reminder.until is not None and now >= reminder.until
    return is_over or wait is None or str(wait.cause) != reminder.by.causation


def _occasion(cause: UUID, clock: LapseClock) -> UUID:
    return uuid5(cause, f"lapse {clock}")
