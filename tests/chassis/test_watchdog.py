import asyncio

from tests.until import until

from zi_chassis.process.watchdog import Watchdog


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_lives_leaves_the_process_ready() -> None:
    watchdog = Watchdog()
    watchdog.task("outbox", forever)
    watchdog.thread("writer", lambda: True)
    async with watchdog:
        assert watchdog.reason() is None
    assert watchdog.reason() is None


async def test_a_task_that_fails_makes_it_unready_and_then_leave() -> None:
    left: list[bool] = []
    watchdog = Watchdog(grace=0.01)
    watchdog.leave = lambda: left.append(True)

    async def failing() -> None:
        raise RuntimeError

    watchdog.task("outbox", failing)
    watchdog.task("inbox", forever)
    async with watchdog:
        await until(lambda: left)
    assert watchdog.reason() == "outbox ended"
    assert left == [True]


async def test_a_task_that_merely_returns_counts_as_dead() -> None:
    watchdog = Watchdog()

    async def short() -> None:
        return

    watchdog.task("timers", short)
    async with watchdog:
        await until(watchdog.reason)
    assert watchdog.reason() == "timers ended"


async def test_a_dead_thread_is_seen_at_once_and_leads_to_leaving() -> None:
    left: list[bool] = []
    alive = [True]
    watchdog = Watchdog(grace=0.01)
    watchdog.leave = lambda: left.append(True)
    watchdog.thread("writer", lambda: alive[0])
    async with watchdog:
        alive[0] = False
        assert watchdog.reason() == "writer ended"
        await until(lambda: left)
