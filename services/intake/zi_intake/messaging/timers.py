"""The timers of a case: a question without a reply and an answer without a reaction close the case, as system:intake; and a clock of
the office that has passed is reported; a request to see a confidential case that nobody decided about ends."""

from collections.abc import Iterable
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider, Event
from zi_chassis.storage.store import Store
from zi_chassis.storage.timers import Change, Clear, Due, Set, Timers
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import messages
from zi_intake.domain.case.state import Case
from zi_intake.messaging.published import decider
from zi_intake.terms import Terms

REPLY_BY = "reply_by"
CLOSES_ON = "closes_on"
DISCLOSURE = "disclosure:"  # and the id of the request


def changes(event: Event) -> Iterable[Change]:
    match event:
        case messages.ClarificationAsked():
            return (Set(REPLY_BY, event.reply_by),)
        case messages.CaseAnswered():
            return (Set(CLOSES_ON, event.closes_on),)
        case (
            messages.CitizenReplied()
            | messages.CaseReopened()
            | messages.CaseClosed()
            | messages.CaseWithdrawn()
            | messages.DataSubjectErased()
        ):
            return (Clear(REPLY_BY), Clear(CLOSES_ON))
        case disclosures.DisclosureRequested():
            return (Set(f"{DISCLOSURE}{event.disclosure}", event.answer_by),)
        case (
            disclosures.DisclosureConsented()
            | disclosures.DisclosureRefused()
            | disclosures.DisclosureExpired()
        ):
            return (Clear(f"{DISCLOSURE}{event.disclosure}"),)
        case _:
            return ()


def timers() -> Timers:
    return Timers(changes)


class Closing:
    """The command of a timer; how long the case may be reopened then follows from its pinned standard."""

    def __init__(self, store: Store, terms: Terms) -> None:
        self._store = store
        self._terms = terms

    def __call__(self, due: Due, act: Act) -> tuple[Decider[Case], Command]:
        if due.name.startswith(DISCLOSURE):
            disclosure = UUID(due.name.removeprefix(DISCLOSURE))
            return decider, disclosures.ExpireDisclosure(by=act, disclosure=disclosure)
        _, state = self._store.load(decider, due.aggregate)
        until = self._terms.reopen_until(state.standard, act.at)
        if due.name == REPLY_BY:
            return decider, messages.CloseUnanswered(by=act, reply_by=due.due, reopen_until=until)
        return decider, messages.CloseSilent(by=act, closes_on=due.due, reopen_until=until)


def report_of(due: Due, act: Act, marked: bool) -> tuple[Decider[Case], Command]:
    """Make the report of a missed deadline; `marked` if it was missed before deadlines were reported."""
    fields = {"by": act, "clock": due.name, "due": due.due, "reported_late": marked}
    return decider, messages.ReportMissedDeadline.model_validate(fields)
