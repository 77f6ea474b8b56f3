"""Fixtures of the ledger's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.audit.log_home import Home, Sender


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
