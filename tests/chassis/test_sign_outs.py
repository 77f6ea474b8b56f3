import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from tests.chassis.provider import OwnProvider
from tests.chassis.sample_service import service

from zi_chassis.access.sign_outs import LONGEST, MOST, SignOuts
from zi_chassis.web.sign_in import hosts_of, listed_in

ACT = "/desk/act"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider = OwnProvider()
    yield provider
    provider.close()


@pytest.fixture
def client(provider: OwnProvider, tmp_path: Path) -> Iterator[TestClient]:
    discovery = f"{provider.url}/.well-known/openid-configuration"
    made = service(tmp_path, issuer=provider.url, discovery_url=discovery)
    with TestClient(made.app, headers={"Accept-Language": "en"}, follow_redirects=False) as client:
        yield client


def status(client: TestClient, token: str) -> int:
    return client.post(ACT, headers={"Authorization": f"Bearer {token}"}).status_code


def logout(provider: OwnProvider, **claims: Any) -> str:
    return provider.token(**{"sub": None, "exp": None, "events": {EVENT: {}}, **claims})


def test_a_kept_cookie_is_worth_nothing_after_signing_out(client: TestClient, provider: OwnProvider) -> None:
    token, other = provider.token(roles=["officer"]), provider.token(roles=["officer"], sub="s-2")
    assert status(client, token) == 200
    client.cookies.set("zi_staff", token)
    assert client.post("/sign-out").status_code == 303
    client.cookies.clear()
    client.cookies.set("zi_staff", token)
    answer = client.post(ACT)
    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "You have signed out. Please sign in again.",
    )
    assert status(client, token) == 401
    client.cookies.clear()
    assert status(client, other) == 200


def test_signing_out_with_a_forged_token_ends_nothing(client: TestClient, provider: OwnProvider) -> None:
    for forged in ("a.b.c", provider.token(exp=int(time.time()) - 100), provider.token(aud="other")):
        client.cookies.set("zi_staff", forged)
        assert client.post("/sign-out").status_code == 303
    client.cookies.clear()
    assert client.get("/sign-out/ended").json() == {}


def test_the_provider_ends_a_session_or_all_of_a_person(client: TestClient, provider: OwnProvider) -> None:
    now = int(time.time())
    first = provider.token(roles=["officer"], sid="session-1")
    second = provider.token(roles=["officer"], sid="session-2")
    later = provider.token(roles=["officer"], sid="session-3", iat=now + 20)
    sent = client.post(
        "/sign-out/back-channel", data={"logout_token": logout(provider, sid="session-1", sub="s-1")}
    )
    assert sent.status_code == 200
    assert [status(client, token) for token in (first, second)] == [401, 200]
    client.post("/sign-out/back-channel", data={"logout_token": logout(provider, sub="s-1", iat=now)})
    assert [status(client, token) for token in (second, later)] == [401, 200]


@pytest.mark.parametrize(
    "claims",
    [
        {"events": None, "sub": "s-1"},
        {"events": {"other": {}}, "sub": "s-1"},
        {"nonce": "n", "sub": "s-1"},
        {"iat": None, "sub": "s-1"},
        {"aud": "other", "sub": "s-1"},
        {"iss": "http://other.example", "sub": "s-1"},
        {"key": RSAKey.generate_key(2048), "sub": "s-1"},
        {},
    ],
)
def test_what_is_no_logout_token_of_the_provider_ends_nothing(
    client: TestClient, provider: OwnProvider, claims: dict[str, Any]
) -> None:
    for token in (logout(provider, **claims), provider.token(roles=["officer"]), "a.b.c"):
        assert client.post("/sign-out/back-channel", data={"logout_token": token}).status_code == 400
    assert client.get("/sign-out/ended").json() == {}


def test_the_list_names_nobody_and_does_not_leave_the_house(
    client: TestClient, provider: OwnProvider
) -> None:
    client.post("/sign-out/back-channel", data={"logout_token": logout(provider, sub="s-1")})
    listed = client.get("/sign-out/ended")
    assert len(listed.json()) == 1
    assert "s-1" not in listed.text
    assert client.get("/sign-out/ended", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


async def test_another_service_hears_of_it_and_keeps_it_while_nobody_answers() -> None:
    here, there = SignOuts(), SignOuts()
    here.end_token("token", int(time.time()) + 60)

    async def listed() -> Any:
        return [dict(here.listed())]

    async def away() -> Any:
        raise httpx.ConnectError("away")

    async def nonsense() -> Any:
        return [{"x": "y"}]

    for fetch in (listed, away, nonsense):
        await there.take(fetch)
        assert there.has_ended("token", "s-1", None, 0)
    following = asyncio.create_task(SignOuts().follow(listed))
    await asyncio.sleep(0)
    following.cancel()


async def test_each_process_behind_one_name_is_heard() -> None:
    """A sign-out is known to the one process that answered it."""
    killed = httpx.ConnectError("killed")
    assert listed_in([{"a": [9, None]}, killed, {"b": [9, None]}]) == [{"a": [9, None]}, {"b": [9, None]}]
    with pytest.raises(httpx.ConnectError):
        listed_in([killed, killed])
    with pytest.raises(ValueError):
        listed_in([["no object"]])
    assert await hosts_of(httpx.URL("http://127.0.0.1:8084/sign-out/ended")) == {"127.0.0.1"}
    assert await hosts_of(httpx.URL("https://intake.example/sign-out/ended")) == {"intake.example"}


async def test_a_name_that_nobody_knows_is_a_service_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unknown(*_: Any, **__: Any) -> Any:
        raise OSError("unknown name")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    with pytest.raises(httpx.ConnectError):
        await hosts_of(httpx.URL("http://intake:8000"))


@pytest.mark.parametrize("order", [("intake", "intake-2"), ("intake-2", "intake")])
async def test_a_later_sign_out_of_a_person_is_not_undone_by_an_earlier_one(order: tuple[str, str]) -> None:
    now = int(time.time())
    listed: dict[str, Any] = {}
    for name, made_by in (("intake", now - 100), ("intake-2", now)):
        outs = SignOuts()
        outs.end_person("s-1", made_by)
        listed[name] = dict(outs.listed())
    second = SignOuts()
    second.end_person("s-1", now)

    async def both() -> Any:
        return listed_in([listed[name] for name in order])

    for there in (SignOuts(), second):
        await there.take(both)
        assert there.has_ended("token", "s-1", None, now - 50)
        assert not there.has_ended("token", "s-1", None, now + 50)


def test_the_list_forgets_what_has_expired_and_is_bounded() -> None:
    now = 1000.0
    outs = SignOuts(lambda: now)
    outs.end_session("old")
    now += LONGEST + 1
    for number in range(MOST):
        outs.end_token(f"token {number}", int(now) + 10)
    assert not outs.has_ended("x", "s", "old", 0)
    outs.end_token("one more", int(now) + 10)
    assert len(outs.listed()) == MOST
    assert outs.has_ended("one more", "s", None, 0)
    outs.end_token("long gone", int(now) - 1)
    assert not outs.has_ended("long gone", "s", None, 0)
