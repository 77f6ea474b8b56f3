"""The digest of a configuration binds every value in it, and nothing of its spelling."""

import json
import tomllib
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_rules.configuration import (
    Configuration,
    Configured,
    UnusableConfigurationError,
    canonical,
    name,
    read,
)

CALENDAR = """
# Said by the office.
version = 2
source_status = "verified"
effective_from = 2026-07-01

[opening]
monday = { opens = 07:30:00, closes = 16:00:00 }
friday = { opens = 07:30:00, closes = 16:30:00 }
"""
REWRITTEN = """version=2     # another spelling of the same table
source_status   = 'verified'

effective_from = 2026-07-01
opening.monday.opens = 07:30:00
opening.monday.closes = 16:00:00
[opening.friday]
opens = 07:30:00
closes = 16:30:00
"""


def named(text: str) -> Configuration:
    return name("calendar", tomllib.loads(text), "calendar.toml", "calendar")


def test_comments_and_spacing_change_nothing() -> None:
    assert named(CALENDAR).digest == named(REWRITTEN).digest
    assert named(CALENDAR).content == named(REWRITTEN).content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("16:30:00", "16:30:01"),
        ("verified", "unverified"),
        ("2026-07-01", "2026-07-02"),
        ("version = 2", "version = 3"),
        ("monday", "tuesday"),
        ("[opening]", "late_receipt = 'same_day'\n[opening]"),
    ],
)
def test_every_value_counts(old: str, new: str) -> None:
    assert named(CALENDAR).digest != named(CALENDAR.replace(old, new)).digest


def test_the_order_counts_because_the_first_ruling_decides_and_people_are_shown_things_in_it() -> None:
    assert canonical({"tracks": ["md", "pirt"]}) != canonical({"tracks": ["pirt", "md"]})
    assert canonical({"names": {"md": 1, "pirt": 2}}) != canonical({"names": {"pirt": 2, "md": 1}})


def test_anybody_can_make_the_digest_with_a_tool_of_the_system() -> None:
    assert canonical({"b": "rüzgar", "a": [1, True, None], "on": date(2026, 1, 2)}) == (
        '{"b":"rüzgar","a":[1,true,null],"on":"2026-01-02"}'.encode()
    )
    assert named(CALENDAR).digest == sha256(named(CALENDAR).content).hexdigest()


TABLES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=5), part, max_size=4),
    max_leaves=12,
)


@given(table=st.dictionaries(st.text(max_size=5), TABLES, max_size=4))
def test_what_is_kept_says_the_same_as_the_file_did(table: dict[str, Any]) -> None:
    content = canonical(table)
    again = Configuration("kind", "id", 1, content, "the store")
    assert again.digest == Configuration("kind", "id", 1, canonical(json.loads(content)), "the file").digest


def test_it_is_named_by_its_table() -> None:
    it = named(CALENDAR)
    assert (it.kind, it.id, it.version) == ("calendar", "calendar", 2)
    assert (it.source_status, it.effective_from) == ("verified", date(2026, 7, 1))
    assert name("standard", {"decree_id": "SK-12", "version": 1}, "complaint.toml").id == "SK-12"
    assert name("tariffs", {"id": "own"}, "tariffs.toml", "tariffs").id == "own"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"version": "2"}, "version: "),
        ({"version": 0}, "version: "),
        ({"version": True}, "version: "),
        ({"id": ""}, "id: "),
        ({"id": 7}, "id: "),
        ({"effective_from": "2026-07-01"}, "effective_from: "),
        ({"source_status": "said so"}, "source_status: "),
        ({"share": float("nan")}, "not JSON compliant"),
        ({"share": float("inf")}, "not JSON compliant"),
        ({"share": {1, 2}}, "set has no place in a configuration"),
    ],
)
def test_what_can_not_be_named_is_refused_with_its_file(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(
        UnusableConfigurationError, match=rf"^rules/calendar\.toml can't be used\. .*{problem}"
    ):
        name("calendar", table, "rules/calendar.toml", "calendar")


class Tides(Configured):
    port: str
    since: date
    read_at: time = time(6)
    observed: datetime | None = None


def test_what_is_read_knows_its_name_and_its_digest() -> None:
    it = name(
        "tides", {"port": "Tarakan", "since": date(2026, 1, 2), "read_at": time(7)}, "tides.toml", "tides"
    )
    tides = read(Tides, it)
    assert (tides.id, tides.version, tides.digest) == ("tides", 1, it.digest)
    assert (tides.port, tides.since, tides.read_at) == ("Tarakan", date(2026, 1, 2), time(7))


def test_a_table_can_not_say_what_its_own_digest_is() -> None:
    it = name(
        "tides", {"port": "Tarakan", "since": date(2026, 1, 2), "digest": "0" * 64}, "tides.toml", "tides"
    )
    assert read(Tides, it).digest == it.digest


def test_what_is_read_wrongly_is_refused_with_its_file_and_every_field() -> None:
    it = name("tides", {"since": "soon", "prot": "Tarakan"}, "tides.toml", "tides")
    with pytest.raises(UnusableConfigurationError) as refused:
        read(Tides, it)
    assert str(refused.value).startswith("tides.toml can't be used. port: Field required; since: ")
    assert "prot: Extra inputs are not permitted" in str(refused.value)
