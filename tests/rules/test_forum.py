"""The limits of the public consultation forum, as they are shipped."""

from zi_rules.forum import load_forum_rules
from zi_rules.provenance import SourceStatus


def test_the_shipped_limits_are_the_office_s_own_and_decide_no_quorum() -> None:
    earlier, rules = sorted(load_forum_rules(), key=lambda each: each.version)
    assert rules.source_status is SourceStatus.UNVERIFIED
    assert rules.quorum == 0
    assert rules.proposals < 1_000
    assert (earlier.quorum_counts, rules.quorum_counts) == (("code",), ("code", "attendance"))
