"""Each register that numbers the letters of all cases is known to whoever checks evidence, in whatever language the checker is written."""

import json
import re
from pathlib import Path

from zi_tlog.evidence import REGISTERED

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests/contracts/examples"
CHECKER = ROOT / "services/audit/zi_audit/static/check.js"
OF_A_NUMBER = {"number", "series", "year", "letter"}
TICKET = re.compile(r"[0-9A-Z]{9}")


def test_every_message_that_gives_a_letter_of_a_case_its_number_is_of_a_register() -> None:
    messages = [json.loads(path.read_bytes()) for path in EXAMPLES.glob("*.json")]
    numbering = {
        each["type"]
        for each in messages
        if set(each["data"]) >= OF_A_NUMBER and TICKET.fullmatch(each["subject"])
    }
    assert numbering == REGISTERED


def test_the_page_knows_the_same_registers() -> None:
    [types] = re.findall(r"REGISTERED = new Set\(\[(.*?)\]\)", CHECKER.read_text("utf-8"))
    assert set(re.findall(r'"([^"]+)"', types)) == REGISTERED
