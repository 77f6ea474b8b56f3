"""Strangers who try the whole API of a service with anything that its description allows, and with much that it does not, in every role,
on cases in every state. Whatever comes back must be described, and never a fault of ours.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import uuid4

import httpx
import requests
import schemathesis
from fastapi import FastAPI
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
from tests.web.browsing import There, Visiting
from tests.web.calling import Calling

ORIGIN = "http://zona.example"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Operation = APIOperation[Any, Any, Any, Any]
Case = DrawnCase[Any]
NOBODY, OWNER, SOMEBODY = "nobody", "owner", "somebody"
REQUEST_PARTS = {"method", "url", "headers", "params", "json", "data", "files"}
TICKETS = ("ticket", "reference", "case")


@dataclass
class Stranger:
    """The sender of a case: mostly somebody who may send it, with existing names, and so that it is not a repeat."""

    may: bool
    role: str
    named: bool
    current: bool
    turn: int


@dataclass
class House(Generic[There]):
    """`staff` are the roles of its people; who may use the operations of a tag is in `may`, elsewhere `somebody`, who has every role.
    `names` are of what is there, by the field that names it: tickets of cases in many states and the like."""

    calling: Calling[There]
    staff: Sequence[str]
    may: Mapping[str, Sequence[str]]
    somebody: str
    names: Mapping[str, Sequence[object]]
    answered: Counter[int] = field(default_factory=Counter)

    def strangers(self) -> st.SearchStrategy[Stranger]:
        return st.builds(
            Stranger,
            may=st.sampled_from((True, True, True, False)),
            role=st.sampled_from((NOBODY, OWNER, *self.staff, "applicant", "auditor")),
            named=st.sampled_from((True, True, True, False)),
            current=st.sampled_from((True, True, False)),
            turn=st.integers(0, 10_000),
        )

    async def try_one(self, case: Case, stranger: Stranger) -> httpx.Response:
        if stranger.named:
            self._name(case, stranger.turn)
        if stranger.current:
            await self.look(case)
        answer = await self._send(case, stranger)
        self.answered[answer.status_code] += 1
        return answer

    async def look(self, case: Case) -> None:
        """At what it is about, before anything is said of it under a key that was never used."""
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())

    def credentials(self, case: Case, stranger: Stranger, content: bytes) -> Mapping[str, str]:
        """The headers that name the sender."""
        role = self._role(case, stranger.turn) if stranger.may else stranger.role
        if role == NOBODY:
            return {}
        if role == OWNER:
            return {"Authorization": f"Bearer {self.calling.visiting.tokens.issue(self.ticket(case))}"}
        if role == SOMEBODY:
            return self.calling.person(self.somebody, *self.staff, name="Contoh")
        return self.calling.person(f"{role}-1", role)

    def ticket(self, case: Case) -> str:
        values = (place[name] for name in TICKETS for place in _places(case) if name in place)
        return str(next(values, ""))

    def _name(self, case: Case, turn: int) -> None:
        for place in _places(case):
            for name in place.keys() & self.names.keys():
                place[name] = self.names[name][turn % len(self.names[name])]

    def _role(self, case: Case, turn: int) -> str:
        roles = [role for tag in case.operation.tags or () for role in self.may.get(tag, ())] or [SOMEBODY]
        return roles[turn % len(roles)]

    async def _send(self, case: Case, stranger: Stranger) -> httpx.Response:
        """To the byte as a program would send it."""
        values = case.as_transport_kwargs(base_url=ORIGIN)
        sent = requests.Request(**{name: values[name] for name in values.keys() & REQUEST_PARTS}).prepare()
        content = sent.body.encode() if isinstance(sent.body, str) else _bytes(sent.body or b"")
        all_headers = {**sent.headers, **self.credentials(case, stranger, content)}
        headers = [(name.encode(), _bytes(value)) for name, value in all_headers.items()]
        client = self.calling.visiting.client
        return await client.request(str(sent.method), str(sent.url), content=content, headers=headers)


def _places(case: Case) -> list[dict[str, Any]]:
    """The parts of a case that name something."""
    return [each for each in (case.path_parameters, case.body, case.query) if isinstance(each, dict)]


def _bytes(value: object) -> bytes:
    """Of what is sent in one piece."""
    assert isinstance(value, str | bytes)
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")


def try_everything(
    visited: AbstractAsyncContextManager[Visiting[There]],
    furnished: Callable[[Visiting[There]], Coroutine[Any, Any, House[There]]],
    cases: int,
    number: int | None = None,
) -> Counter[int]:
    """So many cases over all operations, half of them against the description; the answers counted by status. The same `number` tries
    the same again. Raises with the smallest case that is answered in a way that is not described, or by a fault of ours."""
    with asyncio.Runner() as runner:
        visiting = runner.run(visited.__aenter__())
        try:
            house = runner.run(furnished(visiting))
            return try_operations(visiting.inside.service.app, house, runner, cases, number)
        finally:
            runner.run(visited.__aexit__(None, None, None))


def try_operations(
    app: FastAPI,
    house: House[Any],
    runner: asyncio.Runner,
    cases: int,
    number: int | None,
    checks: Sequence[Any] = CHECKS,
) -> Counter[int]:
    """As `try_everything`, in a house that is open."""
    operations = _operations(app)
    for operation in operations:
        _try(operation, house, runner, -(-cases // len(operations)), number, checks)
    return house.answered


def _operations(app: FastAPI) -> list[Operation]:
    described = schemathesis.openapi.from_dict(app.openapi())
    return [_ok(found) for found in described.get_all_operations()]


def _ok(found: object) -> Operation:
    assert isinstance(found, Ok), found
    operation: Operation = found.ok()
    return operation


def _try(
    operation: Operation,
    house: House[There],
    runner: asyncio.Runner,
    each: int,
    number: int | None,
    checks: Sequence[Any],
) -> None:
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @settings(
        max_examples=each,
        derandomize=number is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(cases, house.strangers())
    def run_case(case: Case, stranger: Stranger) -> None:
        answer = runner.run(house.try_one(case, stranger))
        case.validate_response(answer, checks=list(checks))

    (run_case if number is None else seed(number)(run_case))()
