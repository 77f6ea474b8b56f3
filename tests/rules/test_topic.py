"""The topics of questions are the office's list."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.topic import load_topics


def test_the_shipped_topics_have_names_in_both_languages() -> None:
    topics = load_topics()[0].topics
    assert [topic.code for topic in topics][-1] == "other"
    assert all(topic.name.id and topic.name.en for topic in topics)


def test_another_office_has_other_topics(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text('[[topic]]\ncode = "x"\nname = { id = "X", en = "X" }\n')
    assert [topic.code for topic in load_topics(tmp_path)[0].topics] == ["x"]


def test_no_topics_at_all_are_refused(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text("topic = []\n")
    with pytest.raises(UnusableConfigurationError, match=r"topics\.toml can't be used\. name at least one"):
        load_topics(tmp_path)
