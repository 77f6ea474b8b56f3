"""The committed table of faults has a row for each fault that is declared, nothing acknowledged was lost or doubled, and the page is made from it."""

import json
from copy import deepcopy
from typing import Any

import pytest
from bench import chaos
from bench.chaos import FAULTS
from bench.chaos_cluster import sections

RESULTS: dict[str, Any] = json.loads(chaos.RESULTS.read_text())


def test_each_fault_was_tried_and_nothing_acknowledged_was_lost_or_doubled() -> None:
    assert chaos.wrong(RESULTS) == {}
    assert list(RESULTS["faults"]) == [fault.name for fault in FAULTS if fault.name not in chaos.UNTRIED]


def test_the_page_is_that_of_the_committed_results() -> None:
    assert chaos.PAGE.read_text(encoding="utf-8") == chaos.page(RESULTS, *sections()), "run make documents"


def test_what_was_not_tried_is_declared_and_named_on_the_page() -> None:
    assert chaos.UNTRIED.keys() <= {fault.name for fault in FAULTS}
    page = chaos.PAGE.read_text(encoding="utf-8")
    assert all(f"- {name}: {reason}." in page for name, reason in chaos.UNTRIED.items())


def test_no_two_faults_share_a_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_fault_that_was_not_tried_is_named() -> None:
    results = deepcopy(RESULTS)
    del results["faults"][FAULTS[1].name]
    assert chaos.wrong(results) == {FAULTS[1].name: "it was not tried"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lost": 1}, "lost is 1"),
        ({"doubled": 2}, "doubled is 2"),
        ({"zi_verify": 1}, "zi_verify is 1"),
        ({"recovered_s": None}, "it did not recover"),
        ({"complaints": 0}, "its numbers do not fit"),
        ({"complaints": 0, "acknowledged": 0}, "its numbers do not fit"),
    ],
)
def test_a_row_that_is_not_as_it_has_to_be_is_named_with_the_reason(
    changed: dict[str, Any], reason: str
) -> None:
    results = deepcopy(RESULTS)
    results["faults"][FAULTS[1].name] |= changed
    assert chaos.wrong(results) == {FAULTS[1].name: reason}


def test_what_was_recorded_in_an_old_copy_is_named() -> None:
    results = deepcopy(RESULTS)
    fault = next(each for each in FAULTS if each.command)
    results["faults"][fault.name]["cause"]["of the old copy then"] = {"intake": 8}
    assert chaos.wrong(results) == {fault.name: "something was recorded in the old copy"}


def test_every_run_compared_stores_and_ledger_and_every_mail_came() -> None:
    for run in RESULTS["runs"]:
        assert set(run["reconcile"].values()) == {0}
        assert run["mails"]["came"] == run["mails"]["expected"] > 0
