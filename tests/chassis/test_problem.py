from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from pydantic import AwareDatetime, BaseModel, ValidationError
from starlette.requests import Request
from tests.chassis.sample_service import Thing, service

from zi_chassis.web.problem import FIELDS, NO_SUCH_DAY, field_errors, problem_of, unread_moment

GOOD = {"text": "ok", "kind": "red"}
THINGS = "/sample/api/things/T-1"


class Dated(BaseModel):
    day: date


class Timed(BaseModel):
    at: AwareDatetime


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(service(tmp_path).app, headers={"Accept-Language": "en"}) as client:
        yield client


def test_a_broken_rule_is_409_with_a_sentence_and_a_lasting_name(client: TestClient) -> None:
    answer = client.post(THINGS, json={**GOOD, "text": "closed"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The box B-1 is closed. Open another one."
    assert answer.json()["type"] == "urn:zona:problem:box_is_closed"
    assert answer.json()["request"] == answer.headers["x-request-id"]


def test_every_bad_field_is_named_once_with_a_sentence_and_without_what_was_sent(client: TestClient) -> None:
    bad = {"text": "x" * 11, "kind": "blue-secret", "maker": {"name": ""}, "key": "no", "more": 1}
    answer = client.post(THINGS, json=bad)
    assert answer.status_code == 422
    assert {e["field"]: e["detail"] for e in answer.json()["errors"]} == {
        "text": "Write at most 10 characters; there are 11 now.",
        "kind": "Choose one of 'red', 'green'.",
        "maker.name": "This field is needed.",
        "key": "Give a UUID here.",
        "more": "This field is not known here; leave it out.",
    }
    assert "secret" not in answer.text


def test_a_body_that_is_no_json_is_422_with_a_sentence(client: TestClient) -> None:
    answer = client.post(THINGS, content=b'{"text"', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"in": "body", "field": "", "detail": "The body is not valid JSON."}]


def test_sentences_come_in_the_language_of_the_request(client: TestClient) -> None:
    answer = client.post(THINGS, json={}, headers={"Accept-Language": "id-ID"})
    assert answer.json()["title"] == "Silakan periksa isian Anda"
    assert answer.json()["errors"][0]["detail"] == "Mohon isi bagian ini."


def test_an_unexpected_error_is_500_without_a_trace(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post(THINGS, json={**GOOD, "text": "broken"})
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "cannot read" not in answer.text
    assert any(record.exc_info for record in caplog.records)
    assert "x-request-id" in answer.headers


def test_what_could_not_be_kept_is_503_and_may_be_tried_again(client: TestClient) -> None:
    answer = client.post(THINGS, json={**GOOD, "text": "full"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "secret" not in answer.text


def test_an_unknown_thing_an_unknown_address_and_a_wrong_method_each_say_so(client: TestClient) -> None:
    answers = [client.get(THINGS), client.get("/sample/api/none"), client.delete(THINGS)]
    assert [a.status_code for a in answers] == [404, 404, 405]
    assert answers[0].json()["detail"] == "There is no such thing. Check the ticket."
    assert all(a.json()["detail"].endswith(".") for a in answers)


def test_a_browser_gets_the_same_as_a_page_outside_of_the_api(client: TestClient) -> None:
    page = client.get("/none", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in page.text
    assert client.get("/sample/api/none", headers={"Accept": "text/html"}).json()["status"] == 404


def test_field_errors_of_a_form_have_dotted_names() -> None:
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate({"text": "ok", "kind": "red", "maker": {"name": "too long"}})
    app = service(Path("unused")).app
    request = Request({"type": "http", "app": app, "headers": [], "query_string": b"lang=en", "path": "/"})
    assert field_errors(request, caught.value) == {
        "maker.name": "Write at most 5 characters; there are 8 now."
    }


def test_a_text_that_is_too_long_is_counted_without_the_blanks_around_it() -> None:
    app = service(Path("unused")).app
    request = Request({"type": "http", "app": app, "headers": [], "query_string": b"lang=en", "path": "/"})
    for text, length in ((f"  {'x' * 11}  ", 11), ("x" + " " * 10, 11)):
        with pytest.raises(ValidationError) as caught:
            Thing.model_validate({"text": text, "kind": "red"})
        assert field_errors(request, caught.value)["text"].endswith(f"there are {length} now.")


@pytest.mark.parametrize(
    ("kind", "context", "sentence"),
    [
        ("string_too_long", {"max_length": 5}, "Write at most 5 characters."),
        ("date_from_datetime_parsing", {}, "Write the date as year-month-day, for example 2026-12-31."),
    ],
)
def test_an_error_that_does_not_hold_what_was_typed_has_a_sentence(
    kind: str, context: dict[str, int], sentence: str
) -> None:
    app = service(Path("unused")).app
    request = Request({"type": "http", "app": app, "headers": [], "query_string": b"lang=en", "path": "/"})
    error = RequestValidationError([{"type": kind, "loc": ("body", "text"), "msg": "", "ctx": context}])
    assert problem_of(request, error).errors[0].detail == sentence


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-02-31", "There is no such day in the calendar"),
        ("31-02-2026", "There is no such day in the calendar"),
        ("29/2/2027", "There is no such day in the calendar"),
        ("28-02-2026", "Write the date as year-month-day"),
        ("tomorrow", "Write the date as year-month-day"),
        (" ", "This field is needed."),
    ],
)
def test_a_day_that_is_in_no_calendar_is_told_from_one_that_is_written_wrongly(
    typed: str, sentence: str
) -> None:
    app = service(Path("unused")).app
    request = Request({"type": "http", "app": app, "headers": [], "query_string": b"lang=en", "path": "/"})
    with pytest.raises(ValidationError) as caught:
        Dated.model_validate({"day": typed})
    assert field_errors(request, caught.value)["day"].startswith(sentence)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-02-31T09:00:00+08:00", "There is no such day in the calendar"),
        ("2026-02-31 09:00", "There is no such day in the calendar"),
        ("2026-02-28T25:00:00+08:00", "Write the time with its zone"),
        ("2026-02-28T09:00", "Write the time with its zone"),
        ("", "This field is needed."),
    ],
)
def test_a_time_on_a_day_that_is_in_no_calendar_is_told_as_such(typed: str, sentence: str) -> None:
    app = service(Path("unused")).app
    request = Request({"type": "http", "app": app, "headers": [], "query_string": b"lang=en", "path": "/"})
    with pytest.raises(ValidationError) as caught:
        Timed.model_validate({"at": typed})
    assert field_errors(request, caught.value)["at"].startswith(sentence)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("2026-02-31T09:00", NO_SUCH_DAY), ("soon", FIELDS["datetime_parsing"]), ("", FIELDS["missing"])],
)
def test_a_time_by_the_clock_of_the_office_is_written_without_a_zone(typed: str, sentence: str) -> None:
    assert unread_moment(typed) == sentence
