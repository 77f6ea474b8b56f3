"""What the register is asked for after a signature, however often."""

from typing import Any

from tests.certificates.officials import DAY, MONDAY, evaluator, named, system
from tests.certificates.steps import NUMBER, PASSED, SIGN, SIGNED, after, draft, last, number, sign

from zi_certificates.domain.application.events import (
    LettersSigned,
)
from zi_certificates.domain.impartiality import Appointment
from zi_certificates.domain.issuing import to_issue

APPLICATION = named("application")
KINDS = ("ske_health", "ske_free_sale")


def numbers_to_issue(*commands: Any) -> list[Any]:
    signed = next(
        each for n in range(len(commands)) if isinstance(each := last(*commands[: n + 1]), LettersSigned)
    )
    return to_issue(APPLICATION, after(*commands), signed, 2026, system())


def test_each_letter_is_asked_for_as_it_was_signed() -> None:
    state, signed = after(*SIGNED), last(*SIGNED)
    assert isinstance(signed, LettersSigned)
    [issue] = numbers_to_issue(*SIGNED)
    [letter] = signed.letters
    assert (issue.by, issue.year, issue.application) == (system(), 2026, APPLICATION)
    assert (issue.letter, issue.kind, issue.content, issue.template) == (
        letter.letter,
        letter.kind,
        letter.content,
        letter.template,
    )
    assert (issue.evaluators, issue.signer, issue.acting) == (
        signed.evaluators,
        signed.by.actor,
        signed.acting,
    )
    assert (issue.series, issue.ticket, issue.business_ref) == (
        state.draft.series,
        state.draft.ticket,
        state.draft.business_ref,
    )


def test_what_has_a_number_is_not_asked_for_again() -> None:
    assert numbers_to_issue(*SIGNED, NUMBER) == []
    both = (draft(*KINDS), *PASSED[1:], sign(1, *KINDS), number("ske_health"))
    assert [issue.kind for issue in numbers_to_issue(*both)] == ["ske_free_sale"]


def test_who_signed_in_the_heads_place_is_named() -> None:
    cici = "evaluator-cici"
    acting = Appointment(event=named("appointment"), official=cici, begins=MONDAY, ends=MONDAY + DAY)
    [issue] = numbers_to_issue(
        *PASSED, SIGN.model_copy(update={"by": evaluator(cici), "appointment": acting})
    )
    assert (issue.signer, issue.acting) == (cici, named("appointment"))
