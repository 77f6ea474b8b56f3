"""The steps of a case, as the ledger has them: every step of a timeline is there, with a receipt that holds."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx
from tests.journeys.house import await_

from zi_tlog.policy import parse_policy
from zi_tlog.proof import parse_proof, verify_proof

Timeline = list[Mapping[str, Any]]


def entered(client: httpx.Client, timeline: Callable[[], Timeline], headers: Mapping[str, str]) -> list[str]:
    """The events in their order, once all of them are in the ledger; `headers` open the case."""

    def whole() -> Timeline | None:
        steps = timeline()
        return steps if all(step["ledger"] for step in steps) else None

    steps = await_(whole)
    policy = parse_policy(client.get("/audit/api/witness-policy").content)
    for step in steps:
        receipt = await_(partial(_receipt, client, step["event_id"]))
        entry = client.get(f"/audit/api/entries/{step['event_id']}", headers=dict(headers))
        verify_proof(parse_proof(receipt), entry.content, policy)
    return [str(step["event"]) for step in steps]


def _receipt(client: httpx.Client, event: str) -> bytes | None:
    """It is there a moment after the entry, when the witnesses have seen it."""
    answer = client.get(f"/audit/api/receipts/{event}")
    return answer.content if answer.status_code == 200 else None
