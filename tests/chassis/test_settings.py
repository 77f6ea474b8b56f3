"""What a process is told once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from zi_chassis.settings import Settings


def test_processes_that_start_together_get_one_secret(tmp_path: Path) -> None:
    starts = [Settings(service="intake", data=tmp_path) for _ in range(8)]
    for turn in range(20):
        with ThreadPoolExecutor(8) as together:
            made = set(together.map(lambda one, turn=turn: one.secret(f"names-{turn}"), starts))
        assert made == {starts[0].secret(f"names-{turn}")}
    assert len(list((tmp_path / "intake" / "secrets").iterdir())) == 20
