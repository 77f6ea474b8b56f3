"""A service standard from its draft to a decree, and the pledge: sealed letters that verify without a network."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from tests.integrity.web.test_standards import TEXT
from tests.journeys.house import House, await_
from tests.journeys.tools import verify_certificate
from tests.web.browsing import hidden

pytestmark = pytest.mark.journey

DESK, LETTERS = "/integrity/desk/standards", "/integrity/letters"
LATER = "2099-01-01"  # so that the other stories of this house go on by what ships
PLEDGE = {
    "promise": "Kami melayani menurut standar.",
    "promise_en": "We serve by our standards.",
    "compensation": "Kami meminta maaf secara tertulis.",
    "compensation_en": "We apologise in writing.",
}


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def browser(house: House, person: str) -> dict[str, str]:
    return house.staff(person) | {"Accept": "text/html", "Accept-Language": "en"}


def sent(house: House, client: httpx.Client, person: str, path: str, **form: str) -> httpx.Response:
    return client.post(path, data=form, headers=browser(house, person), follow_redirects=True)


def verified(client: httpx.Client, number: str, folder: Path) -> None:
    """The letter verifies offline, and one changed byte is found out."""
    answer = await_(lambda: found if (found := client.get(f"{LETTERS}/{number}/file")).is_success else None)
    file, authority, policy = (folder / name for name in ("letter.pdf", "authority.pem", "policy"))
    authority.write_bytes(client.get(f"{LETTERS}/authority").content)
    policy.write_bytes(client.get("/audit/api/witness-policy").content)
    file.write_bytes(answer.content)
    result = verify_certificate(file, "--ca", str(authority), "--policy", str(policy))
    assert (result.code, number in result.text) == (0, True), result.text
    file.write_bytes(answer.content.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert verify_certificate(file, "--ca", str(authority), "--policy", str(policy)).code == 1


def test_a_draft_becomes_a_decree_that_anybody_verifies(
    house: House, client: httpx.Client, tmp_path: Path
) -> None:
    begun = sent(house, client, "zone", DESK, key=str(uuid4()), service="complaint")
    draft = begun.url.path
    saved = sent(house, client, "zone", f"{draft}/text", before=hidden(begun, "before"), **TEXT)
    assert "from 5 working days to 4 working days." in unescape(saved.text)
    page = client.get(draft, headers=browser(house, "head"))
    adoption = {"before": hidden(page, "before"), "effective_from": LATER}
    refused = sent(house, client, "head", f"{draft}/adopt", **adoption)
    assert "The public must be asked" in unescape(refused.text)
    statement = {"waiver": "higher_law", "waiver_statement": "Peraturan rekaan nomor 1."}
    adopted = unescape(sent(house, client, "head", f"{draft}/adopt", **adoption, **statement).text)
    [number, *_] = re.findall(r"SP-[0-9]{4}-[0-9]{6}", adopted)
    public = unescape(client.get("/integrity/standards/complaint", headers=browser(house, "zone")).text)
    assert number in public
    assert "Peraturan rekaan nomor 1." in public
    verified(client, number, tmp_path)
    before = hidden(client.get(draft, headers=browser(house, "head")), "before")
    sent(house, client, "head", f"{draft}/withdraw", before=before, standard_end="issued_in_error")
    letter = client.get(f"{LETTERS}/{number}", headers={"Accept-Language": "en"})
    assert "Withdrawn" in letter.text


def test_the_pledge_is_proclaimed_and_printed(house: House, client: httpx.Client, tmp_path: Path) -> None:
    desk = "/integrity/desk/maklumat"
    sent(house, client, "zone", desk, **PLEDGE)
    page = client.get(desk, headers=browser(house, "head"))
    answer = sent(house, client, "head", f"{desk}/proclaim", digest=hidden(page, "digest"))
    number = answer.url.path.rpartition("/")[2]
    assert re.fullmatch(r"MP-[0-9]{4}-[0-9]{6}", number), answer.text
    public = unescape(client.get("/integrity/maklumat", headers={"Accept-Language": "en"}).text)
    assert PLEDGE["compensation_en"] in public
    assert "/audit" in public
    verified(client, number, tmp_path)
