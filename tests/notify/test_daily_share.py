"""As many first messages as the office allows on a day, however many are asked for at once."""

import asyncio

from zi_notify.sending.admission import DailyShare

LIMIT = 3


class Day:
    """A count that is read and written as a database does it: a moment later."""

    def __init__(self, recorded: int = 0) -> None:
        self.share, self.recorded, self.under_way = DailyShare(), recorded, 0
        self.most_under_way = self.counting = self.most_counting = 0

    async def count(self) -> int:
        recorded, self.counting = self.recorded, self.counting + 1
        self.most_counting = max(self.most_counting, self.counting)
        await asyncio.sleep(0)
        self.counting -= 1
        return recorded

    async def ask(self, *, is_refused: bool = False) -> bool:
        if not await self.share.reserve(self.count, LIMIT):
            return False
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        for _ in range(5):
            await asyncio.sleep(0)
        self.recorded += not is_refused
        self.under_way -= 1
        self.share.release()
        return True


async def test_however_many_ask_at_once_the_limit_is_exact() -> None:
    for recorded in range(LIMIT + 1):
        day = Day(recorded)
        answers = await asyncio.gather(*(day.ask() for _ in range(10)))
        assert (answers.count(True), day.recorded) == (LIMIT - recorded, LIMIT)


async def test_those_that_the_limit_allows_are_under_way_together() -> None:
    day = Day()
    await asyncio.gather(*(day.ask() for _ in range(LIMIT)))
    assert (day.most_under_way, day.most_counting) == (LIMIT, LIMIT)


async def test_what_was_not_recorded_after_all_is_left_for_another() -> None:
    day = Day()
    refused = asyncio.gather(*(day.ask(is_refused=True) for _ in range(LIMIT)))
    answers = await asyncio.gather(*(day.ask() for _ in range(10)))
    assert (await refused, answers.count(True), day.recorded) == ([True] * LIMIT, LIMIT, LIMIT)
