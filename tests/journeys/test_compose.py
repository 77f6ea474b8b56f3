"""The same stories, two ways in: the house of `make up`, and a running compose at ZONA_URL."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from tests.journeys import letter_story, mentoring_story, story
from tests.journeys.certificates import Certificates
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.house import House, sign_in
from tests.journeys.mentoring import Mentoring


@contextmanager
def in_compose() -> Iterator[tuple[httpx.Client, Callable[[str], dict[str, str]]]]:
    """The gateway, and the headers of whoever is signed in."""
    url = os.environ["ZONA_URL"]  # make compose-test sets it

    @cache
    def staff(person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {sign_in(url, person)}"}

    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client, staff


@pytest.mark.journey
def test_a_complaint_becomes_receipts_that_anyone_can_verify(house: House, tmp_path: Path) -> None:
    with house.client() as client:
        story.tell(Door(client, house.staff), Citizen(1, "embedded"), tmp_path)


@pytest.mark.compose
def test_food_is_imported_with_a_letter_that_anybody_can_verify_in_compose(tmp_path: Path) -> None:
    with in_compose() as (client, staff):
        letter_story.tell(Certificates(client, staff), f"Kelapa{uuid4().hex[:6]}", tmp_path)


@pytest.mark.compose
def test_a_product_of_a_small_business_comes_from_nothing_to_its_number_in_compose() -> None:
    with in_compose() as (client, staff):
        mentoring_story.tell(Mentoring(client, staff), f"Kedondong{uuid4().hex[:6]}")


@pytest.mark.compose
def test_a_complaint_becomes_receipts_that_anyone_can_verify_in_compose(tmp_path: Path) -> None:
    with in_compose() as (client, staff):
        story.tell(Door(client, staff), Citizen(1, uuid4().hex), tmp_path)
