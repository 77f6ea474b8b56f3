"""Every way by which personal data reaches an official or a service: recorded before it is told, and not told if that fails."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts
from tests.intake.erasures import closed
from tests.intake.front import ADDRESS, BUSINESS, COMPANY, EMAIL, KITCHEN, NAME, NIB, PHONE, TEXT, Front
from tests.intake.test_umkm_vault import WITH_NUMBER, agree
from tests.intake.test_uploads import attach, code, photo

from zi_chassis.vault.requests import VaultService
from zi_contracts.vault import VaultRequest
from zi_intake.vault_answers import READABLE

PERSONAL = (NAME, EMAIL, PHONE, TEXT, COMPANY, ADDRESS, NIB, BUSINESS, KITCHEN, "Amplang Contoh")
PERSONAL = (*PERSONAL, "Dear Bunga", "data:image/jpeg;base64,")
OPENED = "zi.intake.personal_data_opened"
LETTERS = UUID("0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10")
Way = Callable[[Front, str], Awaitable[str]]


async def on_the_desk(front: Front, ticket: str) -> str:
    form, headers = {"purpose": "handling"}, {"Accept": "text/html"} | front.staff()
    return (await front.client.post(f"/desk/cases/{ticket}/open", data=form, headers=headers)).text


async def by_program(front: Front, ticket: str) -> str:
    return (await front.act({"ticket": ticket}, "personal-data", {"purpose": "handling"})).text


async def by_notify(front: Front, ticket: str) -> str:
    request = VaultRequest(ticket=ticket, fields=("reporter.email",), purpose="notify_status")
    return await vault(front, "notify", request)


async def by_an_auditor(front: Front, ticket: str) -> str:
    token = front.staff("auditor-eka", "auditor")["Authorization"].removeprefix("Bearer ")
    fields = tuple(sorted(READABLE["audit"]))
    request = VaultRequest(ticket=ticket, fields=fields, purpose="audit", token=token)
    return await vault(front, "audit", request)


async def vault(front: Front, caller: str, request: VaultRequest) -> str:
    content = request.model_dump_json(exclude_none=True).encode()
    return (await VaultService(READABLE, front.reading.answer).answer(caller, content)).model_dump_json()


async def by_certificates(front: Front, ticket: str) -> str:
    request = VaultRequest(ticket=ticket, fields=("company.name", "reporter.name"), purpose="letter")
    return await vault(front, "certificates", request)


async def by_an_evaluator(front: Front, ticket: str) -> str:
    token = front.staff("evaluator-edi", "evaluator")["Authorization"].removeprefix("Bearer ")
    request = VaultRequest(ticket=ticket, fields=("company.name",), purpose="evaluation", token=token)
    return await vault(front, "certificates", request)


async def by_a_mentor(front: Front, ticket: str) -> str:
    token = front.staff("mentor-dewi", "mentor")["Authorization"].removeprefix("Bearer ")
    fields = ("business.name", "products")
    request = VaultRequest(ticket=ticket, fields=fields, purpose="mentoring", token=token)
    return await vault(front, "umkm", request)


async def by_another_request(front: Front, ticket: str) -> str:
    """Of the same business, which agreed to it."""
    token = front.office.tokens.issue(front.office.names.ticket(LETTERS))
    fields = ("business.name", "products")
    request = VaultRequest(ticket=ticket, fields=fields, purpose="prefill", token=token)
    return await vault(front, "certificates", request)


WAYS = (
    *(on_the_desk, by_program, by_notify, by_an_auditor),
    *(by_certificates, by_an_evaluator, by_a_mentor, by_another_request),
)


def parts(text: str) -> list[str]:
    return [personal for personal in PERSONAL if personal in text]


async def openings(front: Front, ticket: str) -> int:
    return [step.parsed["type"] for step in await front.office.steps(ticket)].count(OPENED)


async def filed_for(front: Front, way: Way) -> str:
    if way in (by_a_mentor, by_another_request):
        mentored = await front.mentored(business=WITH_NUMBER)
        letters = await front.request({"Idempotency-Key": str(LETTERS)})
        await agree(front, mentored, letters["ticket"])
        return str(mentored["ticket"])
    of_letters = way in (by_certificates, by_an_evaluator)
    return str((await (front.request() if of_letters else front.file()))["ticket"])


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_told_is_recorded(front: Front, way: Way) -> None:
    ticket = await filed_for(front, way)
    assert parts(await way(front, ticket))
    assert await openings(front, ticket) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_recorded_before_the_vault_is_opened(front: Front, way: Way) -> None:
    """The key is gone, so that opening fails; that somebody was about to look stands there all the same."""
    ticket = await filed_for(front, way)
    subject = front.office.names.data_subject(ticket)
    front.office.keys.destroy(subject, front.clock.now(), front.office.names.aggregate(ticket))
    assert parts(await way(front, ticket)) == []
    assert await openings(front, ticket) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_what_can_not_be_recorded_is_not_told(front: Front, way: Way) -> None:
    ticket = await filed_for(front, way)
    assert await front.office.state(ticket)
    front.office.store.close()
    assert parts(await way(front, ticket)) == []


@pytest.mark.parametrize("way", WAYS)
async def test_a_locked_vault_tells_nothing_and_nothing_is_recorded(front: Front, way: Way) -> None:
    ticket = await filed_for(front, way)
    front.office.vault.locked = True
    assert parts(await way(front, ticket)) == []
    assert await openings(front, ticket) == 0


async def test_no_other_address_tells_an_official_anything_personal(front: Front) -> None:
    filed: Any = await closed(front)
    other, request, mentored = await front.file(), await front.request(), await front.mentored()
    await attach(front, mentored, photo(), code(mentored))
    await attach(front, other, photo(), code(other))
    await attach(front, request, photo(), code(request))
    answered = 0
    for ticket in (filed["ticket"], other["ticket"], request["ticket"], mentored["ticket"]):
        for path in addresses(front):
            for headers in (front.staff(), front.staff("supervisor-budi", "supervisor")):
                answer = await front.client.get(path.replace("{ticket}", ticket), headers=headers)
                assert parts(answer.text) == [], path
                answered += answer.status_code == 200
        assert await openings(front, ticket) == 0
    assert answered > 18


def addresses(front: Front) -> list[str]:
    """Everything that can be asked for, of a case or of all of them."""
    routes = iter_route_contexts(front.app.routes)
    paths = {route.path for route in routes if route.path and "GET" in (route.methods or ())}
    return sorted(path for path in paths if "{" not in path.replace("{ticket}", ""))
