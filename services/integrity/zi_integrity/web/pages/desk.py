"""The first page of the desk: one card for each area in which the official has a role."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.page import pages_of
from zi_integrity.web.official import CurrentOfficial

DESK = "/integrity/desk/"

router = APIRouter(include_in_schema=False)


@router.get("/integrity/desk")
async def without_slash() -> Response:
    return RedirectResponse(DESK, 308)


@router.get(DESK)
async def desk(official: CurrentOfficial) -> Response:
    return pages_of(official.request).render(official.request, "desk.html", has=official.has)
