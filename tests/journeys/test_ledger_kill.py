"""The ledger's writer is killed at twenty seeded instants while it appends at full speed."""

import pytest
from tests.journeys.killed_writer import KilledWriter
from tests.nats_server import NatsServer

pytestmark = pytest.mark.journey
TIMES = 20


def test_a_killed_writer_goes_on_with_one_log_in_which_nothing_is_missing_and_nothing_twice(
    nats: NatsServer,
) -> None:
    writer = KilledWriter(nats, seed=20)
    writer.run(TIMES)
    assert len(set(writer.sizes)) == TIMES  # it grew before each kill
