from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from starlette.requests import Request
from tests.chassis.provider import OwnProvider
from tests.chassis.sample_service import settings

from zi_chassis.access.case_token import CaseTokenError, CaseTokens, CaseVerifier


@pytest.fixture
def tokens(tmp_path: Path) -> CaseTokens:
    return CaseTokens(settings(tmp_path))


def asking(**headers: str) -> Request:
    return Request({"type": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]})


async def test_a_token_speaks_for_its_ticket_after_a_restart_too(tokens: CaseTokens, tmp_path: Path) -> None:
    assert await CaseTokens(settings(tmp_path)).verify(tokens.issue("ABCD12349")) == "ABCD12349"


async def test_another_service_checks_it_with_the_published_key_alone(tokens: CaseTokens) -> None:
    published = tokens.jwks()
    assert "d" not in published["keys"][0]

    async def fetch() -> object:
        return published

    assert await CaseVerifier(fetch).verify(tokens.issue("ABCD12349")) == "ABCD12349"


async def test_it_ends_after_half_an_hour(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    tokens = CaseTokens(settings(tmp_path), lambda: now)
    token = tokens.issue("ABCD12349")
    now += 29 * 60
    assert await tokens.verify(token) == "ABCD12349"
    now += 60
    with pytest.raises(CaseTokenError):
        await tokens.verify(token)


async def test_another_office_s_token_a_staff_token_and_a_changed_one_are_refused(
    tokens: CaseTokens, tmp_path: Path
) -> None:
    other = CaseTokens(settings(tmp_path / "other")).issue("ABCD12349")
    changed = tokens.issue("ABCD12349")[:-6] + "AAAAAA"
    foreign = jwt.encode(
        {"alg": "Ed25519", "kid": tokens._key.kid},
        {"iss": "other", "sub": "x", "exp": 9e9},
        tokens._key,
        ["Ed25519"],
    )
    for token in (other, changed, foreign, "x"):
        with pytest.raises(CaseTokenError):
            await tokens.verify(token)


async def test_it_comes_as_bearer_or_cookie_and_otherwise_nobody_is_named(
    tokens: CaseTokens, provider: OwnProvider
) -> None:
    token = tokens.issue("ABCD12349")
    assert await tokens.ticket(asking(authorization=f"Bearer {token}")) == "ABCD12349"
    assert await tokens.ticket(asking(cookie=f"zi_case={token}")) == "ABCD12349"
    assert await tokens.ticket(asking()) is None
    assert await tokens.ticket(asking(authorization=f"Bearer {provider.token()}")) is None


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider = OwnProvider()
    yield provider
    provider.close()
