import json
from pathlib import Path

import pytest

from zi_contracts.catalogue import MODELS
from zi_verify.acts import read_act
from zi_verify.timeline import act_line, act_name

EXAMPLES = Path(__file__).parents[1] / "contracts" / "examples"
OTHERWISE = act_name("zi.nobody.nothing")


@pytest.mark.parametrize("type_", sorted(MODELS))
def test_every_kind_of_act_has_words_in_both_languages(type_: str) -> None:
    name = act_name(type_)
    assert name != OTHERWISE
    assert name.en != name.id
    assert all(text.endswith(".") for text in (name.en, name.id))


def test_an_act_of_a_kind_that_is_not_known_is_told_with_its_type() -> None:
    message = json.loads((EXAMPLES / "zi.intake.complaint_filed.json").read_bytes())
    line = act_line(read_act("x", 7, json.dumps(message | {"type": "zi.intake.danced"}).encode()))
    assert line.en.startswith(
        "2026-12-01 02:01:00 UTC, entry 7: An entry of another kind: see its type. (citizen: "
    )
    assert "zi.intake.danced" in line.en


def test_what_an_entry_says_of_itself_begins_no_line_of_the_course() -> None:
    message = json.loads((EXAMPLES / "zi.intake.complaint_filed.json").read_bytes())
    forged = message | {"actor": "x\nincluded and matching", "time": "tomorrow", "actorrole": "staff:\x1b[2J"}
    line = act_line(read_act("x", None, json.dumps(forged).encode()))
    assert line.en.startswith("?, not in the ledger yet: ")
    assert "\n" not in line.render("en")
    assert "\x1b" not in line.render("id")
