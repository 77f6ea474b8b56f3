"""Decide whether a complaint moves to the officials appointed for a topic. Nothing moves it back. Pure."""

from datetime import datetime

from zi_intake.domain.case import refusals
from zi_intake.domain.case.disclosure_decisions import may_read, refuse_reader
from zi_intake.domain.case.filings import ComplaintFiled, appointed_topic, enterers
from zi_intake.domain.case.moving_messages import MovedToAppointed, MoveToAppointed
from zi_intake.domain.case.state import ENDED, Case, refuse_ended
from zi_intake.domain.case.work_rules import refuse_others


def move_to_appointed(command: MoveToAppointed, case: Case) -> list[MovedToAppointed]:
    """Move an open complaint, whoever's turn it is: before somebody has it any officer does, then its officer or a supervisor, and of one in
    confidence its readers alone. Whoever has had it does not move it to themselves alone, nor anybody to those alone who entered it."""
    if not isinstance(case.filing, ComplaintFiled):
        raise refusals.NoComplaintToMoveError
    if case.filing.appointed_topic == command.topic:
        return []
    if case.filing.appointed_topic is not None:
        raise refusals.WithAppointedAlreadyError
    refuse_ended(case)
    if case.officer is not None:
        refuse_others(command.by, case)
    refuse_reader(command.by, case)
    not_working = enterers(case.filing) | ({command.by.actor} & {*case.officers})
    if command.appointed and command.appointed <= not_working:
        raise refusals.NobodyElseAppointedError
    return [
        MovedToAppointed(by=command.by, request=command.request, topic=command.topic, items=command.items)
    ]


def may_move(case: Case, official: str, at: datetime, *, is_supervisor: bool) -> bool:
    """Return whether an officer may move the case, as far as the case itself says."""
    is_ordinary = isinstance(case.filing, ComplaintFiled) and appointed_topic(case.filing) is None
    handles = case.officer in (None, official) or is_supervisor
    return is_ordinary and case.status not in ENDED and handles and may_read(case, official, at)
