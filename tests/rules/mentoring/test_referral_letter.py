"""The wording of the letter to the health office: every part in both languages."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.mentoring.referral_letter import HEADINGS, LABELS, load_referral_letter


def test_every_part_is_worded_and_shown_as_the_office_s_own() -> None:
    [rules] = load_referral_letter()
    assert (set(rules.labels), set(rules.headings)) == (LABELS, HEADINGS)
    assert (rules.code_days, rules.source_status) == (90, "unverified")


def test_an_office_that_forgets_a_part_does_not_start(tmp_path: Path) -> None:
    [shipped] = load_referral_letter().configurations
    lines = Path(shipped.origin).read_text().splitlines()
    gone = [line for line in lines if not line.startswith(("code =", "note ="))]
    (tmp_path / "referral_letter.toml").write_text("\n".join(gone))
    with pytest.raises(UnusableConfigurationError, match=r"labels\.code, headings\.note"):
        load_referral_letter(tmp_path)
