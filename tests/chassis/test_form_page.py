"""The page that the answer to a form belongs to can be opened, whatever address the form was sent to."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.requests import Request

from zi_chassis.web.form_page import page_path


def with_routes(*routes: str) -> FastAPI:
    app, router = FastAPI(), APIRouter()
    for method, path in (route.split() for route in routes):
        router.add_api_route(path, lambda: None, methods=[method])
    app.include_router(router)
    return app


APP = with_routes(
    *("GET /desk/", "GET /desk/lists", "POST /desk/lists", "POST /desk/take"),
    *("GET /reports/new", "POST /reports"),
    *("GET /cases/{ticket}", "POST /cases/{ticket}/{command}", "POST /cases/{case}/drafts/{draft}/send"),
    *("GET /cases/{ticket}/items", "GET /cases/{ticket}/items/{number}", "POST /cases/{ticket}/items/upload"),
    *("POST /cases/{ticket}/items/{n}", "POST /files/{path:path}", "POST /only/sent"),
)


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/desk/lists", "/desk/lists"),
        ("/desk/take", "/desk/"),
        ("/reports", "/reports/new"),
        ("/cases/7K3M/answer", "/cases/7K3M"),
        ("/cases/7K3M/drafts/2/send", "/cases/7K3M"),
        ("/cases/7K3M/items/upload", "/cases/7K3M/items"),
        ("/cases/7K3M/items/4", "/cases/7K3M/items/4"),
        ("/files/a/b", "/files/a/b"),
        ("/only/sent", "/"),
        ("/unknown", "/unknown"),
    ],
)
def test_a_refused_form_leads_to_its_page_or_the_nearest_above(sent_to: str, page: str) -> None:
    assert page_path(request_to("POST", sent_to)) == page


def test_a_page_that_was_opened_is_its_own() -> None:
    assert page_path(request_to("GET", "/reports")) == "/reports"


def request_to(method: str, path: str) -> Request:
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": [], "app": APP}
    return Request(scope | {"server": ("localhost", 80), "scheme": "http"})
