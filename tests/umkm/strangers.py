"""Strangers who try the whole API with anything that its description allows, and with much that it does not, in every role, on cases in
every state. Whatever comes back must be described, and never a fault of ours.
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
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.umkm.calling import Calling
from tests.umkm.inside import SAMBAL
from tests.umkm.steps import DAY, named
from tests.umkm.visiting import visited

from zi_umkm.judging import version_of

ORIGIN = "http://zona.example"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STAFF = ("mentor", "supervisor", "evaluator", "officer", "head")
Operation = APIOperation[Any, Any, Any, Any]
NOBODY, OWNER, SOMEBODY = "nobody", "owner", "mentor-ani"
REQUEST_PARTS = {"method", "url", "headers", "params", "json", "data", "files"}


@dataclass
class Stranger:
    """Who sends a case: mostly somebody who may, with the names of what is there, and so that it is not a repeat."""

    role: str
    named: bool
    fresh: bool
    turn: int


STRANGERS = st.builds(
    Stranger,
    role=st.sampled_from((SOMEBODY, SOMEBODY, OWNER, OWNER, NOBODY, *STAFF, "applicant", "auditor")),
    named=st.sampled_from((True, True, True, False)),
    fresh=st.sampled_from((True, True, False)),
    turn=st.integers(0, 10_000),
)


@dataclass
class House:
    """`names` are of what is there: tickets of cases in many states, a visit, a training, items of the checklist."""

    calling: Calling
    names: Mapping[str, Sequence[object]]
    answered: Counter[int] = field(default_factory=Counter)

    async def try_one(self, case: Case, stranger: Stranger) -> httpx.Response:
        if stranger.named:
            self._name(case, stranger.turn)
        if stranger.fresh and "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())
        answer = await self._send(case, stranger)
        self.answered[answer.status_code] += 1
        return answer

    def _name(self, case: Case, turn: int) -> None:
        body = case.body if isinstance(case.body, dict) else {}
        for place in (case.path_parameters or {}, case.query or {}, body):
            for name in place.keys() & self.names.keys():
                place[name] = self.names[name][turn % len(self.names[name])]

    def _ticket(self, case: Case) -> str:
        body = case.body if isinstance(case.body, dict) else {}
        said = (
            (case.path_parameters or {}).get("ticket") or body.get("case") or (case.query or {}).get("case")
        )
        return str(said)

    async def _send(self, case: Case, stranger: Stranger) -> httpx.Response:
        """To the byte as a program would send it."""
        told = case.as_transport_kwargs(base_url=ORIGIN)
        sent = requests.Request(**{name: told[name] for name in told.keys() & REQUEST_PARTS}).prepare()
        content = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
        headers = {name: _bytes(value) for name, value in sent.headers.items()}
        headers |= {name: _bytes(value) for name, value in self._shown(case, stranger.role).items()}
        client = self.calling.visiting.client
        return await client.request(str(sent.method), str(sent.url), content=content, headers=headers)

    def _shown(self, case: Case, role: str) -> Mapping[str, str]:
        if role == NOBODY:
            return {}
        if role == OWNER:
            return {"Authorization": f"Bearer {self.calling.visiting.tokens.issue(self._ticket(case))}"}
        if role == SOMEBODY:
            return self.calling.person(SOMEBODY, *STAFF)
        return self.calling.person(f"{role}-1", role)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")


def try_everything(folder: Path, cases: int) -> Counter[int]:
    """So many cases over all operations, half of them against the description; the answers counted by status.

    Raises with the smallest case that is answered in a way that is not described, or by a fault of ours.
    """
    with asyncio.Runner() as runner:
        opened = visited(folder)
        calling = Calling(runner.run(opened.__aenter__()))
        try:
            house = runner.run(_furnished(calling))
            described = schemathesis.openapi.from_dict(calling.inside.service.app.openapi())
            operations = [found.ok() for found in described.get_all_operations()]
            for operation in operations:
                _try(operation, house, runner, -(-cases // len(operations)))
            return house.answered
        finally:
            runner.run(opened.__aexit__(None, None, None))


def _try(operation: Operation, house: House, runner: asyncio.Runner, each: int) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=each,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(cases, STRANGERS)
    def one(case: Case, stranger: Stranger) -> None:
        answer = runner.run(house.try_one(case, stranger))
        case.validate_response(answer, checks=CHECKS)

    one()


async def _furnished(calling: Calling) -> House:
    """Something in each state that takes commands."""
    inside = calling.inside
    there = [await inside.requested("begun"), await inside.stated("stated"), await inside.mentored("triaged")]
    visit = named("visit")
    await inside.office.visiting.sync(there[2], inside.mentor(), visit, version_of(inside.checklist), [])
    assessed = await inside.mentored("assessed")
    await inside.visited(assessed)
    await inside.office.mentoring.agree(assessed, inside.business(assessed), None, "fifo")
    referred = await inside.mentored("referred", SAMBAL)
    await inside.office.mentoring.refer(referred, inside.mentor(), None)
    there += [assessed, referred, await inside.applied("applied"), await inside.permitted("permitted")]
    there.append(await inside.numbered("numbered"))
    begins = inside.clock.now() + DAY
    training, _ = await inside.office.teaching.plan(inside.mentor(), None, "nunukan", "cppob", begins, 9)
    tickets = [each.ticket for each in there]
    names: dict[str, Sequence[object]] = {"ticket": tickets, "case": tickets, "to": tickets}
    names |= {"visit": [str(visit)], "training": [str(training)], "item": ["fifo", "cuci_tangan"]}
    names |= {"product": [1], "document": ["layout", "composition"], "mentor": ["mentor-dodi"]}
    return House(calling, names)
