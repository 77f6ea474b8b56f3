"""Answers of the HTTP interface about how long data are kept."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from zi_certificates.domain.retention import Retention
from zi_certificates.read.retentions import RetentionPage
from zi_chassis.storage.store import Handled
from zi_contracts.certificates import ApplicationState, HoldReason


class RetentionListed(BaseModel):
    """`ended` is when the application or its last letter ended, or will; null while no end is known."""

    ticket: str
    kinds: list[str]
    state: ApplicationState
    ended: datetime | None
    hold: HoldReason | None
    put_up: datetime | None
    erased: bool


class RetentionListAnswer(BaseModel):
    """Those that ended first come first; `total` is of all pages."""

    applications: list[RetentionListed]
    total: int
    after: str | None


class RetentionDoneAnswer(BaseModel):
    ticket: str
    hold: HoldReason | None
    event_id: UUID | None


def retention_list(page: RetentionPage) -> RetentionListAnswer:
    return RetentionListAnswer(
        applications=[
            RetentionListed(
                ticket=each.ticket,
                kinds=list(each.application.kinds),
                state=each.application.status.value,
                ended=each.ended,
                hold=each.hold,
                put_up=each.put_up,
                erased=each.is_erased,
            )
            for each in page.rows
        ],
        total=page.total,
        after=page.after,
    )


def retained(ticket: str, handled: Handled[Retention]) -> RetentionDoneAnswer:
    hold = handled.state.hold
    event = handled.recorded[0].event_id if handled.recorded else None
    return RetentionDoneAnswer(ticket=ticket, hold=None if hold is None else hold.reason, event_id=event)
