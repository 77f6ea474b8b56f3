"""A page beyond the last row of a list says that the list ends, and leads back to its beginning."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest
from tests.intake.front import Front
from tests.intake.lines import CONDUCT, HEAD_ALONE, office_of_lines

WATI, HEAD = ("officer-wati", "officer"), ("head-hana", "head")
REQUEST = {"text": "Daftar produk?", "purpose": "Belajar", "reporter": {"name": "Bunga Contoh"}}
LATEST = "2999-01-01T00:00:00.000000Z"
ENDS = {
    "/desk/?show=open&": (f"2 {LATEST} ZZZZZZZZZ", WATI),
    "/desk/?show=open&district=tarakan&": (f"2 {LATEST} ZZZZZZZZZ", WATI),
    "/desk/incidents?": (f"2000-01-01T00:00:00.000000Z {UUID(int=0)}", WATI),
    "/desk/information?": ("2000-01-01T00:00:00.000000Z 000000000", WATI),
    "/desk/disclosures?": (f"{LATEST} {UUID(int=2**128 - 1)}", HEAD),
    "/desk/erasures?": ("ZZZZZZZZZ", HEAD),
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Front]:
    """One row in each list: the head decides alone about a complaint whose only appointed official asks."""
    async with office_of_lines(tmp_path, people=HEAD_ALONE) as front:
        body = {"language": "id", "district": "tarakan", **REQUEST}
        await front.file(body, to="information-requests")
        filed, wati = await front.file(CONDUCT), front.staff(*WATI)
        await front.client.get("/desk/", headers=wati)
        auditor = front.staff("auditor-eka", "auditor")
        for command, sent, who in (
            ("acknowledge", None, wati),
            ("assign", {"officer": WATI[0]}, wati),
            ("link", {"title": "Sambal", "link_reason": "x"}, wati),
            ("ask-erasure", {"reason": "lawful_order"}, wati),
            ("disclosures", {"reason": "audit"}, auditor),
        ):
            done = await front.act(filed, command, sent, who)
            assert done.status_code in (200, 201), (command, done.text)
        yield front


async def test_beyond_its_end_a_list_leads_back_to_its_beginning(office: Front) -> None:
    for path, (after, person) in ENDS.items():
        headers = office.staff(*person) | {"Accept-Language": "en"}
        ended = (await office.client.get(path + urlencode({"after": after}), headers=headers)).text
        assert "The list ends here." in ended, path
        for other in ("There is no such", "Look in:", "No request waits"):
            assert other not in ended, path
        [first] = re.findall(r'href="([^"]+)">Start of the list', ended)
        begun = await office.client.get(html.unescape(first), headers=headers)
        assert (begun.status_code, "The list ends here." in begun.text) == (200, False), path
        assert "No request waits" not in begun.text, path
        assert "There is no such" not in begun.text, path
