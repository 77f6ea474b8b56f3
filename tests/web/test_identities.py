"""Every route of every service is asked by every identity, and docs/routes.md says who is let in."""

from pathlib import Path

import pytest
from tests.web.doors import SERVICES, section
from tests.web.routes_page import PAGE, sections


@pytest.mark.parametrize("service", SERVICES)
async def test_every_route_lets_in_whom_the_page_names_and_nobody_else(service: str, tmp_path: Path) -> None:
    """`python -m tests.web` writes the page anew; read the difference as you would read a change of the law."""
    assert await section(service, tmp_path) == sections(PAGE.read_text(encoding="utf-8"))[service]
