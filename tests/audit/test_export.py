"""Entries as files: each row tells its index in the ledger, a spreadsheet runs none of them, and process miners can read them."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from zi_audit.domain.question import Indexed
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import TileFolder
from zi_audit.read import export
from zi_audit.read.export import Format
from zi_chassis.web.language import Catalogue

NO_LOG = PublishedLog(TileFolder(Path("/nowhere")))

# The shape of ocel-standard.org's JSON format: types are declared, objects named, and every reference leads somewhere.
NAMED = {"type": "object", "required": ["name", "value"], "properties": {"name": {"type": "string"}}}
TYPE = {
    "type": "object",
    "required": ["name", "attributes"],
    "properties": {
        "name": {"type": "string"},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": {"type": "string"},
                    "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RELATION = {
    "type": "object",
    "required": ["objectId", "qualifier"],
    "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    "additionalProperties": False,
}
OCEL = {
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": {"type": "array", "items": TYPE},
        "objectTypes": {"type": "array", "items": TYPE},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
                    "attributes": {"type": "array", "items": NAMED},
                    "relationships": {"type": "array", "items": RELATION},
                },
                "additionalProperties": False,
            },
        },
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "attributes": {"type": "array", "items": NAMED},
                    "relationships": {"type": "array", "items": RELATION},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def entry(index: int, **value: Any) -> Indexed:
    fields: dict[str, Any] = {
        "event_id": f"event-{index}",
        "service": "intake",
        "position": index + 1,
        "type": "zi.intake.case_assigned",
        "case": f"CASE0000{index % 3}",
        "aggregate": f"case-{index % 3}",
        "actor": f"actor-{index % 2}",
        "role": "staff:officer",
        "time": datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=index),
        "waited": 60.0,
        "took": None,
        "holder": "office",
        "fields": {"holder": "office", "officer": "officer-1"},
        "of_case": {"district": "tarakan", "assignee": "officer-1"},
        "leaf_hash": f"{index:064x}",
        "anomaly": "wrong_type" if index == 7 else None,
    }
    return Indexed(index=index, **fields | value)


JUNK = entry(
    3,
    **dict.fromkeys(
        ("event_id", "position", "type", "case", "actor", "role", "time", "waited", "holder", "aggregate")
    ),
    fields={},
    of_case={},
)


def written(format: Format, *entries: Indexed, chunk: int = 2) -> str:
    chunks: Iterator[list[Indexed]] = (list(entries[at : at + chunk]) for at in range(0, len(entries), chunk))
    english = partial(Catalogue("zi_audit").translate, "en")
    return b"".join(export.written(format, chunks, NO_LOG, english)).decode()


def rows(*entries: Indexed) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(Format.CSV, *entries), newline="")))


def test_json_lines_give_the_entries_back() -> None:
    entries = [entry(0), entry(1), JUNK]
    lines = written(Format.JSONL, *entries).splitlines()
    assert [Indexed.model_validate_json(line) for line in lines] == entries


def test_the_columns_of_a_table_are_what_entries_say() -> None:
    first, junk = rows(entry(7), JUNK)
    assert {name: text for name, text in first.items() if text} == {
        "index": "7",
        "event_id": "event-7",
        "service": "intake",
        "position": "8",
        "type": "zi.intake.case_assigned",
        "case": "CASE00001",
        "actor": "actor-1",
        "role": "staff:officer",
        "time": "2026-12-01T00:07:00.000000Z",
        "waited": "60.0",
        "holder": "office",
        "what_happened": "The case was given to an officer.",
        "assignee": "officer-1",
        "official": "officer-1",
        "district": "tarakan",
        "leaf_hash": f"{7:064x}",
        "anomaly": "wrong_type",
    }
    assert (junk["index"], junk["time"], junk["actor"]) == ("3", "", "")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t'=1"),
        ("\r1", "'\r1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ('a",=1', "a\",'=1"),
        ("a\n=1", "a\n'=1"),
        ("a-b@c=d+e", "a-b@c=d+e"),
    ],
)
def test_a_spreadsheet_takes_no_text_for_a_formula(value: str, cell: str) -> None:
    assert rows(entry(0, actor=value))[0]["actor"] == cell


def test_a_table_without_entries_has_its_columns() -> None:
    assert written(Format.CSV).startswith("index,event_id,")


@pytest.mark.parametrize("count", [0, 1, 7, 1201])
def test_the_object_centric_log_has_the_standards_shape_and_every_reference_leads_somewhere(
    count: int,
) -> None:
    log = json.loads(written(Format.OCEL, *map(entry, range(count))))
    jsonschema.validate(log, OCEL)
    objects = {each["id"]: each["type"] for each in log["objects"]}
    assert len(log["events"]) == len({event["id"] for event in log["events"]}) == count
    officials = {"officer:officer-1", "official:officer-1"} if count else set()
    assert len(objects) == len(log["objects"]) == min(count, 3) + min(count, 2) + len(officials)
    assert officials <= set(objects)
    assert {event["type"] for event in log["events"]} == {type["name"] for type in log["eventTypes"]}
    assert set(objects.values()) <= {type["name"] for type in log["objectTypes"]}
    for event in log["events"]:
        related = [objects[each["objectId"]] for each in event["relationships"]]
        assert related == ["case", "official", "officer", "official"]


def test_each_event_of_it_tells_its_place_in_the_ledger_as_a_declared_attribute() -> None:
    log = json.loads(written(Format.OCEL, entry(41)))
    [event], [type] = log["events"], log["eventTypes"]
    declared = {attribute["name"]: attribute["type"] for attribute in type["attributes"]}
    value = {attribute["name"]: attribute["value"] for attribute in event["attributes"]}
    assert (event["id"], value["ledger_index"], value["leaf_hash"]) == ("entry:41", 41, f"{41:064x}")
    assert declared["ledger_index"] == "integer"
    assert set(value) <= set(declared)


def test_who_filed_under_one_contact_is_an_object_of_all_entries_of_its_cases() -> None:
    each = entry(1, fields={"person_ref": "a" * 64}, of_case={"person": "a" * 64})
    later = entry(2, fields={}, of_case={"person": "a" * 64})
    log = json.loads(written(Format.OCEL, each, later))
    person = {"objectId": f"person:{'a' * 64}", "qualifier": "person"}
    assert [person in event["relationships"] for event in log["events"]] == [True, True]
    assert [each["id"] for each in log["objects"] if each["type"] == "person"] == [person["objectId"]]
    assert [row["person"] for row in rows(each, later)] == ["a" * 64] * 2


def test_what_tells_no_type_or_no_time_has_no_place_in_it() -> None:
    log = json.loads(written(Format.OCEL, JUNK, entry(4, actor=None, position=None, fields={}, of_case={})))
    jsonschema.validate(log, OCEL)
    assert [event["id"] for event in log["events"]] == ["entry:4"]
    assert [each["id"] for each in log["objects"]] == ["case:CASE00001"]
