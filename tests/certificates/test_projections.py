"""Read models say what happened, and are the same when they are made anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.inside import Inside, SetClock, opened, sample_item, ticket_of
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain.application.state import (
    ApplicationStatus,
)
from zi_certificates.domain.standing import Standing
from zi_certificates.read.applications import (
    application_of,
    applications_in,
    counts,
)
from zi_certificates.read.letters import letters_of
from zi_chassis.storage.database import Tx

TABLES = (
    "applications",
    "decisions",
    "overtakings",
    "bills",
    "letters",
    "accounts",
    "appointments",
    "waits",
    "passings",
)


def everything(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    return {
        table: sorted((dict(row) for row in tx.execute(f"SELECT * FROM {table}")), key=str)  # type: ignore[call-overload]
        for table in TABLES
    }


async def much_happens(inside: Inside) -> None:
    """Something of every kind: taken past others, asked, rejected, sent back, signed, sealed, suspended, flagged."""
    deciding, applying = inside.office.deciding, inside.office.applying
    signed = await inside.signed("signed")
    await inside.sealed(signed)
    letter = (await inside.state(signed)).letters[0].id
    await deciding.suspend(signed.ticket, inside.signer(), None, letter, "lawful_order")
    passed = await inside.passed("passed")
    await deciding.send_back(passed.ticket, inside.signer(), None, (WRONG,))
    await inside.paid("hindered", "1" * 64)
    await inside.declared("evaluator-ani", "1" * 64)
    requested, rejected = await inside.paid("asked"), await inside.paid("rejected")
    await deciding.take_next(inside.evaluator(), None)
    await deciding.ask_data(requested.ticket, inside.evaluator(), None, (MISSING,))
    await deciding.take_next(inside.evaluator(), None)
    await applying.change_item(requested, inside.citizen(requested), None, 1, sample_item("B-2"))
    await applying.send_data(
        requested, inside.citizen(requested), None, (await inside.state(requested)).revision
    )
    await deciding.reject(rejected.ticket, inside.evaluator(), None, (WRONG,))
    await inside.mentored("evaluator-ani")
    supervisor, head = inside.staff("supervisor-eka", "supervisor"), inside.staff("head-dewi", "head")
    await deciding.ask_override(requested.ticket, supervisor, None, "evaluator-ani", "emergency")
    await deciding.approve_override(requested.ticket, head, None)
    now = inside.clock.now()
    await inside.known("officer-ira", "officer")
    id, _ = await inside.office.appointing.appoint(head, None, "officer-ira", now, now + timedelta(days=1))
    await inside.office.appointing.end_appointment(id, head)
    withdrawn = await inside.submitted("withdrawn")
    await applying.withdraw(withdrawn, inside.citizen(withdrawn), None)


async def test_made_anew_they_are_the_same(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    clock = SetClock()
    async with opened(tmp_path, database, clock) as inside:
        await much_happens(inside)
        before = await inside.office.store.query(everything)
        with inside.office.store.database.transaction() as tx:
            tx.execute("UPDATE read_models SET version = 0")
    assert all(before.values())
    async with opened(tmp_path, database, clock) as again:
        assert await again.office.store.query(everything) == before


@pytest.mark.parametrize("name", ["signed", "passed", "hindered", "asked", "rejected", "withdrawn"])
async def test_an_application_is_shown_as_its_aggregate_says(inside: Inside, name: str) -> None:
    await much_happens(inside)
    request = await inside.office.access.request(ticket_of(name))
    row = await inside.office.store.query(lambda tx: application_of(tx, request.ticket))
    now = await inside.state(request)
    assert row is not None
    assert now.statement is not None
    stated = (now.statement.kinds, now.statement.goods, len(now.statement.products))
    assert (row.status, row.holder, row.officer) == (now.status, now.holder, now.officer)
    assert (row.revision, row.due, row.complete_at) == (now.revision, now.due, now.complete_at)
    assert (row.kinds, row.goods, row.item_count) == stated
    assert (row.evaluators, row.excused, row.flags) == (now.evaluators, now.excused, len(now.flagged))
    assert row.deadline in (None, now.deadline)


async def test_what_is_listed_for_whom(inside: Inside) -> None:
    first = await inside.paid("one")
    await inside.submitted("two", account=first.ticket)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    read = inside.office.store.query
    mine = await read(lambda tx: applications_in(tx, (ApplicationStatus.EVALUATION,), "evaluator-ani"))
    assert [each.ticket for each in mine] == [first.ticket]
    assert await read(lambda tx: applications_in(tx, (ApplicationStatus.EVALUATION,), "evaluator-eko")) == []
    assert await read(counts) == {ApplicationStatus.EVALUATION: 1, ApplicationStatus.AWAITING_PAYMENT: 1}


async def test_a_letter_is_listed_from_the_signature_on(inside: Inside) -> None:
    request = await inside.signed()
    [signed] = await inside.office.store.query(lambda tx: letters_of(tx, request.application))
    assert (signed.ticket, signed.kind, signed.number, signed.standing) == (
        request.ticket,
        "ski_post_border",
        None,
        None,
    )
    [number] = await inside.sealed(request)
    [sealed] = await inside.office.store.query(lambda tx: letters_of(tx, request.application))
    assert (sealed.number, sealed.standing, sealed.file) == (number, Standing.VALID, "f" * 64)
    assert sealed.issued_at is not None
    message = inside.office.store.message(sealed.event_id or "")
    assert message is not None
    assert b"zi.certificates.certificate_issued" in message


@pytest.mark.parametrize("status", [ApplicationStatus.EXPIRED, ApplicationStatus.DRAFT])
async def test_an_empty_list_is_empty(inside: Inside, status: ApplicationStatus) -> None:
    assert await inside.office.store.query(lambda tx: applications_in(tx, (status,))) == []
