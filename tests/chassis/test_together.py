"""What runs together ends together, also where a cancellation is swallowed."""

import asyncio

import pytest

from zi_chassis.process.together import end, together


async def forever() -> None:
    await asyncio.Event().wait()


class Deaf:
    """Swallows its first cancellation, as a wait that is answered in the same turn of the loop does."""

    def __init__(self) -> None:
        self.swallowed = 0

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.swallowed += 1
        await asyncio.Event().wait()


async def fail() -> None:
    await asyncio.sleep(0)
    raise OSError("the disk is gone")


async def test_the_first_failure_ends_the_others() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await together(forever, fail)
    assert isinstance(raised.value.exceptions[0], OSError)


async def test_one_that_returns_ends_the_others() -> None:
    await together(forever, lambda: asyncio.sleep(0))


async def test_a_swallowed_cancellation_is_repeated() -> None:
    deaf = Deaf()
    task = asyncio.create_task(deaf.run())
    await asyncio.sleep(0)
    await end([task], again=0.01)
    assert task.cancelled()
    assert deaf.swallowed == 1


async def test_cancelling_the_whole_ends_every_part_before_it_is_over() -> None:
    deaf = Deaf()
    whole = asyncio.create_task(together(forever, deaf.run))
    await asyncio.sleep(0.01)
    await end([whole])
    assert whole.cancelled()
    assert deaf.swallowed == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_impatient_caller_does_not_leave_tasks_behind() -> None:
    task = asyncio.create_task(Deaf().run())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end([task], again=0.05))
    await asyncio.sleep(0)
    ending.cancel()
    await asyncio.wait([ending])
    assert ending.cancelled()
    assert task.done()
