"""The leaf of a message, and the place that it claims in its sender's chain."""

from hashlib import sha256

from tests.audit.log_home import Sender

from zi_audit.domain.arrival import Arrival, message_hash
from zi_tlog.tile import MAX_ENTRY_BYTES

TOO_LONG = b"x" * (MAX_ENTRY_BYTES + 1)


def test_a_message_claims_its_position_and_the_message_before_it() -> None:
    [arrival] = Sender("intake").say(1)
    link = arrival.link
    assert link is not None
    assert arrival.entry == arrival.content
    assert arrival.claim[:4] == (
        arrival.sequence,
        sha256(arrival.content).hexdigest(),
        link.position,
        link.previous,
    )


def test_bytes_that_are_no_message_claim_no_position() -> None:
    claim = Arrival("intake", 7, b"no message").claim
    assert (claim.sequence, claim.position) == (7, 0)


def test_bytes_that_no_leaf_can_hold_are_logged_by_their_digest() -> None:
    entry = Arrival("intake", 1, TOO_LONG).entry
    assert message_hash(entry) == sha256(TOO_LONG).hexdigest()


def test_other_entries_stand_for_no_message_that_was_too_long() -> None:
    assert message_hash(b"no message") is None
    assert message_hash(b'{"unreadable":"too short"}') is None
