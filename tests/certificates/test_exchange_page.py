"""docs/exchange.md is true: its examples are sent, and its recipes verify what this house signs."""

import base64
import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.both import REQUEST
from tests.certificates.calling import Calling
from tests.certificates.test_other_systems import company, issued_after_subscribing, opened_to_tests, send
from tests.chassis.receiver import receiving

from zi_certificates.read.exchange import TYPES
from zi_certificates.use_cases.importing import MOST_AN_HOUR
from zi_certificates.web.routes import API
from zi_chassis.webhooks.queue import GIVEN_UP_AFTER, LADDER
from zi_intake.bodies.filings import CertificateBody

PAGE = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
async def private(tmp_path: Path) -> AsyncIterator[Calling]:
    async with opened_to_tests(tmp_path) as calling:
        yield calling


async def test_the_application_of_the_page_is_taken_and_the_refusal_looks_as_the_page_says(
    private: Calling,
) -> None:
    _, request, key = await company(private)
    _, application, refusal = (json.loads(each) for each in blocks("json"))
    application["ticket"] = request.ticket
    answer = await send(private, key, application)
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"reference", "ticket", "revision", "page", "findings"}
    del application["items"][0]["batch"]
    refused = (await send(private, key, application | {"reference": "INSW-2"})).json()
    assert {name: refused[name] for name in refusal} == refusal


def test_the_request_of_the_page_is_one_that_intake_takes() -> None:
    first: dict[str, Any] = json.loads(blocks("json")[0])
    assert CertificateBody.model_validate(first).series == "ski"
    assert set(first) == set(REQUEST)


async def test_both_recipes_verify_a_real_call(private: Calling, tmp_path: Path) -> None:
    inside = private.inside
    async with receiving() as receiver:
        request, secret = await issued_after_subscribing(inside, receiver)
        await inside.sealed(request)
        await inside.office.webhooks.tick()
    [(_, headers, body)] = receiver.calls
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    now = inside.clock.now().timestamp()
    assert names["genuine"](secret, headers, body, now)
    assert not names["genuine"](secret, headers, body + b" ", now)
    assert not names["genuine"](secret, headers, body, now + 301)
    assert not names["genuine"]("whsec_" + base64.b64encode(bytes(32)).decode(), headers, body, now)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    (tmp_path / "signed").write_bytes(signed)
    [command] = [each for each in blocks("sh") if each.startswith("openssl")]
    made = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env={"SECRET": secret, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    assert f"v1,{made.stdout.decode()}" == headers["webhook-signature"]


def test_the_page_names_every_call_every_wait_and_every_address() -> None:
    assert all(f"`{kind}`" in PAGE for kind in TYPES.values())
    assert [int(each.total_seconds()) for each in LADDER] == [
        *(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    ]
    assert GIVEN_UP_AFTER.days == 5
    assert f"{MOST_AN_HOUR} times an hour" in PAGE
    known = {route.path for router in API for route in router.routes}  # type: ignore[attr-defined]
    written = set(re.findall(r"/certificates/api/[a-z{}/-]+", PAGE))
    assert written <= known
