"""The alarms for Prometheus are those of docs/operations.md, over numbers that our programs have."""

import re
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import REGISTRY

import zi_audit.writer.main
import zi_audit.writer.witness_client
import zi_chassis.inbox
import zi_chassis.outbox
import zi_chassis.unpublished
import zi_intake.data_access

RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load(Path("deploy/prometheus/alarms.yml").read_text())["groups"]
    for rule in group["rules"]
]
METRIC = r"\bzi_\w+"
KEEPERS = (
    *(zi_audit.writer.witness_client, zi_audit.writer.main, zi_chassis.inbox, zi_chassis.outbox),
    *(zi_chassis.unpublished, zi_intake.data_access),
)


def known_metrics() -> set[str]:
    assert KEEPERS
    return {
        name
        for metric in REGISTRY.collect()
        for name in (metric.name, *({f"{metric.name}_total"} if metric.type == "counter" else ()))
    }


def test_every_alarm_watches_a_number_that_is_kept() -> None:
    watched = {name for rule in RULES for name in re.findall(METRIC, rule["expr"])}
    assert watched
    assert watched - known_metrics() == set()


def test_every_number_to_watch_has_an_alarm_and_each_alarm_a_line_that_says_what_to_do() -> None:
    page = Path("docs/operations.md").read_text()
    table = page[page.index("| alarm |") : page.index("### A blocked lane")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    documented = {name.removesuffix("_total") for row in rows for name in re.findall(METRIC, row)}
    watched = {name.removesuffix("_total") for rule in RULES for name in re.findall(METRIC, rule["expr"])}
    assert documented == watched


def test_every_alarm_says_in_a_sentence_what_is_wrong() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_the_first_refusal_after_a_start_is_an_increase() -> None:
    """A series that begins with its first refusal would show none."""
    series = {"outcome": "refused"}
    assert REGISTRY.get_sample_value("zi_openings_total", series) is not None
