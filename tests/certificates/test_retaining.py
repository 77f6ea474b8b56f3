"""Data that fall due are listed with a true count, put up once, and never while a letter, a hold or the account of its company needs it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, opened, ticket_of
from tests.certificates.officials import named
from tests.certificates.retaining import rules_folder
from tests.certificates.test_timers import loop
from tests.certificates.visiting import Visiting, visited

from zi_certificates.domain import retention
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.desk_lists import ListReader
from zi_certificates.read.retentions import RetentionView, retention_page
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_contracts import certificates as contract
from zi_contracts.message import Message
from zi_contracts.registry import data_of

YEAR = 366 * 24
RETENTION = "/certificates/desk/retention"
OFFICER = ListReader("officer-gita")
TWO_ABOVE = """
version = 3
official = [{ account = "signer-budi", roles = ["head"] }, { account = "supervisor-eka", roles = ["supervisor"] }]
"""


@pytest.fixture
async def visiting(tmp_path: Path) -> AsyncIterator[Visiting]:
    async with visited(tmp_path, rules_folder(tmp_path / "rules")) as there:
        yield there


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def withdrawn(inside: Inside, name: str = "two") -> IntakeRequest:
    """An application with the account of another one, which its applicant withdrew."""
    with inside.office.store.database.transaction() as tx:
        known = tx.execute("SELECT reference FROM accounts")
    if not known:
        await inside.verified(await inside.requested("account"))
        return await withdrawn(inside, name)
    request = await inside.submitted(name, account=known[0]["reference"])
    await inside.office.applying.withdraw(request, inside.citizen(request), None)
    return request


async def listed(inside: Inside, view: RetentionView = "due", text: str = "", **more: object) -> list[str]:
    rules, now = inside.office.retaining.rules, inside.clock.now()
    page = await inside.office.store.query(
        lambda tx: retention_page(tx, view, text, OFFICER, rules, now, **more)  # type: ignore[arg-type]
    )
    assert page.total == len(page.rows) or "size" in more
    return [each.ticket for each in page.rows]


def ended(inside: Inside) -> list[contract.RetentionEnded]:
    messages = (Message.parse(row.message) for row in inside.office.store.messages(0, 1_000))
    return [data for each in messages if isinstance(data := data_of(each), contract.RetentionEnded)]


async def test_it_falls_due_when_its_time_is_over_and_not_before(inside: Inside) -> None:
    request = await withdrawn(inside)
    officer = inside.staff("officer-gita", "officer")
    assert await listed(inside) == []
    with pytest.raises(retention.NotOverError):
        await inside.office.retaining.end(request.ticket, officer, None)
    inside.clock.pass_hours(YEAR)
    assert await listed(inside) == [request.ticket]
    officer = inside.staff("officer-gita", "officer")
    for _ in range(2):
        await inside.office.retaining.end(request.ticket, officer, named("key"))
    [put_up] = ended(inside)
    assert (put_up.rules.id, put_up.rules.version) == ("certificate_retention", 2)
    assert put_up.rules.digest is not None
    assert await listed(inside) == []
    assert await listed(inside, "asked") == [request.ticket]


async def test_what_the_second_official_refuses_is_due_again_and_what_is_erased_is_not(
    inside: Inside,
) -> None:
    request = await withdrawn(inside)
    inside.clock.pass_hours(YEAR)
    officer = inside.staff("officer-gita", "officer")
    await inside.office.retaining.end(request.ticket, officer, None)
    inside.clock.pass_hours(1)
    stands = {"state": "passed_on", "holder": "office", "language": "id", "reachable_by": ["email"]}
    case = {"aggregate": request.case, "subject": request.ticket}
    await inside.hear("intake", "erasure_refused", stands | {"reason": "legal_hold"}, **case)
    assert await listed(inside) == [request.ticket]
    erased = stands | {
        "reason": "no_longer_needed",
        "asked_by": "officer-gita",
        "data_subject": str(request.data_subject),
    }
    await inside.hear("intake", "data_subject_erased", erased, **case)
    await inside.hear("intake", "erasure_refused", stands | {"reason": "legal_hold"}, **case)
    assert await listed(inside) == await listed(inside, "asked") == []
    assert await listed(inside, "erased") == [request.ticket]
    with pytest.raises(retention.DataErasedError):
        await inside.office.retaining.hold(request.ticket, officer, None, "audit")


async def test_a_hold_takes_it_from_the_list(inside: Inside) -> None:
    request = await withdrawn(inside)
    inside.clock.pass_hours(YEAR)
    await inside.office.retaining.hold(
        request.ticket, inside.staff("officer-gita", "officer"), None, "objection"
    )
    assert await listed(inside) == []
    assert await listed(inside, "held") == [request.ticket]
    await inside.office.retaining.lift(request.ticket, inside.staff("supervisor-eka", "supervisor"), None)
    assert await listed(inside) == [request.ticket]


async def test_whoever_signed_lifts_the_hold_only_where_nobody_else_is_left(tmp_path: Path) -> None:
    rules = rules_folder(tmp_path / "rules")
    (rules / "people.toml").write_text(TWO_ABOVE)
    async with visited(tmp_path, rules) as visiting:
        inside, retaining = visiting.inside, visiting.inside.office.retaining
        request = await inside.signed()
        where = f"{RETENTION}/{request.ticket}"
        signer = visiting.person("signer-budi", "head", name="Budi Contoh")
        head, supervisor = inside.staff("signer-budi", "head"), inside.staff("supervisor-eka", "supervisor")
        await retaining.hold(request.ticket, inside.staff("officer-gita", "officer"), None, "objection")
        with pytest.raises(retention.OwnHeldRecordsError):
            await retaining.lift(request.ticket, head, None)
        page = (await signer.get(where)).text
        assert retention.OwnHeldRecordsError.sentence in page
        assert "Lift the hold" not in page
        await retaining.lift(request.ticket, supervisor, None)
        await retaining.hold(request.ticket, supervisor, None, "objection")
        assert "Lift the hold" in (await signer.get(where)).text
        await retaining.lift(request.ticket, head, None)
        assert await listed(inside, "held") == []


async def test_what_expired_is_archived_and_not_deleted(inside: Inside) -> None:
    await inside.verified(await inside.requested("account"))
    request = await inside.submitted("two", account=ticket_of("account"))
    stored = dict(inside.vault.plain)
    inside.clock.pass_hours(4 * 24)
    await loop(inside).tick()
    assert (await inside.state(request)).status is ApplicationStatus.EXPIRED
    assert inside.vault.plain == stored
    assert await listed(inside) == []
    inside.clock.pass_hours(YEAR)
    assert await listed(inside) == [request.ticket]


async def test_the_account_of_a_company_keeps_what_it_stands_on(inside: Inside) -> None:
    request = await inside.submitted()
    await inside.office.applying.withdraw(request, inside.citizen(request), None)
    inside.clock.pass_hours(YEAR)
    assert await listed(inside) == []
    with pytest.raises(retention.AccountStandsError):
        await inside.office.retaining.end(request.ticket, inside.staff("officer-gita", "officer"), None)


async def test_what_an_amendment_or_master_data_carry_on_is_kept(inside: Inside) -> None:
    request, other = await withdrawn(inside), await withdrawn(inside, "three")
    inside.clock.pass_hours(YEAR)
    officer = inside.staff("officer-gita", "officer")
    carried = "INSERT INTO carried_items (ticket, by_application) VALUES (?, ?)"
    with inside.office.store.database.transaction() as tx:
        tx.execute(carried, request.ticket, str(other.application))
    assert await listed(inside) == [other.ticket]
    with pytest.raises(retention.AmendmentStandsError):
        await inside.office.retaining.end(request.ticket, officer, None)
    account = str((await inside.state(other)).draft.account)  # type: ignore[union-attr]
    with inside.office.store.database.transaction() as tx:
        tx.execute(
            "INSERT INTO master_entries (entry, account, kind, name, text, revision, retired)"
            " VALUES ('e', ?, 'producer', 'n', 't', 1, 0)",
            account,
        )
        tx.execute(
            "INSERT INTO master_versions (entry, revision, content, texts, digest, at) VALUES ('e', 1, '{}', ?, 'd', 't')",
            f'[{{"ticket":"{other.ticket}"}}]',
        )
    assert await listed(inside) == []
    with pytest.raises(retention.AccountStandsError):
        await inside.office.retaining.end(other.ticket, officer, None)


async def test_a_valid_letter_is_kept_and_a_revoked_one_a_year_longer(inside: Inside) -> None:
    request = await inside.signed()
    await inside.sealed(request)
    inside.clock.pass_hours(10 * YEAR)
    officer = inside.staff("officer-gita", "officer")
    with pytest.raises(retention.StillRunningError):
        await inside.office.retaining.end(request.ticket, officer, None)
    [letter] = (await inside.state(request)).letters
    await inside.office.deciding.revoke(request.ticket, inside.signer(), None, letter.id, "false_statement")
    with pytest.raises(retention.NotOverError):
        await inside.office.retaining.end(request.ticket, officer, None)
    assert (await listed(inside, "all", request.ticket)) == [request.ticket]


async def test_whoever_has_an_interest_does_not_put_it_up_and_does_not_see_it(inside: Inside) -> None:
    request = await withdrawn(inside)
    inside.clock.pass_hours(YEAR)
    await inside.declared("officer-gita")
    with pytest.raises(retention.OwnRecordsError):
        await inside.office.retaining.end(request.ticket, inside.staff("officer-gita", "officer"), None)


async def test_nothing_is_known_of_another_ticket(inside: Inside) -> None:
    with pytest.raises(NoSuchApplicationError):
        await inside.office.retaining.end("000000000", inside.staff("officer-gita", "officer"), None)


async def test_the_list_goes_on_page_by_page_and_is_searched(inside: Inside) -> None:
    requests = [await withdrawn(inside, name) for name in ("two", "three", "four")]
    inside.clock.pass_hours(YEAR)
    first = await listed(inside, size=2)
    second = await listed(inside, size=2, after=first[-1])
    assert sorted([*first, *second]) == sorted(each.ticket for each in requests)
    assert await listed(inside, text=requests[1].ticket) == [requests[1].ticket]
    assert await listed(inside, after="000000000", size=9) == [*first, *second]


async def test_a_shorter_time_says_nothing_before_it_is_adopted(tmp_path: Path) -> None:
    rules = rules_folder(tmp_path / "rules", years=5)
    async with opened(tmp_path, rules=rules):
        pass
    rules_folder(tmp_path / "rules", years=1)
    with pytest.raises(
        ConfigurationChangedError, match="certificate_retention certificate_retention version 2"
    ):
        async with opened(tmp_path, rules=rules):
            pass
    rules_folder(tmp_path / "rules", years=1, version=3)
    async with opened(tmp_path, rules=rules) as later:
        stored = [Message.parse(row.message) for row in later.office.store.messages(0, 1_000)]
        adopted = [each.data for each in stored if each.event == "configuration_adopted"]
        ours = [each["version"] for each in adopted if each["kind"] == "certificate_retention"]
        assert ours == [2, 3]


# -- pages and the API


async def test_an_official_puts_it_up_on_the_page(visiting: Visiting) -> None:
    request = await withdrawn(visiting.inside)
    visiting.inside.clock.pass_hours(YEAR)
    officer = visiting.person("officer-gita", "officer", name="Gita Contoh")
    page = (await officer.get(RETENTION)).text
    assert "1 application, what ended first comes first" in page
    assert "The office keeps data of these letters for 1 year" in page
    where = f"{RETENTION}/{request.ticket}"
    assert "Put up for erasure" in (await officer.get(where)).text
    answer = await officer.post(f"{where}/hold", {"reason": "complaint"})
    assert "The data are held" in answer.text
    assert "Lift the hold" not in answer.text
    supervisor = visiting.person("supervisor-eka", "supervisor", name="Eka Contoh")
    assert "Lift the hold" in (await supervisor.get(where)).text
    assert "Put up for erasure" in (await supervisor.post(f"{where}/lift")).text
    put_up = await officer.post(f"{where}/end")
    assert "Put up; the front door decides" in put_up.text
    assert (await officer.post(f"{where}/burn")).status_code == 404


async def test_a_refusal_is_said_on_the_page(visiting: Visiting) -> None:
    request = await withdrawn(visiting.inside)
    officer = visiting.person("officer-gita", "officer", name="Gita Contoh")
    where = f"{RETENTION}/{request.ticket}"
    refused = await officer.post(f"{where}/end")
    assert refused.status_code == 409
    assert "The time for which the office keeps these data is not over." in refused.text
    assert (await officer.post(f"{where}/hold", {"reason": ""})).status_code == 422
    assert (await officer.get(f"{RETENTION}/000000000")).status_code == 404
    assert (await officer.get(f"{RETENTION}?view=nothing")).status_code == 200


async def test_the_page_says_that_nothing_is_decided(tmp_path: Path) -> None:
    async with visited(tmp_path) as visiting:
        officer = visiting.person("officer-gita", "officer", name="Gita Contoh")
        page = (await officer.get(f"{RETENTION}?view=all")).text
        assert "The office has not decided how long it keeps data" in page
        assert "at least 3 years" in page
        assert "The list has no application." in page


async def test_programs_do_the_same(visiting: Visiting) -> None:
    calling = Calling(visiting)
    request = await withdrawn(visiting.inside)
    visiting.inside.clock.pass_hours(YEAR)
    officer = calling.person("officer-gita", "officer")
    [due] = (await calling.get("/retention", officer)).json()["applications"]
    assert (due["ticket"], due["erased"], due["hold"]) == (request.ticket, False, None)
    where = f"/retention/{request.ticket}"
    assert (await calling.post(f"{where}/hold", {"reason": "audit"}, officer)).json()["hold"] == "audit"
    supervisor = calling.person("supervisor-eka", "supervisor")
    assert (await calling.post(f"{where}/lift", None, supervisor)).json()["hold"] is None
    assert (await calling.post(f"{where}/end", None, officer)).json()["event_id"] is not None
    assert (await calling.post(f"{where}/end", None, calling.evaluator)).status_code == 403
