"""Figures that anybody reads: decisions, the promised time, reasons of rejections; and the register as a list and as a table."""

from re import findall
from typing import Any
from uuid import uuid4

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.officials import DAY, applicant, system
from tests.certificates.steps import (
    ASK,
    CHANGE,
    DUE,
    FURTHER,
    LAPSED,
    LATE,
    MISSING,
    PAID,
    PAY_AGAIN,
    REJECT,
    REVERSE,
    SEND,
    TAKEN,
    WITHDRAW,
    WRONG,
)
from tests.certificates.visiting import Visiting

from zi_certificates.domain.statement import Document
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.desk_lists import ListFilter, ListReader, desk_page
from zi_certificates.read.public_register import RegisterFilter, register_page
from zi_certificates.read.statistics import (
    MonthOfDecisions,
    OpenDecisions,
    RejectionReason,
    decision_months,
    rejection_reasons,
    undecided,
)

KIND = "ski_post_border"


async def rejected(inside: Inside, name: str, *, hours: float = 0, business: str = "d" * 64) -> IntakeRequest:
    request = await inside.paid(name, business=business)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    inside.clock.pass_hours(hours)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG, MISSING, WRONG))
    return request


async def test_decisions_are_counted_with_the_promised_time_and_reasons(either: Inside) -> None:
    await either.sealed(await either.signed())
    await rejected(either, "late", hours=24 * 20)
    query = either.office.store.query
    assert await query(decision_months) == [MonthOfDecisions("2026-12", KIND, 1, 1, 0, 0, 1, 0)]
    assert (await query(decision_months))[0].attainment == 50
    assert await query(rejection_reasons) == [
        RejectionReason("2026-12", "analysis_of_other_batch", 1),
        RejectionReason("2026-12", "shelf_life_too_short", 1),
    ]
    either.clock.pass_hours(24 * 31)
    await rejected(either, "later", business="e" * 64)
    assert [each.month for each in await query(decision_months)] == ["2027-01", "2026-12"]
    assert [each.month for each in await query(lambda tx: decision_months(tx, "2027-01"))] == ["2026-12"]
    assert await query(lambda tx: rejection_reasons(tx, "2026-12")) == []


async def test_what_is_late_and_undecided_is_counted_as_the_desk_lists_it(either: Inside) -> None:
    """An office that decides nothing late would show that it keeps every promise."""
    await either.paid("late", business="d" * 64)
    either.clock.pass_hours(24 * 20)
    await either.paid("fresh", business="e" * 64)
    now, query = either.clock.now(), either.office.store.query
    assert await query(lambda tx: undecided(tx, now)) == OpenDecisions(at_office=2, overdue=1)
    late, reader = ListFilter(overdue=True), ListReader("evaluator-ani")
    assert (await query(lambda tx: desk_page(tx, late, reader, now))).total == 1


AFTER = DUE + 2 * DAY
SENT = SEND.model_copy(update={"due": AFTER + 9 * DAY, "by": applicant(AFTER)})
PAID_AGAIN = PAY_AGAIN.model_copy(update={"due": AFTER + 9 * DAY, "by": system(AFTER)})


def late(command: Any) -> Any:
    return command.model_copy(update={"by": command.by.model_copy(update={"at": AFTER})})


@pytest.mark.parametrize(
    ("commands", "rejected", "in_time", "undecided_late"),
    [
        ((*PAID, late(WITHDRAW)), 0, 0, 1),
        ((*TAKEN, late(ASK), late(LAPSED)), 0, 0, 1),
        ((*TAKEN, late(ASK), late(CHANGE), SENT, late(REJECT)), 1, 0, 0),
        ((*TAKEN, LATE, late(ASK), late(CHANGE), SENT, late(WITHDRAW)), 0, 0, 1),
        ((*PAID, late(REVERSE), late(WITHDRAW)), 0, 0, 1),
        ((*PAID, late(REVERSE), late(FURTHER), PAID_AGAIN, late(WITHDRAW)), 0, 0, 1),
        ((*TAKEN, late(REJECT), late(LAPSED)), 1, 0, 0),
        ((*TAKEN, REJECT, late(LAPSED)), 1, 1, 0),
    ],
)
async def test_a_broken_promise_counts_however_the_application_leaves(
    inside: Inside, commands: tuple[Any, ...], rejected: int, in_time: int, undecided_late: int
) -> None:
    """Asking for data, giving money back and letting somebody withdraw are no ways around the promised time."""
    store, id = inside.office.store, uuid4()
    for command in commands:
        await store.handle(applications, id, command)
    [month] = await store.query(decision_months)
    assert (month.rejected, month.in_time, month.undecided_late) == (rejected, in_time, undecided_late)
    assert month.attainment == 100 * in_time
    with store.database.transaction() as tx:
        tx.execute("UPDATE read_models SET version = 0 WHERE name = 'decision_counts'")
    store.catch_up()
    assert await store.query(decision_months) == [month]


@pytest.mark.parametrize("commands", [(*PAID, WITHDRAW), (*TAKEN, ASK, late(LAPSED))])
async def test_who_leaves_in_time_is_in_no_month(inside: Inside, commands: tuple[Any, ...]) -> None:
    id = uuid4()
    for command in commands:
        await inside.office.store.handle(applications, id, command)
    assert await inside.office.store.query(decision_months) == []


async def test_a_promise_runs_from_a_resubmission_anew(inside: Inside) -> None:
    request = await rejected(inside, "one", hours=24 * 20)
    file = await inside.attached(request, "another")

    applying, by = inside.office.applying, inside.citizen(request)
    await applying.attach(request, by, None, Document(kind="invoice", file=file))
    await applying.resubmit(request, by, None, (await inside.state(request)).revision)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, (WRONG,))
    [month] = await inside.office.store.query(decision_months)
    assert (month.rejected, month.in_time) == (2, 1)


async def test_statistics_are_a_page_and_an_answer_for_everybody(calling: Calling) -> None:
    stranger = calling.visiting.stranger()
    assert "Nothing has been decided yet." in (await stranger.get("/certificates/statistics")).text
    await rejected(calling.inside, "one")
    page = (await stranger.get("/certificates/statistics")).text
    assert "1 (100 %)" in page
    answer = (await calling.get("/statistics", {})).json()
    assert answer["decisions"] == [
        {
            "month": "2026-12",
            "kind": KIND,
            "issued": 0,
            "rejected": 1,
            "in_time": 1,
            "undecided_late": 0,
            "attainment": 100,
        }
    ]
    assert {each["reason"] for each in answer["rejections"]} == {WRONG.reason, MISSING.reason}


# -- the register


async def found(inside: Inside, **fields: Any) -> list[str]:
    wanted, today = RegisterFilter(**fields), inside.office.verifying.today
    page = await inside.office.store.query(lambda tx: register_page(tx, wanted, None, today))
    assert page.total == len(page.letters)
    return [each.number for each in page.letters]


async def test_letters_are_found_by_number_kind_goods_country_and_year(either: Inside) -> None:
    [number] = await either.sealed(await either.signed())
    everything: list[dict[str, Any]] = [
        {},
        {"number": "ski 2026 1"},
        {"number": "2026-0000"},
        {"kind": KIND, "goods": "pangan_olahan", "year": 2026},
        {"country": "my"},
    ]
    for fields in everything:
        assert await found(either, **fields) == [number], fields
    nothing: list[dict[str, Any]] = [
        {"number": "ski 2026 2"},
        {"number": "%"},
        {"kind": "ske_health"},
        {"goods": "obat"},
        {"country": "M"},
        {"year": 2025},
    ]
    for fields in nothing:
        assert await found(either, **fields) == [], fields


async def test_the_register_is_a_page_with_a_search_and_a_table(visiting: Visiting) -> None:
    inside, stranger = visiting.inside, visiting.stranger()
    [number] = await inside.sealed(await inside.signed())
    page = (await stranger.get("/certificates/register?kind=&goods=&country=&year=&number=2026")).text
    assert "1 letter" in page
    assert "/certificates/register.csv?" in page
    assert '<option value="MY">Malaysia</option>' in page
    assert not {"World", "Latin America", "European Union", "Pseudo-Accents"} & set(
        findall(r"<option[^>]*>([^<]+)<", page)
    )
    assert "There is none." in (await stranger.get("/certificates/register?year=2025")).text
    table = await stranger.get("/certificates/register.csv?show=all")
    assert table.headers["content-type"].startswith("text/csv")
    heading, line = table.text.removeprefix("\ufeff").splitlines()
    assert heading == "number,kind,goods,countries,issued,valid_until,stands,one_shipment"
    assert line.startswith(f"{number},{KIND},pangan_olahan,MY,2026-12-")
    assert line.endswith(",valid,yes")
    assert len((await stranger.get("/certificates/register.csv?year=2025")).text.splitlines()) == 1


@pytest.mark.parametrize("query", ["year=20", "show=none", "country=MYS"])
async def test_a_filter_of_another_shape_is_refused(visiting: Visiting, query: str) -> None:
    assert (await visiting.stranger().get(f"/certificates/register?{query}")).status_code == 422


async def test_a_filter_with_a_control_sign_is_refused(visiting: Visiting) -> None:
    stranger, desk = visiting.stranger(), visiting.person("evaluator-ani", "evaluator")
    for place in ("register", "register.csv", "api/register"):
        for name in ("number", "kind", "goods", "country"):
            refused = await stranger.get(f"/certificates/{place}?{name}=%00")
            assert refused.status_code == 422, (place, name)
            assert "nobody can see" in refused.text or "tidak terlihat" in refused.text
    for name in ("text", "company", "officer", "after"):
        assert (await desk.get(f"/certificates/desk/applications?{name}=%00")).status_code == 422


async def test_a_year_that_cannot_be_read_is_said_on_the_form_of_the_register(visiting: Visiting) -> None:
    page = await visiting.stranger().get("/certificates/register?year=20&number=17")
    assert page.status_code == 422
    assert "Write the year with its four digits" in page.text
    assert 'value="20"' in page.text
    assert 'value="17"' in page.text
    assert (await visiting.stranger().get("/certificates/register?year=2026")).status_code == 200
    assert (await visiting.stranger().get("/certificates/register.csv?year=20")).status_code == 422
