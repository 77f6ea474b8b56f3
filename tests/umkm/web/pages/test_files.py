"""A business opens its own files; nobody else does by the same address."""

from uuid import uuid4

import pytest
from tests.umkm.inside import Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import content_of


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def test_a_business_looks_at_its_documents_and_its_evidence(visiting: Visiting, inside: Inside) -> None:
    request = await inside.applied()
    browser, here = visiting.owner(request), f"/umkm/cases/{request.ticket}"
    layout, photo = (
        inside.files[request.ticket, "layout"],
        inside.files[request.ticket, "evidence cuci_tangan"],
    )
    for page, file in ((f"{here}/documents", layout), (f"{here}/findings/cuci_tangan", photo)):
        assert f'href="{here}/files/{file.item}"' in (await browser.get(page)).text
        response = await browser.get(f"{here}/files/{file.item}")
        assert response.content == content_of(file.item)
        assert response.headers["content-type"] == "application/pdf"
        assert response.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_nothing_else_is_shown_and_nothing_to_others(visiting: Visiting, inside: Inside) -> None:
    request, other = await inside.applied("one"), await inside.requested("two")
    here = f"/umkm/cases/{request.ticket}/files"
    layout, signature = (inside.files[request.ticket, name] for name in ("layout", "signature office first"))
    browser = visiting.owner(request)
    for item in (uuid4(), signature.item):
        assert (await browser.get(f"{here}/{item}")).status_code == 404
    assert (await visiting.owner(other).get(f"{here}/{layout.item}")).status_code == 303
    elsewhere = f"/umkm/cases/{other.ticket}/files/{layout.item}"
    assert (await visiting.owner(other).get(elsewhere)).status_code == 404


async def test_while_intake_is_away_the_page_says_so(visiting: Visiting, inside: Inside) -> None:
    request = await inside.applied()
    visiting.refuses_files = True
    layout = inside.files[request.ticket, "layout"]
    page = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}/files/{layout.item}")
    assert page.status_code == 503
