"""The HTTP interface to what a business hands over to an application of its own: only the business gives it and takes it back."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from zi_chassis.storage.store import Handled
from zi_chassis.web.idempotency import IdempotencyKey
from zi_umkm.domain.handover import Handover
from zi_umkm.web.api.cases import COMMAND, Business
from zi_umkm.web.current_office import TheOffice
from zi_umkm.web.handover_bodies import DescribeProductBody, EndHandoverBody, HandOverBody

router = APIRouter(prefix="/umkm/api/cases/{ticket}/handover", tags=["business"])


class SharedProductAnswer(BaseModel):
    """`items` are those of its name, composition and packaging in the vault."""

    product: int
    number: str
    items: list[UUID]


class HandoverStandingAnswer(BaseModel):
    to: str
    at: datetime
    products: int


class HandoverAnswer(BaseModel):
    """`digest` stands for what would be handed over now; `ended` are tickets from which it was taken back."""

    ready: list[SharedProductAnswer]
    digest: str
    unchecked: list[int]
    undescribed: list[int]
    standing: list[HandoverStandingAnswer]
    ended: list[str]


class HandoverDoneAnswer(BaseModel):
    """`event_id` is null where nothing changed."""

    event_id: UUID | None


@router.get("", responses=COMMAND)
async def show_handover(office: TheOffice, caller: Business) -> HandoverAnswer:
    """Shows what would be handed over now, and to whom something is."""
    mentoring_request, _ = caller
    shared = await office.handing_over.shared(mentoring_request)
    state = await office.handing_over.state(mentoring_request)
    return HandoverAnswer(
        ready=[
            SharedProductAnswer(
                product=each.product, number=each.number, items=[item.item for item in each.items]
            )
            for each in shared.ready
        ],
        digest=shared.digest,
        unchecked=sorted(shared.unchecked),
        undescribed=sorted(shared.undescribed),
        standing=[
            HandoverStandingAnswer(to=to, at=each.by.at, products=len(each.products))
            for to, each in state.standing.items()
        ],
        ended=list(state.ended),
    )


@router.post("", responses=COMMAND)
async def hand_over(
    office: TheOffice, caller: Business, body: HandOverBody, key: IdempotencyKey = None
) -> HandoverDoneAnswer:
    """Agrees that an application of the same business takes over the products that were looked at."""
    mentoring_request, by = caller
    return _done(await office.handing_over.hand_over(mentoring_request, by, key, body.to, body.agreed))


@router.post("/end", responses=COMMAND)
async def end_handover(
    office: TheOffice, caller: Business, body: EndHandoverBody, key: IdempotencyKey = None
) -> HandoverDoneAnswer:
    """Takes it back: nothing more is taken over."""
    mentoring_request, by = caller
    return _done(await office.handing_over.end(mentoring_request, by, key, body.to))


@router.post("/describe", responses=COMMAND)
async def describe_product(
    office: TheOffice, caller: Business, body: DescribeProductBody, key: IdempotencyKey = None
) -> HandoverDoneAnswer:
    """Keeps composition and packaging of a product in the vault."""
    mentoring_request, by = caller
    composition = "\n".join(body.composition)
    return _done(
        await office.handing_over.describe(mentoring_request, by, key, body.product, composition, body.pack)
    )


def _done(handled: Handled[Handover]) -> HandoverDoneAnswer:
    return HandoverDoneAnswer(event_id=handled.recorded[0].event_id if handled.recorded else None)
