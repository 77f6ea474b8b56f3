import base64
import hmac
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, RSAKey
from tests.chassis.provider import OwnProvider
from tests.chassis.sample_service import service, settings

from zi_chassis.access.identity import Identity, Staff, act
from zi_chassis.access.jwks import PAUSE, ForeignTokenError, KeyCache
from zi_chassis.clock import Clock
from zi_chassis.domain import UnavailableError

ACT = "/desk/act"


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider = OwnProvider()
    yield provider
    provider.close()


@pytest.fixture
def client(provider: OwnProvider, tmp_path: Path) -> Iterator[TestClient]:
    made = service(
        tmp_path, issuer=provider.url, discovery_url=f"{provider.url}/.well-known/openid-configuration"
    )
    with TestClient(made.app, headers={"Accept-Language": "en"}) as client:
        yield client


def status(client: TestClient, token: str) -> tuple[int, str]:
    answer = client.post(ACT, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("detail", answer.json().get("sub"))


def test_a_bearer_with_the_role_is_let_in(client: TestClient, provider: OwnProvider) -> None:
    assert status(client, provider.token(roles=["officer"])) == (200, "s-1")
    assert status(client, provider.token(roles=["officer"], aud=["other", "zi"])) == (200, "s-1")


def test_another_role_is_403_and_no_token_401(client: TestClient, provider: OwnProvider) -> None:
    assert status(client, provider.token(roles=["auditor"]))[0] == 403
    assert status(client, provider.token(roles=None))[0] == 403
    answer = client.post(ACT)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == "This needs a sign-in. Please sign in with your office account."


def test_an_expired_token_says_that_it_expired(client: TestClient, provider: OwnProvider) -> None:
    token = provider.token(roles=["officer"], exp=int(time.time()) - 60)
    assert status(client, token) == (401, "Your sign-in has expired. Please sign in again.")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": None},
        {"iss": None},
        {"exp": None},
        {"sub": None},
    ],
)
def test_a_token_meant_for_others_or_without_its_claims_is_foreign(
    client: TestClient, provider: OwnProvider, claims: dict[str, Any]
) -> None:
    code, sentence = status(client, provider.token(roles=["officer"], **claims))
    assert (code, sentence) == (401, "This sign-in is not valid here. Please sign in again.")


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("at", [1e308, 10**400, -1, 2.5, "soon", True, [], {}])
def test_a_time_that_is_none_is_foreign(
    client: TestClient, provider: OwnProvider, name: str, at: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert status(client, provider.token(roles=["officer"], **{name: at}))[0] == 401
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def hs256(token: str, secret: bytes) -> str:
    """The same claims signed with the public key as if it were a shared secret, an old confusion."""
    header, claims, _ = token.split(".")
    header_fields = {**json.loads(base64.urlsafe_b64decode(header + "==")), "alg": "HS256"}
    signed = f"{encoded(json.dumps(header_fields).encode())}.{claims}"
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_token_signed_by_another_key_by_none_or_by_a_shared_secret_is_foreign(
    client: TestClient, provider: OwnProvider
) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": provider.keys[0].kid or ""})
    confused = hs256(provider.token(roles=["officer"]), provider.keys[0].as_pem(private=False))
    for token in (provider.token(key=stranger, roles=["officer"]), confused, "a.b.c", "x", f"{confused}x"):
        assert status(client, token)[0] == 401


@pytest.mark.parametrize(
    "odd", [{"crit": 5}, {"kid": 5}, {"alg": ["RS256"]}, {"b64": False, "crit": ["b64"]}]
)
def test_a_header_with_anything_in_it_is_foreign(
    client: TestClient, provider: OwnProvider, odd: dict[str, object]
) -> None:
    head, _, rest = provider.token(roles=["officer"]).partition(".")
    header_fields = json.loads(base64.urlsafe_b64decode(head + "=="))
    token = f"{encoded(json.dumps(header_fields | odd).encode())}.{rest}"
    assert status(client, token)[0] == 401


def test_elliptic_keys_are_accepted_too(client: TestClient, provider: OwnProvider) -> None:
    provider.keys = [ECKey.generate_key("P-256")]
    assert status(client, provider.token(alg="ES256", roles=["officer"]))[0] == 200


async def test_the_provider_is_asked_under_its_outside_name_at_its_inside_address(
    provider: OwnProvider, tmp_path: Path
) -> None:
    provider.issuer = "https://sign-in.example"
    inside = f"{provider.url}/.well-known/openid-configuration"
    identity = Identity(settings(tmp_path, issuer=provider.issuer, discovery_url=inside))
    person = await identity.staff(provider.token(roles=["officer"]))
    assert person.roles == {"officer"}
    assert provider.hosts == {"sign-in.example"}
    assert (await identity.provider()).token == f"{provider.url}/token"
    assert (await identity.provider()).authorize == "https://sign-in.example/authorize"


async def test_a_provider_that_is_away_is_not_the_person_s_fault(
    tmp_path: Path, provider: OwnProvider
) -> None:
    gone = "http://127.0.0.1:1"
    identity = Identity(settings(tmp_path, issuer=gone, discovery_url=f"{gone}/d"))
    with pytest.raises(UnavailableError):
        await identity.staff(provider.token())


async def test_a_new_key_is_fetched_when_a_token_names_it_but_not_at_every_forged_name(
    provider: OwnProvider,
) -> None:
    requests, now = 0, 1000.0

    async def fetch() -> object:
        nonlocal requests
        requests += 1
        return provider._document("/jwks")

    cache = KeyCache(fetch, lambda: now)
    await cache.claims(provider.token())
    provider.keys.append(RSAKey.generate_key(2048))
    now += PAUSE
    assert (await cache.claims(provider.token()))["sub"] == "s-1"
    for _ in range(5):
        with pytest.raises(ForeignTokenError):
            await cache.claims(provider.token(key=RSAKey.generate_key(1024 * 2)))
    assert requests == 2


def test_an_act_names_the_role_it_was_done_in() -> None:
    person = Staff(sub="s-1", name=None, roles=frozenset({"officer", "applicant"}), token="t", expires=0)
    assert person.role("supervisor", "officer") == "officer"
    assert act(person, "officer", Clock()).role == "staff:officer"
    assert act(person, "applicant", Clock()).role == "applicant"
    assert act(person, "officer", Clock(), causation="c").causation == "c"
