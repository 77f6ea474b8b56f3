"""Every route of every service has its line in docs/routes.md, and is open to everybody or to no stranger."""

from pathlib import Path

import pytest
from tests.web.doors import SERVICES, every_route
from tests.web.identities import STRANGERS
from tests.web.routes_page import PAGE, sections


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_its_row(service: str, tmp_path: Path) -> None:
    """`python -m tests.web` asks the services anew and writes the page."""
    assert [f"`{route}`" for route in every_route(service, tmp_path)] == [row[0] for row in rows(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_is_open_to_everybody_or_to_no_stranger(service: str) -> None:
    for route, let_in, *_ in rows(service):
        assert let_in == "everybody" or not {*STRANGERS, "strangers"}.intersection(let_in.split(", ")), route


def rows(service: str) -> list[list[str]]:
    lines = sections(PAGE.read_text(encoding="utf-8"))[service].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
