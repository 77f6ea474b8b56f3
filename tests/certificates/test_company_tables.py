"""Tables of companies' data and of other systems' calls, on both databases: they are the same when they are made anew, and lists read them."""

from pathlib import Path
from typing import Any, get_args

import pytest
from tests.certificates.inside import Inside, SetClock, opened, ticket_of
from tests.certificates.officials import named
from tests.certificates.retaining import rules_folder
from tests.certificates.test_master_data import PRODUCER, PRODUCT, TEXTS, added
from tests.certificates.test_other_systems import REASONS, sent
from tests.chassis.receiver import receiving

from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.company_products import company_products
from zi_certificates.read.desk_lists import ListReader
from zi_certificates.read.endings import near_ends
from zi_certificates.read.master_entries import master_page, master_versions, versions_used
from zi_certificates.read.retentions import RetentionView, retention_page
from zi_certificates.read.webhook_addresses import webhook_address
from zi_certificates.web.import_body import ApplicationSentBody
from zi_chassis.storage.database import Tx

ANEW = (
    *("import_keys", "webhooks", "imports", "master_entries", "master_versions", "company_products"),
    *("endings", "retentions", "webhook_messages"),
)
YEAR = 366 * 24


def all_rows(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, Any] = {table: tx.execute(f"SELECT * FROM {table}") for table in ANEW}
    return {table: sorted(map(dict, found), key=str) for table, found in rows.items()}


async def connected(inside: Inside, url: str) -> IntakeRequest:
    """A company with an account, a webhook and a key by which an application was sent twice."""
    first = await inside.requested()
    await inside.verified(first)
    request = await inside.requested("two", account=first.ticket)
    exchanging, importing = inside.office.exchanging, inside.office.importing
    await exchanging.subscribe(first, inside.citizen(first), url)
    key = await importing.key(await exchanging.issue_key(first, inside.citizen(first), named("form")))
    body = ApplicationSentBody.model_validate(sent(request))
    for is_new in (True, False):
        taken = await importing.take(key, body.sent(request.ticket))
        assert taken.is_new is is_new
        await importing.record(key, "taken" if is_new else "repeated", request.ticket)
    assert await importing.was_announced(request.application, "invoice", b"the invoice") is True
    return first


async def refused(inside: Inside, account: str) -> None:
    request = await inside.paid("refused", account=account)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, REASONS)


async def test_they_are_the_same_when_they_are_made_anew(tmp_path: Path, place: str) -> None:
    database, clock = place if place.startswith("postgres") else "", SetClock()
    async with receiving() as receiver, opened(tmp_path, database, clock, private_webhooks=True) as inside:
        first = await connected(inside, receiver.url)
        entry = await added(inside, first)
        await added(inside, first, PRODUCER, TEXTS)
        changed = PRODUCT.model_copy(update={"pack": "jeriken"})
        await inside.office.master_data.change(first, inside.citizen(first), None, entry, 1, changed)
        await refused(inside, first.ticket)
        assert await inside.office.webhooks.tick() == 1
        before = await inside.office.store.query(all_rows)
        with inside.office.store.database.transaction() as tx:
            tx.execute("UPDATE read_models SET version = 0")
    assert all(before.values())
    async with opened(tmp_path, database, clock, private_webhooks=True) as again:
        assert await again.office.store.query(all_rows) == before
        assert await again.office.webhooks.tick() == 0


async def test_their_lists_read_either_database(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    async with receiving() as receiver, opened(tmp_path, database, private_webhooks=True) as inside:
        first = await connected(inside, receiver.url)
        await refused(inside, first.ticket)
        await inside.office.webhooks.tick()
        overview = await inside.office.exchanging.overview(first, inside.citizen(first))
        assert (overview.uses.total, overview.deliveries.total, overview.deliveries.given_up) == (2, 1, 0)
        assert [each.state for each in overview.deliveries.messages] == ["delivered"]
        assert (len(overview.keys), overview.url) == (1, receiver.url)
        entry, read = await added(inside, first), inside.office.store.query
        [chosen] = (await read(lambda tx: master_page(tx, overview.account, "product"))).rows
        [version] = await read(lambda tx: master_versions(tx, entry))
        used = await read(lambda tx: versions_used(tx, [(entry, 1), (entry, 2)]))
        assert (chosen.newest, used) == (version, {(entry, 1): version})
        found = await read(lambda tx: company_products(tx, overview.account, first.business_ref, "kecap"))
        assert found.total == len(found.products) > 0


async def test_deadlines_and_times_of_keeping_read_either_database(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    async with opened(tmp_path, database, rules=rules_folder(tmp_path / "rules")) as inside:
        first = await inside.submitted()
        second = await inside.submitted("two", account=first.ticket)
        inside.clock.pass_hours(2 * 24)
        ids, now = [first.application, second.application], inside.clock.now()
        assert set(await inside.office.store.query(lambda tx: near_ends(tx, ids, now))) <= set(ids)
        await inside.office.applying.withdraw(second, inside.citizen(second), None)
        inside.clock.pass_hours(YEAR)
        rules, now = inside.office.retaining.rules, inside.clock.now()
        listed = {}
        for view in get_args(RetentionView):
            page = await inside.office.store.query(
                lambda tx, view=view: retention_page(tx, view, "", ListReader("officer-gita"), rules, now)  # type: ignore[misc]
            )
            listed[view] = [each.ticket for each in page.rows]
            assert page.total == len(page.rows)
        assert listed["due"] == [second.ticket]
        assert listed["held"] == listed["asked"] == listed["erased"] == []
        assert set(listed["all"]) == {first.ticket, second.ticket}


async def test_the_address_goes_with_the_data_of_the_account(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    async with receiving() as receiver, opened(tmp_path, database, private_webhooks=True) as inside:
        first = await connected(inside, receiver.url)
        other = await inside.requested("other", business="7" * 64)
        await inside.verified(other)
        await inside.office.exchanging.subscribe(other, inside.citizen(other), receiver.url)
        accounts = [
            (await inside.office.exchanging.overview(each, inside.citizen(each))).account
            for each in (first, other)
        ]
        await erased(inside, first)
        addresses = [
            await inside.office.store.query(lambda tx, id=id: webhook_address(tx, id))  # type: ignore[misc]
            for id in accounts
        ]
        assert [each is not None for each in addresses] == [False, True]
        await refused(inside, first.ticket)
        await inside.office.webhooks.tick()
        assert receiver.calls == []
        overview = await inside.office.exchanging.overview(first, inside.citizen(first))
        assert (overview.url, [each.state for each in overview.deliveries.messages]) == (None, ["ended"])


@pytest.mark.parametrize("case", ["the company's", "one application's"])
async def test_uses_and_calls_are_emptied_with_the_data_that_they_are_about(
    tmp_path: Path, place: str, case: str
) -> None:
    database, clock = place if place.startswith("postgres") else "", SetClock()
    async with receiving() as receiver, opened(tmp_path, database, clock, private_webhooks=True) as inside:
        first = await connected(inside, receiver.url)
        await refused(inside, first.ticket)
        await inside.office.webhooks.tick()
        tickets = [ticket_of(name) for name in ("two", "refused")]
        assert await named_in_exchange(inside, tickets) == tickets
        requests = [await inside.office.access.request(each) for each in tickets]
        for request in [first] if case == "the company's" else requests:
            await erased(inside, request)
        assert await named_in_exchange(inside, tickets) == []
        if case == "one application's":
            await repeated(inside, first, requests[0])
            assert await named_in_exchange(inside, tickets) == []
        with inside.office.store.database.transaction() as tx:
            tx.execute("UPDATE read_models SET version = 0")
    async with opened(tmp_path, database, clock, private_webhooks=True) as again:
        assert (await again.office.webhooks.tick(), len(receiver.calls)) == (0, 1)
        assert await named_in_exchange(again, tickets) == []


async def repeated(inside: Inside, first: IntakeRequest, request: IntakeRequest) -> None:
    """The other system sends the same again."""
    exchanging, importing = inside.office.exchanging, inside.office.importing
    key = await importing.key(await exchanging.issue_key(first, inside.citizen(first), named("form")))
    body = ApplicationSentBody.model_validate(sent(request))
    assert not (await importing.take(key, body.sent(request.ticket))).is_new
    await importing.record(key, "repeated", request.ticket)


async def named_in_exchange(inside: Inside, tickets: list[str]) -> list[str]:
    """Those of the tickets that stand in the lists of uses and calls, in whichever column."""

    def rows(tx: Tx) -> str:
        uses, calls = (tx.execute(f"SELECT * FROM {table}") for table in ("import_uses", "webhook_messages"))
        return f"{[dict(each) for each in uses]} {[dict(each) | {'body': bytes(each['body'])} for each in calls]}"

    written = await inside.office.store.query(rows)
    return [each for each in tickets if each in written]


async def erased(inside: Inside, request: IntakeRequest) -> None:
    stands = {"state": "passed_on", "holder": "office", "language": "id", "reachable_by": ["email"]}
    data = stands | {
        "reason": "lawful_order",
        "asked_by": "officer-gita",
        "data_subject": str(request.data_subject),
    }
    case = {"aggregate": request.case, "subject": request.ticket}
    await inside.hear("intake", "data_subject_erased", data, **case)
