"""The page of sizes is computed from what benches have measured, and PostgreSQL allows what the processes may open."""

import pytest
from bench import sizing
from bench.sizing import CASES, OFFICES, Measured, Office

MEASURED = Measured.committed()


def test_the_page_is_that_of_the_committed_results() -> None:
    assert sizing.PAGE.read_text(encoding="utf-8") == sizing.page(MEASURED), "run make documents"


def test_every_figure_follows_the_number_of_cases() -> None:
    small, large = Office(1_000, MEASURED), Office(10_000, MEASURED)
    for name in ("entries", "disk", "bus_memory", "busiest", "processors"):
        assert getattr(large, name) == pytest.approx(10 * getattr(small, name)), name
        assert getattr(small, name) > 0


def test_two_sets_of_processes_with_full_pools_find_a_connection() -> None:
    """With pools of ten, seven processes could open more than the hundred that PostgreSQL allows by itself."""
    one_set = sum(MEASURED.connections.values())
    assert set(MEASURED.connections) == {
        "intake",
        "umkm",
        "certificates",
        "integrity",
        "notify",
        "audit",
        "audit-writer",
    }
    assert sizing.connections(MEASURED) > 100
    assert sizing.connections(MEASURED) + one_set <= MEASURED.allowed


def test_another_number_of_cases_is_computed_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert sizing.main(["20000"]) == 0
    assert f"{Office(20_000, MEASURED).entries:,.0f}" in capsys.readouterr().out


def test_the_page_has_the_sizes_that_people_ask_for() -> None:
    page = sizing.page(MEASURED)
    assert f"| offices | {' | '.join(map(str, OFFICES))} |" in page
    assert f"| cases a year | {' | '.join(f'{each:,}' for each in CASES)} |" in page
