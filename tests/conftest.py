"""Real servers for every suite: `nats` is provisioned and empty, `postgres` and `place` are empty databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import place, postgres, postgres_server
from tests.nats_server import NatsServer

__all__ = ["nats", "place", "postgres", "postgres_server"]


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "bus")
    server.start()
    server.provision()
    yield server
    server.stop()
