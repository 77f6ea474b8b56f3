"""Entries of audit's own decide something about the log; whatever else an entry is, it decides nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from zi_audit.domain.chain import Break, Head, Link, advance, read_link
from zi_audit.domain.decisions import continued, decision
from zi_contracts.audit import SenderContinued, WitnessPolicyAdopted

EXAMPLES = Path(__file__).parents[1] / "contracts" / "examples"
CONTINUED = json.loads((EXAMPLES / "zi.audit.sender_continued.json").read_text())
ADOPTED = json.loads((EXAMPLES / "zi.audit.witness_policy_adopted.json").read_text())
BEHIND = 10**6


def entry(message: dict[str, Any], **data: Any) -> bytes:
    return json.dumps(message | {"data": message["data"] | data}).encode()


def link_of(content: bytes) -> Link:
    link = read_link(content)
    assert link is not None
    return link


def test_audit_decides_who_goes_on_and_which_policy_holds() -> None:
    assert isinstance(decision(link_of(entry(CONTINUED)), None, BEHIND), SenderContinued)
    assert isinstance(decision(link_of(entry(ADOPTED)), None, BEHIND), WitnessPolicyAdopted)
    assert isinstance(decision(link_of(entry(CONTINUED)), Break.MISSING, BEHIND), SenderContinued)


@pytest.mark.parametrize("found", [Break.FORGED, Break.WRONG_LANE, Break.WRONG_TYPE, Break.REPEATED])
def test_what_is_not_audits_own_word_decides_nothing(found: Break) -> None:
    assert decision(link_of(entry(CONTINUED)), found, BEHIND) is None


def test_other_messages_decide_nothing() -> None:
    assert decision(None, Break.UNREADABLE, BEHIND) is None
    assert decision(link_of(entry(CONTINUED | {"type": "zi.audit.looked"})), None, BEHIND) is None
    assert decision(link_of(entry(CONTINUED | {"source": "/zi/tarakan/intake"})), None, BEHIND) is None


@pytest.mark.parametrize(
    "data",
    [
        {"after_position": -1},
        {"after_position": 2**63},
        {"sender": "nobody"},
        {"forged": [BEHIND]},
        {"forged": "all"},
    ],
)
def test_a_decision_that_can_not_be_followed_is_none(data: dict[str, Any]) -> None:
    assert decision(link_of(entry(CONTINUED, **data)), None, BEHIND) is None


def test_a_sender_goes_on_from_where_it_stood_and_audit_from_the_entry_itself() -> None:
    content = entry(CONTINUED)
    decided, link = SenderContinued(**CONTINUED["data"]), link_of(content)
    assert continued(decided, link, content) == Head(decided.after_position, decided.head)
    of_audit = decided.model_copy(update={"sender": "audit"})
    assert continued(of_audit, link, content) == advance(Head(), link, content)
