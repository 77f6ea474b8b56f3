"""A database that is away is logged, and its log is not filled by everybody who asks it."""

import pytest
from eventsourcing.persistence import InterfaceError, OperationalError

from zi_chassis.domain import UnavailableError
from zi_chassis.storage import in_time as answer_time
from zi_chassis.storage.in_time import in_time


async def test_a_database_that_is_away_is_logged_once_a_minute_for_each_kind_of_fault(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_time, "_logged", {})

    async def ask(fault: Exception) -> None:
        def away() -> None:
            raise fault

        with pytest.raises(UnavailableError):
            await in_time(away)

    for n in range(3):
        await ask(OperationalError(f"refused by port {n}"))
        await ask(InterfaceError("closed"))
    lines = [each.getMessage() for each in caplog.records if each.name == "zi_chassis.storage.in_time"]
    assert lines == [f"the database can't be asked: {why}" for why in ("refused by port 0", "closed")]
    monkeypatch.setattr(answer_time, "LOG_SECONDS", 0.0)
    await ask(OperationalError("still refused"))
    assert "still refused" in caplog.text
