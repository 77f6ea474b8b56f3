"""An idle lane and an idle outbox look again soon: in a house they take their time, which a test would wait for."""

import pytest

from zi_chassis.bus import outbox, stream_reader


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_reader, "FETCH_SECONDS", 0.5)
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.02)
