"""Fixtures of the ledger's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web, served
from tests.chassis.provider import OwnProvider


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """The same on SQLite and on PostgreSQL."""
    home = Home(tmp_path, "" if request.param == "sqlite" else request.getfixturevalue("postgres"))
    yield home
    home.close()


@pytest.fixture
def intake() -> Sender:
    return Sender("intake")


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    provider = OwnProvider()
    yield provider
    provider.close()


@pytest.fixture
async def web(home: Home, provider: OwnProvider) -> AsyncIterator[Web]:
    async for web in served(home, provider):
        yield web


@pytest.fixture
async def open_web(home: Home, provider: OwnProvider) -> AsyncIterator[Web]:
    async for web in served(home, provider, open_entries=True):
        yield web
