"""A standard that the office adopts is what the next complaint is promised; the open one keeps its own, through restarts and whatever comes
over the bus."""

from pathlib import Path
from typing import Any

import pytest
from tests import adopted
from tests.intake.front import Front, code, opened
from tests.intake.test_configurations import adopted as configurations
from tests.intake.test_configurations import due, reopened
from tests.intake.test_policies import message
from tests.rules.office_files import COMPLAINTS, LONGER, NEXT, office_with

from zi_chassis.configuration import AnnouncedConfigurationChangedError, ConfigurationChangedError
from zi_chassis.lanes import BlockedLaneError
from zi_contracts.message import Message

DECREE = adopted.complaint(7)
LAST = "2026-03-11T08:00:00Z"  # seven working days after the Monday of the tests, at closing time


async def hear(front: Front, position: int, event: str, data: dict[str, Any]) -> None:
    heard = message(position, "standard", event, sender="integrity", **data)
    assert await front.office.store.receive("integrity", [heard], front.office.react) == position


async def adopt(front: Front, position: int, table: dict[str, Any], **changes: Any) -> None:
    await hear(front, position, "standard_adopted", adopted.adoption(table, **changes))


async def test_the_next_complaint_gets_the_adopted_period_and_the_open_one_keeps_its_own(
    front: Front,
) -> None:
    before = await front.file()
    promised = await due(front, before)
    await adopt(front, 1, DECREE)
    after = await front.file()
    assert await due(front, after) == LAST < promised == await due(front, before)
    assert await reopened(front, before) > await reopened(front, after)
    standard = (await front.track(after))["standard"]
    assert (standard["version"], standard["pinned"], standard["source_status"]) == (
        2,
        "by_content",
        "verified",
    )
    assert standard["digest"] == adopted.adoption(DECREE)["digest"]
