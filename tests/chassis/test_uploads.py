"""What goes along with a file to intake."""

from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from zi_chassis import uploads
from zi_chassis.domain import Act
from zi_chassis.web.limits import client_address

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="somebody", role="public")


@pytest.mark.parametrize("address", ["198.51.100.9", "2001:db8:1:2:3:4:5:6"])
def test_budgets_are_the_client_s_own_and_not_those_of_the_desk_between(address: str) -> None:
    scope = {"type": "http", "headers": [(b"x-forwarded-for", address.encode())], "client": ("10.0.0.2", 1)}
    there = uploads._headers(Request({**scope, "query_string": b""}), BY)["X-Forwarded-For"]
    passed_on = Request({"type": "http", "headers": [(b"x-forwarded-for", there.encode())]})
    assert client_address(passed_on) == client_address(Request(scope))
