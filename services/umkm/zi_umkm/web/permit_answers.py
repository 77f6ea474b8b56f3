"""The answers of the API about permits, of which the register tells in public."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from zi_contracts.intake import District
from zi_contracts.umkm import PermitClock
from zi_umkm.domain.case.permit_state import PermitFile, PermitStage
from zi_umkm.read.permit_queue import PermitClockCount, WaitingPermit
from zi_umkm.read.permit_register import PermitLine


class PermitAnswer(BaseModel):
    """`valid_until` is its last day, null where the office has not decided how long a permit is valid. `reason` is there where it is revoked,
    or will be when `objection_until` is over."""

    number: str
    path: str
    district: str
    issued_at: datetime
    valid_until: date | None
    standing: str
    holds: bool
    since: datetime
    reason: str | None
    objection_until: datetime | None
    renews: str | None
    replaced_by: str | None


class PermitPromisesAnswer(BaseModel):
    """The promises of one clock and how they were kept; `stops` is how often officials stopped it by giving an application back."""

    clock: str
    in_time: int
    missed: int
    running: int
    stopped: int
    stops: int


class PermitsAnswer(BaseModel):
    """One page; `total` counts all pages, `standings` all permits."""

    permits: list[PermitAnswer]
    total: int
    pages: int
    standings: dict[str, int]
    promises: list[PermitPromisesAnswer] = []


class PermitFileAnswer(BaseModel):
    """The application for a permit and the permits of a case, the newest first. `clock` is what was promised last and `due` until when;
    it stands still from `stopped_at` until the business applies again. `step` counts what was done about it: whoever sends it with a decision
    decides about nothing newer."""

    stage: PermitStage
    step: int
    clock: PermitClock | None
    since: datetime | None
    due: datetime | None
    stopped_at: datetime | None
    is_late: bool
    permits: list[PermitAnswer]


class WaitingPermitAnswer(BaseModel):
    """`task` is a stage of the application, or `revocation`; `due` is null where nothing was promised about it."""

    ticket: str
    district: District
    task: str
    since: datetime
    due: datetime | None
    is_missed: bool


class WaitingPermitsAnswer(BaseModel):
    permits: list[WaitingPermitAnswer]
    total: int


def permit(line: PermitLine) -> PermitAnswer:
    return PermitAnswer(
        number=line.number,
        path=line.path,
        district=line.district,
        issued_at=line.issued_at,
        valid_until=line.valid_until,
        standing=line.standing,
        holds=line.holds,
        since=line.since,
        reason=line.reason,
        objection_until=line.objection_until,
        renews=line.renews,
        replaced_by=line.replaced_by,
    )


def permit_file(file: PermitFile, permits: Sequence[PermitLine], now: datetime) -> PermitFileAnswer:
    promise = file.promise
    return PermitFileAnswer(
        stage=file.stage,
        step=file.steps,
        clock=None if promise is None else promise.clock,
        since=None if promise is None else promise.since,
        due=None if promise is None else promise.due,
        stopped_at=file.stopped_at,
        is_late=file.is_late(now),
        permits=[permit(each) for each in permits],
    )


def promises(counts: Sequence[PermitClockCount]) -> list[PermitPromisesAnswer]:
    read = PermitPromisesAnswer.model_validate
    return [read(each, from_attributes=True) for each in counts]


def waiting(row: WaitingPermit) -> WaitingPermitAnswer:
    return WaitingPermitAnswer.model_validate(row, from_attributes=True)
