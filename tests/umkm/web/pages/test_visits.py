"""The page for visits as it is served: one script of its own, nothing about anybody, and what a device keeps of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.office_folder import office_folder

from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_umkm.web.pages import visits as visits_page
from zi_umkm.web.pages.visits import HERE as VISITS


def served(data: Path, **more: str) -> TestClient:
    service = Service(Settings.model_validate({"service": "umkm", "data": data, **more}))
    service.app.include_router(visits_page.router)
    return TestClient(service.app, headers={"Accept": "text/html", "Accept-Language": "en"})


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with served(tmp_path) as client:
        yield client


def test_only_this_page_may_run_a_script_and_only_its_own(client: TestClient) -> None:
    page = client.get(VISITS)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|<[^>]+ on[a-z]+=|<[^>]+ style=|javascript:", page.text)
    assert "script-src" not in client.get("/umkm/nowhere").headers["content-security-policy"]


def test_the_page_holds_nothing_about_anybody_and_needs_no_sign_in(client: TestClient) -> None:
    assert client.get(VISITS).text == client.get(VISITS, headers={"Cookie": "zi_staff=anything"}).text


def test_the_page_says_that_it_needs_javascript(client: TestClient) -> None:
    assert "This one page needs JavaScript" in client.get(VISITS).text.partition("<noscript>")[2]


def test_the_whole_page_is_light(client: TestClient) -> None:
    page = client.get(VISITS)
    files = re.findall(r'(?:href|src)="(/umkm/[^"]+\.(?:js|css|svg))"', page.text)
    assert len(files) >= 4
    assert len(page.content) + sum(len(client.get(file).content) for file in set(files)) < 100_000


def test_it_can_be_installed(client: TestClient) -> None:
    [address] = re.findall(r'rel="manifest" href="([^"]+)"', client.get(VISITS).text)
    response = client.get(address.replace("&amp;", "&"))
    assert response.headers["content-type"].startswith("application/manifest+json")
    manifest = response.json()
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (VISITS, VISITS, "standalone")
    assert manifest["name"] == "Visits without connection"
    assert client.get(manifest["icons"][0]["src"]).headers["content-type"] == "image/svg+xml"


def test_the_worker_keeps_the_page_in_both_languages_and_nothing_that_is_not_there(
    client: TestClient,
) -> None:
    worker = client.get(f"{VISITS}worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
    assert '"languages": ["id", "en"]' in worker.text
    files = re.findall(r'"(/umkm/[^"]+/[^"]+\.\w+)"', worker.text)
    assert len(files) == 5
    assert all(client.get(file).status_code == 200 for file in files)


def test_another_page_makes_another_worker(client: TestClient, tmp_path: Path) -> None:
    before = client.get(f"{VISITS}worker.js").text
    assert client.get(f"{VISITS}worker.js", headers={"Accept-Language": "id"}).text == before
    office_folder(tmp_path / "rules", name="Balai Contoh")
    with served(tmp_path) as other:
        assert other.get(f"{VISITS}worker.js").text != before


def test_a_file_is_kept_for_ever_only_under_its_own_hash(client: TestClient) -> None:
    path = visits_page.file_path("visits.js")
    assert "immutable" in client.get(path).headers["cache-control"]
    old = re.sub(r"/[0-9a-f]{12}/", "/000000000000/", path)
    assert client.get(old).headers["cache-control"] == "no-cache"
    assert client.get(path.replace("visits.js", "visits_page.py")).status_code == 404
