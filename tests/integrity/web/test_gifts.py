"""Pages of gifts: reported by an official, handled by the unit alone; nobody else sees what is in a report."""

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integrity.inside import InsideIntegrity, opened
from tests.web.browsing import hidden

from zi_chassis.storage.timers import TimerLoop
from zi_chassis.web.spreadsheet import as_csv
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.use_cases.conflicts import NOTE
from zi_integrity.use_cases.conflicts import REPORTER as REPORTED_BY
from zi_integrity.use_cases.gifts import GIFT_FIELDS
from zi_integrity.use_cases.vault_answers import READABLE
from zi_integrity.web.pages.desk_contributors import READABLE_HERE

HERE = "/integrity/desk/gifts"
REPORTER = "evaluator-ani"
GIVER, THING = "Direktur CV Contoh Laut", "Satu peti ikan beku"
RECEIVED = {
    "kind": "received",
    "happened_on": "2026-12-04",
    "giver": GIVER,
    "relation": "Pemohon surat",
    "thing": THING,
    "value": "Rp750.000".removeprefix("Rp"),
    "occasion": "",
    "place": "Loket",
}


async def reported(inside: InsideIntegrity, **changed: str) -> str:
    """Return the address of the report at the desk of the unit."""
    person = inside.person(REPORTER, "evaluator")
    key, before = hidden(await person.get(HERE)), await _gifts(inside)
    answer = await person.post(HERE, {"key": key, **RECEIVED, **changed})
    assert answer.status_code == 200, answer.text
    [new] = await _gifts(inside) - before
    return f"{HERE}/unit/{new}"


async def _gifts(inside: InsideIntegrity) -> set[str]:
    rows = await inside.office.store.query(lambda tx: tx.execute("SELECT gift FROM gifts"))
    return {str(row["gift"]) for row in rows}


def messages(inside: InsideIntegrity) -> str:
    return b"\n".join(row.message for row in inside.office.store.messages(0, 1000)).decode()


def mine(address: str) -> str:
    return address.replace("/unit/", "/mine/")


async def test_a_gift_goes_from_the_report_to_the_decision(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside)
        unit = inside.person("upg-hadi", "upg")
        assert "1 found" in (await unit.get(f"{HERE}/unit")).text
        assert THING not in (await unit.get(address)).text
        opened_page = await unit.post(f"{address}/open")
        assert THING in opened_page.text
        assert "750000" in opened_page.text
        assert "UPG/0001/2026" in (await unit.post(f"{address}/deposit")).text
        assert (await unit.post(f"{address}/decide", {"outcome": "state_property"})).status_code == 409
        assert "With the commission" in (await unit.post(f"{address}/forward")).text
        decided = await unit.post(f"{address}/decide", {"outcome": "state_property", "decision": "SK 1"})
        assert "It belongs to the state" in decided.text
        reporters_page = await inside.person(REPORTER, "evaluator").get(mine(address))
        assert "It belongs to the state" in reporters_page.text
        assert "UPG/0001/2026" in reporters_page.text


async def test_a_report_has_no_time_of_the_day_and_messages_stay_in_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        inside.clock.pass_hours(3)
        await reported(inside)
        inside.clock.pass_hours(24)
        await reported(inside)
        rows = [json.loads(row.message) for row in inside.office.store.messages(0, 1000)]
    reports = [each["time"] for each in rows if each["type"] == "zi.integrity.gift_reported"]
    assert reports == ["2026-12-07T02:00:00.000000Z", "2026-12-07T16:00:00.000000Z"]
    times = [each["time"] for each in rows]
    assert times == sorted(times)


async def test_another_gift_under_the_same_key_is_refused_and_a_repeat_is_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        person, form = inside.person(REPORTER, "evaluator"), {"key": str(uuid4()), **RECEIVED}
        assert [(await person.post(HERE, form)).status_code for _ in range(2)] == [200, 200]
        other = await person.post(HERE, form | {"thing": "Dua karung beras"})
        assert (other.status_code, "Dua karung beras" in other.text) == (409, True)
        assert messages(inside).count("zi.integrity.gift_reported") == 1


async def test_each_deposit_has_the_next_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        unit = inside.person("upg-hadi", "upg")
        for number in ("UPG/0001/2026", "UPG/0002/2026"):
            address = await reported(inside, thing=number)
            rows = await inside.office.store.query(
                lambda tx: tx.execute("SELECT gift FROM gifts WHERE receipt IS NULL")
            )
            address = f"{HERE}/unit/{rows[0]['gift']}"
            assert number in (await unit.post(f"{address}/deposit")).text
        assert "1 found" in (await unit.get(f"{HERE}/unit?search=upg/0002/2026")).text


async def test_a_receipt_is_found_whatever_became_of_its_gift(tmp_path: Path) -> None:
    """The number stands on paper: who brings it back a year later has a report that is over."""
    async with opened(tmp_path) as inside:
        unit, reporter = inside.person("upg-hadi", "upg"), inside.person(REPORTER, "evaluator")
        gone, waiting = await reported(inside), await reported(inside, thing="Satu parsel")
        for address, step in ((gone, "deposit"), (gone, "forward"), (waiting, "deposit")):
            await unit.post(f"{address}/{step}")
        await unit.post(f"{gone}/decide", {"outcome": "state_property", "decision": "SK 1"})
        for query, count, found in (
            ("", 1, waiting),
            ("state=all", 2, gone),
            ("state=decided", 1, gone),
            ("search=upg/0001/2026", 1, gone),
            ("search=%20upg/0001/2026", 1, gone),
            ("search=0001", 1, gone),
            ("search=upg", 2, gone),
            ("state=reported&search=0001", 0, ""),
            ("search=%25", 0, ""),
            ("search=UPG&page=2", 2, ""),
        ):
            page = (await unit.get(f"{HERE}/unit?{query}")).text
            assert f"{count} found" in page, query
            assert found in page, query
        for query, count in (("search=0001", 1), ("search=UPG", 2), ("search=0009", 0), ("", 2)):
            page = (await reporter.get(f"{HERE}?{query}")).text
            assert page.count(f'href="{HERE}/mine/') == count, query
        assert "You reported nothing." not in (await reporter.get(f"{HERE}?search=0009")).text
        assert (
            f'href="{HERE}/mine/'
            not in (await inside.person("officer-cici", "officer").get(f"{HERE}?search=UPG")).text
        )


async def test_a_refused_gift_is_logged_and_closed(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside, kind="refused")
        unit = inside.person("upg-hadi", "upg")
        assert (await unit.post(f"{address}/forward")).status_code == 409
        assert "Closed by the unit" in (await unit.post(f"{address}/close")).text


async def test_a_late_report_is_taken_and_marked(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside, happened_on="2026-09-01")
        page = await inside.person("upg-hadi", "upg").get(address)
        assert "Late" in page.text
        assert "After the time of the law" in page.text
        assert '"late":true,"after_limit":true' in messages(inside)


async def test_what_is_incomplete_is_asked_for_and_completed_late(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside)
        unit, reporter = inside.person("upg-hadi", "upg"), inside.person(REPORTER, "evaluator")
        assert (await reporter.post(f"{mine(address)}/complete", {"more": "Foto."})).status_code == 409
        assert "Waits for the reporter" in (await unit.post(f"{address}/ask")).text
        loop = TimerLoop(inside.office.store, inside.clock, DueCommands(inside.office.store))
        inside.clock.pass_hours(60 * 24)
        assert await loop.tick() == 3
        assert (await reporter.post(f"{mine(address)}/complete", {"more": ""})).status_code == 422
        assert "With the unit" in (await reporter.post(f"{mine(address)}/complete", {"more": "Foto."})).text
        assert messages(inside).count("zi.integrity.gift_overdue") == 3
        assert "Foto." in (await unit.post(f"{address}/open")).text
        listed = await unit.get(f"{HERE}/unit")
        assert "Not handled in time: 1" in listed.text
        assert "Found by a supervisor first" in (await unit.post(f"{address}/found-first")).text


async def test_whoever_is_asked_late_has_some_days_from_the_asking(tmp_path: Path) -> None:
    """Otherwise the time would have passed at once, and the unit could close the report without the commission."""
    async with opened(tmp_path) as inside:
        address = await reported(inside)
        unit, reporter = inside.person("upg-hadi", "upg"), inside.person(REPORTER, "evaluator")
        loop = TimerLoop(inside.office.store, inside.clock, DueCommands(inside.office.store))
        before = (await unit.get(address)).text
        inside.clock.pass_hours(60 * 24)
        await loop.tick()
        answer = await unit.post(f"{address}/ask")
        assert f"{address}/close" not in answer.text
        assert await loop.tick() == 0
        assert (await unit.post(f"{address}/close")).status_code == 409
        completed = await reporter.post(f"{mine(address)}/complete", {"more": "Foto."})
        until = before.split("<dt>Until</dt><dd>")[1].split("</time>")[0]
        assert until in completed.text
        assert "Waits for the reporter" in (await unit.post(f"{address}/ask")).text
        inside.clock.pass_hours(14 * 24)
        assert await loop.tick() == 1
        assert f"{address}/close" in (await unit.get(address)).text
        assert "Closed by the unit" in (await unit.post(f"{address}/close")).text


async def test_no_message_and_no_store_of_events_names_the_reporter_or_the_giver(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await reported(inside)
        for secret in (REPORTER, GIVER, THING, "750000", "Loket"):
            assert secret not in messages(inside)
        assert '"actor":"system:integrity"' in messages(inside)
        rows = await inside.office.store.query(lambda tx: tx.execute("SELECT * FROM gifts"))
        assert REPORTER not in str([dict(row) for row in rows])


@pytest.mark.parametrize("role", ["head", "supervisor", "integrity", "officer", "survey", "evaluator"])
async def test_nobody_but_the_unit_sees_the_report_of_another(tmp_path: Path, role: str) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside)
        other = inside.person("somebody", role)
        for path in (f"{HERE}/unit", address):
            assert (await other.get(path)).status_code == 403
        for step in ("open", "print", "csv", "forward", "deposit", "close", "decide", "ask", "found-first"):
            assert (await other.post(f"{address}/{step}")).status_code == 403
        assert (await other.get(mine(address))).status_code == 404
        assert "You reported nothing." in (await other.get(HERE)).text
        assert "contributor_data_opened" not in messages(inside)


async def test_a_member_of_the_unit_leaves_their_own_report_to_a_colleague(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        hadi = inside.person("upg-hadi", "upg")
        await hadi.post(HERE, {"key": str(uuid4()), **RECEIVED})
        [row] = await inside.office.store.query(lambda tx: tx.execute("SELECT gift FROM gifts"))
        address = f"{HERE}/unit/{row['gift']}"
        assert "leave it to a colleague of the unit" in (await hadi.get(address)).text
        for step in ("open", "forward", "deposit", "close"):
            assert (await hadi.post(f"{address}/{step}")).status_code == 409


async def test_the_form_is_printed_and_saved_and_each_opening_recorded(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        address = await reported(inside, thing="=1+1")
        unit = inside.person("upg-hadi", "upg")
        printed = await unit.post(f"{address}/print")
        assert "Signature of the reporter" in printed.text
        assert GIVER in printed.text
        saved = await unit.post(f"{address}/csv")
        assert saved.headers["content-type"] == "text/csv; charset=utf-8"
        assert "gift.thing,'=1+1" in saved.text
        assert messages(inside).count("contributor_data_opened") == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("kind", ""), ("happened_on", "2026-12-08"), ("happened_on", "soon"), ("happened_on", "")),
        *(("giver", ""), ("thing", ""), ("value", "much"), ("thing", "x" * 2001), ("value", "1" * 16)),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(tmp_path: Path, field: str, value: str) -> None:
    async with opened(tmp_path) as inside:
        person = inside.person(REPORTER, "evaluator")
        answer = await person.post(HERE, {"key": str(uuid4()), **RECEIVED, field: value})
        assert answer.status_code == 422
        assert "Pemohon surat" in answer.text
        assert "gift_reported" not in messages(inside)


async def test_a_value_below_a_limit_is_reported_all_the_same_and_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        person = inside.person(REPORTER, "evaluator")
        form = {"key": str(uuid4()), **RECEIVED, "value": "1 000"}
        for _ in range(2):
            assert "1 report" in (await person.post(HERE, form)).text
        assert messages(inside).count("zi.integrity.gift_reported") == 1
        assert "Rp1,500,000" in (await person.get(HERE)).text


def test_a_spreadsheet_computes_nothing() -> None:
    assert as_csv([("field", "text"), ("a", "+1"), ("b", "x"), ("c", "@y"), ("d", "-z")]).split() == [
        *("field,text", "a,'+1", "b,x", "c,'@y", "d,'-z"),
    ]


async def test_the_public_page_shows_no_small_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        for number in range(5):
            form = {"key": str(uuid4()), **RECEIVED, "thing": str(number), "kind": "refused"}
            await inside.person(f"officer-{number}", "officer").post(HERE, form)
        await reported(inside)
        page = await inside.stranger().get("/integrity/registers")
        assert page.status_code == 200
        assert page.text.count("fewer than 5") == 1
        assert "<dt>Gifts refused</dt><dd>5</dd>" in page.text


async def test_assets_of_trust_are_promised_or_proven(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        trust = "/integrity/desk/trust"
        budi, team = inside.person("officer-budi", "officer"), inside.person("zone-wulan", "integrity")
        day = {"done_on": date(2026, 12, 1).isoformat()}
        assert "yes" in (await budi.post(trust, {"kind": "code_of_conduct", **day})).text
        proof = {"kind": "lhkasn", "official": "officer-budi", **day}
        refused = await team.post(trust, proof | {"official": "officer-bubi"})
        assert (refused.status_code, 'name="new_colleague"' in refused.text) == (422, True)
        assert (await budi.post(trust, proof)).status_code == 403
        assert "officer-budi" in (await team.post(trust, proof)).text
        assert (await team.post(trust, proof | {"official": "zone-wulan"})).status_code == 409
        assert (await team.post(trust, proof | {"official": ""})).status_code == 422
        assert "2 found" in (await team.get(f"{trust}?search=officer-budi")).text
        assert "officer-budi" not in (await inside.person("officer-rini", "officer").get(trust)).text
        assert "no" in (await team.post(trust, proof | {"undone": "yes"})).text
        assert messages(inside).count("trust_asset_recorded") == 3


async def test_every_item_of_the_registers_is_named_by_a_message(tmp_path: Path) -> None:
    """So that a reconciliation of vault and ledger finds nothing that belongs to no event."""
    async with opened(tmp_path) as inside:
        address = await reported(inside)
        unit = inside.person("upg-hadi", "upg")
        await unit.post(f"{address}/forward")
        await unit.post(f"{address}/decide", {"outcome": "not_a_gift", "decision": "SK 2"})
        rows = await inside.office.store.query(lambda tx: tx.execute("SELECT item FROM vault_items"))
        assert len(rows) == 7
        assert [row["item"] for row in rows if row["item"] not in messages(inside)] == []


def test_no_other_service_and_no_auditor_gets_what_is_in_a_report() -> None:
    """The fields that the vault answers to others with."""
    answered = frozenset(field for fields in READABLE.values() for field in fields)
    assert answered.isdisjoint({*GIFT_FIELDS, NOTE, REPORTED_BY})
    assert READABLE_HERE.isdisjoint({*GIFT_FIELDS, NOTE, REPORTED_BY})
