"""A small sample of what `make soak` sends by the thousand."""

from pathlib import Path

import pytest
from tests.web.everybody import SERVICES, try_everything

CASES = 30


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_that_anybody_sends_is_answered_by_a_fault_of_ours(service: str, tmp_path: Path) -> None:
    answered = try_everything(service, tmp_path, CASES)
    assert answered.total() >= CASES
    assert {200, 401, 403, 404, 422} & answered.keys()
