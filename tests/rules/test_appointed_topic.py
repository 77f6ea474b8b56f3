"""Topics for appointed officials: the office's list, with the ways that people are shown first."""

from pathlib import Path

import pytest

from zi_rules.appointed_topic import load_appointed_topics
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.disclosure import load_disclosure_rules

WAY = 'name = { id = "X", en = "X" }, about = { id = "Y", en = "Y" }, source = "Z"'


def test_only_ways_that_were_verified_are_shown(tmp_path: Path) -> None:
    written = f"""[[topic]]
code = "x"
name = {{ id = "X", en = "X" }}
way = [{{ {WAY}, source_status = "unverified" }}, {{ {WAY}, phone = "1500533", source_status = "verified" }}]
"""
    (tmp_path / "appointed_topics.toml").write_text(written)
    [topic] = load_appointed_topics(tmp_path)[0].topics
    assert [way.phone for way in topic.ways] == ["1500533"]


def test_the_shipped_topic_leads_outside_of_the_office() -> None:
    [topic] = load_appointed_topics()[0].topics
    assert topic.code == "conduct"
    assert len(topic.ways) == 3


def test_a_topic_is_named_once(tmp_path: Path) -> None:
    topic = '[[topic]]\ncode = "x"\nname = { id = "X", en = "X" }\n'
    (tmp_path / "appointed_topics.toml").write_text(topic + topic)
    with pytest.raises(UnusableConfigurationError, match="occur only once"):
        load_appointed_topics(tmp_path)


def test_hours_of_a_disclosure_are_no_law() -> None:
    [rules] = load_disclosure_rules()
    assert (rules.answer_within_hours, rules.open_for_hours, rules.source_status) == (72, 24, "unverified")
