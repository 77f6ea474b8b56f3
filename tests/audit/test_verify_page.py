"""The page that checks in the browser, as it is served: one file, with nothing to load and nowhere to send."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from tests.audit.web import Web
from tests.chassis.provider import OwnProvider
from tests.web.checker import page_of

LARGEST = 130_000  # bytes; it carries the checker and every act of the house in words


def inner(tag: str, html: str) -> str:
    """Return the content of the only element of this kind."""
    [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return str(text)


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_is_one_small_file(tmp_path: Path, language: str) -> None:
    answer = page_of(tmp_path, f"?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert "zi-verify receipt evidence.zip" in inner("noscript", answer.text)
    assert len(answer.content) < LARGEST
    assert not re.findall(r"\ssrc=|[^64]url\(|@import", answer.text.replace("img-src", ""))
    assert re.findall(r"<link [^>]*>", answer.text) == ['<link rel="icon" href="data:,">']


def test_the_policy_of_page_and_header_allows_its_own_style_and_script_alone(tmp_path: Path) -> None:
    answer = page_of(tmp_path)
    policy = answer.headers["content-security-policy"]
    assert f"script-src {hash_of(inner('script', answer.text))};" in policy
    assert f"style-src {hash_of(inner('style', answer.text))};" in policy
    for rule in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "connect-src" not in policy
    meta = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', answer.text)
    assert meta
    assert f"{unescape(meta[1])}; frame-ancestors 'none'" == policy


def test_the_script_asks_for_nothing_and_writes_no_markup(tmp_path: Path) -> None:
    script = inner("script", page_of(tmp_path).text)
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "import(",
        "sendBeacon",
        "innerHTML",
        "eval(",
        "document.write",
        "localStorage",
    ):
        assert word not in script
    assert "<!--" not in script


def test_saved_it_is_the_same_file(tmp_path: Path) -> None:
    saved = page_of(tmp_path, "?lang=id&save=1")
    assert saved.headers["content-disposition"] == 'attachment; filename="zona-verify.html"'
    assert inner("script", saved.text) == inner("script", page_of(tmp_path).text)
    assert 'href="http://localhost:8080/audit/verify?lang=id&amp;save=1"' in saved.text
    assert not re.findall(r'href="/', saved.text)


def test_the_keys_that_the_office_publishes_stand_in_it(tmp_path: Path) -> None:
    (tmp_path / "tiles").mkdir()
    (tmp_path / "tiles" / "witness-policy").write_text("log a+b+c=\nquorum none\n")
    assert (
        '<pre id="office-policy" tabindex="0" role="region" aria-labelledby="policy-name">log a+b+c=\nquorum none\n</pre>'
        in page_of(tmp_path).text
    )


def test_without_the_service_of_letters_it_lacks_their_key_alone(tmp_path: Path) -> None:
    assert 'aria-labelledby="key-name"></pre>' in page_of(tmp_path).text


async def test_the_page_of_the_ledger_leads_to_it(web: Web, provider: OwnProvider) -> None:
    page = await web.get("/audit/")
    assert 'href="/audit/verify"' in page.text
