"""The first page of the integrity zone, for everybody."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.page import pages_of

router = APIRouter(include_in_schema=False)


@router.get("/integrity")
async def without_slash() -> Response:
    return RedirectResponse("/integrity/", 308)


@router.get("/integrity/")
async def home(request: Request) -> Response:
    return pages_of(request).render(request, "home.html")
