"""The questions of a survey in both languages, and the answer that is read from them."""

import pytest
from tests.integrity.survey_steps import FORMS

from zi_chassis.web.form import Form
from zi_chassis.web.language import Bilingual
from zi_chassis.web.refused_form import ChoiceError
from zi_integrity.web.survey_form import comment_of, is_touched, survey_form, values_of

SKM, SPAK = FORMS["skm"], FORMS["spak"]


def in_english(text: str | Bilingual, /, **_: object) -> str:
    return text if isinstance(text, str) else text.en


def test_each_question_has_words_for_each_answer() -> None:
    for questionnaire in FORMS.values():
        form = survey_form(questionnaire, in_english)
        assert [each.field for each in form.questions] == [
            f"{questionnaire.kind}.{code}" for code in questionnaire.codes
        ]
        assert all(len(each.choices) == questionnaire.scale for each in form.questions)
    cost = survey_form(SKM, in_english).questions[3]
    assert cost.choices[0] == ("1", "Very dear")


@pytest.mark.parametrize("answer", ["", "0", "7", "1.5", "-1", "one", "²", "٣", "01"])
def test_only_an_answer_of_the_questionnaire_is_read(answer: str) -> None:
    filled = {f"spak.{code}": "6" for code in SPAK.codes}
    assert set(values_of(Form(filled), SPAK).values()) == {6}
    with pytest.raises(ChoiceError) as refused:
        values_of(Form(filled | {"spak.pungli": answer}), SPAK)
    assert refused.value.field == "spak.pungli"


def test_a_questionnaire_is_touched_by_its_own_answers_alone() -> None:
    form = Form({"spak.pungli": "3", "words": "x"})
    assert is_touched(form, SPAK)
    assert not is_touched(form, SKM)


def test_free_words_are_short_and_can_be_seen() -> None:
    assert comment_of(Form({"words": "  \r\n "})) is None
    assert comment_of(Form({"words": " Baik.\r\nCepat. "})) == "Baik.\nCepat."
    assert comment_of(Form({"words": "x" * 1000})) == "x" * 1000
    for text in ("x" * 1001, "a\u202eb"):
        with pytest.raises(ChoiceError):
            comment_of(Form({"words": text}))
