"""Pages of conflicts of interest: declare, report in confidence, decide, clear; who sees what."""

from pathlib import Path
from uuid import uuid4

import pytest
from tests.integrity.inside import InsideIntegrity, named, opened
from tests.web.browsing import Browser, hidden

from zi_chassis.storage.timers import TimerLoop
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.read.conflicts import public_conflict_counts

HERE = "/integrity/desk/conflicts"
TICKET, BUSINESS = "000G40R4Q", "ab" * 32
REPORTER, REPORTED, SUPERIOR = "officer-rini", "mentor-ani", "supervisor-sari"
INTEREST = {"ticket": TICKET, "kind": "actual", "source": "family"}


async def known_business(inside: InsideIntegrity) -> None:
    """Intake has passed a case of the business on."""
    data = {
        **{"state": "passed_on", "holder": "office", "language": "id", "reachable_by": ["email"]},
        **{"business_ref": BUSINESS, "data_subject": str(uuid4()), "district": "tarakan", "has_nib": True},
        **{"products": 1, "items": []},
    }
    await inside.hear("intake", "mentoring_requested", data, subject=TICKET, aggregate=named("case"))


async def declared(inside: InsideIntegrity, person: Browser, **changed: str) -> str:
    """Return the address of the declaration."""
    key = hidden(await person.get(HERE))
    answer = await person.post(HERE, {"key": key, **INTEREST, **changed})
    assert answer.status_code == 200, answer.text
    return str(answer.url.path)


async def reported(inside: InsideIntegrity) -> str:
    person = inside.person(REPORTER, "officer")
    key = hidden(await person.get(f"{HERE}/report"))
    form = {
        "key": key,
        **INTEREST,
        "official": REPORTED,
        "new_colleague": "yes",
        "text": "Rumahnya di atas toko itu.",
    }
    refused = await person.post(f"{HERE}/report", form | {"text": ""})
    assert (refused.status_code, REPORTED in refused.text) == (422, True)
    assert (await person.post(f"{HERE}/report", form)).status_code == 200
    rows = await inside.office.store.query(lambda tx: tx.execute("SELECT conflict FROM conflicts"))
    return f"{HERE}/{rows[0]['conflict']}"


def messages(inside: InsideIntegrity) -> str:
    return b"\n".join(row.message for row in inside.office.store.messages(0, 1000)).decode()


async def test_a_declaration_names_the_business_and_repeats_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        ani = inside.person(REPORTED, "mentor")
        key = hidden(await ani.get(HERE))
        for _ in range(2):
            assert (await ani.post(HERE, {"key": key, **INTEREST})).status_code == 200
        assert messages(inside).count("zi.integrity.conflict_declared") == 1
        assert BUSINESS in messages(inside)
        assert "1 declaration" in (await ani.get(HERE)).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ticket", "", "fill"),
        ("ticket", "nonsense", "no ticket"),
        ("kind", "", ""),
        ("source", "rumour", "Choose one from the list."),
        ("note", "x" * 2001, "at most 2000 characters"),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(
    tmp_path: Path, field: str, value: str, sentence: str
) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        ani = inside.person(REPORTED, "mentor")
        form = {"key": str(uuid4()), **INTEREST, "note": "Adik saya.", field: value}
        answer = await ani.post(HERE, form)
        assert answer.status_code == 422
        assert sentence.lower() in answer.text.lower()
        assert field == "note" or "Adik saya." in answer.text
        assert "conflict_declared" not in messages(inside)


async def test_a_case_without_a_business_is_said_to_be_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        answer = await inside.person(REPORTED, "mentor").post(HERE, {"key": str(uuid4()), **INTEREST})
        assert answer.status_code == 404
        assert "Complaints and questions have none" in answer.text


async def test_a_superior_decides_and_another_clears_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        both = inside.person(REPORTED, "mentor", "supervisor")
        address = await declared(inside, both)
        assert (await both.post(f"{address}/decide", {"measure": "monitored"})).status_code == 409
        assert (await both.post(f"{address}/clear", {"reason": "no_conflict"})).status_code == 409
        superior = inside.person(SUPERIOR, "supervisor")
        assert "1 found" in (await superior.get(f"{HERE}/all?search={TICKET}")).text
        assert "0 found" in (await superior.get(f"{HERE}/all?search=somebody")).text
        assert "Decided" in (await superior.post(f"{address}/decide", {"measure": "reassigned"})).text
        refused = await both.post(f"{address}/withdraw")
        assert refused.status_code == 409
        assert "Your superior has decided already" in refused.text
        assert "Cleared" in (await superior.post(f"{address}/clear", {"reason": "interest_ended"})).text
        assert "zi.integrity.conflict_cleared" in messages(inside)


async def test_a_withdrawn_declaration_waits_for_the_superior(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        ani = inside.person(REPORTED, "mentor")
        address = await declared(inside, ani, note="Salah ketik.")
        assert "Called a mistake" in (await ani.post(f"{address}/withdraw")).text
        assert "conflict_cleared" not in messages(inside)
        assert "1 found" in (await inside.person(SUPERIOR, "supervisor").get(f"{HERE}/all")).text


async def test_a_decision_that_is_not_made_in_time_is_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        await declared(inside, inside.person(REPORTED, "mentor"))
        loop = TimerLoop(inside.office.store, inside.clock, DueCommands(inside.office.store))
        inside.clock.pass_hours(9 * 24)
        assert await loop.tick() == 0
        inside.clock.pass_hours(24)
        assert await loop.tick() == 1
        page = await inside.person(SUPERIOR, "supervisor").get(f"{HERE}/all")
        assert "Not decided in time so far: 1" in page.text
        assert "Overdue" in page.text


async def test_other_words_under_the_same_key_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        ani, rini = inside.person(REPORTED, "mentor"), inside.person(REPORTER, "officer")
        form = {"key": str(uuid4()), **INTEREST}
        for note, status in (("", 200), ("", 200), ("Milik adik saya.", 409)):
            assert (await ani.post(HERE, form | {"note": note})).status_code == status
        form |= {"official": REPORTED, "new_colleague": "yes", "text": "Rumahnya di atas toko itu."}
        for text, status in ((form["text"], 200), (form["text"], 200), ("Ia pemiliknya.", 409)):
            answer = await rini.post(f"{HERE}/report", form | {"text": text})
            assert (answer.status_code, text in answer.text) == (status, status == 409)


async def test_no_count_tells_officials_of_a_report_about_themselves(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        address = await reported(inside)
        theirs, others = inside.person(REPORTED, "supervisor"), inside.person(SUPERIOR, "supervisor")
        loop = TimerLoop(inside.office.store, inside.clock, DueCommands(inside.office.store))
        inside.clock.pass_hours(10 * 24)
        assert await loop.tick() == 1
        assert "Not decided in time so far: 0" in (await theirs.get(f"{HERE}/all")).text
        assert "Not decided in time so far: 1" in (await others.get(f"{HERE}/all")).text
        before = (await inside.stranger().get("/integrity/registers")).text
        counts = await inside.office.store.query(public_conflict_counts)
        assert (counts["reported"], counts["overdue"]) == (1, 0)
        await others.post(f"{address}/dismiss", {"dismissal": "unfounded"})
        assert await inside.office.store.query(public_conflict_counts) == counts
        assert (await inside.stranger().get("/integrity/registers")).text == before


async def test_neither_the_message_nor_a_page_names_who_reported(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        inside.clock.pass_hours(3.25)
        address = await reported(inside)
        stored_messages = messages(inside)
        report = next(
            line for line in stored_messages.splitlines() if "zi.integrity.conflict_reported" in line
        )
        for secret in (REPORTER, REPORTED, BUSINESS, "toko"):
            assert secret not in report
        rows = await inside.office.store.query(lambda tx: tx.execute("SELECT item FROM vault_items"))
        assert [row["item"] for row in rows if row["item"] not in report] == []
        assert '"time":"2026-12-07T02:00:00.000000Z"' in report  # of the message before it
        assert '"actor":"system:integrity"' in report
        assert (await inside.person(REPORTED, "mentor", "supervisor").get(address)).status_code == 404
        assert "0 found" in (await inside.person(REPORTED, "supervisor").get(f"{HERE}/all")).text
        assert (await inside.person("officer-budi", "officer").get(address)).status_code == 404
        superior = inside.person(SUPERIOR, "supervisor")
        assert REPORTER not in (await superior.get(address)).text
        assert "1 report" in (await inside.person(REPORTER, "officer").get(HERE)).text


async def test_whoever_opens_a_report_is_recorded(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        address = await reported(inside)
        assert (await inside.person(REPORTED, "integrity").post(f"{address}/open")).status_code == 404
        assert (await inside.person("officer-budi", "officer").post(f"{address}/open")).status_code == 403
        assert "contributor_data_opened" not in messages(inside)
        opening = await inside.person("zone-wulan", "integrity").post(f"{address}/open")
        assert REPORTER in opening.text
        assert "Rumahnya di atas toko itu." in opening.text
        assert "contributor_data_opened" in messages(inside)


async def test_a_report_hinders_once_it_is_established_and_not_if_it_is_dismissed(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        address = await reported(inside)
        team, superior = inside.person("zone-wulan", "integrity"), inside.person(SUPERIOR, "supervisor")
        assert (await team.post(f"{address}/decide", {"measure": "reassigned"})).status_code == 403
        assert "conflict_declared" not in messages(inside)
        assert (await superior.post(f"{address}/decide", {"measure": "reassigned"})).status_code == 200
        declaration = next(row for row in messages(inside).splitlines() if "conflict_declared" in row)
        assert REPORTED in declaration
        assert SUPERIOR in declaration
        assert REPORTER not in messages(inside)
        assert (await superior.post(f"{address}/dismiss", {"dismissal": "unfounded"})).status_code == 409
        assert (await inside.person(REPORTED, "mentor").get(address)).status_code == 200


async def test_a_dismissed_report_stays_hidden_from_whom_it_was_about(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        address = await reported(inside)
        superior = inside.person(SUPERIOR, "supervisor")
        assert (
            "Report dismissed" in (await superior.post(f"{address}/dismiss", {"dismissal": "unfounded"})).text
        )
        assert (await inside.person(REPORTED, "mentor").get(address)).status_code == 404


@pytest.mark.parametrize("path", ["report", "all"])
async def test_an_account_that_nobody_knows_is_asked_about(tmp_path: Path, path: str) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        superior = inside.person(SUPERIOR, "supervisor")
        form = {
            "key": str(uuid4()),
            **INTEREST,
            "official": "mentor-anni",
            "measure": "monitored",
            "text": "Ya.",
        }
        refused = await superior.post(f"{HERE}/{path}", form)
        assert (refused.status_code, 'name="new_colleague"' in refused.text) == (422, True)
        assert "No official with this account is known here" in refused.text
        assert "mentor-anni" in refused.text
        assert (await superior.post(f"{HERE}/{path}", form | {"new_colleague": "yes"})).status_code == 200


async def test_whoever_acted_or_has_a_case_in_hand_is_known(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        await declared(inside, inside.person(REPORTED, "mentor"))
        recorded = {"mentor": "mentor-dodi", "business_ref": BUSINESS}
        await inside.hear("umkm", "mentoring_recorded", recorded, subject=TICKET, aggregate=named("case"))
        superior = inside.person(SUPERIOR, "supervisor")
        for account in (REPORTED, "mentor-dodi"):
            form = {"key": str(uuid4()), **INTEREST, "official": account, "measure": "monitored"}
            assert (await superior.post(f"{HERE}/all", form)).status_code == 200


async def test_a_superior_establishes_what_they_know(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await known_business(inside)
        superior = inside.person(SUPERIOR, "supervisor")
        form = {
            "key": str(uuid4()),
            **INTEREST,
            "official": REPORTED,
            "new_colleague": "yes",
            "measure": "reassigned",
        }
        assert "Decided" in (await superior.post(f"{HERE}/all", form)).text
        refusal = await superior.post(f"{HERE}/all", form | {"key": str(uuid4()), "official": SUPERIOR})
        assert refusal.status_code == 409
        assert "leave it to another superior" in refusal.text
        assert (await inside.person("zone-wulan", "integrity").post(f"{HERE}/all", form)).status_code == 403


async def test_strangers_and_others_see_no_list(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        assert (await inside.person("officer-budi", "officer").get(f"{HERE}/all")).status_code == 403
        assert (await inside.stranger().get(HERE)).status_code in (303, 401)
