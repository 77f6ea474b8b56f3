"""Uploads share one room in memory; whatever is smaller always finds its own."""

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from zi_chassis.web.body import Body, Held, takes


def endpoint() -> None:
    """Takes what any route takes."""


@takes(1024 * 1024)
def upload() -> None:
    """Takes more."""


def body(route: object, held: Held, size: int = 1000) -> Body:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * size, "more_body": True}

    return Body({"type": "http", "headers": [], "endpoint": route}, {}, receive, held)


async def test_an_upload_that_finds_no_room_is_sent_away_and_comes_in_once_another_has_ended() -> None:
    held = Held(most=1500)
    first, second = body(upload, held), body(upload, held)
    await first.receive()
    with pytest.raises(HTTPException) as refused:
        await second.receive()
    assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "30"})
    second.release()
    first.release()
    await body(upload, held).receive()


async def test_a_request_of_the_usual_size_needs_no_room() -> None:
    held = Held(most=1500)
    await body(upload, held).receive()
    for _ in range(3):
        await body(endpoint, held).receive()
