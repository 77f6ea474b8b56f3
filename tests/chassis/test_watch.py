import asyncio

from tests.until import until

from zi_chassis.watch import Watch


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_lives_leaves_the_process_ready() -> None:
    watch = Watch()
    watch.task("outbox", forever)
    watch.thread("writer", lambda: True)
    async with watch:
        assert watch.reason() is None
    assert watch.reason() is None


async def test_a_task_that_fails_makes_it_unready_and_then_leave() -> None:
    left: list[bool] = []
    watch = Watch(grace=0.01)
    watch.leave = lambda: left.append(True)

    async def failing() -> None:
        raise RuntimeError

    watch.task("outbox", failing)
    watch.task("inbox", forever)
    async with watch:
        await until(lambda: left)
    assert watch.reason() == "outbox ended"
    assert left == [True]


async def test_a_task_that_merely_returns_counts_as_dead() -> None:
    watch = Watch()

    async def short() -> None:
        return

    watch.task("timers", short)
    async with watch:
        await until(watch.reason)
    assert watch.reason() == "timers ended"


async def test_a_dead_thread_is_seen_at_once_and_leads_to_leaving() -> None:
    left: list[bool] = []
    alive = [True]
    watch = Watch(grace=0.01)
    watch.leave = lambda: left.append(True)
    watch.thread("writer", lambda: alive[0])
    async with watch:
        alive[0] = False
        assert watch.reason() == "writer ended"
        await until(lambda: left)
