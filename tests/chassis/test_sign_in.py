import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.chassis.provider import MockProvider
from tests.chassis.sample_service import service

from zi_chassis.web.sign_in import path_on_this_origin

pytestmark = pytest.mark.journey
PAGE = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def provider() -> Iterator[MockProvider]:
    provider = MockProvider()
    yield provider
    provider.close()


@pytest.fixture
def client(provider: MockProvider, tmp_path: Path) -> Iterator[TestClient]:
    made = service(
        tmp_path,
        issuer=provider.url,
        discovery_url=f"{provider.url}/.well-known/openid-configuration",
        public_url="http://testserver",
        client_secret="demo",
    )
    with TestClient(made.app, headers=PAGE, follow_redirects=False) as client:
        yield client


def come_back(client: TestClient, provider: MockProvider, sub: str, begin: str = "/sign-in") -> str:
    redirect = client.get(begin)
    assert redirect.status_code == 303
    back = urlsplit(provider.consent(redirect.headers["location"], sub))
    return f"{back.path}?{back.query}"


def test_an_officer_asks_for_the_desk_signs_in_and_is_there(
    client: TestClient, provider: MockProvider
) -> None:
    redirect = client.get("/desk/?sort=due")
    assert (redirect.status_code, redirect.headers["location"]) == (
        303,
        "/sign-in?next=%2Fdesk%2F%3Fsort%3Ddue",
    )
    answer = client.get(come_back(client, provider, "officer-1", redirect.headers["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/?sort=due")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("zi_staff="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    desk = client.get("/desk/?sort=due")
    assert desk.status_code == 200
    assert "Ayu Rekaan" in desk.text
    assert client.post("/desk/act").json() == {"sub": "officer-1"}


def test_the_cookie_s_token_is_the_bearer_of_the_api(client: TestClient, provider: MockProvider) -> None:
    client.get(come_back(client, provider, "officer-1"))
    token = client.cookies["zi_staff"]
    client.cookies.clear()
    assert client.post("/desk/act", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_request_carries_pkce_state_and_nonce(client: TestClient) -> None:
    query = parse_qs(urlsplit(client.get("/sign-in").headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert all(len(query[name][0]) > 30 for name in ("code_challenge", "state", "nonce"))
    assert query["redirect_uri"] == ["http://testserver/sign-in/callback"]


def test_another_role_gets_a_page_that_says_so(client: TestClient, provider: MockProvider) -> None:
    client.get(come_back(client, provider, "auditor-1"))
    desk = client.get("/desk/")
    assert desk.status_code == 403
    assert "does not have the role" in desk.text


def test_a_callback_that_this_browser_did_not_begin_signs_nobody_in(
    client: TestClient, provider: MockProvider
) -> None:
    back = come_back(client, provider, "officer-1")
    client.cookies.clear()
    refused = client.get(back)
    assert refused.status_code == 401
    assert "took too long" in refused.text
    come_back(client, provider, "officer-1")
    assert "another window" in client.get(back).text
    assert "zi_staff" not in client.cookies


def test_a_refusal_at_the_provider_is_told_on_a_page_with_a_way_on(client: TestClient) -> None:
    state = parse_qs(urlsplit(client.get("/sign-in").headers["location"]).query)["state"][0]
    refused = client.get(f"/sign-in/callback?error=access_denied&state={state}")
    assert refused.status_code == 401
    assert "could not be completed" in refused.text
    assert 'href="/sign-in"' in refused.text


def test_signing_out_forgets_the_person_and_ends_at_the_provider(
    client: TestClient, provider: MockProvider
) -> None:
    client.get(come_back(client, provider, "officer-1"))
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    left = client.post("/sign-out")
    assert left.headers["location"].startswith(f"{provider.url}/oauth2/end_session?")
    assert "zi_staff" not in client.cookies
    assert client.get("/desk/").status_code == 303


def test_an_expired_session_asks_for_a_new_sign_in(
    client: TestClient, provider: MockProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(come_back(client, provider, "officer-1"))
    identity = client.app.state.identity  # type: ignore[attr-defined]
    monkeypatch.setattr(identity, "_now", lambda: time.time() + 2 * 3600)
    assert client.get("/desk/").headers["location"].startswith("/sign-in")
    api = client.post("/desk/act", headers={"Accept": "application/json"})
    assert (api.status_code, api.json()["detail"]) == (401, "Your sign-in has expired. Please sign in again.")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\t/evil.example",
        "/a\\b",
        "/sign-in",
    ],
)
def test_nobody_is_sent_to_another_place_after_signing_in(url: str) -> None:
    assert path_on_this_origin(url) == "/desk/"
