"""notify killed at fifty seeded instants with a thousand notices due: each comes at least once, as one and the same mail, and ends as sent."""

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Any

from bench.notice_house import NoticeHouse, notice_house, until
from zi_rules.message_channels import load_message_channels

NOTICES, TIMES, SEED = 1_000, 50, 50
LONGEST_LIFE = 6.0


def measured(notices: int = NOTICES, times: int = TIMES) -> dict[str, Any]:
    """The figures of a run in which nothing was lost; anything else is an AssertionError."""
    started = time.monotonic()
    result = asyncio.run(_killed(notices, times))
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "seed": SEED,
        **result,
    }


async def _killed(notices: int, times: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    async with notice_house() as house:
        await house.tell(notices)
        early = 0
        for kill in range(times):
            came = await _live_and_die(house, chance, notices * (kill + 1) // (times + 1))
            early += came < notices
        async with house.notify.alive():
            await until(lambda: house.arrivals.look() == notices)
            await until(lambda: house.states() == {"handed_over": notices})
        return _judged(house, notices, times, early)


async def _live_and_die(house: NoticeHouse, chance: random.Random, wanted: int) -> int:
    """Kill a process a random moment after so many mails have come, or after it has lived for some seconds."""
    async with house.notify.alive() as process:
        begun = time.monotonic()
        longest = chance.uniform(1.0, LONGEST_LIFE)
        await until(lambda: house.arrivals.look() >= wanted or time.monotonic() - begun > longest)
        await asyncio.sleep(chance.random() * 0.1)
        process.kill()
        await process.wait()
    return house.arrivals.look()


def _judged(house: NoticeHouse, notices: int, times: int, early: int) -> dict[str, Any]:
    counts, attempts = house.arrivals.counts, house.handed_over()
    assert len(counts) == len(attempts) == notices
    extra, at_once = sum(counts.values()) - notices, load_message_channels()[0].email.at_once
    assert extra <= times * at_once, "more mails came twice than were under way"
    assert sum(attempts) >= sum(counts.values()), "a mail came for which no attempt was recorded"
    return {"notices": notices, "kills": times, "with_notices_due": early, "missing": 0, "came_again": extra}


def row(result: dict[str, Any]) -> str:
    names = ("notices", "kills", "missing", "came_again")
    figures = " ".join(f"{result[name]:5} {name.replace('_', ' ')}" for name in names)
    return f"{'notify-kills':22} {figures} {result['seconds']:5} s"


if __name__ == "__main__":
    print(row(measured()))
