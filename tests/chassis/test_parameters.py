"""An address that gives a value twice is refused, or the endpoint reads both; one with a control sign is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Query
from fastapi.testclient import TestClient
from tests.chassis.sample_service import service

from zi_chassis.web.parameters import takes_several

FOUND = "/sample/api/found"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    made = service(tmp_path)

    @made.app.get(FOUND)
    @takes_several("kind")
    async def found(kind: Annotated[list[str], Query()], near: str = "") -> list[str]:
        return [*kind, near]

    with TestClient(made.app, headers={"Accept-Language": "en"}) as client:
        yield client


def test_every_value_of_a_parameter_that_takes_several_is_read(client: TestClient) -> None:
    assert client.get(f"{FOUND}?kind=red&kind=green&near=here").json() == ["red", "green", "here"]


def test_each_other_one_that_is_repeated_is_named(client: TestClient) -> None:
    refused = client.get(f"{FOUND}?near=a&kind=red&near=b&far=1&kind=green&far=1")
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"in": "query", "field": name, "detail": "Give this once: the address says it more than once."}
        for name in ("far", "near")
    ]


def test_a_value_that_is_left_blank_once_is_given_twice_all_the_same(client: TestClient) -> None:
    assert client.get(f"{FOUND}?kind=red&near=&near=here").status_code == 422


def test_a_page_says_it_in_the_reader_s_language(client: TestClient) -> None:
    refused = client.get("/desk/?show=a&show=b", headers={"Accept": "text/html", "Accept-Language": "id"})
    assert refused.status_code == 422
    assert "Isi ini satu kali saja" in refused.text


@pytest.mark.parametrize("sign", ["%00", "%07", "%1B", "%7F", "%C2%85"])
def test_a_control_sign_is_refused_and_its_place_told(client: TestClient, sign: str) -> None:
    refused = client.get(f"{FOUND}?kind=red&near=ab{sign}c")
    assert refused.status_code == 422
    [wrong] = refused.json()["errors"]
    assert (wrong["in"], wrong["field"]) == ("query", "near")
    assert "a sign here that nobody can see (number 3, U+00" in wrong["detail"]


def test_a_page_refuses_a_control_sign_in_a_sentence(client: TestClient) -> None:
    refused = client.get("/desk/?show=%00", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert refused.status_code == 422
    assert "nobody can see" in refused.text


def test_what_comes_with_a_pasted_text_is_left_to_the_endpoint(client: TestClient) -> None:
    assert client.get(f"{FOUND}?kind=red&near=%09a%0D%0A").json() == ["red", "\ta\r\n"]
    assert client.get(f"{FOUND}?kind=red&near=%C3%A9%E2%80%8B").json() == ["red", "\u00e9\u200b"]
