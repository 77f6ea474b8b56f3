"""An answer whose content the caller has already is not sent again."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from zi_chassis.web.entity_tag import TaggedRoute, matches

router = APIRouter(route_class=TaggedRoute)
facts = {"count": 1}


class Facts(BaseModel):
    count: int


@router.get("/facts")
async def read() -> Facts:
    return Facts(**facts)


@router.post("/facts", status_code=204)
async def write() -> None:
    facts["count"] += 1


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.include_router(router)
    return TestClient(app)


def test_what_the_caller_has_is_not_sent_again_until_it_changes(client: TestClient) -> None:
    first = client.get("/facts")
    tag = first.headers["etag"]
    again = client.get("/facts", headers={"If-None-Match": f'W/{tag}, "other"'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == first.headers["cache-control"] == "no-cache"
    written = client.post("/facts", headers={"If-None-Match": tag})
    assert (written.status_code, "etag" in written.headers) == (204, False)
    changed = client.get("/facts", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()) == (200, {"count": facts["count"]})
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize(
    ("condition", "is_known"),
    [
        ("", False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
    ],
)
def test_a_condition_names_the_content(condition: str, is_known: bool) -> None:
    assert matches(condition, '"a"') == is_known
