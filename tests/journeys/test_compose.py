"""One story, two ways in: the house of `make up`, and a running compose at ZONA_URL."""

import os
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, sign_in
from tests.journeys.story import tell


@pytest.mark.journey
def test_a_complaint_becomes_receipts_that_anyone_can_verify(house: House, tmp_path: Path) -> None:
    with house.client() as client:
        tell(Door(client, house.staff), Citizen(1, "embedded"), tmp_path)


@pytest.mark.compose
def test_a_complaint_becomes_receipts_that_anyone_can_verify_in_compose(tmp_path: Path) -> None:
    url = os.environ["ZONA_URL"]  # make compose-test sets it

    def staff(person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {sign_in(url, person)}"}

    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        tell(Door(client, staff), Citizen(1, uuid4().hex), tmp_path)
