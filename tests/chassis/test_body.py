"""Uploads share one room in memory by client and by case, and arrive in time or not at all; whatever is smaller always finds its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from zi_chassis.web import body as module
from zi_chassis.web.body import NotAdmittedError, RequestBody, UploadMemory, takes
from zi_chassis.web.problem import SignInNeededError


def endpoint() -> None:
    """Takes what any route takes."""


@takes(1024 * 1024)
def upload() -> None:
    """Takes more."""


async def refuse(request: Request) -> None:
    raise SignInNeededError("Sign in first.")


@takes(1024 * 1024, refuse)
def guarded() -> None:
    """Takes more, and from nobody."""


async def pieces(size: int) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": True}


def body(
    route: object,
    memory: UploadMemory,
    size: int = 1000,
    client: str = "a",
    case: str | None = None,
    receive: Callable[[], Awaitable[Message]] | None = None,
) -> RequestBody:
    scope: dict[str, Any] = {"type": "http", "headers": [], "endpoint": route}
    scope |= {"path_params": {"ticket": case}} if case else {}
    length = {b"content-length": b"100000"}
    return RequestBody(scope, length, receive or (lambda: pieces(size)), memory, lambda: client)


async def refused(request: RequestBody) -> int:
    with pytest.raises(HTTPException) as refusal:
        await request.receive()
    return refusal.value.status_code


async def test_an_upload_that_finds_no_room_is_sent_away_and_comes_in_once_another_has_ended() -> None:
    memory = UploadMemory(most=1500)
    first, second = body(upload, memory), body(upload, memory)
    await first.receive()
    with pytest.raises(HTTPException) as refusal:
        await second.receive()
    assert (refusal.value.status_code, refusal.value.headers) == (503, {"Retry-After": "30"})
    second.release()
    first.release()
    await body(upload, memory).receive()


async def test_a_request_of_the_usual_size_needs_no_room() -> None:
    memory = UploadMemory(most=1500)
    await body(upload, memory).receive()
    for _ in range(3):
        await body(endpoint, memory).receive()


async def test_one_client_has_a_share_and_others_have_theirs() -> None:
    memory = UploadMemory(most=10_000, share=2500)
    for _ in range(2):
        await body(upload, memory).receive()
    assert await refused(body(upload, memory)) == 503
    await body(upload, memory, client="b").receive()


async def test_one_case_has_a_share_however_many_clients_send_to_it() -> None:
    memory = UploadMemory(most=10_000, share=2500)
    for client in "ab":
        await body(upload, memory, client=client, case="0EXAMP1E0").receive()
    assert await refused(body(upload, memory, client="c", case="0EXAMP1E0")) == 503
    await body(upload, memory, client="c", case="0EXAMP1E1").receive()


async def test_when_all_is_full_the_largest_holder_makes_room_for_whoever_holds_less() -> None:
    memory = UploadMemory(most=4000, share=4000)
    greedy = [body(upload, memory) for _ in range(4)]
    for request in greedy:
        await request.receive()
    honest = body(upload, memory, client="b")
    await honest.receive()
    answers = []
    for request in greedy:
        try:
            await request.receive()
        except HTTPException as refusal:
            answers.append(refusal.status_code)
    assert answers.count(503) >= 1
    await honest.receive()


async def test_what_waits_for_more_is_woken_to_make_room() -> None:
    memory, more = UploadMemory(most=1000, share=4000), asyncio.Event()
    sent: list[int] = []

    async def stalling() -> Message:
        if sent:
            await more.wait()
        sent.append(1)
        return await pieces(900)

    stalled = body(upload, memory, receive=stalling)
    await stalled.receive()
    waiting = asyncio.create_task(refused(stalled))
    await asyncio.sleep(0)
    await body(upload, memory, size=500, client="b").receive()
    assert await waiting == 503
    stalled.release()


async def test_what_stands_still_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.02)

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    assert await refused(body(upload, UploadMemory(), receive=never)) == 408


async def test_what_drips_is_ended_although_it_never_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.1)

    async def drip() -> Message:
        await asyncio.sleep(0.02)
        return await pieces(1)

    dripping = body(upload, UploadMemory(), receive=drip)

    async def read_on() -> None:
        while True:
            await dripping.receive()

    with pytest.raises(HTTPException) as refusal:
        await read_on()
    assert refusal.value.status_code == 408


async def test_a_slow_line_that_keeps_on_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece earns back more time than it took to come: however many there are, the line is not ended."""
    loop, passed = asyncio.get_running_loop(), [0.0]
    real = loop.time
    monkeypatch.setattr(loop, "time", lambda: real() + passed[0])

    async def slow() -> Message:
        passed[0] += 0.9 * module.GRACE
        return await pieces(int(module.GRACE) * module.FLOOR)

    steady = body(upload, UploadMemory(), size=0, receive=slow)
    for _ in range(10):
        await steady.receive()


async def test_nothing_is_read_from_whom_the_route_does_not_admit() -> None:
    read: list[int] = []

    async def receive() -> Message:
        read.append(1)
        return await pieces(1)

    with pytest.raises(NotAdmittedError) as refusal:
        await body(guarded, UploadMemory(), receive=receive).receive()
    assert isinstance(refusal.value.refusal, SignInNeededError)
    assert read == []
