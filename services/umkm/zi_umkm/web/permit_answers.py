"""The answers of the API about permits, of which the register tells in public."""

from datetime import date, datetime

from pydantic import BaseModel

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


class PermitsAnswer(BaseModel):
    """One page; `total` counts all pages, `standings` all permits."""

    permits: list[PermitAnswer]
    total: int
    pages: int
    standings: dict[str, int]


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
