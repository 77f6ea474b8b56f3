"""The form of a questionnaire: what its template needs, and the answer that is read from it.

The fields are `kind.element`; the template is survey_form.html. A page may hold several questionnaires.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError, too_long
from zi_contracts.text import UNSEEN, first_unseen, one_spelling
from zi_rules.survey.questionnaire import Questionnaire

LONGEST_COMMENT = 1000
COMMENT = "words"


@dataclass(frozen=True)
class SurveyQuestion:
    """`choices` are pairs of value and words, the lowest first."""

    field: str
    number: int
    text: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SurveyForm:
    kind: str
    title: str
    questions: Sequence[SurveyQuestion]


def survey_form(questionnaire: Questionnaire, say: Translator) -> SurveyForm:
    """Return the template's values in the reader's language."""
    questions = [
        SurveyQuestion(
            field=f"{questionnaire.kind}.{element.code}",
            number=number,
            text=say(element.question),
            choices=[
                (str(value), say(words))
                for value, words in enumerate(questionnaire.answers_of(element), start=1)
            ],
        )
        for number, element in enumerate(questionnaire.elements, start=1)
    ]
    return SurveyForm(questionnaire.kind, say(questionnaire.title), questions)


def values_of(form: Form, questionnaire: Questionnaire) -> dict[str, int]:
    """Return the raw values by element. Raises ChoiceError at the first question without a fitting answer."""
    return {code: _value(form, f"{questionnaire.kind}.{code}", questionnaire) for code in questionnaire.codes}


def is_touched(form: Form, questionnaire: Questionnaire) -> bool:
    """Tell if any question of this questionnaire was answered: on a page with several, one may be left out as a whole."""
    return any(form.value(f"{questionnaire.kind}.{code}") for code in questionnaire.codes)


def _value(form: Form, field: str, questionnaire: Questionnaire) -> int:
    answer = form.value(field)
    if not answer:
        raise ChoiceError(FIELDS["missing"], field)
    if answer not in {str(value) for value in range(1, questionnaire.scale + 1)}:
        raise ChoiceError(msgid("Choose one of the answers."), field)
    return int(answer)


def comment_of(form: Form) -> str | None:
    """Return the free words; None where there are none. Raises ChoiceError for a text that is too long or can't be read."""
    text = one_spelling(form.value(COMMENT), lines=True).strip()
    if len(text) > LONGEST_COMMENT:
        raise too_long(text, COMMENT, most=LONGEST_COMMENT)
    if (unseen := first_unseen(text, lines=True)) is not None:
        raise ChoiceError(FIELDS[UNSEEN], COMMENT, **unseen._asdict())
    return text or None
