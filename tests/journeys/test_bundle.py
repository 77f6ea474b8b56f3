"""The evidence that an auditor takes to a court, over the whole house; and the public page's commands, run as it says."""

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.intake.sample_files import photo
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed
from tests.journeys.house import House, await_
from tests.journeys.story import foreign_library_agrees
from tests.journeys.tools import ALONE, verify_receipt
from tests.taken_evidence import take

pytestmark = pytest.mark.journey


def handled(house: House, citizen: Citizen) -> tuple[Door, Filed]:
    """A closed case whose every step the ledger has."""
    client = house.client()
    door = Door(client, house.staff)
    filed = door.file(citizen.body)
    door.all_steps(filed, citizen.texts, photo())
    await_(lambda: all(step["ledger"] for step in door.track(filed)["timeline"]))
    return door, filed


def bundle(house: House, filed: Filed, **query: str) -> bytes:
    with house.client() as client:
        path = f"/audit/api/cases/{filed['ticket']}/bundle"
        answer = client.get(path, params={"purpose": "court", **query}, headers=house.staff("auditor"))
    assert answer.status_code == 200, answer.text
    return answer.content


def closed_in(packed: bytes) -> bool:
    return any(b"zi.intake.case_closed" in entry for entry in take(packed).entries)


def whole(house: House, filed: Filed, **query: str) -> bytes:
    """Once the witnessed checkpoint covers the last step."""
    return await_(lambda: packed if closed_in(packed := bundle(house, filed, **query)) else None)


def test_the_evidence_of_a_case_holds_offline_with_the_words(house: House, tmp_path: Path) -> None:
    citizen = Citizen(0, "bundle")
    door, filed = handled(house, citizen)
    whole(house, filed)
    packed = bundle(house, filed, private="true")
    file = tmp_path / "evidence.zip"
    file.write_bytes(packed)
    result = verify_receipt(file)
    assert result.code == ALONE, result.text
    assert "included and matching" in result.text.splitlines()[-1].lower()
    evidence = take(packed)
    foreign_library_agrees(evidence)
    texts = {item.plaintext.decode() for item in evidence.private}
    assert {
        citizen.texts[field] for field in ("text", "name", "email", "question", "reply", "answer")
    } <= texts
    sources = b"".join(evidence.entries)
    assert b"/intake" in sources
    assert b"/notify" in sources
    the_citizen_sees_it(door, filed)


def the_citizen_sees_it(door: Door, filed: Filed) -> None:
    timeline: list[dict[str, Any]] = door.track(filed)["timeline"]
    openings = [step["text"] for step in timeline if step["type"].endswith("personal_data_opened")]
    assert any("uditor" in text for text in openings)


def test_without_the_words_nothing_of_a_person_is_in_it(house: House, tmp_path: Path) -> None:
    citizen = Citizen(1, "bundle")
    _, filed = handled(house, citizen)
    packed = whole(house, filed)
    file = tmp_path / "evidence.zip"
    file.write_bytes(packed)
    result = verify_receipt(file)
    assert result.code == ALONE, result.text
    evidence = take(packed)
    content = b"".join(evidence.files.values())
    assert evidence.private == []
    assert [word for word in citizen.texts.values() if word.encode() in content] == []


def test_an_erased_case_is_told_as_erased_with_the_entry_that_says_so(house: House, tmp_path: Path) -> None:
    door, filed = handled(house, Citizen(4, "bundle"))
    door.office(filed, "ask-erasure", {"reason": "consent_withdrawn"})
    door.office(filed, "approve-erasure", person="supervisor")
    packed = await_(lambda: packed if erased_in(packed := bundle(house, filed, private="true")) else None)
    file = tmp_path / "evidence.zip"
    file.write_bytes(packed)
    result = verify_receipt(file)
    assert result.code == ALONE, result.text
    assert "included, payload erased (entry " in result.text.splitlines()[-1].lower()
    evidence = take(packed)
    assert evidence.private == []


def erased_in(packed: bytes) -> bool:
    return any(b"zi.intake.data_subject_erased" in entry for entry in take(packed).entries)


def test_the_vault_answers_no_supervisor_as_an_auditor(house: House) -> None:
    _, filed = handled(house, Citizen(2, "bundle"))
    with house.client() as client:
        path = f"/audit/api/cases/{filed['ticket']}/bundle?purpose=court&private=true"
        assert client.get(path, headers=house.staff("supervisor")).status_code == 403


def test_the_commands_of_the_public_page_check_a_citizens_evidence(house: House, tmp_path: Path) -> None:
    """With a library that is not the office's, in a shell, as somebody would who reads the page."""
    door, filed = handled(house, Citizen(3, "bundle"))
    (tmp_path / "evidence.zip").write_bytes(await_(lambda: door.whole_evidence(filed)))
    page = door.client.get("/audit/").text
    commands = re.search(r'<pre id="check"><code>(.*?)</code></pre>', page, re.DOTALL)
    assert commands is not None
    done = shell(html.unescape(commands[1]), tmp_path)
    assert done.returncode == 0, done.stderr
    types = {step["type"] for step in door.track(filed)["timeline"]}
    assert all(type in done.stdout for type in types)
    assert done.stdout.splitlines()[-1].startswith("included; keys in use")
    spoil(tmp_path / "evidence" / "entries" / "000")
    assert shell("cd evidence; python3 check.py", tmp_path).returncode != 0


def shell(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run where python3 has the foreign library, and nothing of this project is on its path."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )


def spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"specversion":"1.0"', b'"specversion":"1.1"'))
