"""Run docs/survey_tokens.py on an export of the ledger: it shows once-only, and finds what an office could do against it."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.integrity.survey_house import filled, names, opened

from zi_integrity.domain.survey_token import SurveyToken

SCRIPT = Path(__file__).parents[2] / "docs" / "survey_tokens.py"
Messages = list[dict[str, Any]]


async def recorded(folder: Path) -> Messages:
    """Ten citizens answer, and an eleventh has the token in hand."""
    async with opened(folder) as house:
        await house.open_survey()
        await house.finished(*names(12))
        await house.next_day()
        tokens: Sequence[SurveyToken] = [await house.blinded(name) for name in names(11)]
        for token in tokens[:10]:
            await house.office.answering.accept(token.text, [filled()])
        await house.next_day()
        return [json.loads(row.message) for row in house.office.store.messages(0, 10_000)]


def export(messages: Messages) -> str:
    """Write the messages as the ledger exports them, chained anew: as an office would that forges its own."""
    lines, previous = [], "0" * 64
    for position, message in enumerate(messages, start=1):
        text = json.dumps({**message, "position": position, "previous": previous})
        previous = sha256(text.encode()).hexdigest()
        row = {"index": position - 1, "service": "integrity", "position": position, "entry": text}
        lines.append(json.dumps({**row, "leaf_hash": sha256(b"\0" + text.encode()).hexdigest()}))
    return "\n".join(lines)


def run(export: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)], input=export, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def of(messages: Messages, event: str) -> dict[str, Any]:
    return next(each for each in messages if each["type"].endswith(event))


def forge(messages: Messages) -> None:
    tokens = of(messages, "survey_tokens_spent")["data"]["tokens"]
    tokens[0] = "A" * 86 + tokens[0][86:]


def repeat(messages: Messages) -> None:
    tokens = of(messages, "survey_tokens_spent")["data"]["tokens"]
    tokens[0] = tokens[1]


def unsign(messages: Messages) -> None:
    for _ in range(3):
        messages.remove(of(messages, "invitation_signed"))


def stuff(messages: Messages) -> None:
    messages.append(of(messages, "survey_answer_recorded"))


async def test_an_export_shows_that_each_invitation_gave_one_answer(tmp_path: Path) -> None:
    messages = await recorded(tmp_path)
    assert run(export(messages)) == (0, "complaint 2026-Q4 invited=12 signed=11 skm=10 spent=10\n")
    for fault, sentence in FAULTS.items():
        changed: Messages = json.loads(json.dumps(messages))
        fault(changed)
        status, found = run(export(changed))
        assert (status, sentence in found) == (1, True), (sentence, found)
    lines = export(messages).splitlines()
    assert "said before it is missing" in run("\n".join([*lines[:5], *lines[6:]]))[1]


FAULTS: dict[Callable[[Messages], None], str] = {
    forge: "a token is forged",
    repeat: "a token was used twice",
    unsign: "more tokens than were signed",
    stuff: "more answers than tokens",
}
