"""Every route of every service is asked by every identity, and docs/routes.md says who is let in."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from tests.web.doors import SERVICES, section
from tests.web.identities import Door, Route
from tests.web.provider import Provider
from tests.web.routes_page import PAGE, sections

from zi_chassis.access.case_token import CaseTokens
from zi_chassis.settings import Settings


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_lets_in_whom_the_page_names_and_nobody_else(service: str, tmp_path: Path) -> None:
    """`python -m tests.web` writes the page anew; read the difference as you would read a change of the law."""
    assert await section(service, tmp_path) == sections(PAGE.read_text(encoding="utf-8"))[service]


async def test_a_broken_link_to_the_other_language_is_found_behind_an_answer_without_one(
    tmp_path: Path,
) -> None:
    app, route = FastAPI(), Route("POST", "/form")

    @app.post("/form")
    async def form(request: Request) -> Response:
        if "authorization" in request.headers:
            return HTMLResponse('<a href="/nowhere?lang=id">Bahasa Indonesia</a>', 422)
        return JSONResponse({}, 422)

    tokens = CaseTokens(Settings(service="stranger", data=tmp_path))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://zona.test") as client:
        door = Door(app, client, tokens, Provider(), "00000000", "00000001")
        await door.answer(route, {})
        with pytest.raises(AssertionError, match="leads on to /nowhere"):
            await door.answer(route, {"Authorization": "Bearer sign-in"})
