"""Every code has its sentence."""

from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from zi_rules.certificate.reason import LineFault, Overtaking, Reason, load_sentences


def test_every_code_has_a_sentence_in_both_languages() -> None:
    said = load_sentences()
    texts = [*said.reasons.values(), *said.overtaking.values(), *said.lines.values()]
    assert all(text.id.endswith(".") and text.en.endswith(".") and text.id != text.en for text in texts)
    assert (set(said.reasons), set(said.overtaking), set(said.lines)) == (
        set(Reason),
        set(Overtaking),
        set(LineFault),
    )


def test_no_code_means_two_things() -> None:
    codes = [code.value for kind in (Reason, Overtaking, LineFault) for code in kind]
    assert len(codes) == len(set(codes))


def test_an_office_that_forgets_a_sentence_is_told_which(tmp_path: Path) -> None:
    shipped = (files("zi_rules") / "data/certificate_reasons.toml").read_text("utf-8")
    without = [line for line in shipped.splitlines() if not line.startswith("unpaid")]
    (tmp_path / "certificate_reasons.toml").write_text("\n".join(without), "utf-8")
    with pytest.raises(ValidationError, match="give a sentence in both languages to unpaid"):
        load_sentences(tmp_path)
