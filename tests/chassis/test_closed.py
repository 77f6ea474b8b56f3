import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.chassis.sample_service import service

CASE, DESK, FULL = "/sample/cases/T-1", "/desk/act", "/sample/full"
TYPED = {"key": "k-1", "note": 'said "so",\nand <more>'}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    app = service(tmp_path, public_url="http://testserver").app
    with TestClient(app, headers={"Accept": "text/html", "Accept-Language": "en"}) as client:
        client.follow_redirects = False
        yield client


@pytest.mark.parametrize(
    ("where", "leads_to"), [(CASE, "/track?ticket=T-1"), (DESK, "/sign-in?next=%2Fdesk%2F%3Fshow%3Dall")]
)
def test_what_was_typed_stays_in_the_window_to_be_sent_again(
    client: TestClient, where: str, leads_to: str
) -> None:
    page = client.post(where, data=TYPED, headers={"Referer": "http://testserver/desk/?show=all"})
    assert page.status_code == 401
    assert f'href="{leads_to}" target="_blank"' in page.text
    assert f'action="{where}"' in page.text
    assert {name: unescape(text) for name, text in HIDDEN.findall(page.text)} == TYPED


def test_what_could_not_be_stored_stays_in_the_window_too(client: TestClient) -> None:
    """On a full disk the page of a case is gone with one step back: no browser keeps it."""
    page = client.post(FULL, data=TYPED | {"passphrase": "secret"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "What you sent was not recorded." in page.text
    assert f'<form method="post" action="{FULL}">' in page.text
    assert {name: unescape(text) for name, text in HIDDEN.findall(page.text)} == TYPED
    for answer in (client.get(FULL), client.post(FULL, files={"file": ("a.pdf", b"%PDF")})):
        assert (answer.status_code, "<form" in answer.text.partition("<main")[2]) == (503, False)


def test_who_filed_with_an_account_may_sign_in_instead_of_giving_the_code(client: TestClient) -> None:
    page = client.post(CASE, data=TYPED, headers={"Referer": f"http://testserver{CASE}"})
    assert 'href="/sign-in?next=%2Fsample%2Fcases%2FT-1" target="_blank"' in page.text


def test_who_only_looks_goes_where_they_show_who_they_are(client: TestClient) -> None:
    answers = [client.get(CASE), client.get("/desk/?show=all")]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [answer.headers["location"] for answer in answers] == [
        "/track?ticket=T-1",
        "/sign-in?next=%2Fdesk%2F%3Fshow%3Dall",
    ]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "The file was not taken"), ("id", "Berkas belum diterima")]
)
@pytest.mark.parametrize(
    ("where", "leads_to"), [(CASE, "/track?ticket=T-1"), (DESK, "/sign-in?next=%2Fdesk%2F%3Fshow%3Dall")]
)
def test_it_is_said_that_a_file_was_not_taken(
    client: TestClient, where: str, leads_to: str, language: str, title: str
) -> None:
    """With another status than that of a form that was taken: the draft of its text stays."""
    file = {"file": ("file.pdf", b"%PDF-1.7 example", "application/pdf")}
    headers = {"Referer": "http://testserver/desk/?show=all", "Accept-Language": language}
    page = client.post(where, data={"kind": "invoice"}, files=file, headers=headers)
    assert page.status_code == 401
    assert f"<h1>{title}</h1>" in page.text
    assert f'href="{leads_to}"' in page.text
    assert "<form" not in page.text.partition("<main")[2]


def test_from_elsewhere_nobody_is_led_back_to(client: TestClient) -> None:
    page = client.post(DESK, data=TYPED, headers={"Referer": "http://elsewhere.example/desk/"})
    assert 'href="/sign-in?next=%2F" target="_blank"' in page.text


def test_a_program_gets_a_problem(client: TestClient) -> None:
    for where, status in ((CASE, 401), (FULL, 503)):
        answer = client.post(where, data=TYPED, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
