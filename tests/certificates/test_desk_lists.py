"""Lists of the desk: what somebody must act on is found however much else there is, and the counts are of all of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import EXPORT, STATED, Inside, ticket_of
from tests.certificates.officials import named
from tests.certificates.visiting import Visiting, visited
from tests.web.browsing import Browser

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.accounts import accounts_to_verify
from zi_certificates.read.desk_lists import PAGE, ListedPage, ListFilter, ListReader, desk_page
from zi_rules.certificate.kind import CertificateKind, Goods

LIST = "/certificates/desk/applications"
MANY = 205
EVALUATOR = ListReader("evaluator-ani")


async def crowded(inside: Inside, request: IntakeRequest, many: int = MANY, status: str = "queued") -> None:
    """So many more rows like this application, more urgent than all others, which only the read model knows."""
    with inside.office.store.database.transaction() as tx:
        [row] = tx.execute("SELECT * FROM applications WHERE ticket = ?", request.ticket)
        columns = list(dict(row))
        for number in range(many):
            values = dict(row) | {
                "application": str(named(f"crowd {status} {number}")),
                "ticket": ticket_of(f"crowd {status} {number}"),
                "status": status,
                "urgency": f"2026-01-01T00:00:00.{number:06}Z",
                "due": "2026-01-01T00:00:00Z",
                "complete_at": f"2026-01-01T00:00:00.{number:06}Z",
            }
            marks = ", ".join("?" * len(columns))
            tx.execute(f"INSERT INTO applications ({', '.join(columns)}) VALUES ({marks})", *values.values())


async def listed(
    inside: Inside, wanted: ListFilter, reader: ListReader = EVALUATOR, after: str | None = None
) -> ListedPage:
    now = inside.clock.now()
    return await inside.office.store.query(lambda tx: desk_page(tx, wanted, reader, now, after))


def tickets(page: ListedPage) -> list[str]:
    return [each.ticket for each in page.rows]


@pytest.fixture
async def visiting(tmp_path: Path) -> AsyncIterator[Visiting]:
    async with visited(tmp_path) as first:
        yield first


@pytest.fixture
def signer(visiting: Visiting) -> Browser:
    return visiting.person("signer-budi", "signer", name="Budi Contoh")


async def test_a_signer_sees_what_waits_however_much_else_is_at_work(
    visiting: Visiting, signer: Browser
) -> None:
    request = await visiting.inside.passed()
    await crowded(visiting.inside, request)
    page = await signer.get("/certificates/desk/")
    assert request.ticket in page.text
    assert "1 application waits for a signature" in page.text


async def test_the_head_sees_every_exception_however_much_else_is_at_work(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await inside.paid()
    by = inside.staff("supervisor-eka", "supervisor")
    await inside.office.deciding.ask_override(request.ticket, by, None, "evaluator-ani", "no_other_official")
    await crowded(inside, await inside.paid("two"))
    page = await visiting.person("head-dewi", "head").get("/certificates/desk/")
    assert f"{request.ticket}</a>: evaluator-ani" in page.text
    assert f"{MANY + 2} applications are at the office now" in page.text


async def test_pages_follow_one_another_and_the_count_is_of_all(either: Inside) -> None:
    request = await either.passed()
    await crowded(either, request, 2 * PAGE + 20, "approval")
    found: list[str] = []
    after = None
    for _ in range(3):
        page = await listed(either, ListFilter("signature"), after=after)
        assert page.total == 2 * PAGE + 21
        found += tickets(page)
        after = page.after
    assert after is None
    assert len(set(found)) == len(found) == 2 * PAGE + 21
    assert found[-1] == request.ticket


async def test_a_program_reads_the_queue_page_after_page(calling: Calling) -> None:
    request = await calling.inside.paid()
    await crowded(calling.inside, request)
    page = (await calling.get("/queue", calling.evaluator)).json()
    assert (len(page["waiting"]), page["total"]) == (100, MANY + 1)
    queued = page["waiting"]
    while page["after"] is not None:
        page = (await calling.get(f"/queue?after={page['after']}", calling.evaluator)).json()
        queued += page["waiting"]
    assert [each["place"] for each in queued] == list(range(1, MANY + 2))
    assert queued[-1]["ticket"] == request.ticket


async def test_a_program_filters_as_the_page_does(calling: Calling) -> None:
    request = await calling.inside.passed()
    await calling.inside.paid("two")
    answer = (await calling.get("/applications?queue=signature", calling.signer)).json()
    assert [each["ticket"] for each in answer["applications"]] == [request.ticket]
    assert (answer["total"], answer["after"]) == (1, None)
    assert (await calling.get("/applications?limit=201", calling.signer)).status_code == 422
    mentor = calling.person("mentor-joko", "mentor")
    assert (await calling.get("/applications", mentor)).status_code == 403


async def searched(inside: Inside, **fields: Any) -> list[str]:
    return tickets(await listed(inside, ListFilter(**fields)))


async def test_an_application_is_found_by_ticket_product_number_or_company(either: Inside) -> None:
    request = await either.signed()
    [number] = await either.sealed(request)
    other = await either.requested("ske", series="ske", business="c" * 64)
    await either.verified(other)
    await either.drafted(other, EXPORT)
    same = await either.requested("later", account=request.ticket)
    await either.drafted(same)
    assert await searched(either, text=number.lower().replace("-", " ")) == [request.ticket]
    assert await searched(either, text=f" {request.ticket.lower()} ") == [request.ticket]
    assert await searched(either, text="ml 1234.56789012") == await searched(either, text="ML123456789012")
    assert set(await searched(either, text="ML123456789012")) == {request.ticket, same.ticket}
    assert len(await searched(either, text="kecap  CONTOH")) == 3
    assert set(await searched(either, company=same.ticket)) == {request.ticket, same.ticket}
    assert await searched(either, company="SKI-2026-000001") == []
    assert await searched(either, text="100%") == await searched(either, text="_") == []
    assert await searched(either, text="..") == await searched(either, text="-/-") == []


async def test_filters_narrow_one_another(either: Inside) -> None:
    ready, late = await either.passed("one"), await either.paid("two", business="c" * 64)
    kind, goods = CertificateKind("ski_post_border"), Goods("pangan_olahan")
    assert set(await searched(either, kind=kind, goods=goods, series="ski")) == {late.ticket, ready.ticket}
    assert await searched(either, series="ske") == []
    assert await searched(either, state=ApplicationStatus.APPROVAL, kind=kind) == [ready.ticket]
    assert await searched(either, officer="evaluator-ani") == []
    await either.office.deciding.take_next(either.evaluator(), None)
    assert await searched(either, officer="evaluator-ani") == await searched(either, queue="mine")
    assert await searched(either, overdue=True) == []
    either.clock.pass_hours(24 * 30)
    assert set(await searched(either, overdue=True)) == {late.ticket, ready.ticket}


async def test_what_is_closed_to_the_reader_is_neither_listed_nor_counted(either: Inside) -> None:
    request = await either.paid("one")
    await either.paid("two", business="c" * 64)
    closed = ListReader("evaluator-ani", {"c" * 64})
    page = await listed(either, ListFilter(), closed)
    assert (tickets(page), page.total) == ([request.ticket], 1)
    await either.office.deciding.take_next(either.evaluator(), None)
    await either.office.deciding.release(request.ticket, either.evaluator(), None, "conflict")
    assert (await listed(either, ListFilter(), closed)).total == 0
    head, supervisor = either.staff("head-dewi", "head"), either.staff("supervisor-eka", "supervisor")
    await either.office.deciding.ask_override(
        request.ticket, supervisor, None, "evaluator-ani", "no_other_official"
    )
    await either.office.deciding.approve_override(request.ticket, head, None)
    assert tickets(await listed(either, ListFilter(), closed)) == [request.ticket]


async def test_a_filter_that_nobody_knows_filters_nothing(signer: Browser, visiting: Visiting) -> None:
    request = await visiting.inside.paid()
    page = await signer.get(f"{LIST}?queue=everything&state=lost&series=skx&after=nothing")
    assert page.status_code == 200
    assert request.ticket in page.text
    assert "The filter finds no application." in (await signer.get(f"{LIST}?series=ske")).text


async def test_the_next_page_keeps_the_filter(signer: Browser, visiting: Visiting) -> None:
    request = await visiting.inside.passed()
    await crowded(visiting.inside, request, 35, "approval")
    page = await signer.get(f"{LIST}?queue=signature&kind=ski_post_border")
    assert "36 applications, the most urgent first" in page.text
    [link] = re.findall(r'href="([^"]*)" rel="next"', page.text)
    second = await signer.get(link.replace("&amp;", "&"))
    assert request.ticket in second.text
    assert 'rel="next"' not in second.text
    assert "Start of the list" in second.text


async def test_accounts_are_listed_page_after_page(either: Inside) -> None:
    for name in ("one", "two", "three"):
        request = await either.requested(name, business=named(name).hex * 2)
        await either.verified(request)
        changed = STATED.model_copy(update={"hs_codes": ("2103.90.13",)})
        await either.office.applying.change_account(request, either.citizen(request), None, changed)
    first = await either.office.store.query(lambda tx: accounts_to_verify(tx, size=2))
    assert (len(first.rows), first.total) == (2, 3)
    rest = await either.office.store.query(lambda tx: accounts_to_verify(tx, after=first.after, size=2))
    assert (len(rest.rows), rest.after) == (1, None)
    closed = await either.office.store.query(lambda tx: accounts_to_verify(tx, [named("one").hex * 2]))
    assert closed.total == 2


async def test_the_list_of_accounts_is_a_page(visiting: Visiting) -> None:
    officer = visiting.person("officer-ira", "officer")
    assert "No account waits." in (await officer.get("/certificates/desk/accounts")).text
