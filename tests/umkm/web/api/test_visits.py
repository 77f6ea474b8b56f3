"""Visits over the API, as a device and a person at a desk send them."""

from typing import Any
from uuid import UUID, uuid4

from tests.umkm.calling import Calling
from tests.umkm.steps import MONDAY, named

from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.messaging.upstream import MentoringRequest

AT = MONDAY.isoformat()


def body(calling: Calling, request: MentoringRequest, *answers: dict[str, Any]) -> dict[str, Any]:
    version = version_of(calling.inside.checklist).model_dump()
    return {"case": request.ticket, "checklist": version, "answers": list(answers)}


def answer(item: str, outcome: str = "yes", **more: Any) -> dict[str, Any]:
    id = str(named(f"answer {item} {outcome}"))
    return {"id": id, "item": item, "outcome": outcome, "device_time": AT} | more


async def test_a_whole_visit_goes_from_nothing_to_an_assessed_case(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    taken = (await calling.get("/visits", calling.mentor)).json()
    assert [each["case"] for each in taken["cases"]] == [request.ticket]
    [form] = taken["checklists"]
    sent = [answer(each["code"], form["fulfilled"]) for each in form["items"]]
    sent[0] |= {"outcome": "no", "grade": form["items"][0]["grades"][0], "note": "Berdebu"}
    synced = await calling.post(f"/visits/{visit}/sync", body(calling, request, *sent), calling.mentor)
    assert synced.status_code == 200, synced.text
    assert {each["fate"] for each in synced.json()["answers"]} == {"taken"}
    assert (synced.json()["unanswered"], synced.json()["in_dispute"]) == ([], [])
    unsigned = await calling.post(f"/visits/{visit}/finish", {"case": request.ticket}, calling.mentor)
    assert unsigned.json()["type"] == "urn:zona:problem:not_signed"
    for side in ("business", "office"):
        signature = await sign(calling, request, visit, side, [each["id"] for each in sent])
        assert signature["fate"] == "taken"
    assert (await sign(calling, request, visit, "office", [each["id"] for each in sent]))["fate"] == "known"
    assert len((await calling.get("/visits", calling.mentor)).json()["visits"]) == 1
    finished = await calling.post(f"/visits/{visit}/finish", {"case": request.ticket}, calling.mentor)
    assert (finished.status_code, finished.json()["state"]) == (200, "assessed"), finished.text
    stands = (await calling.get(f"/visits/{visit}", calling.mentor, case=request.ticket)).json()
    assert (stands["finished"], stands["signed"], stands["unsigned"]) == (True, ["business", "office"], [])
    assert (await calling.get("/visits", calling.mentor)).json()["visits"] == []


async def sign(
    calling: Calling, request: MentoringRequest, visit: UUID, side: str, answers: list[str]
) -> Any:
    form = {
        "id": str(named(f"{visit} {side}")),
        "case": request.ticket,
        "kind": "signature",
        "side": side,
        "answers": answers,
        "device_time": AT,
    }
    sent = await calling.send(f"/visits/{visit}/files", form, calling.mentor)
    assert sent.status_code == 200, sent.text
    return sent.json()


async def test_an_answer_that_is_refused_has_a_reason_that_stays_and_a_sentence(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    sent = body(calling, request, answer("no_such_item"), answer("fifo"))
    synced = await calling.post(f"/visits/{visit}/sync", sent, calling.mentor | {"Accept-Language": "en"})
    refused, taken = synced.json()["answers"]
    assert (refused["fate"], refused["reason"], taken["fate"]) == ("refused", "unfit_answer", "taken")
    assert refused["detail"].startswith("This version of the checklist")


async def test_who_may_not_visit_is_told_why(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    sent, where = body(calling, request), f"/visits/{visit}/sync"
    stranger = await calling.post(where, sent, calling.person("mentor-dodi", "mentor"))
    assert (stranger.status_code, stranger.json()["type"]) == (409, "urn:zona:problem:not_the_mentor")
    assert (await calling.post(where, sent)).status_code == 401
    assert (await calling.post(where, sent, calling.person("officer-budi", "officer"))).status_code == 403
    unknown = await calling.post(where, sent | {"case": "7H4T2W9XA"}, calling.mentor)
    assert unknown.status_code == 404
    assert (await calling.get(f"/visits/{visit}", calling.mentor, case=request.ticket)).status_code == 404


async def test_two_answers_to_one_item_stand_until_a_person_decides(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    await calling.inside.office.mentoring.assign(
        request, calling.inside.staff("supervisor-eka", "supervisor"), None, "mentor-dodi"
    )
    first_answer, two = answer("fifo"), answer("fifo", "no", grade="minor")
    await calling.post(f"/visits/{visit}/sync", body(calling, request, first_answer), calling.mentor)
    dodi = calling.person("mentor-dodi", "mentor")
    synced = await calling.post(f"/visits/{visit}/sync", body(calling, request, two), dodi)
    assert synced.json()["in_dispute"] == ["fifo"]
    assert {each["id"]: each["own"] for each in synced.json()["standing"]} == {
        first_answer["id"]: False,
        two["id"]: True,
    }
    settling = {"case": request.ticket, "item": "fifo", "answer": first_answer["id"]}
    settled = await calling.post(f"/visits/{visit}/settle", settling, dodi)
    assert (settled.status_code, settled.json()["in_dispute"]) == (200, [])


async def test_a_file_says_what_it_is(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    await calling.post(f"/visits/{visit}/sync", body(calling, request), calling.mentor)
    form = {"id": str(uuid4()), "case": request.ticket, "kind": "photo", "device_time": AT}
    where, before = f"/visits/{visit}/files", len(calling.inside.vault.plain)
    for wrong in ({"side": "office"}, {"kind": "signature"}, {"kind": "poem"}):
        assert (await calling.send(where, form | wrong, calling.mentor)).status_code == 422
    assert (await calling.send(where, form | {"item": "no_such_item"}, calling.mentor)).status_code == 409
    assert len(calling.inside.vault.plain) == before
    taken = await calling.send(where, form | {"item": "fifo"}, calling.mentor)
    assert (taken.status_code, taken.json()["photos"]) == (200, 1)


async def test_a_business_assesses_itself_over_the_same_routes(calling: Calling) -> None:
    request, visit = await calling.inside.mentored(), uuid4()
    sent = body(calling, request, *(answer(each.code) for each in calling.inside.checklist.items))
    assert (
        await calling.post(f"/visits/{visit}/sync", sent, calling.owner_headers(request))
    ).status_code == 200
    done = await calling.post(
        f"/visits/{visit}/finish", {"case": request.ticket}, calling.owner_headers(request)
    )
    assert done.json()["state"] == "assessed"
    assert (await calling.read(request))["assessments"][0]["assessor"] == "business"


async def test_a_version_that_no_database_counts_to_is_refused(calling: Calling) -> None:
    request = await calling.inside.mentored()
    sent = body(calling, request)
    sent["checklist"]["version"] = 2**63
    refused = await calling.post(f"/visits/{uuid4()}/sync", sent, calling.mentor)
    assert refused.status_code == 422, refused.text
