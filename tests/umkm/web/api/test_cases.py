"""The API of a case as programs meet it: what it says of a case, who may, and how it says no."""

import pytest
from tests.certificates.inside import ticket_of
from tests.umkm.calling import Calling
from tests.umkm.inside import SAMBAL
from tests.web.calling import key
from tests.web.tickets import as_typed, mistakable, statuses

RESTATED = {
    "district": "nunukan",
    "kbli": ["10213"],
    "products": [{"kind": "frozen_fish", "traits": ["frozen_meat_or_fish"], "name": "Nugget Ikan"}],
}


async def test_a_case_says_where_it_stands_what_comes_next_and_where_that_is_written(
    calling: Calling,
) -> None:
    request = await calling.inside.mentored()
    case_answer = await calling.read(request, **{"Accept-Language": "en"})
    assert (case_answer["state"], case_answer["holder"], case_answer["mentored"]) == (
        "triaged",
        "office",
        True,
    )
    [product] = case_answer["products"]
    assert (product["track"], product["risk"]) == ("md", "medium_low")
    assert product["track_reason"]["source_status"] == "unverified"
    assert product["ready"] < 100
    assert {"layout", "lab_results"} <= {each["code"] for each in product["missing"]}
    assert case_answer["next"]["text"].startswith("Fill in the self-assessment.")
    assert [each["event"] for each in case_answer["timeline"]] == [
        "mentoring_registered",
        "business_restated",
        "mentoring_recorded",
        "products_triaged",
    ]
    assert all(each["text"] and each["ledger"] for each in case_answer["timeline"])
    assert "mentor-ani" not in str(case_answer)
    assert case_answer["links"]["page"].endswith(f"/umkm/cases/{request.ticket}")


async def test_what_was_found_is_told_with_what_it_costs_to_go_on(calling: Calling) -> None:
    request = await calling.inside.mentored()
    await calling.inside.assessed_itself(request)
    await calling.inside.visited(request)
    await calling.inside.put_right(request)
    case_answer = await calling.read(request, **{"Accept-Language": "en"})
    assert {each["item"]: each["progress"] for each in case_answer["findings"]} == {
        "cuci_tangan": "verified",
        "fifo": "found",
    }
    assert {each["item"] for each in case_answer["differences"]} == {"cuci_tangan", "fifo"}
    assert case_answer["next"]["cost"]["least"] <= case_answer["next"]["cost"]["most"]
    assert [each["assessor"] for each in case_answer["assessments"]] == ["business", "official"]
    assert [each["kind"] for each in case_answer["files"]] == ["evidence"]
    assert "authors" not in str(case_answer)


# -- who may


async def test_only_whoever_has_the_case_or_a_role_gets_to_it(calling: Calling) -> None:
    request, other = await calling.inside.mentored("one"), await calling.inside.mentored("two")
    where = f"/cases/{request.ticket}"
    answers = [
        await calling.get(where),
        await calling.get(where, calling.owner_headers(other)),
        await calling.get(where, {"Authorization": "Bearer nonsense"}),
        await calling.get(where, calling.person("auditor-1", "auditor")),
        await calling.get(where, calling.person("company-1", "applicant")),
        await calling.get("/cases/nonsense", calling.owner_headers(request)),
        await calling.get(where, calling.person("officer-1", "officer")),
    ]
    assert [each.status_code for each in answers] == [401, 401, 401, 403, 404, 404, 200]


async def test_a_business_signed_in_works_on_its_own_case(calling: Calling) -> None:
    request = await calling.inside.requested(actor="owner-1", role="applicant")
    owner = calling.person("owner-1", "applicant")
    done = await calling.tell(request, "restate", RESTATED, **owner)
    assert (done.status_code, done.json()["state"]) == (200, "registered"), done.text
    other = await calling.tell(request, "restate", RESTATED, **calling.person("owner-2", "applicant"))
    assert other.status_code == 404


async def test_an_official_comes_to_their_own_case_as_its_business(calling: Calling) -> None:
    request = await calling.inside.requested(actor="owner-1", role="applicant")
    both = calling.person("owner-1", "applicant", "mentor")
    done = await calling.tell(request, "restate", RESTATED, **both)
    assert (done.status_code, done.json()["state"]) == (200, "registered"), done.text


OFFICIAL = {
    "assign": ({"mentor": "mentor-dodi"}, "supervisor"),
    "triage": (None, "mentor"),
    "refer": ({"note": None}, "mentor"),
    "check-label": ({"product": 1, "parts": []}, "mentor"),
    "confirm-label-check": ({"product": 1, "check": "00000000-0000-4000-8000-000000000001"}, "officer"),
    "graduate": (None, "mentor"),
    "check-number": ({"product": 1, "number": "MD 123456789012", "outcome": "confirmed"}, "officer"),
    "check-business-number": ({"business_ref": "b" * 64, "outcome": "confirmed"}, "officer"),
    "verify": ({"item": "fifo"}, "officer"),
    "reopen": ({"item": "fifo"}, "officer"),
    "verify-account": (None, "officer"),
    "return-permit": ({"note": "Lengkapi"}, "evaluator"),
    "find-fit": ({}, "evaluator"),
    "issue-permit": (None, "head"),
    "propose-revocation": ({"reason": "holder_asked", "note": "Diminta pemilik"}, "officer"),
    "announce-revocation": ({"note": "Alasan"}, "head"),
    "drop-revocation": ({"note": "Alasan"}, "head"),
    "confirm-revocation": ({"note": "Alasan"}, "supervisor"),
}


@pytest.mark.parametrize("command", OFFICIAL)
async def test_what_officials_do_no_business_and_no_other_role_does(calling: Calling, command: str) -> None:
    request = await calling.inside.mentored()
    body, role = OFFICIAL[command]
    credentials = await calling.tell(request, command, body)
    other = await calling.tell(request, command, body, **calling.person("auditor-1", "auditor"))
    right = await calling.tell(request, command, body, **calling.person("somebody-1", role))
    assert (credentials.status_code, other.status_code) == (401, 403)
    assert right.status_code in (200, 409), right.text


async def test_a_mentor_takes_a_case_and_a_supervisor_gives_it(calling: Calling) -> None:
    request = await calling.inside.stated()
    both = calling.person("mentor-ani", "mentor", "supervisor")
    took = await calling.tell(request, "assign", {"mentor": "mentor-ani"}, **both)
    assert took.status_code == 200
    stranger = calling.person("mentor-dodi", "mentor")
    gave = await calling.tell(request, "assign", {"mentor": "mentor-fitri"}, **stranger)
    assert (gave.status_code, gave.json()["type"]) == (409, "urn:zona:problem:not_yours_to_assign")
    gave = await calling.tell(request, "assign", {"mentor": "mentor-fitri"}, **calling.supervisor)
    assert gave.status_code == 200


# -- how it says no


async def test_everything_missing_comes_back_at_once_with_its_sources(calling: Calling) -> None:
    request = await calling.inside.mentored()
    await calling.inside.visited(request, wrong=())
    refused = await calling.tell(request, "apply-for-permit")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:incomplete")
    missing = refused.json()["missing"]
    assert {"layout", "quality_manual"} <= {each["code"] for each in missing}
    assert all(
        each["text"] and (each["source"] is None) == (each["source_status"] == "unverified")
        for each in missing
    )


async def test_a_step_that_was_left_out_is_called_by_its_name(calling: Calling) -> None:
    request = await calling.inside.mentored()
    refused = await calling.tell(request, "apply-for-permit")
    assert (refused.status_code, refused.json()["step"]) == (409, "assessed")
    early = await calling.tell(request, "send-registration", {"product": 1})
    assert early.json()["step"] == "assessed"


async def test_an_open_critical_finding_is_named(calling: Calling) -> None:
    request = await calling.inside.mentored()
    await calling.inside.visited(request)
    refused = await calling.tell(request, "apply-for-permit")
    assert (refused.json()["type"], refused.json()["items"]) == (
        "urn:zona:problem:critical_open",
        ["cuci_tangan"],
    )


async def test_a_district_is_one_of_the_office_s_list(calling: Calling) -> None:
    request = await calling.inside.requested()
    restated = {"district": "jakarta", "products": [{"kind": "keripik"}]}
    refused = await calling.tell(request, "restate", restated)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], "'malinau'" in error["detail"]) == ("district", True)


async def test_every_bad_field_is_named(calling: Calling) -> None:
    request = await calling.inside.requested()
    bad = {"district": "Kota Jakarta", "kbli": ["12"], "products": [{"kind": "Bad Kind"}], "more": 1}
    refused = await calling.tell(request, "restate", bad)
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {
        "district",
        "kbli.0",
        "products.0.kind",
        "more",
    }
    guess = await calling.tell(
        request,
        "resume",
        **{"Idempotency-Key": "0" * 8 + "-" + "0000-" * 3 + "0" * 12},
    )
    assert guess.status_code == 422


# -- files


async def test_a_document_is_added_once_and_what_would_be_refused_leaves_no_file(calling: Calling) -> None:
    request, once = await calling.inside.mentored(), key()
    where, credentials = f"/cases/{request.ticket}/add-document", calling.owner_headers(request)
    before = len(calling.inside.vault.plain)
    for form in ({"document": "poem"}, {"document": "composition", "product": "7"}):
        assert (await calling.send(where, form, credentials)).status_code == 409
    assert len(calling.inside.vault.plain) == before
    form = {"document": "composition", "product": "1"}
    added = await calling.send(where, form, credentials | once)
    assert (added.status_code, added.json()["event_id"] is not None) == (201, True), added.text
    calling.visiting.refuses_files = True
    refused = await calling.send(where, form, credentials)
    assert (refused.status_code, refused.json()["detail"]) == (422, "This is no picture and no PDF.")
    case_answer = await calling.read(request)
    assert [(each["code"], each["product"]) for each in case_answer["files"]] == [("composition", 1)]


async def test_evidence_comes_with_its_file_and_its_words(calling: Calling) -> None:
    request = await calling.inside.mentored()
    await calling.inside.visited(request)
    agreed = await calling.tell(request, "agree", {"item": "fifo", "plan": "Rak baru"})
    assert (agreed.status_code, agreed.json()["state"]) == (200, "correcting"), agreed.text
    where = f"/cases/{request.ticket}/give-evidence"
    attached = await calling.send(where, {"item": "fifo", "note": "Sudah"}, calling.owner_headers(request))
    assert attached.status_code == 201, attached.text
    verified = await calling.tell(
        request, "verify", {"item": "fifo"}, **calling.person("officer-budi", "officer")
    )
    assert verified.json()["state"] == "corrected"
    assert calling.inside.vault.texts(request.ticket, "note") == ["Sudah"]


async def test_a_referral_goes_to_the_health_office_and_back(calling: Calling) -> None:
    request = await calling.inside.mentored("one", SAMBAL)
    referred = await calling.tell(request, "refer", {"note": "Sambal"}, **calling.mentor)
    assert referred.json()["state"] == "referred"
    assert (await calling.tell(request, "return", {})).json()["state"] == "registered"


async def test_the_same_command_under_the_same_key_is_done_once(calling: Calling) -> None:
    request, once = await calling.inside.mentored(), key()
    answers = [await calling.tell(request, "close", {"reason": "business_stopped"}, **once) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert [each.json()["event_id"] is None for each in answers] == [False, True]


async def test_the_description_says_how_every_route_says_no(calling: Calling) -> None:
    document = (await calling.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert {"400", "404", "422", "503"} <= set(operation["responses"]), path
    assert "missing" in document["components"]["schemas"]["MentoringProblemAnswer"]["properties"]


async def test_a_ticket_is_known_at_every_address_however_it_is_typed(calling: Calling) -> None:
    name = next(name for name in map(str, range(100_000)) if mistakable(ticket_of(name)))
    request = await calling.inside.mentored(name)
    client, app = calling.visiting.client, calling.inside.service.app
    people = (calling.owner_headers(request), calling.mentor)
    written = await statuses(client, app, request.ticket, *people)
    assert await statuses(client, app, as_typed(request.ticket), *people) == written
    assert written.count(200) >= 4
