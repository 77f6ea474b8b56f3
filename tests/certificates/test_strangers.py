from pathlib import Path

from tests.certificates.strangers import try_everything

CASES = 150  # `make soak` tries 5,000


def test_whatever_is_sent_to_the_api_is_answered_as_it_is_described(tmp_path: Path) -> None:
    answered = try_everything(tmp_path, CASES)
    assert answered.total() >= CASES
    assert {200, 201, 401, 403, 404, 409, 422} <= answered.keys()
