"""The main job from end to end: a complaint with a photo, every step of the office, the mails, and what proves all of it."""

import html
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from metamorphic_log import metamorphic_log as foreign  # type: ignore[import-untyped]
from tests.intake.sample_files import photo
from tests.journeys import mails
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed
from tests.journeys.house import await_
from tests.journeys.tools import ALONE, verify_log, verify_receipt
from tests.taken_evidence import TakenEvidence, take

from zi_tlog.policy import parse_policy

STEPS = [
    "complaint_filed",
    "attachment_added",
    "case_acknowledged",
    "case_assigned",
    "clarification_asked",
    "citizen_replied",
    "personal_data_opened",
    "case_answered",
    "case_closed",
]
TOLD_BY_MAIL = [step for step in STEPS if step not in ("attachment_added", "personal_data_opened")]


def tell(door: Door, citizen: Citizen, folder: Path) -> None:
    """Asserts all of it; `folder` takes the evidence."""
    filed = door.file(citizen.body)
    assert door.track(filed)["state"] == "filed"
    mails.confirm(door.client, citizen.texts["email"])
    door.all_steps(filed, citizen.texts, photo())
    tracked = await_(lambda: _settled(door, filed))
    assert (tracked["state"], tracked["holder"]) == ("closed", "citizen")
    assert [message["text"] for message in tracked["messages"]] == [
        citizen.texts[field] for field in ("text", "question", "reply", "answer")
    ]
    _mails_came(door, citizen.texts["email"], filed["ticket"])
    _evidence_holds(door, filed, folder)
    _log_holds(door, folder)


def steps_in_order(tracked: Any) -> list[str]:
    """The steps of a case in order, without what notify's reading of the address adds."""
    names = [step["type"].rpartition(".")[2] for step in tracked["timeline"]]
    by_office = iter(names)
    return [step for step in STEPS if step in by_office]


def _settled(door: Door, filed: Filed) -> Any:
    """Every step is in the ledger and every mail was handed over."""
    tracked = door.track(filed)
    assert steps_in_order(tracked) == STEPS
    assert all(step["ledger"] for step in tracked["timeline"])
    assert [mail["state"] for mail in tracked["deliveries"]] == ["handed_over"] * len(TOLD_BY_MAIL)
    return tracked


def _mails_came(door: Door, address: str, ticket: str) -> None:
    """In the page of the mailbox: one a status, each with the ticket and no code."""
    page = door.client.get("/notify/mailbox").text
    rows = [row for row in page.split("<tr>") if html.escape(address) in row]
    assert len(rows) == len(TOLD_BY_MAIL)
    for row in rows:
        link = re.search(r'href="(/notify/mailbox/[^"]+)"', row)
        assert link is not None
        assert ticket in door.client.get(link[1]).text


def _evidence_holds(door: Door, filed: Filed, folder: Path) -> None:
    file = folder / "evidence.zip"
    file.write_bytes(await_(lambda: door.whole_evidence(filed)))
    result = verify_receipt(file)
    assert result.code == ALONE, result.text
    assert "included and matching" in result.text.splitlines()[-1].lower()
    foreign_library_agrees(take(file.read_bytes()))


def foreign_library_agrees(evidence: TakenEvidence) -> None:
    """Signature and inclusion, by a library that this project did not write."""
    key = parse_policy(evidence.policy).logs[0].key.vkey
    assert len(evidence.entries) >= len(STEPS)
    for index, entry in zip(evidence.manifest.indexes, evidence.entries, strict=True):
        proof = evidence.proof(index)
        leaf = sha256(b"\0" + entry).digest()
        foreign.checkpoint_verify_inclusion(proof.checkpoint.decode(), [key], index, leaf, list(proof.hashes))


def _log_holds(door: Door, folder: Path) -> None:
    token = folder / "token"
    token.write_text(door.staff("auditor")["Authorization"].removeprefix("Bearer "))
    result = verify_log(str(door.client.base_url.join("/audit/log")), "--token-file", str(token))
    assert result.code == 0, result.text
    assert "intake: " in result.text  # its chain was read, not the hashes alone
