"""Every code has its sentence."""

from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from zi_contracts import certificates as contract
from zi_rules.certificate.reason import (
    ExpiryReason,
    FindingReason,
    LineFault,
    OverrideReason,
    OvertakingReason,
    ReleaseReason,
    StandingReason,
    load_sentences,
)
from zi_rules.configuration import UnusableConfigurationError


def test_every_code_has_a_sentence_in_both_languages() -> None:
    [sentences] = load_sentences()
    tables = [
        sentences.reasons,
        sentences.overtaking,
        sentences.release,
        sentences.override,
        sentences.standing,
        sentences.expiry,
        sentences.lines,
    ]
    texts = [text for table in tables for text in table.values()]
    codes = [
        *FindingReason,
        *OvertakingReason,
        *ReleaseReason,
        *OverrideReason,
        *StandingReason,
        *ExpiryReason,
        *LineFault,
    ]
    assert len(texts) == len(codes)
    assert all(text.id.endswith(".") and text.en.endswith(".") and text.id != text.en for text in texts)


def test_what_a_rule_finds_is_not_what_a_line_lacks() -> None:
    assert not {code.value for code in FindingReason} & {code.value for code in LineFault}


@pytest.mark.parametrize(
    ("codes", "published"),
    [
        (OvertakingReason, contract.OvertakingReason),
        (ReleaseReason, contract.ReleaseReason),
        (OverrideReason, contract.OverrideReason),
        (StandingReason, contract.StandingReason),
        (ExpiryReason, contract.ExpiryReason),
    ],
)
def test_every_reason_that_is_published_has_a_sentence(
    codes: type[OvertakingReason], published: object
) -> None:
    assert {code.value for code in codes} == set(get_args(published))


@pytest.mark.parametrize(
    ("line", "code"), [("wrong_track", "reasons.wrong_track"), ("absence", "release.absence")]
)
def test_an_office_that_forgets_a_sentence_is_told_which(tmp_path: Path, line: str, code: str) -> None:
    shipped = (files("zi_rules") / "data/certificate_reasons.toml").read_text("utf-8")
    without = [each for each in shipped.splitlines() if not each.startswith(f"{line} =")]
    (tmp_path / "certificate_reasons.toml").write_text("\n".join(without), "utf-8")
    with pytest.raises(UnusableConfigurationError, match=rf"give a sentence in both languages to {code}$"):
        load_sentences(tmp_path)
