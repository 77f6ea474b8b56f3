"""The templates of letters in versions, of which the newest is used."""

from pathlib import Path

import pytest

from zi_rules.letter_template import load_letter_templates


def test_the_newest_template_comes_first_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data/letter_templates"
    folder.mkdir(parents=True)
    for name in ("letter_2.typ", "letter_10.typ", "letter_1.typ", "readme.txt"):
        (folder / name).write_text(name)
    monkeypatch.setattr("zi_rules.letter_template.files", lambda package: tmp_path)
    templates = load_letter_templates()
    assert [(each.id, each.version) for each in templates] == [("letter", 10), ("letter", 2), ("letter", 1)]
    assert templates[0].content == b"letter_10.typ"
