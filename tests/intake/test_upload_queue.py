"""The order in which uploads are let into the rooms where they are opened, and who is sent away."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_intake.uploads.upload_queue import OF_ONE_CASE, OF_ONE_CLIENT, QueueFullError, UploadQueue


class Visit:
    """A file that stays in its room until it is told to go."""

    def __init__(self, queue: UploadQueue, client: str, case: str = "") -> None:
        self.client, self.go, self.is_in = client, asyncio.Event(), False
        self.task = asyncio.create_task(self._stay(queue, case or f"case of {id(self)}"))

    async def _stay(self, queue: UploadQueue, case: str) -> None:
        async with queue.room(self.client, case):
            self.is_in = True
            await self.go.wait()

    async def leave(self) -> None:
        self.go.set()
        await self.task

    @property
    def is_refused(self) -> bool:
        return self.task.done() and isinstance(self.task.exception(), QueueFullError)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_whoever_used_the_rooms_least_goes_first() -> None:
    queue = UploadQueue(rooms=1)
    first = Visit(queue, "greedy")
    await settle()
    await first.leave()
    inside, later, honest = (Visit(queue, client) for client in ("greedy", "greedy", "honest"))
    await settle()
    await inside.leave()
    await settle()
    assert (later.is_in, honest.is_in) == (False, True)
    await honest.leave()
    later.go.set()
    await later.task


async def test_a_full_queue_sends_a_heavy_user_away_for_a_light_one() -> None:
    queue = UploadQueue(rooms=1, places=4)
    greedy = [Visit(queue, "greedy") for _ in range(4)]
    await settle()
    honest = Visit(queue, "honest")
    await settle()
    assert sum(each.is_refused for each in greedy) == 1
    for each in (*greedy, honest):
        each.go.set()
    await asyncio.gather(*(each.task for each in (*greedy, honest)), return_exceptions=True)
    assert honest.is_in


@pytest.mark.parametrize(("client", "case", "most"), [("one", "", OF_ONE_CLIENT), ("", "one", OF_ONE_CASE)])
async def test_one_client_and_one_case_have_a_share(client: str, case: str, most: int) -> None:
    queue = UploadQueue(rooms=1, places=100)
    visits = [Visit(queue, client or f"client {n}", case) for n in range(most + 2)]
    await settle()
    assert sum(each.is_refused for each in visits) == 2
    for each in visits:
        each.go.set()
    await asyncio.gather(*(each.task for each in visits), return_exceptions=True)


async def test_a_sender_who_goes_away_leaves_the_place_free() -> None:
    queue = UploadQueue(rooms=1)
    inside, gone, waiting = (Visit(queue, client) for client in "abc")
    await settle()
    gone.task.cancel()
    await settle()
    await inside.leave()
    await settle()
    assert waiting.is_in
    await waiting.leave()


@contextmanager
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    try:
        yield made
    finally:
        made.close()


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("123"), st.booleans()), max_size=30))
def test_no_more_are_inside_than_there_are_rooms_and_all_get_an_end(
    steps: list[tuple[str, str, bool]],
) -> None:
    async def play() -> None:
        queue, visits = UploadQueue(rooms=2, places=5), list[Visit]()
        for client, case, is_leaving in steps:
            visits.append(Visit(queue, client, case))
            await settle()
            here = [each for each in visits if each.is_in and not each.task.done()]
            assert len(here) <= 2
            if is_leaving and here:
                await here[0].leave()
        for each in visits:
            each.go.set()
        await asyncio.gather(*(each.task for each in visits), return_exceptions=True)
        assert all(each.is_in or each.is_refused for each in visits)
        assert (queue._waiting, queue._inside) == ([], [])

    with loop() as made:
        made.run_until_complete(play())
