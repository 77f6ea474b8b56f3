"""The API of what is public as numbers alone: missed deadlines with their compensation, and the registers of integrity."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from zi_chassis.web.entity_tag import TaggedRoute
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.pages.compensation import ROWS, public_counts
from zi_integrity.web.pages.registers import register_figures
from zi_integrity.web.paging import PageQuery

router = APIRouter(prefix="/integrity/api", route_class=TaggedRoute)


class CompensationCountAnswer(BaseModel):
    """Services of a quarter that are counted together; null stands for a number that is too small to tell."""

    services: list[str]
    missed: int
    delivered: int | None
    waived: int | None
    waiting: int | None


class CompensationQuarterAnswer(BaseModel):
    """`counts` is null where all services together missed too few deadlines to tell."""

    quarter: str
    counts: list[CompensationCountAnswer] | None


class OverdueCompensationAnswer(BaseModel):
    """`service` is null where few of a service are overdue."""

    reference: str
    service: str | None
    status: str
    due: datetime | None


class CompensationOverviewAnswer(BaseModel):
    """The last quarters, how many earlier ones there are, and a page of what is overdue, of which there are `count`."""

    quarters: list[CompensationQuarterAnswer]
    earlier_quarters: int
    count: int
    page_size: int = ROWS
    overdue: list[OverdueCompensationAnswer]


class RegisterFiguresAnswer(BaseModel):
    """Null stands for 1 to 4."""

    year: int
    gifts: dict[str, int | None]
    conflicts: dict[str, int | None]
    trust: dict[str, int | None]


@router.get("/compensation", tags=["compensation"])
async def compensation(office: TheOffice, page: PageQuery = 1) -> CompensationOverviewAnswer:
    """Count the missed deadlines and what was given for them, by quarter and service, and list what is overdue."""
    now = office.clock.now()
    found = await office.store.query(lambda tx: public_counts(tx, now, page))
    return CompensationOverviewAnswer(
        quarters=[
            CompensationQuarterAnswer(
                quarter=quarter,
                counts=None
                if lines is None
                else [
                    CompensationCountAnswer(
                        services=list(line.services),
                        missed=line.opened,
                        delivered=line.delivered,
                        waived=line.waived,
                        waiting=line.waiting,
                    )
                    for line in lines
                ],
            )
            for quarter, lines in found["quarters"]
        ],
        earlier_quarters=found["earlier"],
        count=found["number"],
        overdue=[
            OverdueCompensationAnswer(
                reference=row.reference,
                service=row.service if row.service in found["named"] else None,
                status=row.status.value,
                due=row.next_due,
            )
            for row in found["rows"]
        ],
    )


@router.get("/registers", tags=["registers"])
async def registers(office: TheOffice) -> RegisterFiguresAnswer:
    """Count gifts, conflicts of interest and assets of trust; no name and no case."""
    return RegisterFiguresAnswer(**vars(await register_figures(office)))
