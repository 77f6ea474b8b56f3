"""A few seconds of the flood that `python -m bench.flood` measures: strangers fill nothing, and an honest citizen is served meanwhile."""

import json
from pathlib import Path

import pytest
from bench import flood
from tests.journeys import records
from tests.journeys.house import House

pytestmark = pytest.mark.journey
CLIENTS, SECONDS = 12, 4


def test_an_honest_citizen_is_served_while_strangers_flood_the_house(tmp_path: Path) -> None:
    budgets = {"ZI_TRUSTED_PROXIES": "127.0.0.1", "ZI_FILINGS_A_DAY": "200", "ZI_UPLOAD_MB_A_DAY": "200"}
    with House(tmp_path / "data", **budgets) as house:
        strangers = flood.begin(house.url, CLIENTS, SECONDS)
        took = flood.honest_life(house.url, SECONDS)
        summary = json.loads(strangers.communicate(timeout=60)[0])
        assert all(took.values())
        assert sum(summary["answers"].values()) > 0
        mails = [mail for mail in records.mails(house.data) if mail["To"] == flood.VICTIM]
        assert len(mails) <= 1
