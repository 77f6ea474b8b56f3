"""Questions of auditors over HTTP, and that each answer is recorded before it is given."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from uuid import NAMESPACE_DNS, uuid5

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web, served
from tests.chassis.provider import OwnProvider

from zi_chassis.domain import UnavailableError
from zi_rules.ticket import ticket_from_number
from zi_tlog.tree import leaf_hash

QUESTIONS = (
    "/audit/api/entries",
    "/audit/api/export",
    "/audit/api/cases/7K3M9Q2XA/timeline",
    "/audit/api/actors/sub-of-an-invented-person/activity",
)


@pytest.fixture
async def web_on_postgres(home: Home, provider: OwnProvider, postgres: str) -> AsyncIterator[Web]:
    async for each in served(home, provider, index_database=postgres):
        yield each


async def filled(web: Web, home: Home, intake: Sender, count: int = 3) -> None:
    home.opened().append(intake.say(count))
    await web.indexed(count)


@pytest.mark.parametrize("path", QUESTIONS)
async def test_only_auditors_are_answered(web: Web, home: Home, intake: Sender, path: str) -> None:
    await filled(web, home, intake)
    assert (await web.get(path)).status_code == 401
    assert (await web.get(path, web.auditor("officer"))).status_code == 403
    assert (await web.get(path, web.case(intake.case))).status_code == 401
    assert web.published() == []
    assert (await web.get(path, web.auditor())).status_code == 200


@pytest.mark.parametrize("path", QUESTIONS)
async def test_what_can_t_be_recorded_is_not_answered(
    web: Web, home: Home, intake: Sender, path: str
) -> None:
    await filled(web, home, intake)
    web.store.close()
    answer = await web.get(path, web.auditor())
    assert answer.status_code == 503
    assert "complaint_filed" not in answer.text


@pytest.mark.parametrize("change", [str.lower, lambda ticket: f"{ticket[:4]}-{ticket[4:]}"])
async def test_a_ticket_is_found_however_it_was_typed(
    web: Web, home: Home, change: Callable[[str], str]
) -> None:
    ticket = ticket_from_number(31_871_005_553)
    typed = change(ticket)
    assert typed != ticket
    await filled(web, home, Sender(case=ticket))
    found = (await web.get(f"/audit/api/entries?case={typed}", web.auditor())).json()["entries"]
    assert [entry["case"] for entry in found] == [ticket] * 3
    for page in (
        f"/audit/api/cases/{typed}/timeline",
        f"/audit/cases/{typed}",
        f"/audit/entries?case={typed}",
    ):
        answer = await web.get(page, web.auditor())
        assert answer.status_code == 200
        assert "complaint_filed" in answer.text
    assert {look.subject for look in web.published()} == {ticket}


async def test_a_subject_that_is_no_ticket_is_taken_as_it_is(web: Web, home: Home) -> None:
    await filled(web, home, Sender(service="audit", case="lane-notify", type="looked"))
    found = (await web.get("/audit/api/entries?case=lane-notify", web.auditor())).json()["entries"]
    assert len(found) == 3


async def test_entries_are_paged_by_a_cursor(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake, 250)
    path = f"/audit/api/entries?case={intake.case}"
    page = (await web.get(path, web.auditor())).json()
    assert (len(page["entries"]), page["next"]) == (200, 199)
    rest = (await web.get(f"{path}&cursor={page['next']}", web.auditor())).json()
    assert (rest["entries"][0]["index"], len(rest["entries"]), rest["next"]) == (200, 50, None)
    few = (await web.get(f"{path}&limit=7&cursor=242", web.auditor())).json()
    assert ([each["index"] for each in few["entries"]], few["next"]) == ([*range(243, 250)], None)


async def test_an_entry_tells_its_place_and_what_it_says_of_itself(
    web: Web, home: Home, intake: Sender
) -> None:
    await filled(web, home, intake)
    [first, *_] = (await web.get("/audit/api/entries", web.auditor())).json()["entries"]
    assert first == {
        "index": 0,
        "event_id": str(intake.event_id(1)),
        "service": "intake",
        "position": 1,
        "type": "zi.intake.complaint_filed",
        "case": intake.case,
        "aggregate": str(uuid5(NAMESPACE_DNS, "intake")),
        "actor": intake.actor,
        "role": "public",
        "time": "2026-11-24T01:02:03.000004Z",
        "waited": None,
        "took": None,
        "holder": "office",
        "fields": {"holder": "office"},
        "of_case": {"holder": "office"},
        "leaf_hash": intake.sent[0].leaf_hash.hex(),
        "anomaly": None,
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("name=somebody", "name"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("cursor=-2", "cursor"),
        (f"cursor={2**63}", "cursor"),
        ("since=yesterday", "since"),
        ("since=2026-11-24T00:00:00", "since"),
        ("since=2026-11-24T00:00:00Z&until=2026-11-24T00:00:00Z", "until"),
        ("case=a%00b", "case"),
        (f"actor={'a' * 201}", "actor"),
        ("actor=", "actor"),
        ("weekday=8", "weekday"),
        ("from_hour=24", "from_hour"),
        ("least_hours=-1", "least_hours"),
        ("least_hours=5&most_hours=4", "most_hours"),
        ("least_hours=nan", "least_hours"),
        ("anomaly=curious", "anomaly"),
        ("purpose=curiosity", "purpose"),
        ("format=xls", "format"),
    ],
)
@pytest.mark.parametrize("path", ["/audit/api/entries", "/audit/api/export"])
async def test_a_question_that_can_t_be_meant_is_refused_by_its_field(
    web: Web, path: str, query: str, field: str
) -> None:
    answer = await web.get(f"{path}?{query}", web.auditor())
    assert answer.status_code == 422
    wrong = [(each["in"], each["field"].partition(".")[0]) for each in answer.json()["errors"]]
    assert wrong == [("query", field)]


@pytest.mark.parametrize("path", ["/audit/api/entries", "/audit/api/export"])
@pytest.mark.parametrize(
    "twice", ["since=2026-11-24T00:00:00Z&since=2026-11-25T00:00:00Z", "purpose=court&purpose=audit"]
)
async def test_what_can_be_given_once_is_not_given_twice(web: Web, path: str, twice: str) -> None:
    answer = await web.get(f"{path}?{twice}", web.auditor() | {"Accept-Language": "en"})
    assert answer.status_code == 422
    [wrong] = answer.json()["errors"]
    assert (wrong["field"], wrong["detail"]) == (
        twice.partition("=")[0],
        "Give this once: the address says it more than once.",
    )


async def test_of_several_names_any_will_do(web: Web, home: Home, intake: Sender) -> None:
    notify = Sender("notify", case="ANOTHER00", type="delivery_requested")
    home.opened().append([*intake.say(2), *notify.say(1), *Sender("umkm").say(1)])
    await web.indexed(4)
    path = "/audit/api/entries?type=zi.notify.delivery_requested&type=zi.intake.complaint_filed&order=newest"
    page = (await web.get(path, web.auditor())).json()
    assert ([each["index"] for each in page["entries"]], page["total"], page["indexed"]) == ([2, 1, 0], 3, 4)


@pytest.mark.parametrize("query", ["case=7K3M9Q2XA&case=ANOTHER00", "search=ANOTHER00&case=7K3M9Q2XA"])
async def test_each_case_that_is_named_is_a_look_of_its_own(
    web: Web, home: Home, intake: Sender, query: str
) -> None:
    """However the question is put: two cases in one question, or a ticket in the field for anything."""
    home.opened().append([*intake.say(), *Sender("notify", case="ANOTHER00").say()])
    await web.indexed(2)
    await web.get(f"/audit/api/entries?{query}&purpose=court", web.auditor())
    assert sorted(access.subject for access in web.published()) == ["7K3M9Q2XA", "ANOTHER00"]


async def test_a_search_that_means_too_much_says_what_to_do(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append([intake.send(intake.message(actor=f"actor-{n}")) for n in range(101)])
    await web.indexed(101)
    answer = await web.get("/audit/api/entries?search=actor-", web.auditor() | {"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:zona:problem:vague_search")
    assert "Write more" in answer.json()["detail"]
    page = await web.get("/audit/entries?search=actor-", web.auditor() | {"Accept-Language": "en"})
    assert (page.status_code, "Write more" in page.text) == (422, True)


async def test_the_refusal_speaks_the_readers_language(web: Web) -> None:
    query = "since=2026-11-24T02:00:00Z&until=2026-11-24T01:00:00Z"
    answer = await web.get(f"/audit/api/entries?{query}&lang=id", web.auditor())
    assert "Akhir waktu harus sesudah awalnya." in [each["detail"] for each in answer.json()["errors"]]


async def test_the_timeline_of_a_case_tells_whom_it_waited_for(web: Web, home: Home, intake: Sender) -> None:
    filed = intake.send(intake.message(time="2026-11-24T01:00:00Z"))
    query = intake.send(intake.message(time="2026-11-24T01:30:00Z", data={"holder": "citizen"}))
    home.opened().append([filed, query, intake.send(intake.message(time="2026-11-24T02:30:00Z"))])
    await web.indexed(3)
    access = (await web.get(f"/audit/api/cases/{intake.case}/timeline", web.auditor())).json()
    assert access["waiting"] == {"office": 1800, "citizen": 3600}
    assert [step["waited_for"] for step in access["steps"]] == [None, "office", "citizen"]
    assert [step["entry"]["index"] for step in access["steps"]] == [0, 1, 2]


async def test_an_actors_activity_is_counted(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    access = (await web.get(f"/audit/api/actors/{intake.actor}/activity", web.auditor())).json()
    assert (access["total"], access["deeds"][0]["type"]) == (3, "zi.intake.complaint_filed")


async def test_an_actor_may_have_any_name_that_a_provider_gives(web: Web, home: Home) -> None:
    named = Sender("intake", actor="provider|a/b c")
    await filled(web, home, named)
    path = "/audit/api/actors/provider%7Ca%2Fb%20c/activity"
    assert (await web.get(path, web.auditor())).json()["actor"] == "provider|a/b c"


@pytest.mark.parametrize("path", ["cases/UNKNOWN00/timeline", "actors/nobody/activity"])
async def test_what_the_ledger_does_not_know_is_not_found(
    web: Web, home: Home, intake: Sender, path: str
) -> None:
    await filled(web, home, intake)
    assert (await web.get(f"/audit/api/{path}", web.auditor())).status_code == 404


@pytest.mark.parametrize("path", ["cases/a%00b/timeline", f"actors/{'a' * 201}/activity"])
async def test_what_can_be_no_name_is_refused(web: Web, path: str) -> None:
    assert (await web.get(f"/audit/api/{path}", web.auditor())).status_code == 422


async def test_exports_answer_the_same_question_in_every_format(web: Web, home: Home, intake: Sender) -> None:
    notify = Sender("notify", case="ANOTHER00", type="delivery_requested")
    home.opened().append([*intake.say(1200), *notify.say(2)])
    await web.indexed(1202)

    async def exported(format: str) -> str:
        path = f"/audit/api/export?format={format}&service=intake&cursor=9"
        return (await web.get(path, web.auditor())).text

    lines = [json.loads(line)["index"] for line in (await exported("jsonl")).splitlines()]
    table = [int(row["index"]) for row in csv.DictReader(io.StringIO(await exported("csv"), newline=""))]
    events = json.loads(await exported("ocel"))["events"]
    whole = [json.loads(line)["index"] for line in (await exported("entries")).splitlines()]
    assert (
        whole
        == lines
        == table
        == [int(event["id"].partition(":")[2]) for event in events]
        == [*range(10, 1200)]
    )


async def test_an_export_with_the_entries_gives_each_to_the_byte(
    web: Web, home: Home, intake: Sender
) -> None:
    sent = [*intake.say(300), intake.send(b"\xff no text"), *intake.say()]
    home.opened().append(sent)
    await web.indexed(302)
    answer = await web.get("/audit/api/export?format=entries", web.auditor())
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["entry"] for line in lines] == [
        *(each.content.decode() for each in sent[:300]),
        None,
        sent[301].content.decode(),
    ]
    assert all(
        line["leaf_hash"] == leaf_hash(each.content).hex() for line, each in zip(lines, sent, strict=True)
    )


async def test_an_entry_that_is_not_what_was_logged_ends_the_export(
    web: Web, home: Home, intake: Sender
) -> None:
    await filled(web, home, intake)
    bundle = home.folder / "tiles/tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    with pytest.raises(RuntimeError) as broken_off:
        await web.get("/audit/api/export?format=entries", web.auditor())
    assert isinstance(broken_off.value.__cause__, UnavailableError)


async def test_an_export_is_a_file_to_keep(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    answer = await web.get("/audit/api/export?format=csv", web.auditor())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="entries.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_look_tells_case_purpose_and_kind(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    await web.get(f"/audit/api/cases/{intake.case}/timeline?purpose=court", web.auditor())
    [access] = web.published()
    assert (access.type, access.subject, access.actor) == ("zi.audit.looked", intake.case, "auditor-1")
    assert access.data == {"purpose": "court", "kind": "timeline"}


async def test_what_a_person_typed_as_a_case_is_written_down_only_where_the_ledger_knows_it(
    web: Web, home: Home, intake: Sender
) -> None:
    await filled(web, home, intake)
    await web.get("/audit/api/entries?case=a-citizens-name", web.auditor())
    assert [access.subject for access in web.published()] == ["ledger"]


async def test_looks_of_ten_minutes_are_one_event(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    for path in (*QUESTIONS, *QUESTIONS):
        await web.get(path, web.auditor())
    assert sorted(access.subject for access in web.published()) == [intake.case, "ledger"]


async def test_bundles_and_entries_read_by_an_auditor_are_looks(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    for _ in range(3):
        await web.get("/audit/log/tile/entries/000.p/3", web.auditor())
    await web.get(f"/audit/api/entries/{intake.event_id(2)}", web.auditor())
    assert [(access.subject, access.data["kind"]) for access in web.published()] == [
        ("ledger", "bundle"),
        (intake.case, "entry"),
    ]


async def test_a_bundle_that_can_t_be_recorded_is_not_given(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    web.store.close()
    assert (await web.get("/audit/log/tile/entries/000.p/3", web.auditor())).status_code == 503
    path = f"/audit/api/entries/{intake.event_id(2)}"
    assert (await web.get(path, web.auditor())).status_code == 503
    assert (await web.get(path, web.case(intake.case))).status_code == 200


async def test_what_everybody_may_read_is_no_look(web: Web, home: Home, intake: Sender) -> None:
    await filled(web, home, intake)
    event = intake.event_id(2)
    for path in (
        "log/checkpoint",
        "log/tile/0/000.p/3",
        f"api/receipts/{event}",
        f"api/indexes?event={event}",
    ):
        assert (await web.get(f"/audit/{path}", web.auditor())).status_code == 200
    await web.get(f"/audit/api/entries/{event}", web.case(intake.case))
    assert web.published() == []


async def test_the_index_may_lie_in_postgresql(web_on_postgres: Web, home: Home, intake: Sender) -> None:
    await filled(web_on_postgres, home, intake)
    page = (await web_on_postgres.get("/audit/api/entries", web_on_postgres.auditor())).json()
    assert [each["index"] for each in page["entries"]] == [0, 1, 2]
    assert not (home.folder / "audit" / "index.db").exists()
