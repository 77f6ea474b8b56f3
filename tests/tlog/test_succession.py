"""A log that continues another one quotes its last checkpoint."""

import pytest

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import Signer
from zi_tlog.succession import continues, quoted, succession

OLD = Checkpoint("zona.example/old", 3, bytes(range(32)))
NOTE = OLD.sign(Signer(OLD.origin, bytes(32)))


def test_the_checkpoint_is_quoted_word_for_word() -> None:
    entry = succession(NOTE)
    assert NOTE in entry
    assert quoted(entry) == NOTE
    assert continues(entry) == OLD


@pytest.mark.parametrize("entry", [b"", b"{}", NOTE, b"zona/new-origin/v2\n" + NOTE])
def test_any_other_entry_quotes_nothing(entry: bytes) -> None:
    assert quoted(entry) is None
    with pytest.raises(LogError):
        continues(entry)


@pytest.mark.parametrize("note", [b"", b"no note", NOTE[:-1], NOTE.replace(b"\n3\n", b"\n03\n")])
def test_a_quotation_that_is_no_checkpoint_is_refused(note: bytes) -> None:
    with pytest.raises(LogError):
        continues(succession(note))
