import pytest
from tests.certificates.officials import (
    DAY,
    KNOWN_FACTS,
    MONDAY,
    NOTHING_KNOWN,
    applicant,
    evaluator,
    fact,
    head,
    known_of,
    named,
    signer,
)

from zi_certificates.domain.impartiality import (
    Appointment,
    HinderedError,
    NotASignerError,
    refuse_hindered,
    refuse_unless_signer,
    was_unknown,
)
from zi_chassis.domain import Act

ACTING = Appointment(
    event=named("appointment"), official="evaluator-ani", begins=MONDAY, ends=MONDAY + 5 * DAY
)


def test_who_has_an_interest_or_mentored_decides_nothing() -> None:
    refuse_hindered(evaluator(), NOTHING_KNOWN)
    refuse_hindered(evaluator(), known_of("evaluator-cici"))
    with pytest.raises(HinderedError, match="another official"):
        refuse_hindered(evaluator(), known_of("evaluator-cici", "evaluator-ani"))


def test_a_fact_is_news_when_its_own_sender_told_it_later() -> None:
    assert [was_unknown(fact("a", "conflict", at), KNOWN_FACTS) for at in (7, 8)] == [False, True]
    assert [was_unknown(fact("a", "mentorship", at), KNOWN_FACTS) for at in (8, 12, 13)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("by", [signer(), head()])
def test_a_signer_and_the_head_sign(by: Act) -> None:
    refuse_unless_signer(by, None)


@pytest.mark.parametrize("at", [MONDAY, MONDAY + 4 * DAY])
def test_an_acting_signer_signs_within_the_time(at: object) -> None:
    refuse_unless_signer(evaluator().model_copy(update={"at": at}), ACTING)


@pytest.mark.parametrize(
    ("by", "appointment"),
    [
        (evaluator(), None),
        (evaluator("evaluator-cici"), ACTING),
        (evaluator(at=MONDAY - DAY), ACTING),
        (evaluator(at=MONDAY + 5 * DAY), ACTING),
        (applicant().model_copy(update={"actor": "evaluator-ani"}), ACTING),
    ],
)
def test_nobody_else_signs(by: Act, appointment: Appointment | None) -> None:
    with pytest.raises(NotASignerError, match="acting signer"):
        refuse_unless_signer(by, appointment)
