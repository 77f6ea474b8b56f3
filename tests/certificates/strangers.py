"""Strangers who try the whole API with anything that its description allows, and with much that it does not, in every role, on
applications in every state. Whatever comes back must be described, and never a fault of ours.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case as DrawnCase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.certificates.calling import API, Calling
from tests.certificates.inside import STATED, Inside, ticket_of
from tests.certificates.visiting import visited

from zi_certificates.billing import SIGNATURE, Simulator
from zi_certificates.heard import Request
from zi_contracts.certificates import Finding

ORIGIN = "http://zona.example"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MENTORING = ticket_of("mentoring")
STAFF = ("evaluator", "signer", "head", "supervisor", "officer")
Operation = APIOperation[Any, Any, Any, Any]
Case = DrawnCase[Any]
NOBODY, OWNER, SOMEBODY = "nobody", "owner", "somebody-1"
REQUEST_PARTS = {"method", "url", "headers", "params", "json", "data", "files"}


@dataclass
class Stranger:
    """Who sends a case: mostly somebody who may, with the names of what is there, and so that it is not a repeat."""

    may: bool
    role: str
    named: bool
    current: bool
    turn: int


STRANGERS = st.builds(
    Stranger,
    may=st.sampled_from((True, True, True, False)),
    role=st.sampled_from((NOBODY, OWNER, *STAFF, "applicant", "auditor")),
    named=st.sampled_from((True, True, True, False)),
    current=st.sampled_from((True, True, False)),
    turn=st.integers(0, 10_000),
)


@dataclass
class House:
    """`names` are of what is there: tickets of applications in many states, a letter, a bill, a mentoring case."""

    calling: Calling
    names: Mapping[str, Sequence[str]]
    answered: Counter[int] = field(default_factory=Counter)

    async def try_one(self, case: Case, stranger: Stranger) -> httpx.Response:
        if stranger.named:
            self._name(case, stranger.turn)
        if stranger.current:
            await self._look(case)
        answer = await self._send(case, stranger)
        self.answered[answer.status_code] += 1
        return answer

    def _name(self, case: Case, turn: int) -> None:
        places = [case.path_parameters or {}, case.body if isinstance(case.body, dict) else {}]
        for place in places:
            for name in place.keys() & self.names.keys():
                place[name] = self.names[name][turn % len(self.names[name])]

    async def _look(self, case: Case) -> None:
        """At what it is about, before anything is said of it under a key that was never used."""
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())
        if isinstance(case.body, dict) and "revision" in case.body:
            told = await self.calling.visiting.client.get(
                f"{API}/applications/{self._ticket(case)}", headers=self._somebody()
            )
            stated = told.json().get("statement") or {}
            case.body["revision"] = stated.get("revision", 1)

    def _ticket(self, case: Case) -> str:
        places = case.path_parameters or {}
        return str(places.get("ticket", places.get("reference", "")))

    async def _send(self, case: Case, stranger: Stranger) -> httpx.Response:
        """To the byte as a program would send it."""
        told = case.as_transport_kwargs(base_url=ORIGIN)
        sent = requests.Request(**{name: told[name] for name in told.keys() & REQUEST_PARTS}).prepare()
        content = sent.body.encode() if isinstance(sent.body, str) else _bytes(sent.body or b"")
        shown = {**sent.headers, **self._shown(case, stranger, content)}
        headers = [(name.encode(), _bytes(value)) for name, value in shown.items()]
        client = self.calling.visiting.client
        return await client.request(str(sent.method), str(sent.url), content=content, headers=headers)

    def _shown(self, case: Case, stranger: Stranger, content: bytes) -> Mapping[str, str]:
        role = self._role(case) if stranger.may else stranger.role
        billing = self.calling.inside.office.billing
        if stranger.may and case.path.endswith("/payment-notices") and isinstance(billing, Simulator):
            return {SIGNATURE: billing.signature(content)}
        if role == NOBODY:
            return {}
        if role == OWNER:
            return {"Authorization": f"Bearer {self.calling.visiting.tokens.issue(self._ticket(case))}"}
        return self._somebody() if role == SOMEBODY else self.calling.person(f"{role}-1", role)

    def _role(self, case: Case) -> str:
        return OWNER if "applicants" in (case.operation.tags or ()) else SOMEBODY

    def _somebody(self) -> Mapping[str, str]:
        """Somebody with every role, whom only what they have done before keeps from anything."""
        return self.calling.person(SOMEBODY, *STAFF, name="Contoh")


def _bytes(value: object) -> bytes:
    """Of what is sent in one piece."""
    assert isinstance(value, str | bytes)
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")


def try_everything(folder: Path, cases: int, number: int | None = None) -> Counter[int]:
    """So many cases over all operations, half of them against the description; the answers counted by status. The same `number` tries
    the same again. Raises with the smallest case that is answered in a way that is not described, or by a fault of ours."""
    with asyncio.Runner() as runner:
        opened = visited(folder)
        calling = Calling(runner.run(opened.__aenter__()))
        try:
            house = runner.run(_furnished(calling))
            operations = _operations(calling)
            for operation in operations:
                _try(operation, house, runner, -(-cases // len(operations)), number)
            return house.answered
        finally:
            runner.run(opened.__aexit__(None, None, None))


def _operations(calling: Calling) -> list[Operation]:
    described = schemathesis.openapi.from_dict(calling.inside.service.app.openapi())
    return [_ok(found) for found in described.get_all_operations()]


def _ok(found: object) -> Operation:
    assert isinstance(found, Ok), found
    operation: Operation = found.ok()
    return operation


def _try(operation: Operation, house: House, runner: asyncio.Runner, each: int, number: int | None) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=each,
        derandomize=number is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(cases, STRANGERS)
    def one(case: Case, stranger: Stranger) -> None:
        answer = runner.run(house.try_one(case, stranger))
        case.validate_response(answer, checks=CHECKS)

    (one if number is None else seed(number)(one))()


async def _furnished(calling: Calling) -> House:
    """Something in each state that takes commands."""
    inside = calling.inside
    draft = await inside.requested("draft")
    await inside.verified(draft)
    await inside.drafted(draft)
    await inside.consented(draft.ticket, MENTORING)
    opened = await inside.requested("opened", business="1" * 64)
    await inside.office.applying.open_account(opened, inside.citizen(opened), None, STATED)
    signed = await inside.signed("signed")
    await inside.sealed(signed)
    passed = await inside.passed("passed")
    taken = [await inside.paid(f"taken {number}", account=draft.ticket) for number in range(3)]
    await inside.office.deciding.take_next(inside.evaluator(SOMEBODY), None)
    await _rejected(inside, taken[0])
    for official in (SOMEBODY, "evaluator-eko"):
        await inside.office.deciding.take_next(inside.evaluator(official), None)
    waiting = [await inside.paid(f"waiting {number}", account=draft.ticket) for number in range(2)]
    submitted = [await inside.submitted(f"submitted {number}", account=draft.ticket) for number in range(2)]
    tickets = [each.ticket for each in (draft, opened, signed, passed, *taken, *waiting, *submitted)]
    letters = [str(each.id) for each in (await inside.state(signed)).letters]
    bills = [(await calling.bill(each)).bill for each in submitted]
    names = {"ticket": tickets, "reference": tickets, "letter": letters, "letter_id": letters, "bill": bills}
    said = {"kind": ["invoice", "packing_list"], "number": ["1", "2"], "case": [MENTORING]}
    return House(calling, names | said)


async def _rejected(inside: Inside, request: Request) -> None:
    reasons = (Finding(reason="name_differs", where="product", item=1),)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(SOMEBODY), None, reasons)
