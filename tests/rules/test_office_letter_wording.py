"""The wording of the office's letters: each kind has a title and a statement in both languages."""

from pathlib import Path

import pytest

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.office_letter_wording import OfficeLetterKind, load_office_letter_wording


def test_every_kind_is_worded() -> None:
    [wording] = load_office_letter_wording()
    assert set(wording.titles) == set(wording.statements) == set(OfficeLetterKind)
    assert wording.source_status == "unverified"


def test_an_office_that_forgets_a_kind_does_not_start(tmp_path: Path) -> None:
    [shipped] = load_office_letter_wording().configurations
    lines = Path(shipped.origin).read_text().splitlines()
    gone = [line for line in lines if not line.startswith("maklumat")]
    (tmp_path / "office_letter_wording.toml").write_text("\n".join(gone))
    with pytest.raises(UnusableConfigurationError, match=r"titles\.maklumat, statements\.maklumat"):
        load_office_letter_wording(tmp_path)
