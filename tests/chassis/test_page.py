import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jinja2 import Environment, PackageLoader, StrictUndefined
from tests.chassis.sample_service import service

from zi_chassis.web.form import Form


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(service(tmp_path).app, headers={"Accept": "text/html"}) as client:
        yield client


def test_the_frame_is_in_the_reader_s_language_and_offers_the_other(client: TestClient) -> None:
    page = client.get("/none?from=a&lang=en")
    assert '<html lang="en">' in page.text
    assert 'href="/none?from=a&amp;lang=id"' in page.text
    assert page.cookies["zi_lang"] == "en"
    assert '<html lang="en">' in client.get("/none").text


def test_every_page_leads_back_and_names_the_other_language_in_full(client: TestClient) -> None:
    page = client.get("/none?lang=id").text
    assert re.search(r'<a class="office" href="/">.*<small class="back">Halaman depan</small>', page)
    links = re.search(r'<nav class="languages".*?</nav>', page, re.DOTALL)
    assert links
    assert re.findall(r"<a [^>]*>([^<]*)</a>", links[0]) == ["English"]
    assert "aria-label" not in links[0].partition(">")[2]


def test_the_other_language_keeps_every_value_of_the_address(client: TestClient) -> None:
    page = client.get("/none?type=a&lang=id&type=b%26c&lang=en").text
    assert 'href="/none?type=a&amp;type=b%26c&amp;lang=id"' in page


def test_a_page_has_a_way_past_the_header_landmarks_and_no_script(client: TestClient) -> None:
    page = client.get("/none").text
    assert 'href="#content"' in page
    assert all(f"<{mark}" in page for mark in ("header", "nav", "main", "footer", "h1"))
    assert "<script" not in page
    assert "style=" not in page
    assert re.findall(r"<(?:link|img|script|form|iframe)[^>]*://", page) == []


def test_the_stylesheet_is_small_and_kept_for_long_under_its_hash(client: TestClient) -> None:
    path = re.findall(r'href="(/sample/static/[^"]+style\.css)"', client.get("/none").text)[0]
    sheet = client.get(path)
    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet.headers["cache-control"]
    assert len(gzip.compress(sheet.content)) < 6_000
    older = client.get("/sample/static/000000000000/style.css")
    assert (older.content, older.headers["cache-control"]) == (sheet.content, "no-cache")
    assert client.get("/sample/static/000000000000/page.py").status_code == 404


def test_the_api_listing_needs_no_script_and_names_every_input(client: TestClient) -> None:
    page = client.get("/sample/api/docs")
    assert page.status_code == 200
    assert "/sample/api/things/{ticket}" in page.text
    assert all(f"<code>{name}</code>" in page.text for name in ("ticket", "text", "kind", "maker", "key"))
    assert client.get("/sample/api/openapi.json").json()["paths"]["/sample/api/things/{ticket}"]["post"]


def render(call: str, form: Form) -> str:
    templates = Environment(
        loader=PackageLoader("zi_chassis.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    source = '{% import "forms.html" as forms with context %}{{ forms.' + call + " }}"
    return templates.from_string(source).render(form=form, _=lambda sentence: sentence)


def test_a_field_shows_what_was_typed_and_ties_its_hint_and_its_mistake_to_it() -> None:
    form = Form({"reporter.email": 'a"<b'}, {"reporter.email": "Write it in full."})
    html = render('field(form, "reporter.email", "E-mail", "We write there.", required=false)', form)
    assert 'value="a&#34;&lt;b"' in html
    assert 'aria-describedby="field-reporter-email-hint field-reporter-email-error"' in html
    assert 'aria-invalid="true"' in html
    assert "(optional)" in html
    assert 'href="#field-reporter-email"' in render("error_summary(form)", form)


def test_choices_keep_what_was_chosen() -> None:
    form = Form({"kind": "b"})
    chosen = '[("a", "A"), ("b", "B", "the second")]'
    assert 'value="b" checked' in render(f'radios(form, "kind", "Kind", {chosen})', form)
    assert 'value="b" selected' in render(f'select(form, "kind", "Kind", {chosen})', form)
    assert ">\nx</textarea>" in render('textarea(form, "text", "Text")', Form({"text": "x"}))
    assert render("error_summary(form)", form).strip() == ""
