"""The committed catalogue equals the generated one, and its schemas accept the kept examples."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from zi_contracts.catalogue import asyncapi, asyncapi_text, events_page, write

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))
DOCUMENT = asyncapi()


def test_the_committed_page_is_the_generated_one() -> None:
    assert (ROOT / "docs/events.md").read_text(encoding="utf-8") == events_page()


def test_the_committed_asyncapi_document_is_the_generated_one() -> None:
    assert (ROOT / "docs/asyncapi.json").read_text(encoding="utf-8") == asyncapi_text()


def test_writing_makes_both_files(tmp_path: Path) -> None:
    write(tmp_path / "docs")
    assert {path.name for path in (tmp_path / "docs").iterdir()} == {"events.md", "asyncapi.json"}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    if isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        here: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


def test_every_message_has_a_channel_and_an_operation_that_sends_it() -> None:
    types = set(DOCUMENT["components"]["messages"])
    assert set(DOCUMENT["channels"]) == types
    assert {operation.removeprefix("send.") for operation in DOCUMENT["operations"]} == types


def payload_schema(type_: str) -> dict[str, Any]:
    payload = DOCUMENT["components"]["messages"][type_]["payload"]
    return {**payload, "components": DOCUMENT["components"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_published_schema_accepts_the_kept_example(path: Path) -> None:
    jsonschema.validate(json.loads(path.read_bytes()), payload_schema(path.stem.partition("@")[0]))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_published_schema_refuses_another_type_s_message(path: Path) -> None:
    foreign = json.loads(path.read_bytes()) | {"type": "zi.elsewhere.something_happened"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(foreign, payload_schema(path.stem.partition("@")[0]))
