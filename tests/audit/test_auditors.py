"""Pages that auditors see in the browser."""

import pytest
from tests.audit.log_home import URL, Home, Sender
from tests.audit.test_log_status import HOUSE, witnessed
from tests.audit.web import Web

from zi_audit.files.status import Fault, WitnessStatus, WriterStatus, write_status
from zi_contracts.message import Message
from zi_tlog.cosignature import Cosigner
from zi_tlog.policy import Group, Policy, Witness

PAGES = ("/audit/entries?case=7K3M9Q2XA", "/audit/cases/7K3M9Q2XA", "/audit/actors/sub-of-an-invented-person")
DAY = 24 * 3600
QUORUM_OF_TWO = Policy(
    (),
    tuple(
        Witness(f"w{n}", Cosigner(f"w{n}.example/witness", bytes([n]) * 32).verifier.key) for n in range(2)
    ),
    (Group("both", 2, ("w0", "w1")),),
)


@pytest.fixture
async def lived(web: Web, home: Home, intake: Sender) -> Web:
    """Three entries of one case, a day apart."""
    for day in (24, 25, 26):
        time = f"2026-11-{day}T01:02:03.000004Z"
        intake.send(
            intake.message(time=time, type=f"zi.intake.{'complaint_filed' if day == 24 else 'case_answered'}")
        )
    home.opened().append(intake.sent)
    await web.indexed(3)
    return web


async def page(web: Web, path: str, language: str = "en") -> str:
    answer = await web.get(path, web.auditor() | {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def accesses(web: Web) -> list[Message]:
    return [message for message in web.published() if message.event == "looked"]


@pytest.mark.parametrize("path", [*PAGES, "/audit/log-health"])
async def test_pages_are_for_auditors(lived: Web, path: str) -> None:
    browser = {"Accept": "text/html"}
    away = await lived.get(path, browser)
    assert away.status_code == 303
    assert away.headers["Location"].startswith("/sign-in?next=%2Faudit%2F")
    assert (await lived.get(path, browser | lived.auditor("officer"))).status_code == 403
    assert accesses(lived) == []


@pytest.mark.parametrize("path", PAGES)
async def test_a_look_is_recorded_with_its_purpose(lived: Web, path: str) -> None:
    await page(lived, f"{path}{'&' if '?' in path else '?'}purpose=court")
    [look] = accesses(lived)
    assert (look.actor, look.data["purpose"]) == ("auditor-1", "court")


async def test_nothing_is_looked_for_before_something_was_asked(lived: Web) -> None:
    assert "/audit/cases/" not in await page(lived, "/audit/entries?lang=en")
    assert accesses(lived) == []


async def test_a_search_finds_what_fits_and_leads_on(lived: Web, intake: Sender) -> None:
    found = await page(lived, "/audit/entries?type=zi.intake.complaint_filed&purpose=audit&actor=")
    assert "<caption>1 entry</caption>" in found
    assert f"/audit/api/receipts/{intake.event_id(1)}" in found
    assert f"/audit/cases/{intake.case}?purpose=audit" in found
    assert "/audit/api/export?type=zi.intake.complaint_filed&amp;purpose=audit&amp;format=ocel" in found


async def test_days_are_those_of_the_office_and_the_last_one_counts(lived: Web) -> None:
    assert "<caption>1 entry</caption>" in await page(
        lived, "/audit/entries?since=2026-11-25&until=2026-11-25"
    )
    assert "No entry fits." in await page(lived, "/audit/entries?until=2026-11-23")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-11-25&until=2026-11-24", "has to be after the beginning"),
        ("since=yesterday", "Write the date as year-month-day"),
        ("purpose=curiosity", "Choose one of"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_what_is_wrong(
    lived: Web, query: str, sentence: str
) -> None:
    answer = await lived.get(f"/audit/entries?{query}", lived.auditor() | {"Accept-Language": "en"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert accesses(lived) == []


async def test_many_entries_come_in_pages_the_newest_first(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(60))
    await web.indexed(60)
    first = await page(web, f"/audit/entries?case={intake.case}")
    assert "<caption>The first 50 of 60 entries</caption>" in first
    assert "cursor=10" in first
    assert '<th scope="row">59</th>' in first
    assert "Back to the first" not in first
    second = await page(web, f"/audit/entries?case={intake.case}&cursor=10")
    assert "<caption>10 further entries</caption>" in second
    assert '<a class="button quiet"' in second
    assert "Further entries" not in second
    assert "Back to the first" in second
    beyond = await page(web, f"/audit/entries?case={intake.case}&cursor=0")
    assert "The list ends here." in beyond
    assert "Back to the first" in beyond
    oldest = await page(web, f"/audit/entries?case={intake.case}&order=oldest")
    assert "cursor=49" in oldest


@pytest.mark.parametrize(
    ("language", "waited"), [("en", "1 day waited for the office"), ("id", "1 hari menunggu kantor")]
)
async def test_the_course_of_a_case_tells_the_waiting_and_the_proofs(
    lived: Web, intake: Sender, language: str, waited: str
) -> None:
    text = " ".join((await page(lived, f"/audit/cases/{intake.case}", language)).split())
    assert waited in text
    for position in (1, 2, 3):
        assert f"/audit/api/entries/{intake.event_id(position)}" in text
        assert f"/audit/api/receipts/{intake.event_id(position)}" in text


async def test_a_time_that_goes_back_is_pointed_at(web: Web, home: Home, intake: Sender) -> None:
    for day in (25, 24):
        intake.send(intake.message(time=f"2026-11-{day}T00:00:00Z"))
    home.opened().append(intake.sent)
    await web.indexed(2)
    assert "tells an earlier time" in await page(web, f"/audit/cases/{intake.case}")


async def test_what_nobody_did_is_not_found(lived: Web) -> None:
    for path in ("/audit/cases/NOBODYS00", "/audit/actors/nobody"):
        assert (await lived.get(path, lived.auditor())).status_code == 404


async def test_a_name_that_no_entry_has_is_told_from_a_search_that_finds_none(lived: Web) -> None:
    known = "sub-of-an-invented-person"
    none = await page(lived, f"/audit/entries?actor={known}&until=2026-11-23")
    assert ("No entry fits." in none, "Check how it is written" in none) == (True, False)
    other = await page(lived, f"/audit/entries?actor={known.upper()}")
    assert f"No entry of the ledger has {known.upper()} under “Who did it”." in other
    both = await page(lived, f"/audit/entries?actor=nobody&actor={known}")
    assert ("No entry fits." in both, "Check how it is written" in both) == (False, False)


async def test_the_accounts_that_a_person_had_are_asked_for_together(lived: Web) -> None:
    whole = await page(lived, "/audit/entries?actor=nobody&search=sub-")
    text = whole.partition('action="/audit/entries"')[2].partition("</form>")[0]
    assert text.count(' name="actor" value="nobody"') == 1
    assert text.count(' name="actor" value=""') == 1
    assert (text.count(' name="search" value="sub-"'), text.count(' name="search" value=""')) == (1, 0)


async def test_what_an_actor_did_leads_to_the_entries(lived: Web) -> None:
    text = await page(lived, "/audit/actors/sub-of-an-invented-person")
    assert "official=sub-of-an-invented-person&amp;purpose=" in text
    assert "assignee=sub-of-an-invented-person&amp;purpose=" in text
    assert "The office answered" in text
    assert "actor=sub-of-an-invented-person&amp;type=zi.intake.case_answered" in text


@pytest.mark.parametrize("wild", ["{", "{0}", "{x!r}", "<script>", "staff:{}"])
async def test_a_wild_entry_is_shown_as_it_is(web: Web, home: Home, intake: Sender, wild: str) -> None:
    intake.send(intake.message(actor=wild, actorrole=wild, type=wild))
    home.opened().append(intake.sent)
    await web.indexed(1)
    for path in (
        f"/audit/entries?case={intake.case}",
        f"/audit/cases/{intake.case}",
        f"/audit/actors/{wild}",
    ):
        assert "<script>" not in await page(web, path)


async def test_the_health_page_draws_the_growth_and_lists_the_same_numbers(lived: Web) -> None:
    text = await page(lived, "/audit/log-health")
    assert "<svg" in text
    assert "Entries over time: from 1 to 3" in text
    assert '<th scope="row">3</th>' in text
    assert '<th scope="row">intake</th>' in text
    assert accesses(lived) == []


async def test_the_health_page_lists_breaks_with_their_entries(web: Web, home: Home, intake: Sender) -> None:
    first, _, third = intake.say(3)
    home.opened().append([first, third])
    await web.indexed(2)
    text = " ".join((await page(web, "/audit/log-health")).split())
    assert "messages before it are missing" in text
    assert '<td data-heading="Entry"><span><a href="/audit/anomalies/1">1</a></span></td>' in text


async def test_the_health_page_of_an_empty_log_says_so(web: Web) -> None:
    assert "The ledger has no entry yet." in await page(web, "/audit/log-health")


async def test_the_pages_say_that_the_only_witness_stands_in_the_house_and_does_not_answer(
    web: Web, home: Home, intake: Sender
) -> None:
    log, _ = witnessed(home, HOUSE)
    log.append(intake.say(1))
    word = WitnessStatus(name="w0", url="http://w.example", fault=Fault.SILENT)
    write_status(home.tiles, WriterStatus(at=web.tail._clock.now(), witnesses=(word,)))
    for path in ("/audit/", "/audit/log-health"):
        text = await page(web, path)
        assert "The only witness runs inside the office" in text
        assert "it does not answer" in text


async def test_the_word_of_one_witness_is_not_shown_as_that_of_the_quorum(web: Web, home: Home) -> None:
    """A fresh house: one of two has signed the empty log, and no checkpoint has the quorum yet."""
    home.witnesses = Policy((), QUORUM_OF_TWO.witnesses, QUORUM_OF_TWO.groups, "both")
    home.log().open(URL)
    word = WitnessStatus(name="w0", url="http://w.example", at=web.tail._clock.now(), size=0)
    write_status(home.tiles, WriterStatus(at=web.tail._clock.now(), witnesses=(word,)))
    text = " ".join((await page(web, "/audit/log-health")).split())
    assert "<dt>Last cosignature</dt><dd>Nothing yet</dd>" in text
