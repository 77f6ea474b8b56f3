"""People read the name of a rule; who looked for it where, and what was not found, stays in the data."""

import pytest

from zi_rules.provenance import Sourced, SourceStatus, cited_by_host

VERIFIED, UNVERIFIED = SourceStatus.VERIFIED, SourceStatus.UNVERIFIED


@pytest.mark.parametrize(
    ("source", "public"),
    [
        ("PermenPANRB 17/2024 (read in a ministry's rule under it)", "PermenPANRB 17/2024"),
        ("UU 20/2001 pasal 12C", "UU 20/2001 pasal 12C"),
        ("PerBPOM 27/2022 jo 28/2023 (products)", "PerBPOM 27/2022 jo 28/2023"),
        ("https://a.example/x?y=1 (free); PP 32/2017", "https://a.example/x?y=1; PP 32/2017"),
        ("Keputusan Kepala Balai 12 (rapat, 3 Maret)", "Keputusan Kepala Balai 12"),
    ],
)
def test_a_source_is_read_without_remarks(source: str, public: str) -> None:
    assert Sourced(source=source, source_status=VERIFIED).public_source == public


def test_what_is_not_decided_yet_has_no_source_to_read() -> None:
    undecided = Sourced(source="PP 32/2017, as consultants say", source_status=UNVERIFIED)
    assert (undecided.citations, undecided.public_source) == ((), None)


def test_an_address_is_shown_by_its_host() -> None:
    assert cited_by_host("https://a.example/x") == ("a.example", "https://a.example/x")
    assert cited_by_host("PP 32/2017") == ("PP 32/2017", None)
