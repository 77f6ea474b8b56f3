"""The alarms for Prometheus are those of docs/operations.md, over numbers that our programs have; so are the drawings of Grafana."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from bench import alarm_faults
from prometheus_client import REGISTRY
from pydantic import BaseModel, ConfigDict, Field
from tests.deploy.metrics_page import PAGE, Metric, metrics, page

from zi_audit.domain.chain import Break

PROMETHEUS = Path("deploy/prometheus")
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alarms.yml").read_text())["groups"]
    for rule in group["rules"]
]
CASES: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "alarms_test.yml").read_text())["tests"]
PANELS: list[dict[str, Any]] = json.loads(Path("deploy/grafana/dashboards/zona.json").read_text())["panels"]
COMPOSE: dict[str, Any] = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
METRIC = r"\bzi_\w+"
LABELS = r"(\bzi_\w+)\{([^}]*)\}"
GROUPED = r"\bby \(([^)]*)\)"
DRAWN = r"\{\{(\w+)\}\}"
OF_THE_SCRAPE = {"job", "instance", "le"}
BY_SAMPLE: dict[str, Metric] = {name: metric for metric in metrics() for name in metric.names}
EXPRESSIONS = [
    *(pytest.param(rule["expr"], id=rule["alert"]) for rule in RULES),
    *(pytest.param(target["expr"], id=panel["title"]) for panel in PANELS for target in panel["targets"]),
]


def labels_in(matchers: str) -> set[str]:
    return set(re.findall(r"(\w+)\s*=", matchers))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_is_over_numbers_and_labels_that_are_kept(expression: str) -> None:
    watched = re.findall(METRIC, expression)
    assert watched or "up{" in expression
    assert set(watched) <= BY_SAMPLE.keys()
    for name, matchers in re.findall(LABELS, expression):
        assert labels_in(matchers) <= {*BY_SAMPLE[name].labels, *OF_THE_SCRAPE}
    known = {label for name in watched for label in BY_SAMPLE[name].labels} | OF_THE_SCRAPE
    for names in re.findall(GROUPED, expression):
        assert set(names.split(", ")) <= known


def test_what_is_written_beside_a_number_is_one_of_its_labels() -> None:
    texts = [(rule["expr"], rule["annotations"]["summary"].replace("$labels.", "")) for rule in RULES]
    texts += [(target["expr"], target["legendFormat"]) for panel in PANELS for target in panel["targets"]]
    for expression, text in texts:
        of_it = {label for name in re.findall(METRIC, expression) for label in BY_SAMPLE[name].labels}
        assert set(re.findall(DRAWN, re.sub(r"\{\{ *(\w+) *\}\}", r"{{\1}}", text))) <= of_it | OF_THE_SCRAPE


def test_each_alarm_has_numbers_at_which_it_fires_and_at_which_it_does_not() -> None:
    """promtool judges them: `python -m bench.soak alarms`."""
    fires: dict[str, set[bool]] = {}
    for case in CASES:
        for series in case["input_series"]:
            name, _, matchers = series["series"].removesuffix("}").partition("{")
            of_it = BY_SAMPLE[name].labels if name != "up" else ()
            assert set(of_it) <= labels_in(matchers) <= {*of_it, *OF_THE_SCRAPE}
        for judged in case["alert_rule_test"]:
            fires.setdefault(judged["alertname"], set()).add(bool(judged["exp_alerts"]))
    assert fires == {rule["alert"]: {True, False} for rule in RULES}


def test_every_number_to_watch_has_an_alarm_and_each_alarm_a_line_that_says_what_to_do() -> None:
    page_ = Path("docs/operations.md").read_text()
    table = page_[page_.index("| alarm |") : page_.index("### A blocked lane")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    documented = {name.removesuffix("_total") for row in rows for name in re.findall(METRIC, row)}
    watched = {name.removesuffix("_total") for rule in RULES for name in re.findall(METRIC, rule["expr"])}
    assert documented == watched


def test_every_alarm_says_in_a_sentence_what_is_wrong() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("zi_openings_total", {"outcome": "refused"}),
        *(("zi_log_anomalies_total", {"kind": kind}) for kind in Break),
    ],
)
def test_the_first_after_a_start_is_an_increase(name: str, labels: dict[str, str]) -> None:
    """A series that begins with its first refusal would show none."""
    assert REGISTRY.get_sample_value(name, labels) is not None


def test_the_page_of_metrics_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make documents"


def test_prometheus_reads_every_service_where_it_answers() -> None:
    [scraped] = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    assert scraped["job_name"] == "zona"
    found = {each["targets"][0]: each["labels"]["__metrics_path__"] for each in scraped["static_configs"]}
    healthy = {name: str(service.get("healthcheck", {}).get("test")) for name, service in COMPOSE.items()}
    ours = [name for name, test in healthy.items() if f"'/{name}/ready'" in test]
    assert found == {f"{name}:8000": f"/{name}/metrics" for name in ours}


def test_every_alarm_is_caused_by_a_fault_or_has_a_reason_why_not() -> None:
    """`python -m bench.alarm_faults` causes them under a real Prometheus."""
    assert alarm_faults.PAGE.read_text(encoding="utf-8") == alarm_faults.page(), "run make documents"
    run = json.loads(Path("bench/alarm_faults.json").read_text())
    assert run["faults"].keys() == {fault.name for fault in alarm_faults.FAULTS}
    assert alarm_faults.against_the_table(run["faults"]) == {}
    assert run["queries"].keys() == {panel["title"] for panel in PANELS}
    caused = {name for fault in alarm_faults.FAULTS for name in fault.alarms | fault.also}
    assert caused | alarm_faults.UNTRIED.keys() == {rule["alert"] for rule in RULES}


def test_what_the_profile_mounts_is_there() -> None:
    for name in ("prometheus", "grafana"):
        assert COMPOSE[name]["profiles"] == ["observe"]
        sources = [volume.partition(":")[0] for volume in COMPOSE[name]["volumes"]]
        assert all(Path(source).exists() for source in sources if source.startswith("."))


class Shape(BaseModel):
    """A part of a board by Grafana's own names (its schema, version 39); a name that is not known there is never read."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Source(Shape):
    type: Literal["prometheus"]
    uid: Literal["prometheus"]


class Place(Shape):
    h: int = Field(ge=1)
    w: int = Field(ge=1)
    x: int = Field(ge=0)
    y: int = Field(ge=0)


class Defaults(Shape):
    unit: Literal["short", "reqps", "s"]
    min: int


class Fields(Shape):
    defaults: Defaults
    overrides: list[Any] = Field(max_length=0)


class Target(Shape):
    refId: str
    expr: str
    legendFormat: str
    datasource: Source


class Panel(Shape):
    id: int
    title: str = Field(min_length=1)
    description: str
    type: Literal["timeseries"]
    datasource: Source
    gridPos: Place
    fieldConfig: Fields
    targets: list[Target] = Field(min_length=1)


class Nothing(Shape):
    items: list[Any] = Field(alias="list", max_length=0)


class Range(Shape):
    from_: str = Field(alias="from")
    to: str


class Board(Shape):
    uid: str
    title: str
    schemaVersion: Literal[39]
    version: int
    editable: bool
    refresh: str
    time: Range
    tags: list[str]
    templating: Nothing
    annotations: Nothing
    panels: list[Panel]


def test_the_board_has_the_shape_that_grafana_reads() -> None:
    board = Board.model_validate_json(Path("deploy/grafana/dashboards/zona.json").read_bytes())
    assert len({panel.id for panel in board.panels}) == len(board.panels)
    cells = [
        (panel.gridPos.x + x, panel.gridPos.y + y)
        for panel in board.panels
        for x in range(panel.gridPos.w)
        for y in range(panel.gridPos.h)
    ]
    assert len(set(cells)) == len(cells), "panels lie on each other"
    assert max(x for x, _ in cells) < 24
    for panel in board.panels:
        assert len({target.refId for target in panel.targets}) == len(panel.targets)
    [source] = yaml.safe_load(next(Path("deploy/grafana/provisioning/datasources").iterdir()).read_text())[
        "datasources"
    ]
    assert (source["uid"], source["type"]) == ("prometheus", "prometheus")
