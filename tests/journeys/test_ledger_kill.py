"""The ledger's writer is killed at seeded instants while it appends at full speed."""

from pathlib import Path

import pytest
from tests.journeys import records
from tests.journeys.foreign import aics
from tests.journeys.killed_writer import KilledWriter, impatient_bus
from tests.sample import sample

from zi_audit.files.tile_folder import HISTORY, POLICY
from zi_tlog.policy import parse_policy

pytestmark = pytest.mark.journey
TIMES = sample(8)


def test_a_killed_writer_goes_on_with_one_log_in_which_nothing_is_missing_and_nothing_twice(
    tmp_path: Path,
) -> None:
    with impatient_bus(tmp_path) as server:
        writer = KilledWriter(server, seed=20)
        writer.run(TIMES)
    assert len(set(writer.sizes)) == TIMES  # it grew before each kill
    a_verifier_that_is_not_ours_agrees(writer)


def a_verifier_that_is_not_ours_agrees(writer: KilledWriter) -> None:
    """Over full tiles of two levels and partial ones."""
    key = ("--log-key", parse_policy((writer.tiles / POLICY).read_bytes()).logs[0].key.vkey)
    leaf = writer.server.data / "leaf"
    entries = records.logged(writer.server.data)
    for index in (0, 255, 256, len(entries) // 2, len(entries) - 1):
        leaf.write_bytes(entries[index])
        result = aics("verify-inclusion", writer.tiles, *key, "--leaf", leaf, "--index", index)
        assert result.code == 0, result.text
    for older in sorted((writer.tiles / HISTORY).iterdir()):
        result = aics("verify-consistency", writer.tiles, *key, "--old-checkpoint", older)
        assert result.code == 0, result.text
