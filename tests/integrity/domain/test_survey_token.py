from datetime import date

import pytest
from tests.integrity.survey_token_steps import CASE, token

from zi_integrity.domain.survey_token import (
    AnotherSurveyError,
    ForgedTokenError,
    MalformedTokenError,
    SurveyOverError,
    SurveyToken,
    invitation_id,
    spent_digest,
    survey_key_id,
)


def test_a_token_is_read_as_it_was_written() -> None:
    written = token(7)
    assert SurveyToken.read(f"  {written.text}\n") == written
    assert spent_digest(written.spent) == written.digest
    assert str(CASE) not in repr(written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        token(7).text + "!",
        token(7).text.replace("2026-Q4", "2026-Q5"),
        token(7).text.replace("complaint", "Complaint"),
        token(7).text * 2,
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(MalformedTokenError):
        SurveyToken.read(text)


def test_a_token_has_one_spelling() -> None:
    text = token(0).text
    quarter, service, message, signature = text.split(".")
    assert message.endswith("A")
    with pytest.raises(MalformedTokenError):
        SurveyToken.read(f"{quarter}.{service}.{message[:-1]}B.{signature}")


def test_each_service_and_quarter_has_a_key_and_each_case_an_invitation() -> None:
    assert survey_key_id("complaint", "2026-Q4") != survey_key_id("complaint", "2026-Q3")
    assert survey_key_id("complaint", "2026-Q4") != survey_key_id("consultation", "2026-Q4")
    assert invitation_id(CASE) != CASE


def test_each_refusal_says_what_to_do() -> None:
    assert "page of your case" in str(ForgedTokenError())
    assert "2026-Q4" in str(AnotherSurveyError("2026-Q4"))
    assert "2027-01-30" in str(SurveyOverError(date(2027, 1, 30)))
