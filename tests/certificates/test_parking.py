"""Requests for data: who may ask for what, and what is counted of the time that an application waits for it."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import DEMO_RULES, Inside, sample_item
from tests.certificates.officials import MONDAY
from tests.certificates.steps import MISSING, WRONG, statement
from tests.certificates.visiting import Visiting

from zi_certificates.domain.application.errors import UnexplainedDocumentError, UnsendableDocumentError
from zi_certificates.domain.application.events import DataAsked
from zi_certificates.domain.statement import Outline
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.parking import (
    ParkedMonth,
    Parkings,
    RequestCount,
    data_requests,
    parked_months,
    parked_time,
)
from zi_certificates.use_cases.data_requests import is_explained, unnamed_documents, unsendable_documents
from zi_certificates.use_cases.rulebook import load_rulebook
from zi_chassis.storage.database import Tx
from zi_chassis.storage.projections import drop

UNNAMED = MISSING.model_copy(update={"where": "documents.cdob_certificate"})
UNKNOWN = MISSING.model_copy(update={"where": "documents.love_letter"})
WHY = "Label produk menyebut bahan obat."
ANI, EKO = "evaluator-ani", "evaluator-eko"


async def parked(inside: Inside) -> tuple[IntakeRequest, IntakeRequest]:
    """Data of the first is asked for; the second is taken meanwhile."""
    first, second = await inside.paid("one"), await inside.paid("two", business="c" * 64)
    await inside.office.deciding.take_next(inside.evaluator(ANI), None)
    await inside.office.deciding.ask_data(first.ticket, inside.evaluator(ANI), None, (MISSING,))
    await inside.office.deciding.take_next(inside.evaluator(ANI), None)
    return first, second


def test_a_place_is_named_by_a_rule_if_one_of_its_documents_is() -> None:
    rules = load_rulebook(DEMO_RULES).in_force(MONDAY)
    stated = statement()

    def unnamed(where: str) -> tuple[str, ...]:
        return unnamed_documents([MISSING.model_copy(update={"where": where})], stated, rules)

    assert unnamed("documents.invoice") == ()
    assert unnamed("documents.halal_certificate/invoice") == ()
    assert unnamed("expires") == ()
    assert unnamed("documents.halal_certificate") == ("documents.halal_certificate",)
    assert unnamed("documents") == ("documents",)
    assert unnamed_documents([UNNAMED], None, rules) == ()


@pytest.mark.parametrize("note", [None, "", "   " * 20, "Butuh."])
def test_a_word_explains_nothing(note: str | None) -> None:
    assert not is_explained(note)
    assert is_explained(WHY)


async def test_a_document_that_no_rule_names_needs_a_written_reason(inside: Inside) -> None:
    request = await inside.paid()
    by, deciding = inside.evaluator(ANI), inside.office.deciding
    await deciding.take_next(by, None)
    for note in (None, "Butuh."):
        with pytest.raises(UnexplainedDocumentError):
            await deciding.ask_data(request.ticket, by, None, (UNNAMED,), note)
    assert inside.vault.texts(request.ticket, "note") == []
    handled = await deciding.ask_data(request.ticket, by, None, (UNNAMED, MISSING), WHY)
    assert b'"unnamed":["documents.cdob_certificate"]' in handled.recorded[0].message
    assert WHY.encode() not in handled.recorded[0].message
    counted = await inside.office.store.query(lambda tx: data_requests(tx, by_official=True))
    assert counted == [RequestCount("2026-12", "ski_post_border", 1, 1, ANI)]
    assert await inside.office.store.query(data_requests) == [
        RequestCount("2026-12", "ski_post_border", 1, 1)
    ]


def test_a_document_can_be_sent_if_one_of_its_kinds_can_be_attached() -> None:
    kinds = {"invoice", "nib"}

    def unsendable(where: str) -> tuple[str, ...]:
        return unsendable_documents([MISSING.model_copy(update={"where": where})], kinds)

    for where in ("documents", "documents.invoice", "documents.contract/nib", "expires"):
        assert unsendable(where) == ()
    assert unsendable("documents.contract") == ("documents.contract",)


async def test_nobody_parks_an_application_for_a_document_that_can_not_be_sent(inside: Inside) -> None:
    """The company could only wait until it expires, whatever reason was given."""
    request = await inside.paid()
    by, deciding = inside.evaluator(ANI), inside.office.deciding
    await deciding.take_next(by, None)
    with pytest.raises(UnsendableDocumentError):
        await deciding.ask_data(request.ticket, by, None, (UNKNOWN,), WHY)
    assert inside.vault.texts(request.ticket, "note") == []


async def test_what_passes_a_parked_application_is_counted_apart(either: Inside) -> None:
    first, second = await parked(either)
    query = either.office.store.query
    assert await query(parked_months) == [ParkedMonth("2026-12", 1, 0, 0, 0, 1)]
    now = await query(lambda tx: parked_time(tx, first.application))
    assert now is not None
    assert (now.times, now.hours, now.overtaken_by) == (1, 0, 1)
    assert now.since is not None
    assert await query(lambda tx: parked_time(tx, second.application)) is None
    either.clock.pass_hours(2.5)
    await either.office.applying.withdraw(first, either.citizen(first), None)
    await either.paid("three", business="d" * 64)
    await either.office.deciding.take_next(either.evaluator(EKO), None)
    ended = await query(lambda tx: parked_time(tx, first.application))
    assert ended is not None
    assert (ended.times, ended.hours, ended.since, ended.overtaken_by) == (1, 3, None, 1)
    assert await query(parked_months) == [ParkedMonth("2026-12", 1, 1, 3, 3, 1)]


async def test_a_month_in_which_one_is_only_passed_by_is_told_too(either: Inside) -> None:
    await parked(either)
    either.clock.pass_hours(24 * 26)
    await either.paid("three", business="d" * 64)
    await either.office.deciding.take_next(either.evaluator(EKO), None)
    query = either.office.store.query
    assert await query(parked_months) == [
        ParkedMonth("2027-01", 0, 0, 0, 0, 1),
        ParkedMonth("2026-12", 1, 0, 0, 0, 1),
    ]
    assert [each.month for each in await query(lambda tx: parked_months(tx, "2027-01"))] == ["2026-12"]
    assert await query(lambda tx: parked_months(tx, "2026-12")) == []
    assert await query(lambda tx: data_requests(tx, "2026-12")) == []


async def test_what_is_made_anew_from_the_events_is_what_was_there(either: Inside) -> None:
    request, _ = await parked(either)
    applying, deciding, store = either.office.applying, either.office.deciding, either.office.store
    by = either.citizen(request)

    async def change(batch: str) -> int:
        await applying.change_item(request, either.citizen(request), None, 1, sample_item(batch))
        return (await either.state(request)).revision

    either.clock.pass_hours(2)
    await applying.send_data(request, by, None, await change("B-002"))
    await deciding.reject(request.ticket, either.evaluator(ANI), None, (WRONG,))
    either.clock.pass_hours(2)
    await applying.resubmit(request, either.citizen(request), None, await change("B-003"))

    def counted(tx: Tx) -> list[dict[str, Any]]:
        return [
            dict(row)
            for table in ("parkings", "takings", "data_requests")
            for row in tx.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
        ]

    before = await store.query(counted)
    time_before = await store.query(lambda tx: parked_time(tx, request.application))
    assert time_before is not None
    assert time_before.overtaken_by == 1
    with store.database.transaction() as tx:
        tx.execute("UPDATE read_models SET version = 0 WHERE name = 'parkings'")
    store.catch_up()
    assert await store.query(counted) == before
    assert await store.query(lambda tx: parked_time(tx, request.application)) == time_before


async def test_a_request_without_letters_is_counted_under_those_of_its_day(either: Inside) -> None:
    """As requests were recorded at first."""
    request, _ = await parked(either)
    store, parkings = either.office.store, Parkings()
    before = await store.query(data_requests)
    outline = Outline(kinds=("ski_border",), goods="pangan_olahan")
    await either.office.applying.change(request, either.citizen(request), None, outline)
    with store.database.transaction() as tx:
        drop(tx, parkings)
        tx.create(*parkings.tables)
        for recorded in store.event_tables.recorded(tx, 0, 500):
            without = {"kinds": ()} if isinstance(recorded.event, DataAsked) else {}
            event = recorded.event.model_copy(update=without)
            parkings.project(tx, replace(recorded, event=event))
    assert await store.query(data_requests) == before == [RequestCount("2026-12", "ski_post_border", 1, 0)]


async def test_pages_tell_of_the_time_in_parking(visiting: Visiting) -> None:
    first, _ = await parked(visiting.inside)
    fairness = await visiting.stranger().get("/certificates/fairness")
    assert "Later ones taken meanwhile" in fairness.text
    assert ANI not in fairness.text
    desk = await visiting.person(EKO, "evaluator").get(f"/certificates/desk/applications/{first.ticket}")
    assert "Data was asked for 1 time." in desk.text
    assert "1 application that was complete later was taken meanwhile." in desk.text


async def test_officials_are_told_apart_for_officials_alone(calling: Calling) -> None:
    await parked(calling.inside)
    [row] = (await calling.get("/data-requests/officials", calling.evaluator)).json()
    assert (row["official"], row["count"], row["beyond"]) == (ANI, 1, 0)
    stranger: httpx.Response = await calling.get("/data-requests", {})
    [public] = stranger.json()
    assert (public["official"], public["count"]) == (None, 1)
    assert (await calling.get("/data-requests/officials", {})).status_code == 401
