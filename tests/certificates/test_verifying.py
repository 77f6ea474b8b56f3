"""Letters verified over the API and the pages, as strangers do it."""

import asyncio
import html
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside
from tests.certificates.whole import PERSON, Whole
from tests.letters.sample_letter import TEMPLATE
from tests.verify.sample_log import POLICY

from zi_certificates.domain.application.commands import (
    Seal,
    Supersede,
)
from zi_certificates.domain.verification import VerificationOutcome
from zi_certificates.messaging.published import applications
from zi_certificates.read.checks import checked_since
from zi_certificates.read.letters import LetterRow
from zi_certificates.read.public_register import PAGE, RegisterFilter, register_page, tallies
from zi_chassis.domain import Act
from zi_letters.claimed_number import claimed_number
from zi_letters.pdf_worker import RenderJob
from zi_rules.letter_template import load_letter_templates
from zi_tlog.letter import CODE, Code
from zi_tlog.letter_goods import CodeGoods, CodeProduct
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Matching

API = "/certificates/api"
BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
PUBLIC = "http://zona.example"


@pytest.fixture
async def client(inside: Inside) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=inside.service.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client


@pytest.fixture
async def whole(inside: Inside, tmp_path: Path) -> AsyncIterator[Whole]:
    yield Whole(inside, tmp_path)
    await inside.office.sealing._worker.close()


async def verify_number(client: httpx.AsyncClient, number: str) -> Any:
    answer = await client.get(f"{API}/verify/{number}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def verify_file(client: httpx.AsyncClient, pdf: bytes) -> Any:
    answer = await client.post(f"{API}/verify", files={"file": ("surat.pdf", pdf, "application/pdf")})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def page(client: httpx.AsyncClient, place: str, status: int = 200) -> str:
    answer = await client.get(place, headers=BROWSER)
    assert answer.status_code == status, answer.text
    return " ".join(html.unescape(answer.text).split())


def code_on(whole: Whole, row: LetterRow) -> str:
    """As a phone reads it from the page."""
    with pikepdf.open(BytesIO(whole.file(row))) as pdf:
        return pdf.attachments[CODE].get_file().read_bytes().decode()


async def stand(inside: Inside, row: LetterRow, verdict: str) -> None:
    by, deciding = inside.signer(), inside.office.deciding
    if verdict == "reinstate":
        other = inside.signer("signer-citra")
        await deciding.reinstate(row.ticket, other, None, row.letter, "cause_removed")
    else:
        await getattr(deciding, verdict)(row.ticket, by, None, row.letter, "unsafe_product")


async def test_a_letter_is_verified_by_its_number(client: httpx.AsyncClient, whole: Whole) -> None:
    row = await whole.sealed()
    answer = await verify_number(client, "SKI-2026-000001")
    assert (answer["outcome"], answer["untouched"], answer["issued"]) == ("issued", None, True)
    assert (answer["valid_today"], answer["standing"]) == (True, "valid")
    assert answer["letter"]["kind"] == "ski_post_border"
    assert answer["letter"]["countries"] == ["MY"]
    assert answer["letter"]["receipt"] == f"{PUBLIC}/audit/api/receipts/{row.event_id}"
    assert answer["page"] == f"{PUBLIC}/certificates/verify/SKI-2026-000001"
    assert answer["holder"] is None
    assert "PT one" not in str(answer)


async def test_what_was_never_issued_is_unknown(client: httpx.AsyncClient, whole: Whole) -> None:
    assert (await verify_number(client, "SKI-2026-000001"))["outcome"] == "unknown"
    assert (await verify_number(client, "nonsense"))["outcome"] == "no_letter"


async def test_a_letter_that_is_not_sealed_yet_is_not_valid(
    client: httpx.AsyncClient, inside: Inside
) -> None:
    await inside.signed()
    await inside.office.sealing.round()
    answer = await verify_number(client, "SKI-2026-000001")
    assert (answer["outcome"], answer["issued"], answer["valid_today"]) == ("unknown", False, False)
    assert "Not valid yet" in await page(client, "/certificates/verify/SKI-2026-000001")


async def test_the_sealed_file_is_genuine_and_any_changed_byte_is_found(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    """Online anywhere at all: also in the padding of the signature."""
    pdf = whole.file(await whole.sealed())
    answer = await verify_file(client, pdf)
    assert (answer["outcome"], answer["number"], answer["untouched"]) == ("genuine", "SKI-2026-000001", True)
    padding = pdf.rindex(b"000000>")
    for place in [0, len(pdf) - 1, padding, *random.Random(3).sample(range(len(pdf)), 5)]:
        changed = bytearray(pdf)
        changed[place] ^= 1
        answer = await verify_file(client, bytes(changed))
        assert answer["outcome"] in ("changed", "no_letter"), place
        assert not answer["valid_today"], place


async def test_every_position_of_a_file_counts(whole: Whole) -> None:
    pdf = whole.file(await whole.sealed())
    office = whole.inside.office
    for place in range(0, len(pdf), len(pdf) // 300):
        changed = bytearray(b"X" + pdf[1:])  # not a PDF any more, so that only the digest is looked at
        changed[place] ^= 1
        assert (await office.verifying.by_file(bytes(changed))).verdict.untouched is False, place


async def test_a_changed_letter_still_says_which_letter_it_pretends_to_be(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    pdf = whole.file(await whole.sealed())
    answer = await verify_file(client, pdf + b"\n% more\n")
    assert (answer["outcome"], answer["shown"], answer["number"]) == (
        "changed",
        "other_file",
        "SKI-2026-000001",
    )
    assert answer["valid_today"] is None
    assert answer["letter"]["number"] == "SKI-2026-000001"


async def test_another_file_of_the_same_letter_is_not_the_letter_though_the_right_keys_made_it(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    """An insider who has the keys makes a second file, which holds offline: only one was sealed."""
    row, office = await whole.sealed(), whole.inside.office
    assert row.event_id is not None
    [content] = whole.inside.vault.texts(row.ticket, "letter.content")
    job = RenderJob(
        content=content.encode(),
        template=TEMPLATE,
        message=office.store.message(row.event_id) or b"",
        proof=(await office.ledger.receipts([row.event_id]))[row.event_id],
        policy=POLICY.format(),
        code_key=office.keys.code.skey,
        seal_key=office.keys.seal.key,
        seal_certificate=office.keys.seal.certificate,
        timestamps=office.keys.clock.source(),
    )
    again = await office.sealing._worker.make(job)
    report = await asyncio.to_thread(check_certificate, again, POLICY, office.keys.authority)
    assert report.verdict == Matching()
    answer = await verify_file(client, again)
    assert (answer["outcome"], answer["shown"], answer["number"]) == ("changed", "other_file", row.number)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + b"[" * 200_000,
        b"%PDF-1.4\nstartxref\n9\n%%EOF",
        b"GIF89a",
        b"%PDF-" + bytes(9_000),
    ],
)
async def test_a_hostile_file_is_no_letter_and_does_no_harm(client: httpx.AsyncClient, data: bytes) -> None:
    assert (await verify_file(client, data))["outcome"] == "no_letter"
    assert await claimed_number(data) is None


async def test_a_file_that_is_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    large = {"file": ("x.pdf", b"%PDF-" + bytes(11_000_000), "application/pdf")}
    assert (await client.post(f"{API}/verify", files=large)).status_code == 413


async def test_the_code_on_the_paper_tells_for_whom_the_letter_was_issued(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    code = code_on(whole, await whole.sealed())
    answer = (await client.post(f"{API}/verify-code", json={"code": code})).json()
    assert (answer["outcome"], answer["holder"]) == ("genuine", "PT one")
    assert answer["products"] == [
        {"product": "Kecap Contoh", "batch": "B-001", "quantity": "1200,5 kg (botol)"}
    ]
    assert answer["product_count"] == 1
    forged = code.replace("http://zona.example", "http://zona-example.example")
    answer = (await client.post(f"{API}/verify-code", json={"code": forged})).json()
    assert (answer["outcome"], answer["shown"], answer["holder"]) == ("changed", "other_address", None)


async def test_a_phone_that_follows_the_code_gets_what_was_sealed_to_compare_the_paper_with(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    code = code_on(whole, await whole.sealed())
    answer = await page(client, code)
    assert "Now compare the paper" in answer
    assert "Genuine, and valid today" not in answer
    for sealed in ("PT one", "1. Kecap Contoh", "B-001", "1200,5 kg (botol)", "INV-CONTOH-1"):
        assert sealed in answer
    assert "as many products as here, and no more: 1." in answer
    assert "it ends with that shipment and holds for no other" in answer
    assert "If these goods are another shipment" in answer
    assert "http://zona.example/certificates/verify/" in answer


async def test_an_address_without_the_code_says_that_the_paper_is_forged_if_a_code_led_there(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    """A forger draws a code with the bare address, so that nobody sees the sealed list."""
    address = code_on(whole, await whole.sealed()).partition("?")[0]
    answer = await page(client, address)
    assert "There is a valid letter SKI-2026-000001" in answer
    assert "anybody can print a number" in answer
    assert "Then the paper is forged" in answer
    assert "If these goods are another shipment" in answer
    assert "PT one" not in answer
    assert "Kecap Contoh" not in answer


@pytest.mark.parametrize("spoiled", ["", "another", "x" * 4_001, "%22%3Cb%3E"])
async def test_a_wrong_signature_shows_nothing_and_is_no_yes(
    client: httpx.AsyncClient, whole: Whole, spoiled: str
) -> None:
    address, _, code = code_on(whole, await whole.sealed()).partition("?c=")
    if spoiled == "another":  # first character, which is of the key's name
        spoiled = ("B" if code.startswith("A") else "A") + code[1:]
    forged = f"{address}?c={spoiled}"
    answer = await page(client, forged)
    assert "This is not a letter as we have issued it" in answer
    assert "No. The office's key has not signed this code" in answer
    assert "PT one" not in answer
    assert "Kecap Contoh" not in answer


async def test_a_code_under_another_number_is_of_no_letter(client: httpx.AsyncClient, whole: Whole) -> None:
    first, second = await whole.sealed("one"), await whole.sealed("two")
    code = code_on(whole, first)
    answer = await page(client, code.replace(str(first.number), str(second.number)))
    assert "This is not a letter as we have issued it" in answer
    answer = await page(client, code.replace(str(first.number), "SKI-2026-000099"))
    assert "This is not a letter as we have issued it" in answer
    assert "PT one" not in answer
    assert "This is not a letter of ours" in await page(client, code.replace(str(first.number), "nonsense"))


@pytest.mark.parametrize("number", ["MD 123456789012", "ML-123456789012", "NA18200100001", "9120001234567"])
async def test_a_number_of_another_register_is_told_where_it_is_looked_up(
    client: httpx.AsyncClient, number: str
) -> None:
    answer = await client.post("/certificates/verify", data={"letter": number}, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    assert "This is not a letter of ours" in answer.text
    assert "We have issued no letter" not in answer.text
    for address in ("https://cekbpom.pom.go.id/", "https://oss.go.id/"):
        assert f'href="{address}"' in answer.text


async def test_a_genuine_code_of_an_unknown_letter_is_no_yes(client: httpx.AsyncClient, whole: Whole) -> None:
    """Such as one that an insider signs for a number that nobody issued."""
    office = whole.inside.office
    goods = CodeGoods.of([CodeProduct("Kecap", "B-1", "1 kg")], 1)
    code = Code(
        "SKI-2026-000099", "ski_post_border", "2026-12-01T00:00:00Z", "-", "PT Palsu", "0" * 64, goods
    )
    answer = await page(client, code.sign(office.keys.address, office.keys.code))
    assert "This is not a letter as we have issued it" in answer
    assert "PT Palsu" not in answer


@pytest.mark.parametrize(
    ("done", "sentence"), [("suspend", "It is suspended since"), ("revoke", "It was revoked on")]
)
async def test_the_code_of_a_letter_that_does_not_hold_says_so_before_anything_else(
    client: httpx.AsyncClient, inside: Inside, whole: Whole, done: str, sentence: str
) -> None:
    row = await whole.sealed()
    await stand(inside, row, done)
    answer = await page(client, code_on(whole, row))
    assert answer.index("Not valid today") < answer.index("PT one")
    assert sentence in answer
    assert "Now compare the paper" not in answer


async def test_the_code_of_a_replaced_letter_names_the_one_in_its_place(
    client: httpx.AsyncClient, inside: Inside, whole: Whole
) -> None:
    row = await whole.sealed()
    by = Act(at=inside.clock.now(), actor="system:certificates", role="system:certificates")
    command = Supersede(by=by, letter=row.letter, by_number="SKI-2026-000077")
    await inside.office.store.handle(applications, row.application, command)
    answer = await page(client, code_on(whole, row))
    assert "Not valid today" in answer
    assert "It was replaced on" in answer
    assert "SKI-2026-000077" in answer


async def test_the_address_that_a_browser_shows_is_the_code_in_another_language_too(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    code = code_on(whole, await whole.sealed())
    for text in (f"{code}&lang=id", code.replace("?c=", "?lang=en&c=")):
        answer = (await client.post(f"{API}/verify-code", json={"code": text})).json()
        assert (answer["outcome"], answer["holder"]) == ("genuine", "PT one")
    bare = code.partition("?")[0] + "?lang=id"
    assert (await client.post(f"{API}/verify-code", json={"code": bare})).json()["outcome"] == "issued"


async def test_a_letter_from_before_keeps_verifying_and_shows_the_products_of_the_records(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    row, office = await whole.sealed(), whole.inside.office
    code = Code(str(row.number), row.kind, "2026-12-01T00:00:00Z", "-", "PT one", row.content)
    text = code.sign(office.keys.address, office.keys.code)
    assert "#" in text
    answer = await client.post("/certificates/verify", data={"letter": text}, headers=BROWSER)
    assert "Now compare the paper" in answer.text
    assert "1. Kecap Contoh" in answer.text
    assert "the products are from the office's records" in html.unescape(answer.text)
    template = load_letter_templates()[-1].digest
    with office.store.database.transaction() as tx:
        tx.execute("UPDATE letters SET template = ? WHERE number = ?", template, row.number)
    assert "Then the paper is forged" not in await page(client, text.partition("#")[0])


async def test_a_list_longer_than_its_code_is_completed_from_the_records_if_they_are_what_was_sealed(
    client: httpx.AsyncClient, whole: Whole
) -> None:
    row, office = await whole.sealed(), whole.inside.office
    kecap, other = (CodeProduct(name, "B-001", "1200,5 kg (botol)") for name in ("Kecap Contoh", "Other"))
    code = Code(str(row.number), row.kind, "2026-12-01T00:00:00Z", "-", "PT one", row.content)
    for products, listed in (((kecap,), 1), ((kecap, other), 0)):
        long = replace(code, goods=CodeGoods.of(products, 0)).sign(office.keys.address, office.keys.code)
        answer = (await client.post(f"{API}/verify-code", json={"code": long})).json()
        assert (len(answer["products"]), answer["product_count"]) == (listed, len(products))
    assert "The code has no room for the others" in await page(client, long)


async def test_nothing_of_a_scanned_code_is_logged_counted_or_kept(
    client: httpx.AsyncClient, whole: Whole, caplog: pytest.LogCaptureFixture
) -> None:
    row = await whole.sealed()
    code = code_on(whole, row)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    answer = await client.get(code, headers=BROWSER)
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert answer.headers["cache-control"] == "no-store"
    await whole.inside.office.checks.flush(whole.inside.office.store.database)
    metrics = (await client.get("/certificates/metrics")).text
    secrets = ("PT one", "Kecap Contoh", code.partition("?c=")[2])
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    logged = "".join(f"{record.getMessage()}{record.__dict__}" for record in ours)
    for secret in secrets:
        assert secret not in metrics
        assert secret not in logged


async def test_the_page_says_since_when_and_why_a_letter_does_not_hold(
    client: httpx.AsyncClient, inside: Inside, whole: Whole
) -> None:
    row = await whole.sealed()
    place = f"/certificates/verify/{row.number}"
    await stand(inside, row, "suspend")
    answer = await page(client, place)
    assert "Not valid today" in answer
    assert "It is suspended since" in answer
    assert (await verify_number(client, str(row.number)))["reason"] == "unsafe_product"
    await stand(inside, row, "reinstate")
    assert "There is a valid letter" in await page(client, place)
    await stand(inside, row, "revoke")
    assert "It was revoked on" in await page(client, place)
    assert (await verify_file(client, whole.file(row)))["outcome"] == "not_valid"


async def test_the_page_is_told_in_indonesian_too(client: httpx.AsyncClient, whole: Whole) -> None:
    row = await whole.sealed()
    answer = await client.get(f"/certificates/verify/{row.number}", headers={"Accept-Language": "id"})
    assert "There is a valid letter" not in answer.text
    assert "Ada surat yang berlaku" in answer.text


async def test_the_form_leads_to_the_page_of_the_number(client: httpx.AsyncClient) -> None:
    answer = await client.post("/certificates/verify", data={"letter": "ski 2026 1"}, headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/certificates/verify/SKI-2026-000001"


async def test_the_form_keeps_what_was_typed_when_it_can_not_be_used(client: httpx.AsyncClient) -> None:
    answer = await client.post("/certificates/verify", data={"letter": "x" * 4_001}, headers=BROWSER)
    assert answer.status_code == 422
    assert "x" * 4_001 in answer.text
    answer = await client.post("/certificates/verify", data={"letter": ""}, headers=BROWSER)
    assert answer.status_code == 422
    nothing = {"file": ("", b"", "application/pdf")}
    answer = await client.post("/certificates/verify", files=nothing, headers=BROWSER)
    assert answer.status_code == 422
    assert "Choose the file of the letter." in answer.text
    empty = {"file": ("letter.pdf", b"", "application/pdf")}
    answer = await client.post("/certificates/verify", files=empty, headers=BROWSER)
    assert (answer.status_code, "This file is empty (0 bytes)." in answer.text) == (422, True)


async def test_a_country_stands_where_its_first_letter_is_looked_for(client: httpx.AsyncClient) -> None:
    page = (await client.get("/certificates/register?lang=en", headers=BROWSER)).text
    places = ("Åland Islands", "Albania", "Andorra", "Costa Rica", "Côte d’Ivoire", "Croatia", "Zimbabwe")
    found = [page.index(f">{each}</option>") for each in places]
    assert found == sorted(found)


async def test_a_code_and_a_file_are_judged_on_the_page(client: httpx.AsyncClient, whole: Whole) -> None:
    row = await whole.sealed()
    answer = await client.post("/certificates/verify", data={"letter": code_on(whole, row)}, headers=BROWSER)
    assert "Now compare the paper" in answer.text
    assert "PT one" in answer.text
    file = {"file": ("surat.pdf", whole.file(row), "application/pdf")}
    answer = await client.post("/certificates/verify", files=file, headers=BROWSER)
    assert "Yes. It is, to the byte, the file that the office has sealed." in answer.text
    file = {"file": ("surat.pdf", whole.file(row) + b" ", "application/pdf")}
    answer = await client.post("/certificates/verify", files=file, headers=BROWSER)
    assert "This is not a letter as we have issued it" in answer.text


async def test_checks_are_counted_without_a_word_about_who_asked(
    client: httpx.AsyncClient, inside: Inside, whole: Whole
) -> None:
    row = await whole.sealed()
    for number in (row.number, row.number, "SKE-2026-000099"):
        await client.get(f"/certificates/verify/{number}", headers=BROWSER)
    await verify_file(client, whole.file(row))
    store = inside.office.store
    await inside.office.checks.flush(store.database)
    await client.get(f"/certificates/verify/{row.number}", headers=BROWSER)
    await inside.office.checks.flush(store.database)
    counted = await store.query(lambda tx: checked_since(tx, inside.office.verifying.today))
    assert {each.outcome: each.many for each in counted} == {
        VerificationOutcome.ISSUED: 3,
        VerificationOutcome.UNKNOWN: 1,
        VerificationOutcome.GENUINE: 1,
    }
    answer = await page(client, "/certificates/register")
    assert "Valid by its number" in answer


async def test_the_register_shows_letters_and_no_company(
    client: httpx.AsyncClient, inside: Inside, whole: Whole
) -> None:
    first, second = await whole.sealed("one"), await whole.sealed("two")
    await stand(inside, first, "revoke")
    valid = (await client.get(f"{API}/register")).json()
    assert [each["number"] for each in valid["letters"]] == [second.number]
    every = (await client.get(f"{API}/register", params={"show": "all"})).json()
    assert [(each["number"], each["standing"]) for each in every["letters"]] == [
        (second.number, "valid"),
        (first.number, "revoked"),
    ]
    assert every["tallies"] == [
        {
            "kind": "ski_post_border",
            "issued": 2,
            "valid": 1,
            "ended": 0,
            "suspended": 0,
            "superseded": 0,
            "revoked": 1,
        }
    ]
    answer = await page(client, "/certificates/register?show=all")
    assert str(first.number) in answer
    assert "PT " not in answer
    assert answer.count("for one shipment, and ends with it") == 1  # of the one that is valid
    assert {each["one_shipment"] for each in every["letters"]} == {True}
    assert (await client.get(f"{API}/verify/{second.number}")).json()["one_shipment"] is True
    assert (await client.get(f"{API}/verify/SKI-2026-000999")).json()["one_shipment"] is None


async def test_a_letter_that_was_revoked_before_its_seal_is_counted_as_little_as_it_is_listed(
    inside: Inside, whole: Whole
) -> None:
    await whole.sealed()
    today = inside.office.verifying.today
    with inside.office.store.database.transaction() as tx:
        tx.execute("UPDATE letters SET sealed_at = NULL, standing = 'revoked'")
    assert await inside.office.store.query(lambda tx: tallies(tx, today)) == []
    every = RegisterFilter(show="all")
    assert (await inside.office.store.query(lambda tx: register_page(tx, every, None, today))).total == 0


async def test_the_register_has_pages(inside: Inside, whole: Whole) -> None:
    row, today = await whole.sealed(), inside.office.verifying.today
    columns = [each for each in row.__dataclass_fields__ if each not in ("letter", "number")]

    def copied(tx: Any) -> None:
        for number in range(2, PAGE + 4):
            tx.execute(
                f"INSERT INTO letters (letter, number, {', '.join(columns)})"
                f" SELECT ?, ?, {', '.join(columns)} FROM letters WHERE number = 'SKI-2026-000001'",
                str(number),
                f"SKI-2026-{number:06}",
            )

    with inside.office.store.database.transaction() as tx:
        copied(tx)
    first = await inside.office.store.query(lambda tx: register_page(tx, RegisterFilter(), None, today))
    rest = await inside.office.store.query(lambda tx: register_page(tx, RegisterFilter(), first.after, today))
    numbers = [each.number for each in (*first.letters, *rest.letters)]
    assert (len(first.letters), len(numbers), rest.after) == (PAGE, PAGE + 3, None)
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == PAGE + 3
    [tally] = await inside.office.store.query(lambda tx: tallies(tx, today))
    assert tally.valid == PAGE + 3


async def test_the_keys_that_a_verification_rests_on_are_published(
    client: httpx.AsyncClient, inside: Inside
) -> None:
    answer = await client.get(f"{API}/authority")
    assert answer.content == inside.office.keys.authority
    assert answer.headers["content-type"].startswith("application/x-pem-file")
    assert (await client.get(f"{API}/code-key")).text == inside.office.keys.code.key.vkey + "\n"


async def test_a_file_is_not_given_to_strangers(client: httpx.AsyncClient, whole: Whole) -> None:
    row = await whole.sealed()
    assert (await client.get(f"{API}/letters/{row.letter}/file")).status_code == 401
    assert (await client.get(f"{API}/letters/{row.application}/file")).status_code == 404


async def test_who_applied_and_who_works_on_it_get_the_sealed_file(calling: Calling, tmp_path: Path) -> None:
    whole = Whole(calling.inside, tmp_path)
    row, other = await whole.sealed(), await calling.inside.requested("two")
    filed = await calling.inside.office.access.request(row.ticket)
    place = f"/letters/{row.letter}/file"
    for headers in (calling.owner_headers(filed), calling.signer):
        answer = await calling.get(place, headers)
        assert (answer.status_code, answer.content) == (200, whole.file(row))
        assert answer.headers["content-disposition"] == 'attachment; filename="SKI-2026-000001.pdf"'
    assert (await calling.get(place, calling.owner_headers(other))).status_code == 401
    assert (await calling.get(place, calling.person("somebody", "applicant"))).status_code == 403
    await calling.inside.office.sealing._worker.close()


async def test_a_file_that_is_not_the_sealed_one_is_not_given(calling: Calling, tmp_path: Path) -> None:
    whole = Whole(calling.inside, tmp_path)
    row = await whole.sealed()
    assert row.file_item is not None
    ticket, field, _ = calling.inside.vault.plain[row.file_item.item]
    calling.inside.vault.plain[row.file_item.item] = (ticket, field, "JVBERi0=")
    assert (await calling.get(f"/letters/{row.letter}/file", calling.signer)).status_code == 503
    await calling.inside.office.sealing._worker.close()


async def test_the_signed_content_is_kept_once_and_names_the_signer(inside: Inside, whole: Whole) -> None:
    row = await whole.sealed()
    stored = len(inside.vault.texts(row.ticket, "letter.content"))
    _, state = await inside.office.store.fetch(applications, row.application)
    assert stored == 1
    assert state.signed is not None
    assert state.signed.letters[0].item == row.item
    assert str(PERSON.name) in inside.vault.texts(row.ticket, "letter.content")[0]


async def test_nothing_but_the_sealed_file_is_ever_valid(inside: Inside, whole: Whole) -> None:
    row = await whole.sealed()
    by = Act(at=inside.clock.now(), actor="system:certificates", role="system:certificates")
    with pytest.raises(Exception, match="sealed"):
        await inside.office.store.handle(
            applications, row.application, Seal(by=by, letter=row.letter, file="f" * 64)
        )
