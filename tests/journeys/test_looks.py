"""An auditor looks around in a real house: what was looked at stands in the ledger, once, and looking at that adds nothing."""

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed
from tests.journeys.house import House, await_
from tests.journeys.tools import verify_log

from zi_tlog.tree import leaf_hash

pytestmark = pytest.mark.journey

CITIZEN = Citizen(1, "looks")


@pytest.fixture
def door(house: House) -> Door:
    return Door(house.client(), house.staff)


def looks(house: House, ticket: str) -> list[dict[str, object]]:
    entries = map(records.parse, records.logged(house.data))
    return [each for each in entries if each["type"] == "zi.audit.looked" and each["subject"] == ticket]


def purpose_of(look: dict[str, object]) -> object:
    data = look["data"]
    assert isinstance(data, dict)
    return data["purpose"]


def answered(house: House, filed: Filed, question: str) -> bytes:
    with house.client() as client:
        answer = client.get(f"/audit/api/{question.format(filed['ticket'])}", headers=house.staff("auditor"))
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_look_stands_in_the_ledger_and_looking_at_it_adds_none(house: House, door: Door) -> None:
    filed = door.file(CITIZEN.body)
    ticket = filed["ticket"]
    await_(lambda: records.settled(house))
    steps = await_(
        lambda: json.loads(answered(house, filed, "cases/{}/timeline?purpose=investigation"))["steps"]
    )
    assert steps[0]["entry"]["type"] == "zi.intake.complaint_filed"
    [look] = await_(lambda: looks(house, ticket))
    assert (look["data"], look["actorrole"]) == (
        {"purpose": "investigation", "kind": "timeline"},
        "staff:auditor",
    )
    found = await_(
        lambda: json.loads(
            answered(house, filed, "entries?case={}&type=zi.audit.looked&purpose=investigation")
        )["entries"]
    )
    for _ in range(20):
        answered(house, filed, "entries?case={}&purpose=investigation")
    await_(lambda: records.settled(house))
    assert len(looks(house, ticket)) == 1
    assert leaf_hash(records.logged(house.data)[found[0]["index"]]).hex() == found[0]["leaf_hash"]


def test_an_export_of_everything_is_the_ledger_row_by_row(house: House, door: Door) -> None:
    filed = door.file(CITIZEN.body)
    await_(lambda: records.settled(house))
    entries = records.logged(house.data)
    rows = await_(lambda: _rows(answered(house, filed, "export?format=jsonl"), len(entries)))
    exported = [(row["index"], row["leaf_hash"]) for row in rows[: len(entries)]]
    assert exported == [(index, leaf_hash(entry).hex()) for index, entry in enumerate(entries)]
    assert CITIZEN.texts["name"].encode() not in b"".join(entries)


def _rows(content: bytes, least: int) -> list[dict[str, object]] | None:
    """None until the index has come so far."""
    rows = [json.loads(line) for line in content.splitlines()]
    return rows if len(rows) >= least else None


def test_what_an_auditors_tool_reads_is_one_look_and_the_log_with_it_verifies(
    house: House, door: Door, tmp_path: Path
) -> None:
    door.file(CITIZEN.body)
    await_(lambda: records.settled(house))
    token = tmp_path / "token"
    token.write_text(house.token("auditor"))
    for _ in range(2):
        result = verify_log(f"{house.url}/audit/log", "--token-file", str(token))
        assert result.code == 0, result.text
    await_(lambda: records.settled(house))
    verifying = Counter(
        look["actor"] for look in looks(house, "ledger") if purpose_of(look) == "verification"
    )
    assert verifying
    assert set(verifying.values()) == {
        1
    }  # in this hour, also if the house was verified for another story before
