"""The page of a case leads to its invitation once integrity sent it."""

import json
from pathlib import Path
from typing import Any

from tests.intake.front import Front
from tests.intake.test_pages import browse, get
from tests.intake.test_policies import message

EXAMPLE = Path(__file__).parents[1] / "contracts" / "examples" / "zi.integrity.survey_invited.json"


async def test_an_invited_case_leads_to_its_invitation(front: Front) -> None:
    ticket = (await browse(front))["ticket"]
    link = f'href="/integrity/surveys/invitation/{ticket}"'
    assert link not in (await get(front, f"/track/{ticket}")).text
    data: dict[str, Any] = json.loads(EXAMPLE.read_text())["data"]
    invited = message(1, ticket, "survey_invited", sender="integrity", **data)
    await front.office.store.receive("integrity", [invited], front.office.react)
    page = await get(front, f"/track/{ticket}?lang=en")
    assert link in page.text
    assert "Nobody can find out which answer is yours" in page.text
