"""Another system sends applications for a company and is told how its letters stand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.certificates.calling import STATEMENT, Calling
from tests.certificates.inside import Inside, opened, sample_item, ticket_of
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.chassis.receiver import Receiver, receiving, verified
from tests.web import browsing
from tests.web.browsing import PDF, hidden

from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.webhook_addresses import webhook_address
from zi_certificates.use_cases.importing import MOST_AN_HOUR
from zi_certificates.web.import_body import ApplicationSentBody
from zi_chassis.webhooks.public_address import PrivateAddressError, UnusableAddressError
from zi_contracts.certificates import PublishedFinding

REASONS = (PublishedFinding(reason="name_differs", where="product", item=1),)


def sent(request: IntakeRequest, reference: str = "INSW-2026-1", **changes: Any) -> dict[str, Any]:
    items = [sample_item(f"B-{n}").model_dump(mode="json", exclude_none=True) for n in (1, 2)]
    digest = sha256(b"the invoice").hexdigest()
    documents = [{"kind": "invoice", "sha256": digest}]
    return {
        "reference": reference,
        "ticket": request.ticket,
        **STATEMENT,
        "items": items,
        "documents": documents,
    } | changes


async def company(calling: Calling) -> tuple[IntakeRequest, IntakeRequest, str]:
    """A company with an account and a key, and its next request."""
    first = await calling.inside.requested()
    await calling.inside.verified(first)
    made = await calling.post(
        f"/applications/{first.ticket}/exchange/keys", None, calling.owner_headers(first)
    )
    assert made.status_code == 201, made.text
    return first, await calling.inside.requested("two", account=first.ticket), made.json()["secret"]


async def send(calling: Calling, key: str, body: Any, language: str = "en") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
    return await calling.post("/exchange/applications", body, headers)


# -- imports


async def test_an_application_is_drafted_for_the_company_which_goes_on_as_usual(calling: Calling) -> None:
    _, request, key = await company(calling)
    answer = await send(calling, key, sent(request))
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert (draft["reference"], draft["ticket"], draft["revision"]) == ("INSW-2026-1", request.ticket, 1)
    assert {each["reason"] for each in draft["findings"]} == {"document_missing"}
    read = await calling.read(request)
    assert [each["batch"] for each in read["statement"]["products"]] == ["B-1", "B-2"]
    assert [each["number"] for each in read["statement"]["products"]] == [1, 2]
    uploaded = await calling.upload(request, "invoice")
    assert uploaded.status_code == 201


async def test_the_same_again_changes_nothing_and_other_content_is_refused(calling: Calling) -> None:
    _, request, key = await company(calling)
    body = sent(request)
    first = await send(calling, key, body)
    changed = await calling.inside.office.applying.remove_item(
        request, calling.inside.citizen(request), None, 2
    )
    again = await send(calling, key, json.loads(json.dumps(body, indent=4)))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["revision"] == changed.state.revision
    third = await calling.inside.requested("three", account=request.account)
    for other in (sent(request, country="MY"), sent(third)):
        refused = await send(calling, key, other)
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:zona:problem:imported_otherwise"
        assert request.ticket in refused.json()["detail"]
    assert (await send(calling, key, sent(third, "INSW-2026-2"))).status_code == 201


async def test_another_reference_for_the_same_request_is_refused_with_the_first(calling: Calling) -> None:
    _, request, key = await company(calling)
    assert (await send(calling, key, sent(request))).status_code == 201
    refused = await send(calling, key, sent(request, "INSW-2026-9"))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:imported_before")


async def test_what_was_sent_is_published_as_a_digest_that_nobody_can_guess(calling: Calling) -> None:
    _, request, key = await company(calling)
    body = sent(request)
    await send(calling, key, body)
    [message] = [
        json.loads(row.message)
        for row in calling.inside.office.store.messages(0, 1000)
        if ".application_imported." in row.nats_subject
    ]
    plain = ApplicationSentBody.model_validate(body).sent(request.ticket).content
    assert message["data"]["digest"] != plain


async def test_two_at_once_make_one_draft(calling: Calling) -> None:
    _, request, key = await company(calling)
    answers = await asyncio.gather(*(send(calling, key, sent(request)) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert (await calling.inside.state(request)).revision == 1


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "This field is needed."), ("id", "Mohon isi bagian ini.")]
)
async def test_every_wrong_place_is_named_by_a_json_pointer_in_the_readers_language(
    calling: Calling, language: str, sentence: str
) -> None:
    _, request, key = await company(calling)
    body = sent(request)
    del body["items"][1]["batch"]
    body["items"][0]["quantity"] = "many"
    refused = await send(calling, key, body | {"unknown": 1}, language)
    assert refused.status_code == 422
    found = {each["pointer"]: each["detail"] for each in refused.json()["errors"]}
    assert set(found) == {"/items/1/batch", "/items/0/quantity", "/unknown"}
    assert found["/items/1/batch"] == sentence


async def test_what_the_office_does_not_know_is_named_all_at_once(calling: Calling) -> None:
    _, request, key = await company(calling)
    body = sent(request)
    body["items"][1] |= {"hs_code": "99999999", "unit": "fathom"}
    body["documents"] = [{"kind": "nonsense", "sha256": "0" * 64, "products": [1, 7]}]
    refused = await send(calling, key, body)
    assert refused.status_code == 409
    assert [each["pointer"] for each in refused.json()["errors"]] == [
        *("/items/1/hs_code", "/items/1/unit", "/documents/0/kind", "/documents/0/products")
    ]
    assert (await calling.inside.state(request)).statement is None


async def test_a_key_imports_for_its_own_company_alone_and_nothing_else(calling: Calling) -> None:
    first, request, key = await company(calling)
    stranger = await calling.inside.requested("stranger", business="9" * 64)
    posing = await calling.inside.requested("posing", business="8" * 64, account=first.ticket)
    for other in (stranger, posing):
        refused = await send(calling, key, sent(other, other.ticket))
        assert refused.json()["type"] == "urn:zona:problem:not_the_companys"
    unknown = await send(calling, key, sent(request, "INSW-9", ticket=ticket_of("nobody")))
    assert unknown.status_code == 404
    read = await calling.get(f"/applications/{request.ticket}", {"Authorization": f"Bearer {key}"})
    assert read.status_code == 401


async def test_a_key_that_was_ended_or_guessed_opens_nothing(calling: Calling) -> None:
    first, request, key = await company(calling)
    guesses = [
        "",
        "zik_",
        "zik_00_x",
        key[:-1] + ("A" if key[-1] != "A" else "B"),
        key.replace("zik", "abc"),
        "ü",
    ]
    for guess in guesses:
        headers = {"Authorization": f"Bearer {guess}".encode()}
        answer = await calling.visiting.client.post(
            f"{calling.api}/exchange/applications", json=sent(request), headers=headers
        )
        assert answer.status_code == 401, guess
    assert (await calling.post("/exchange/applications", sent(request), {})).status_code == 401
    where, owner = f"/applications/{first.ticket}/exchange", calling.owner_headers(first)
    [listed] = (await calling.get(where, owner)).json()["keys"]
    ended = await calling.post(f"{where}/keys/{listed['key']}/end", None, owner)
    assert ended.json()["keys"][0]["revoked_at"] is not None
    refused = await send(calling, key, sent(request))
    assert refused.status_code == 401
    assert (await calling.get(where, owner)).json()["uses"][0]["outcome"] == "unknown_import_key"


async def test_each_use_of_a_key_is_recorded_and_paged(calling: Calling) -> None:
    first, request, key = await company(calling)
    await send(calling, key, sent(request))
    await send(calling, key, sent(request))
    calling.inside.clock.pass_hours(0.1)
    for _ in range(20):
        await send(calling, key, {"reference": "x"})
    where, owner = f"/applications/{first.ticket}/exchange", calling.owner_headers(first)
    read = (await calling.get(where, owner)).json()
    assert (read["total_uses"], len(read["uses"]), read["uses"][0]["outcome"]) == (22, 20, "invalid_fields")
    rest = (await calling.get(f"{where}?uses=2", owner)).json()["uses"]
    assert {(each["outcome"], each["ticket"]) for each in rest} <= {
        ("taken", request.ticket),
        ("repeated", request.ticket),
        ("invalid_fields", None),
    }


async def test_a_key_is_used_so_often_and_no_more(calling: Calling, monkeypatch: pytest.MonkeyPatch) -> None:
    _, request, key = await company(calling)
    monkeypatch.setattr("zi_certificates.use_cases.importing.MOST_AN_HOUR", 2)
    assert MOST_AN_HOUR > 2
    answers = [(await send(calling, key, sent(request))).status_code for _ in range(3)]
    assert answers == [201, 200, 429]


async def test_only_the_person_in_charge_makes_keys_and_the_same_form_makes_one(calling: Calling) -> None:
    first, request, _ = await company(calling)
    refused = await calling.post(
        f"/applications/{request.ticket}/exchange/keys", None, calling.owner_headers(request)
    )
    assert refused.json()["type"] == "urn:zona:problem:other_ticket"
    stranger = await calling.inside.requested("stranger", business="9" * 64)
    nothing = await calling.post(
        f"/applications/{stranger.ticket}/exchange/keys", None, calling.owner_headers(stranger)
    )
    assert nothing.json()["type"] == "urn:zona:problem:no_account"
    headers = calling.owner_headers(first) | {"Idempotency-Key": "7f8b4a0e-6d0f-4a53-9f54-0f5cf9c0a111"}
    same = {
        (await calling.post(f"/applications/{first.ticket}/exchange/keys", None, headers)).json()["secret"]
        for _ in range(2)
    }
    assert len(same) == 1


async def test_the_office_sees_whether_a_file_is_the_one_that_was_announced(calling: Calling) -> None:
    _, request, key = await company(calling)
    body = sent(request)
    body["documents"] = [
        {"kind": "invoice", "sha256": sha256(PDF[1]).hexdigest()},
        {"kind": "nib", "sha256": "0" * 64},
    ]
    assert (await send(calling, key, body)).status_code == 201
    for kind in ("invoice", "nib", "packing_list"):
        assert (await calling.upload(request, kind)).status_code == 201
    stated = (await calling.inside.state(request)).statement
    assert stated is not None
    assert [each.announced for each in stated.documents] == [True, False, None]
    page = await calling.visiting.owner(request).get(f"{here(request)}/documents")
    assert page.text.count("As the other system announced it.") == 1
    assert page.text.count("Not the file that the other system announced.") == 1


# -- webhooks


@asynccontextmanager
async def opened_to_tests(folder: Path) -> AsyncIterator[Calling]:
    async with browsing.visited(opened(folder, private_webhooks=True), folder) as visiting:
        yield Calling(visiting)


@pytest.fixture
async def private(tmp_path: Path) -> AsyncIterator[Calling]:
    """A house that may call this machine."""
    async with opened_to_tests(tmp_path) as calling:
        yield calling


def webhook_events(receiver: Receiver) -> list[tuple[str, dict[str, Any]]]:
    bodies = [json.loads(body) for _, _, body in receiver.calls]
    return [(each["type"], each["data"]) for each in bodies]


async def test_another_companys_letter_is_told_to_nobody(private: Calling) -> None:
    inside = private.inside
    async with receiving() as receiver:
        first = await inside.requested("first", business="7" * 64)
        await inside.verified(first)
        await inside.office.exchanging.subscribe(first, inside.citizen(first), receiver.url)
        await inside.sealed(await inside.signed("two"))
        assert await inside.office.webhooks.tick() == 0
    assert receiver.calls == []


async def test_the_whole_life_of_a_letter_is_told_with_valid_signatures(private: Calling) -> None:
    inside = private.inside
    async with receiving() as receiver:
        request, secret = await issued_after_subscribing(inside, receiver)
        [number] = await inside.sealed(request)
        await inside.office.webhooks.tick()
        [letter] = (await inside.state(request)).letters
        await inside.office.deciding.suspend(
            request.ticket, inside.signer(), None, letter.id, "unsafe_product"
        )
        await inside.office.webhooks.tick()
        assert [type for type, _ in webhook_events(receiver)] == ["letter.issued", "letter.suspended"]
        kinds = webhook_events(receiver)
        assert kinds[0][1] == {
            "ticket": request.ticket,
            "reference": None,
            "series": "ski",
            "number": number,
            "kind": "ski_post_border",
            "valid_until": None,
        }
        assert kinds[1][1]["reason"] == "unsafe_product"
        assert all(verified(secret, headers, body) for _, headers, body in receiver.calls)
        ids = [headers["webhook-id"] for _, headers, _ in receiver.calls]
        assert len(set(ids)) == 2
        assert "contoh" not in json.dumps(kinds).lower()  # neither the company nor a product


async def issued_after_subscribing(inside: Inside, receiver: Receiver) -> tuple[IntakeRequest, str]:
    """A letter that is signed, of a company that subscribed before."""
    request = await inside.signed()
    secret = await inside.office.exchanging.subscribe(request, inside.citizen(request), receiver.url)
    return request, secret


async def test_a_refusal_is_told_with_the_senders_own_reference(private: Calling) -> None:
    inside = private.inside
    async with receiving() as receiver:
        request = await inside.paid()
        await inside.office.exchanging.subscribe(request, inside.citizen(request), receiver.url)
        await inside.office.deciding.take_next(inside.evaluator(), None)
        await inside.office.deciding.reject(request.ticket, inside.evaluator(), None, REASONS)
        await inside.office.webhooks.tick()
        [(kind, data)] = webhook_events(receiver)
    assert kind == "application.refused"
    assert data["reasons"] == [{"reason": "name_differs", "where": "product", "item": 1}]


async def test_gone_ends_the_webhook_and_deletes_its_address(private: Calling) -> None:
    inside = private.inside
    async with receiving(statuses=[410]) as receiver:
        request, _ = await issued_after_subscribing(inside, receiver)
        await inside.sealed(request)
        await inside.office.webhooks.tick()
    overview = await inside.office.exchanging.overview(request, inside.citizen(request))
    assert (overview.url, overview.state.webhook) == (None, None)
    assert await inside.office.store.query(lambda tx: webhook_address(tx, overview.account)) is None
    messages = [json.loads(each.message) for each in inside.office.store.messages(0, 500)]
    [ended] = [each for each in messages if each["type"] == "zi.certificates.webhook_ended"]
    assert (ended["data"], ended["actorrole"]) == ({"reason": "gone"}, "system:certificates")


async def test_no_message_holds_the_address_or_a_reference(private: Calling) -> None:
    inside = private.inside
    async with receiving() as receiver:
        first, request, key = await company(private)
        await inside.office.exchanging.subscribe(first, inside.citizen(first), receiver.url)
        await send(private, key, sent(request))
        stored_messages = b"".join(
            bytes(each.message) for each in inside.office.store.messages(0, 500)
        ).decode()
        assert "application_imported" in stored_messages
        assert "127.0.0.1" not in stored_messages
        assert "INSW-2026-1" not in stored_messages


async def test_an_address_inside_of_a_network_is_refused_with_a_sentence(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    await visiting.inside.verified(request)
    browser = visiting.owner(request)
    page = await browser.get(f"{here(request)}/exchange")
    for url, sentence in (
        ("https://127.0.0.1/", "lead to the public network"),
        ("http://hook.example/", "begins with https://"),
        ("", "begins with https://"),
    ):
        refused = await browser.post(f"{here(request)}/exchange/webhook", {"key": hidden(page), "url": url})
        assert refused.status_code in (409, 422)
        assert sentence in refused.text
        assert f'value="{url}"' in refused.text
    exchanging, by = visiting.inside.office.exchanging, visiting.inside.citizen(request)
    with pytest.raises(PrivateAddressError):
        await exchanging.subscribe(request, by, "https://169.254.169.254/latest/meta-data")
    with pytest.raises(UnusableAddressError):
        await exchanging.subscribe(request, by, "file:///etc/passwd")


async def test_the_page_shows_a_secret_once_and_lists_what_was_called(private: Calling) -> None:
    inside, browser_of = private.inside, private.visiting.owner
    async with receiving(statuses=[500]) as receiver:
        request = await inside.signed()
        browser = browser_of(request)
        where = f"{here(request)}/exchange"
        page = await browser.get(where)
        made = await browser.post(f"{where}/keys", {"key": hidden(page)})
        [key] = re.findall(r"zik_[0-9a-f]{32}_[\w-]+", made.text)
        assert made.headers["cache-control"] == "no-store"
        again = await browser.post(f"{where}/keys", {"key": hidden(page)})
        assert key in again.text  # the same form makes the same key
        saved = await browser.post(f"{where}/webhook", {"key": hidden(page), "url": receiver.url})
        assert "whsec_" in saved.text
        rotated = await browser.post(f"{where}/webhook/rotate", {"key": hidden(saved)})
        assert re.findall(r"whsec_[\w+/=]+", rotated.text) != re.findall(r"whsec_[\w+/=]+", saved.text)
        await inside.sealed(request)
        for _ in range(14):
            await inside.office.webhooks.tick()
            inside.clock.pass_hours(24)
        plain = await browser.get(where)
        assert "zik_" not in plain.text
        assert "whsec_" not in plain.text
        assert "1 message was given up after five days." in plain.text
        assert "Given up" in plain.text
        ended = await browser.post(f"{where}/webhook/end", {})
        assert receiver.url not in ended.text
        [listed] = (await inside.office.exchanging.overview(request, inside.citizen(request))).keys
        after = await browser.post(f"{where}/keys/{listed.key}/end", {})
        assert "Ended" in after.text
