"""A process miner that this project did not write reads an export, and finds each official, business, letter and mail as an object."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Sender
from tests.journeys.foreign import PYTHON
from tests.journeys.house import ROOT

from zi_audit.domain.question import EntryFilter
from zi_audit.read.index import Index
from zi_audit.read.ocel import ocel
from zi_chassis.storage.database import Database

pytestmark = pytest.mark.journey

BUSINESS, PERSON, LETTER = "ab" * 32, "cd" * 32, "0a0a0a0a-0000-4000-8000-000000000000"


def messages() -> list[bytes]:
    """A complaint that was given to an officer, and a letter that a company got."""
    intake, certificates, notify = (
        Sender("intake"),
        Sender("certificates", case="ANOTHER00"),
        Sender("notify"),
    )
    officer, evaluator = "official-1", "official-2"

    def say(sender: Sender, event: str, role: str, actor: str, **data: object) -> bytes:
        type = f"zi.{sender.service}.{event}"
        return sender.send(sender.message(type=type, actorrole=role, actor=actor, data=data)).content

    return [
        say(intake, "complaint_filed", "public", "citizen-1", district="malinau", person_ref=PERSON),
        say(notify, "delivery_requested", "system:notify", "system:notify"),
        say(intake, "case_assigned", "staff:supervisor", evaluator, officer=officer),
        say(intake, "case_answered", "staff:officer", officer),
        say(certificates, "application_drafted", "applicant", "company-1", business_ref=BUSINESS),
        say(certificates, "application_taken", "staff:evaluator", evaluator),
        say(
            certificates,
            "letter_numbered",
            "system:certificates",
            "system:certificates",
            letter=LETTER,
            number="1/2026",
        ),
    ]


def test_a_process_miner_finds_every_event_and_object(tmp_path: Path) -> None:
    index, file = Index(Database(tmp_path / "index.db"), OFFICE), tmp_path / "entries.jsonocel"
    index.open(ORIGIN)
    stored = messages()
    index.add(0, stored)
    file.write_bytes(b"".join(ocel(index.export(EntryFilter()))))
    index.database.close()
    command = [PYTHON, ROOT / "bench/ocel_r4pm.py", file]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["events"] == Counter(json.loads(message)["type"] for message in stored)
    assert {name: count for name, count in found["objects"].items() if count} == {
        "case": 2,
        "citizen": 2,
        "official": 2,
        "program": 2,
        "officer": 2,
        "business": 1,
        "person": 1,
        "letter": 1,
        "delivery": 1,
    }
