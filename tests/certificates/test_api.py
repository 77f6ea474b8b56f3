"""What applicants do by programs."""

import asyncio
import json
from pathlib import Path

import httpx
import pikepdf
import pytest
from tests.certificates.both import opened
from tests.certificates.calling import ACCOUNT, STATEMENT, Calling
from tests.certificates.inside import STATED, sample_item, ticket_of
from tests.intake.sample_files import document, written
from tests.web.calling import key
from tests.web.tickets import as_typed, mistakable, statuses

from zi_certificates.messaging.upstream import IntakeRequest
from zi_contracts.certificates import PublishedFinding

LINE = "Kecap Contoh,ML123456789012,21039012,{batch},2026-06-01,2028-06-01,1200,kg,botol,MY,Tarakan,INV-1"
HEADING = (
    "product,registration_number,hs_code,batch,manufactured,expires,quantity,unit,pack,country,port,invoice"
)


def sheet(*lines: str) -> bytes:
    return "\n".join((HEADING, *lines)).encode()


async def drafted(calling: Calling) -> IntakeRequest:
    request = await calling.inside.requested()
    answer = await calling.tell(request, "statement", STATEMENT)
    assert answer.status_code == 200, answer.text
    return request


# -- from one end to the other


async def test_an_application_goes_from_the_request_at_the_front_door_to_a_bill(tmp_path: Path) -> None:
    async with opened(tmp_path) as both:
        filed = await both.submitted()
        answer = await both.read(filed)
        assert (answer["state"], answer["holder"], answer["findings"]) == ("awaiting_payment", "citizen", [])
        assert answer["bill"]["pay_at"].endswith(f"/certificates/billing-simulator/{filed['bill']}")


async def test_what_intake_has_against_a_file_is_passed_on_as_it_was_said(tmp_path: Path) -> None:
    locked = written(document(), encryption=pikepdf.Encryption(owner="owner", user="secret"))
    against = {
        "unknown_attachment": b"no file of these",
        "unreadable_attachment": b"%PDF-1.7 cut off",
        "locked_document": locked,
        "too_many_pages": written(document(301)),
    }
    async with opened(tmp_path) as both:
        filed = await both.requested()
        await both.done(filed, "statement", STATEMENT)
        for kind, file in against.items():
            refused = await both.upload(filed, "invoice", file=file, **{"Accept-Language": "en"})
            assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
            assert refused.json()["type"] == f"urn:zona:problem:{kind}"
        assert refused.json()["detail"].startswith("The PDF has more than 300 pages.")
        too_much = b"x" * (10 * 1024 * 1024 + 100 * 1024)
        large = await both.upload(filed, "invoice", file=too_much, **{"Accept-Language": "id"})
        assert large.status_code == 413
        assert large.json()["detail"].startswith("Kiriman Anda lebih besar dari")
        assert (await both.read(filed))["statement"]["documents"] == []


async def test_the_same_upload_twice_is_one_document(tmp_path: Path) -> None:
    async with opened(tmp_path) as both:
        filed, once = await both.requested(), key()
        await both.done(filed, "statement", STATEMENT)
        first, second = [await both.upload(filed, "invoice", **once) for _ in range(2)]
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json()["item"] == second.json()["item"]
        assert second.json()["event_id"] is None
        assert len((await both.read(filed))["statement"]["documents"]) == 1


# -- who may


async def test_only_whoever_has_the_case_gets_to_the_application(calling: Calling) -> None:
    request, other = await calling.inside.requested("one"), await calling.inside.requested("two")
    where = f"/applications/{request.ticket}"
    answers = [
        await calling.get(where),
        await calling.get(where, calling.owner_headers(other)),
        await calling.get(where, {"Authorization": "Bearer nonsense"}),
    ]
    assert [each.status_code for each in answers] == [401, 401, 401]
    assert (await calling.get("/applications/nonsense", calling.owner_headers(request))).status_code == 404


async def test_a_company_signed_in_sees_its_own_applications_alone(calling: Calling) -> None:
    request = await calling.inside.requested("one", actor="company-1", role="applicant")
    where = f"/applications/{request.ticket}"
    assert (await calling.get(where, calling.person("company-1", "applicant"))).status_code == 200
    assert (await calling.get(where, calling.person("company-2", "applicant"))).status_code == 404


async def test_an_official_reads_the_application_and_changes_nothing_of_it(calling: Calling) -> None:
    request = await drafted(calling)
    where = f"/applications/{request.ticket}"
    answer = await calling.get(where, calling.evaluator)
    assert answer.json()["statement"]["goods"] == "pangan_olahan"
    changed = await calling.post(f"{where}/statement", STATEMENT, calling.evaluator)
    assert changed.status_code == 401


# -- what is stated


async def test_what_was_never_asked_for_has_no_application(calling: Calling) -> None:
    request = await calling.inside.requested()
    answer = await calling.read(request)
    assert (answer["state"], answer["statement"], answer["account"], answer["findings"]) == (
        "unknown",
        None,
        None,
        [],
    )


async def test_every_bad_field_is_named_at_once(calling: Calling) -> None:
    request = await calling.inside.requested()
    fields = {"kinds": ["ski_border", "nonsense"], "goods": 7, "country": "Malaysia", "extra": 1}
    refused = await calling.tell(request, "statement", fields)
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {"kinds.1", "goods", "country", "extra"}


async def test_a_statement_is_begun_once_and_then_changed(calling: Calling) -> None:
    request = await drafted(calling)
    changed = await calling.tell(request, "statement", STATEMENT | {"circumstances": ["wholesaler"]})
    assert changed.json()["revision"] == 2
    answer = await calling.read(request)
    assert answer["statement"]["circumstances"] == ["wholesaler"]


async def test_a_circumstance_that_the_rules_do_not_ask_about_is_refused(calling: Calling) -> None:
    strange = STATEMENT | {"circumstances": ["full_moon"]}
    request = await calling.inside.requested()
    assert (await calling.tell(request, "statement", strange)).status_code == 409
    assert (await calling.tell(request, "statement", STATEMENT)).status_code == 200
    refused = await calling.tell(request, "statement", strange)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:zona:problem:unknown_circumstance"
    assert (await calling.read(request))["statement"]["circumstances"] == []


async def test_a_late_repeat_of_the_first_statement_takes_nothing_back(calling: Calling) -> None:
    request, once = await calling.inside.requested(), key()
    await calling.tell(request, "statement", STATEMENT, **once)
    await calling.tell(request, "statement", STATEMENT | {"circumstances": ["wholesaler"]})
    repeated = await calling.tell(request, "statement", STATEMENT, **once)
    assert (repeated.status_code, repeated.json()["event_id"], repeated.json()["revision"]) == (200, None, 2)


async def test_which_letter_is_replaced_is_said_at_the_beginning(calling: Calling) -> None:
    request = await drafted(calling)
    late = await calling.tell(request, "statement", STATEMENT | {"replaces": "SKI-2026-000001"})
    assert (late.status_code, late.json()["type"]) == (409, "urn:zona:problem:replaces_fixed")


async def test_products_come_one_by_one_and_keep_their_numbers(calling: Calling) -> None:
    request = await drafted(calling)
    items = [sample_item(batch).model_dump(mode="json") for batch in ("B-1", "B-2", "B-3")]
    await calling.tell(request, "items", {"items": items})
    await calling.tell(request, "items/2/remove")
    await calling.tell(request, "items/3/change", items[2] | {"batch": "B-4"})
    answer = await calling.read(request)
    assert [(each["number"], each["batch"]) for each in answer["statement"]["products"]] == [
        (1, "B-1"),
        (3, "B-4"),
    ]
    unknown = await calling.tell(request, "items/2/remove")
    assert (unknown.status_code, unknown.json()["type"]) == (409, "urn:zona:problem:no_such_product")


async def test_an_idempotency_key_does_it_once(calling: Calling) -> None:
    request, once = await drafted(calling), key()
    body = {"items": [sample_item().model_dump(mode="json")]}
    first, second = [await calling.tell(request, "items", body, **once) for _ in range(2)]
    assert (first.json()["event_id"] is None, second.json()["event_id"]) == (False, None)
    assert len((await calling.read(request))["statement"]["products"]) == 1


async def test_a_key_that_can_be_guessed_is_refused(calling: Calling) -> None:
    request = await calling.inside.requested()
    guessed = {"Idempotency-Key": "00000000-0000-1000-8000-000000000001"}
    refused = await calling.tell(request, "statement", STATEMENT, **guessed)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["in"] == "header"


# -- lists


async def test_a_list_is_taken_whole(calling: Calling) -> None:
    request = await drafted(calling)
    taken = await calling.send_list(request, sheet(LINE.format(batch="B-1"), LINE.format(batch="B-2")))
    assert taken.status_code == 200, taken.text
    assert len((await calling.read(request))["statement"]["products"]) == 2


async def test_of_a_list_with_mistakes_nothing_is_taken_and_every_line_is_told(calling: Calling) -> None:
    request = await drafted(calling)
    wrong = LINE.format(batch="B-2").replace("2026-06-01", "soon").replace("1200", "many")
    refused = await calling.send_list(
        request, sheet(LINE.format(batch="B-1"), wrong), **{"Accept-Language": "en"}
    )
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "urn:zona:problem:unreadable_list")
    assert [(each["line"], each["column"], each["what"]) for each in problem["lines"]] == [
        (3, "manufactured", "soon"),
        (3, "quantity", "many"),
    ]
    assert all(each["sentence"] for each in problem["lines"])
    assert (await calling.read(request))["statement"]["products"] == []


async def test_a_list_is_sent_as_one(calling: Calling) -> None:
    request = await drafted(calling)
    answer = await calling.send_list(request, sheet(), **{"Content-Type": "application/json"})
    assert answer.status_code == 415


async def test_a_list_over_the_limit_is_refused_before_it_is_read(calling: Calling) -> None:
    request = await drafted(calling)
    assert (await calling.send_list(request, b"x" * 300_000)).status_code == 413


# -- documents


async def test_a_document_speaks_of_products_that_are_there(calling: Calling) -> None:
    request = await drafted(calling)
    unknown = await calling.upload(request, "invoice", 1)
    assert (unknown.status_code, unknown.json()["type"]) == (409, "urn:zona:problem:no_such_product")
    assert calling.inside.vault.texts(request.ticket, "attachment") == []


async def test_a_document_is_of_a_kind_that_the_rules_know(calling: Calling) -> None:
    request = await drafted(calling)
    refused = await calling.upload(request, "love_letter")
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (422, "kind")
    assert "invoice" in error["detail"]


async def test_a_document_is_taken_out_again(calling: Calling) -> None:
    request = await drafted(calling)
    added = await calling.upload(request, "invoice")
    item = added.json()["item"]
    assert (await calling.tell(request, f"documents/{item}/remove")).status_code == 200
    assert (await calling.read(request))["statement"]["documents"] == []
    assert (await calling.tell(request, f"documents/{item}/remove")).status_code == 409


async def test_nothing_is_uploaded_to_an_application_that_the_office_works_on(calling: Calling) -> None:
    request = await calling.inside.paid()
    before = len(calling.inside.vault.texts(request.ticket, "attachment"))
    refused = await calling.upload(request, "invoice")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:not_yours_to_change")
    assert len(calling.inside.vault.texts(request.ticket, "attachment")) == before


# -- the account


async def test_an_account_is_opened_filled_and_verified(calling: Calling) -> None:
    request = await calling.inside.requested()
    assert (await calling.tell(request, "account", ACCOUNT)).json()["check"] == "waiting"
    added = await calling.upload(request, "identity_card", to="account/documents")
    assert added.status_code == 201, added.text
    await calling.tell(request, "account", ACCOUNT | {"hs_codes": ["21039012", "21039013"]})
    account = (await calling.read(request))["account"]
    assert (account["revision"], account["hs_codes"]) == (3, ["21039012", "21039013"])
    assert [each["kind"] for each in account["documents"]] == ["identity_card"]
    removed = await calling.tell(request, f"account/documents/{added.json()['item']}/remove")
    assert removed.json()["revision"] == 4
    assert calling.inside.vault.texts(request.ticket, "account.warehouse") == [STATED.warehouse] * 2


async def test_documents_that_come_to_an_account_at_once_are_all_there(calling: Calling) -> None:
    request = await calling.inside.requested()
    await calling.tell(request, "account", ACCOUNT)
    kinds = ("identity_card", "hs_code_list", "nib", "warehouse_photos")
    uploads = (calling.upload(request, kind, to="account/documents") for kind in kinds)
    changed = calling.tell(request, "account", ACCOUNT | {"acts_for_others": True})
    answers = await asyncio.gather(*uploads, changed)
    assert [each.status_code for each in answers] == [201] * 4 + [200]
    account = (await calling.read(request))["account"]
    assert {each["kind"] for each in account["documents"]} == set(kinds)
    assert account["acts_for_others"] is True


async def test_a_late_repeat_of_the_opening_takes_nothing_back(calling: Calling) -> None:
    request, once = await calling.inside.requested(), key()
    await calling.tell(request, "account", ACCOUNT, **once)
    await calling.tell(request, "account", ACCOUNT | {"hs_codes": ["21039013"]})
    repeated = await calling.tell(request, "account", ACCOUNT, **once)
    assert (repeated.status_code, repeated.json()["event_id"]) == (200, None)
    assert (await calling.read(request))["account"]["hs_codes"] == ["21039013"]


async def test_documents_of_no_account_are_refused_before_they_are_kept(calling: Calling) -> None:
    request = await calling.inside.requested()
    refused = await calling.upload(request, "identity_card", to="account/documents")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:no_account")
    assert calling.inside.vault.texts(request.ticket, "attachment") == []


async def test_another_person_in_charge_takes_the_account_over(calling: Calling) -> None:
    first = await calling.inside.requested("one")
    await calling.inside.verified(first)
    second = await calling.inside.requested("two", account=first.ticket)
    moved = await calling.tell(second, "account/move", ACCOUNT)
    assert (moved.status_code, moved.json()["check"]) == (200, "waiting")
    refused = await calling.tell(first, "account", ACCOUNT)
    assert refused.status_code == 409


# -- on its way


@pytest.mark.parametrize("language", ["en", "id"])
async def test_all_that_is_missing_comes_back_at_once_with_its_sources(
    calling: Calling, language: str
) -> None:
    request = await calling.inside.requested()
    await calling.inside.verified(request)
    await calling.tell(request, "statement", STATEMENT)
    refused = await calling.tell(request, "submit", {"revision": 1}, **{"Accept-Language": language})
    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (409, "urn:zona:problem:incomplete")
    found = {each["reason"]: each for each in problem["findings"]}
    assert {"no_items", "document_missing"} <= set(found)
    assert found["document_missing"]["source_status"] in ("verified", "unverified")
    assert all(
        each["sentence"] and (each["source"] is None) == (each["source_status"] == "unverified")
        for each in problem["findings"]
    )
    expected = "Add at least one product." if language == "en" else "Tambahkan sedikitnya satu produk."
    assert expected in found["no_items"]["sentence"]
    answer = await calling.read(request, **{"Accept-Language": language})
    assert answer["findings"] == problem["findings"]


async def test_what_was_changed_since_it_was_looked_at_is_not_submitted(calling: Calling) -> None:
    request = await calling.inside.requested()
    await calling.inside.verified(request)
    await calling.inside.drafted(request)
    stale = await calling.tell(request, "submit", {"revision": 1})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:zona:problem:changed_meanwhile")


async def test_submitting_twice_is_one_bill(calling: Calling) -> None:
    request, once = await calling.inside.requested(), key()
    await calling.inside.verified(request)
    await calling.inside.drafted(request)
    body = {"revision": (await calling.read(request))["statement"]["revision"]}
    first, second = [await calling.tell(request, "submit", body, **once) for _ in range(2)]
    assert first.json()["bill"] == second.json()["bill"]
    assert (first.json()["state"], second.json()["event_id"]) == ("awaiting_payment", None)


async def test_what_was_asked_for_is_sent(calling: Calling) -> None:
    inside, request = calling.inside, await calling.inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    requested = await calling.post(
        f"/applications/{request.ticket}/ask-data",
        {"wanted": [{"reason": "document_unreadable", "where": "documents.invoice"}], "note": "Buram."},
        calling.evaluator,
    )
    assert requested.status_code == 200, requested.text
    answer = await calling.read(request, **{"Accept-Language": "en"})
    assert (answer["state"], answer["holder"]) == ("need_data", "citizen")
    assert ([each["reason"] for each in answer["asked"]], answer["note"]) == (
        ["document_unreadable"],
        "Buram.",
    )
    read = await calling.get(f"/applications/{request.ticket}", calling.evaluator)
    assert read.json()["note"] is None
    inside.vault.is_away = True
    assert (await calling.read(request))["note"] is None
    inside.vault.is_away = False
    nothing = await calling.tell(request, "send-data", {"revision": answer["statement"]["revision"]})
    assert nothing.json()["type"] == "urn:zona:problem:nothing_changed"
    await calling.upload(request, "invoice")
    revision = (await calling.read(request))["statement"]["revision"]
    sent = await calling.tell(request, "send-data", {"revision": revision})
    assert (sent.status_code, sent.json()["state"]) == (200, "evaluation")


async def test_what_a_signer_writes_to_the_evaluator_is_not_answered_to_the_applicant(
    calling: Calling,
) -> None:
    inside, request = calling.inside, await calling.inside.passed()
    wrong = PublishedFinding(reason="invoice_differs", where="invoice", item=1)
    back = inside.office.deciding.send_back(request.ticket, inside.signer(), None, (wrong,), "Lihat invoice.")
    assert (await back).state.status.value == "evaluation"
    answer = await calling.read(request)
    assert (answer["asked"], answer["note"]) == ([], None)


async def test_what_was_rejected_is_submitted_again(calling: Calling) -> None:
    inside, request = calling.inside, await calling.inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    reasons = {"reasons": [{"reason": "name_differs", "where": "product", "item": 1}]}
    await calling.post(f"/applications/{request.ticket}/reject", reasons, calling.evaluator)
    answer = await calling.read(request)
    assert (answer["state"], answer["asked"][0]["item"]) == ("rejected", 1)
    revision = {"revision": answer["statement"]["revision"]}
    same = await calling.tell(request, "resubmit", revision)
    assert (same.status_code, same.json()["type"]) == (409, "urn:zona:problem:unchanged")
    assert (await calling.read(request))["resubmissions_left"] == 3
    await calling.tell(request, "statement", STATEMENT | {"circumstances": ["wholesaler"]})
    again = await calling.tell(request, "resubmit", {"revision": revision["revision"] + 1})
    assert (again.status_code, again.json()["state"]) == (200, "resubmitted")


async def test_what_was_asked_and_is_not_sent_is_named(calling: Calling) -> None:
    inside, request = calling.inside, await calling.inside.paid()
    await inside.office.deciding.take_next(inside.evaluator(), None)
    wanted = [
        {"reason": "name_differs", "where": "product", "item": 1},
        {"reason": "document_unreadable", "where": "documents.invoice"},
    ]
    await calling.post(f"/applications/{request.ticket}/ask-data", {"wanted": wanted}, calling.evaluator)
    await calling.upload(request, "invoice")
    revision = {"revision": (await calling.read(request))["statement"]["revision"]}
    refused = await calling.tell(request, "send-data", revision, **{"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:answers_missing")
    [finding] = refused.json()["findings"]
    assert finding["sentence"].startswith("Product 1: Name of the product: The product's name isn't the one")
    answers = [{**wanted[0], "text": "Ini nama pada persetujuan."}]
    sent = await calling.tell(request, "send-data", revision | {"answers": answers})
    assert (sent.status_code, sent.json()["state"]) == (200, "evaluation")


async def test_an_application_is_withdrawn(calling: Calling) -> None:
    request = await drafted(calling)
    assert (await calling.tell(request, "withdraw")).json()["state"] == "withdrawn"
    assert (await calling.tell(request, "withdraw")).json()["event_id"] is None
    assert (await calling.tell(request, "statement", STATEMENT)).status_code == 409


# -- what is told


async def test_who_was_overtaken_is_told_by_whom_and_why(calling: Calling) -> None:
    inside = calling.inside
    first, second = await inside.paid("one", "a" * 64), await inside.paid("two", "b" * 64)
    await inside.declared("evaluator-ani", "a" * 64)
    await inside.office.deciding.take_next(inside.evaluator(), None)
    answer = await calling.read(first, **{"Accept-Language": "en"})
    assert answer["queue"] == {"place": 1, "waiting": 1}
    [passed] = answer["overtaken_by"]
    assert (passed["ticket"], passed["reason"]) == (second.ticket, "conflict")
    assert passed["sentence"]
    counted = (await calling.get("/overtakings", {"Accept-Language": "en"})).json()
    assert [(each["month"], each["reason"], each["count"]) for each in counted] == [
        ("2026-12", "conflict", 1)
    ]
    assert (await calling.get("/overtakings?before=2027-01")).json() != []
    assert (await calling.get("/overtakings?before=2026-12")).json() == []


@pytest.mark.parametrize("before", ["", "2026", "2026-12-01", "2026-1x", "%27", "٢٠٢٦-12", "9" * 500])
async def test_what_is_no_month_begins_no_page(calling: Calling, before: str) -> None:
    assert (await calling.get(f"/overtakings?before={before}")).status_code == 422


async def test_the_history_names_roles_and_never_people(calling: Calling) -> None:
    request = await calling.inside.signed()
    answer = await calling.read(request)
    roles = [each["role"] for each in answer["decisions"]]
    assert roles == ["staff:officer"] + ["staff:evaluator"] * 4 + ["staff:signer"]
    assert all(each["ledger"]["index"] >= 40 for each in answer["timeline"])
    everything = json.dumps(answer)
    assert not [name for name in ("ani", "eko", "budi") if f"-{name}" in everything]
    [letter] = answer["letters"]
    assert (letter["kind"], letter["number"], letter["links"]["file"]) == ("ski_post_border", None, None)


async def test_nothing_that_is_personal_is_told(calling: Calling) -> None:
    request = await calling.inside.submitted()
    answer = json.dumps(await calling.read(request))
    for text in ("PT one", "Jalan Contoh", "Jalan Gudang", "Bunga"):
        assert text not in answer


async def test_what_the_vault_could_not_keep_is_not_recorded(calling: Calling) -> None:
    request = await calling.inside.requested()
    calling.inside.vault.is_away = True
    refused = await calling.tell(request, "account", ACCOUNT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert (await calling.read(request))["account"] is None


async def test_an_answer_of_intake_that_is_none_of_its_own_is_not_passed_on(calling: Calling) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, text="<html>bad gateway</html>")

    request = await drafted(calling)
    calling.inside.office.uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    refused = await calling.upload(request, "invoice")
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")


def test_the_description_of_the_api_refers_to_nothing_that_is_not_there(calling: Calling) -> None:
    document = calling.inside.service.app.openapi()
    text = json.dumps(document)
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in wanted
    assert calling.api in next(iter(document["paths"]))


async def test_what_is_wrong_with_a_number_is_said(calling: Calling) -> None:
    request = await drafted(calling)
    item = sample_item().model_dump(mode="json")
    wrong = {"0": "Give more than 0.", "1.2345": "Write at most 3 decimal places.", "many": "Write a number."}
    for quantity, sentence in wrong.items():
        body = {"items": [item | {"quantity": quantity}]}
        refused = await calling.tell(request, "items", body, **{"Accept-Language": "en"})
        assert [each["detail"] for each in refused.json()["errors"]] == [sentence]


async def test_a_ticket_is_known_at_every_address_however_it_is_typed(calling: Calling) -> None:
    name = next(name for name in map(str, range(100_000)) if mistakable(ticket_of(name)))
    request = await calling.inside.submitted(name)
    client, app = calling.visiting.client, calling.inside.service.app
    people = (calling.owner_headers(request), calling.evaluator)
    written = await statuses(client, app, request.ticket, *people)
    assert await statuses(client, app, as_typed(request.ticket), *people) == written
    assert written.count(200) >= 4
