"""A log that continues another one begins with its last checkpoint."""

import pytest

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.note import Signer
from zi_tlog.succession import quoted

OLD = Checkpoint("zona.example/old", 3, bytes(range(32)))
NOTE = OLD.sign(Signer(OLD.origin, bytes(32)))


def test_a_first_entry_that_is_a_checkpoint_says_what_the_log_continues() -> None:
    assert quoted(NOTE) == OLD


@pytest.mark.parametrize("entry", [b"", b"{}", b"\xff", NOTE[:-1], NOTE.replace(b"\n3\n", b"\n03\n")])
def test_any_other_entry_quotes_nothing(entry: bytes) -> None:
    assert quoted(entry) is None
