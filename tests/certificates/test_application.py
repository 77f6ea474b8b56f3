from typing import Any
from uuid import UUID

import pytest
from tests.certificates.officials import (
    DAY,
    HOUR,
    KNOWN_FACTS,
    MONDAY,
    applicant,
    evaluator,
    fact,
    head,
    known_of,
    named,
    signer,
    staff,
    system,
)
from tests.certificates.steps import (
    APPROVE_OVERRIDE,
    ASK,
    ASK_OVERRIDE,
    CHANGE,
    DRAFT,
    DRAFTED,
    DUE,
    FLAG,
    ISSUED,
    LAPSE,
    LAPSED,
    LETTER,
    MISSING,
    NEED_DATA,
    NUMBER,
    NUMBERED,
    OPEN_UNTIL,
    PAID,
    PASS,
    PASSED,
    PAY,
    PAY_LESS,
    PROMISE,
    PROMISED,
    REFUND,
    REFUSE_OVERRIDE,
    REINSTATE,
    REJECT,
    REJECTED,
    RELEASE,
    RENEW,
    RESUBMIT,
    REVOKE,
    RULES,
    SEAL,
    SEND,
    SEND_BACK,
    SIGN,
    SIGN_PERSONALLY,
    SIGNED,
    SIGNED_PERSONALLY,
    SUBMIT,
    SUBMITTED,
    SUPERSEDE,
    SUSPEND,
    TAKE,
    TAKEN,
    UNPAID,
    WANTED,
    WITHDRAW,
    WRONG,
    after,
    draft,
    last,
    letter,
    number,
    seal,
    sign,
    statement,
    submit,
)

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.commands import (
    ApplicationCommands,
)
from zi_certificates.domain.application.decide import (
    decide,
)
from zi_certificates.domain.application.events import (
    ApplicationExpired,
    ApplicationRejected,
    ApplicationReleased,
    ApplicationSentBack,
    ApplicationTaken,
    ConflictFlagged,
    DataAsked,
    DecisionEvent,
    EvaluationPassed,
    LettersSigned,
    LetterSuspended,
    OverrideApproved,
    OverrideRefused,
    PaymentRefunded,
    PaymentRefused,
)
from zi_certificates.domain.application.evolve import evolve
from zi_certificates.domain.application.state import (
    ApplicationStatus,
    initial,
)
from zi_certificates.domain.impartiality import Appointment, HinderedError, NotASignerError
from zi_chassis.domain import Act, DomainError, WrongRoleError
from zi_contracts.certificates import Overtaken, PublishedFinding

Commands = tuple[ApplicationCommands, ...]
LATER: Commands = (
    *(CHANGE, SUBMIT, PAY, TAKE, RELEASE, ASK, SEND, PASS, REJECT, RESUBMIT, SEND_BACK, SIGN, NUMBER, SEAL),
    *(SUSPEND, REINSTATE, REVOKE, SUPERSEDE, UNPAID, WITHDRAW, ASK_OVERRIDE, APPROVE_OVERRIDE),
    *(REFUSE_OVERRIDE, FLAG),
)
TWICE = (DRAFT, submit(second_evaluation=True), PAY, TAKE, PASS)
SECOND = TAKE.model_copy(update={"by": evaluator("evaluator-cici")})
SECOND_PASS = PASS.model_copy(update={"by": evaluator("evaluator-cici")})
OVERRIDDEN = (*PAID, ASK_OVERRIDE, APPROVE_OVERRIDE)
WITHDRAWN = (*PAID, WITHDRAW)
EXPIRED = (*SUBMITTED, UNPAID)


def by(command: ApplicationCommands, person: Act) -> ApplicationCommands:
    return command.model_copy(update={"by": person})


def changed(command: ApplicationCommands, **changes: Any) -> ApplicationCommands:
    return command.model_copy(update=changes)


WAYS: dict[str, tuple[Commands, str]] = {
    "draft": (DRAFTED, "citizen"),
    "awaiting_payment": (SUBMITTED, "citizen"),
    "queued": (PAID, "office"),
    "evaluation": (TAKEN, "office"),
    "need_data": (NEED_DATA, "citizen"),
    "approval": (PASSED, "office"),
    "issued_unsealed": (SIGNED, "office"),
    "issued": (ISSUED, "citizen"),
    "rejected": (REJECTED, "citizen"),
    "resubmitted": ((*REJECTED, RESUBMIT), "office"),
    "expired": (EXPIRED, "citizen"),
    "withdrawn": (WITHDRAWN, "citizen"),
    "suspended": ((*ISSUED, SUSPEND), "citizen"),
    "revoked": ((*ISSUED, REVOKE), "citizen"),
    "superseded": ((*ISSUED, SUPERSEDE), "citizen"),
}


@pytest.mark.parametrize(("status", "way"), WAYS.items(), ids=WAYS)
def test_the_way_of_an_application(status: str, way: tuple[Commands, str]) -> None:
    commands, holder = way
    assert (after(*commands).status.value, after(*commands).holder) == (status, holder)


def test_every_status_is_reached_but_the_one_before_the_first() -> None:
    assert set(WAYS) == set(ApplicationStatus) - {ApplicationStatus.UNKNOWN}


@pytest.mark.parametrize("command", LATER, ids=lambda each: type(each).__name__)
def test_nothing_happens_to_an_application_that_was_never_begun(command: ApplicationCommands) -> None:
    with pytest.raises(errors.NotBegunError):
        decide(command, initial)


REPEATED: list[tuple[Commands, ApplicationCommands]] = [
    (ISSUED, DRAFT),
    ((*DRAFTED, CHANGE), CHANGE),
    (PAID, PAY),
    (NUMBERED, NUMBER),
    (ISSUED, SEAL),
    (SIGNED_PERSONALLY, SIGN_PERSONALLY),
    ((*SIGNED_PERSONALLY, LAPSE), LAPSE),
    ((*SIGNED_PERSONALLY, SEAL), LAPSE),
    (SIGNED_PERSONALLY, changed(LAPSE, file="8" * 64)),
    ((*ISSUED, SUSPEND), SUSPEND),
    (ISSUED, REINSTATE),
    ((*ISSUED, REVOKE), REVOKE),
    ((*ISSUED, SUPERSEDE), SUPERSEDE),
    (EXPIRED, UNPAID),
    (WITHDRAWN, WITHDRAW),
    (OVERRIDDEN, ASK_OVERRIDE),
    ((*ISSUED, FLAG), FLAG),
]


@pytest.mark.parametrize(("before", "command"), REPEATED)
def test_a_repeated_command_is_no_event(before: Commands, command: ApplicationCommands) -> None:
    assert decide(command, after(*before)) == []


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (DRAFTED, SUBMIT),
        (PAID, TAKE),
        (TAKEN, RELEASE),
        (TAKEN, ASK),
        (TAKEN, PASS),
        (TAKEN, REJECT),
        (REJECTED, RESUBMIT),
        (PASSED, SIGN),
        (PASSED, SEND_BACK),
        (PAID, ASK_OVERRIDE),
        ((*PAID, ASK_OVERRIDE), REFUSE_OVERRIDE),
    ],
)
def test_a_request_sent_twice_is_done_once(before: Commands, command: ApplicationCommands) -> None:
    once = changed(command, request=UUID(int=42))
    assert decide(once, after(*before, once)) == []


REFUSED: list[tuple[Commands, ApplicationCommands, type[DomainError]]] = [
    (DRAFTED, changed(DRAFT, body_digest="b" * 64), errors.AnotherDraftError),
    (SUBMITTED, CHANGE, errors.NotYoursToChangeError),
    (TAKEN, CHANGE, errors.NotYoursToChangeError),
    (WITHDRAWN, CHANGE, errors.OverError),
    (ISSUED, CHANGE, errors.AlreadySignedError),
    (SUBMITTED, SUBMIT, errors.NotADraftError),
    (EXPIRED, SUBMIT, errors.OverError),
    ((*DRAFTED, CHANGE), SUBMIT, errors.ChangedMeanwhileError),
    (DRAFTED, submit(findings=(MISSING, WRONG)), errors.IncompleteError),
    (DRAFTED, PAY, errors.NotSubmittedError),
    (SUBMITTED, changed(PAY, bill="another"), errors.AnotherBillError),
    (SUBMITTED, TAKE, errors.NotWaitingError),
    (TAKEN, by(TAKE, evaluator("evaluator-cici")), errors.NotWaitingError),
    (PAID, by(TAKE, signer()), WrongRoleError),
    (TWICE, TAKE, errors.EvaluatedAlreadyError),
    (PAID, RELEASE, errors.NotInEvaluationError),
    (TAKEN, by(RELEASE, evaluator("evaluator-cici")), errors.NotYoursToReleaseError),
    (PAID, ASK, errors.NotInEvaluationError),
    (TAKEN, by(ASK, evaluator("evaluator-cici")), errors.NotYourApplicationError),
    (TAKEN, by(ASK, evaluator(at=OPEN_UNTIL)), errors.TooLateToAskError),
    (TAKEN, SEND, errors.NoDataAskedError),
    (WITHDRAWN, SEND, errors.OverError),
    (NEED_DATA, changed(SEND, revision=1), errors.NothingChangedError),
    ((*NEED_DATA, CHANGE), by(SEND, applicant(OPEN_UNTIL + HOUR)), errors.TooLateError),
    ((*NEED_DATA, CHANGE), changed(SEND, findings=(MISSING,)), errors.IncompleteError),
    ((*NEED_DATA, CHANGE), changed(SEND, revision=3), errors.ChangedMeanwhileError),
    (
        (*NEED_DATA, CHANGE),
        changed(SEND, rules=RULES.model_copy(update={"version": 2})),
        errors.OtherRulesError,
    ),
    (NEED_DATA, PASS, errors.NotInEvaluationError),
    (TAKEN, by(PASS, evaluator("evaluator-cici")), errors.NotYourApplicationError),
    (TAKEN, changed(PASS, revision=2), errors.ChangedMeanwhileError),
    (PASSED, REJECT, errors.NotInEvaluationError),
    (TAKEN, RESUBMIT, errors.NotRejectedError),
    (ISSUED, RESUBMIT, errors.AlreadySignedError),
    (REJECTED, by(RESUBMIT, applicant(OPEN_UNTIL + HOUR)), errors.TooLateError),
    (REJECTED, changed(RESUBMIT, findings=(WRONG,)), errors.IncompleteError),
    (TAKEN, SIGN, errors.NotReadyToSignError),
    (SIGNED, by(SIGN, signer("signer-gita")), errors.NotReadyToSignError),
    (PASSED, by(SIGN, evaluator()), NotASignerError),
    (PASSED, by(SIGN, staff("evaluator-ani", "signer")), errors.SamePersonError),
    (PASSED, by(SEND_BACK, staff("evaluator-ani", "head")), errors.SamePersonError),
    (PASSED, by(SEND_BACK, evaluator("evaluator-cici")), NotASignerError),
    (PASSED, changed(SIGN, revision=2), errors.ChangedMeanwhileError),
    (PASSED, sign(1, "ski_border"), errors.OtherLettersError),
    (PASSED, sign(1, "ski_post_border", "ski_border"), errors.OtherLettersError),
    (PASSED, NUMBER, errors.NoSuchLetterError),
    (NUMBERED, number(letter_number="SKI-2026-000009"), errors.AnotherNumberError),
    (SIGNED, SEAL, errors.NotNumberedError),
    (ISSUED, seal(file="e" * 64), errors.SealedAlreadyError),
    (PROMISED, SEAL, errors.NotNumberedError),
    (WANTED, SEAL, errors.SignatureWantedError),
    (PASSED, SIGN_PERSONALLY, errors.NoSuchLetterError),
    (NUMBERED, SIGN_PERSONALLY, errors.NoPersonalSignatureError),
    (PROMISED, SIGN_PERSONALLY, errors.PageNotReadyError),
    (WANTED, by(SIGN_PERSONALLY, signer("signer-gita")), errors.NotTheSignatoryError),
    (WANTED, by(SIGN_PERSONALLY, system()), WrongRoleError),
    (SIGNED_PERSONALLY, changed(SIGN_PERSONALLY, file="8" * 64), errors.SignedPersonallyError),
    (SIGNED_PERSONALLY, by(LAPSE, signer()), WrongRoleError),
    ((*SIGNED_PERSONALLY, LAPSE), SEAL, errors.SignatureWantedError),
    (NUMBERED, RENEW, errors.NotSealedError),
    (NUMBERED, SUSPEND, errors.NotSealedError),
    (ISSUED, by(SUSPEND, evaluator("evaluator-cici")), NotASignerError),
    ((*ISSUED, REVOKE), REINSTATE, errors.LetterOverError),
    ((*WANTED, REVOKE), SIGN_PERSONALLY, errors.LetterOverError),
    ((*ISSUED, SUPERSEDE), REVOKE, errors.LetterOverError),
    ((*ISSUED, REVOKE), SUPERSEDE, errors.LetterOverError),
    ((*ISSUED, SUPERSEDE), changed(SUPERSEDE, by_number="SKI-2026-000003"), errors.LetterOverError),
    (ISSUED, by(SUPERSEDE, signer()), WrongRoleError),
    (NUMBERED, SUPERSEDE, errors.NotSealedError),
    (ISSUED, WITHDRAW, errors.AlreadySignedError),
    (EXPIRED, WITHDRAW, errors.OverError),
    (PAID, by(ASK_OVERRIDE, evaluator()), WrongRoleError),
    (PAID, changed(ASK_OVERRIDE, official="supervisor-eka"), errors.OwnOverrideError),
    ((*PAID, ASK_OVERRIDE), ASK_OVERRIDE, errors.OverrideAskedError),
    (PAID, APPROVE_OVERRIDE, errors.NoOverrideAskedError),
    (PAID, REFUSE_OVERRIDE, errors.NoOverrideAskedError),
    ((*PAID, ASK_OVERRIDE), by(APPROVE_OVERRIDE, ASK_OVERRIDE.by), errors.OverrideFourEyesError),
    ((*PAID, ASK_OVERRIDE), by(REFUSE_OVERRIDE, ASK_OVERRIDE.by), errors.OverrideFourEyesError),
    (
        (*PAID, ASK_OVERRIDE),
        by(APPROVE_OVERRIDE, staff("evaluator-ani", "head")),
        errors.OwnOverrideError,
    ),
    ((*PAID, ASK_OVERRIDE), by(APPROVE_OVERRIDE, evaluator()), WrongRoleError),
]


@pytest.mark.parametrize(("before", "command", "error"), REFUSED)
def test_what_does_not_fit_the_state_is_refused(
    before: Commands, command: ApplicationCommands, error: type[DomainError]
) -> None:
    state = after(*before)
    with pytest.raises(error) as refused:
        decide(command, state)
    assert str(refused.value).endswith(".")


def test_an_incomplete_application_is_told_everything_at_once() -> None:
    with pytest.raises(errors.IncompleteError, match="2 things") as refused:
        decide(submit(findings=(MISSING, WRONG)), after(*DRAFTED))
    assert refused.value.findings == (MISSING, WRONG)


DECIDING: list[tuple[Commands, ApplicationCommands]] = [
    (PAID, TAKE),
    (TAKEN, ASK),
    (TAKEN, PASS),
    (TAKEN, REJECT),
    (PASSED, SEND_BACK),
    (PASSED, SIGN),
    (ISSUED, SUSPEND),
    ((*ISSUED, SUSPEND), REINSTATE),
    (ISSUED, REVOKE),
]


@pytest.mark.parametrize(("before", "command"), DECIDING)
def test_a_decision_records_what_was_known(before: Commands, command: ApplicationCommands) -> None:
    event = last(*before, command)
    assert isinstance(event, DecisionEvent)
    assert event.seen == KNOWN_FACTS
    assert after(*before, command).decisions[-1].official == command.by.actor


@pytest.mark.parametrize(("before", "command"), DECIDING)
def test_nobody_with_a_known_interest_decides(before: Commands, command: ApplicationCommands) -> None:
    with pytest.raises(HinderedError):
        decide(changed(command, known=known_of(command.by.actor)), after(*before))


def test_two_people_with_a_reason_let_a_hindered_official_act() -> None:
    hindered = changed(TAKE, known=known_of("evaluator-ani"))
    approved = last(*OVERRIDDEN)
    assert isinstance(approved, OverrideApproved)
    assert (approved.official, approved.reason, approved.asked_by, approved.by.actor) == (
        *("evaluator-ani", "no_other_official"),
        *("supervisor-eka", "head-dewi"),
    )
    assert after(*OVERRIDDEN, hindered).status is ApplicationStatus.EVALUATION
    with pytest.raises(HinderedError):
        decide(by(changed(TAKE, known=known_of("evaluator-cici")), evaluator("evaluator-cici")), after(*PAID))


def test_a_refused_override_excuses_nobody() -> None:
    refused = last(*PAID, ASK_OVERRIDE, REFUSE_OVERRIDE)
    assert isinstance(refused, OverrideRefused)
    assert (refused.official, refused.asked_by) == ("evaluator-ani", "supervisor-eka")
    state = after(*PAID, ASK_OVERRIDE, REFUSE_OVERRIDE)
    assert (state.excused, state.override) == (frozenset(), None)


def test_a_fact_that_comes_after_a_decision_raises_a_flag() -> None:
    flagged = last(*ISSUED, FLAG)
    assert isinstance(flagged, ConflictFlagged)
    assert flagged.fact.official == "evaluator-ani"
    assert after(*ISSUED, FLAG).flagged == {flagged.fact.event}


@pytest.mark.parametrize(
    "fact", [fact("evaluator-ani", "mentorship", 12), fact("evaluator-cici", "mentorship", 13)]
)
def test_a_fact_that_was_seen_or_is_about_others_raises_none(fact: Any) -> None:
    assert decide(changed(FLAG, fact=fact), after(*ISSUED)) == []


def test_money_that_pays_nothing_is_paid_back_once() -> None:
    paid = (*SUBMITTED, PAY_LESS, PAY)
    refunded = last(*paid, REFUND)
    assert isinstance(refunded, PaymentRefunded)
    assert (refunded.payment, refunded.amount) == ("bank-0", 149_999)
    assert decide(REFUND, after(*paid, REFUND)) == []
    assert decide(PAY_LESS, after(*paid, REFUND)) == []
    assert after(*paid, REFUND).owed.amounts == ()
    assert after(*paid).owed.amounts == (("bank-0", 149_999),)
    for before, payment in ((paid, "bank-7"), (SUBMITTED, "bank-1")):
        with pytest.raises(errors.NothingOwedError):
            decide(changed(REFUND, payment=payment), after(*before))
    late = changed(PAY, payment="bank-0")
    assert after(*EXPIRED, late, REFUND).status is after(*EXPIRED).status


def test_a_payment_of_the_bill_that_is_reversed_is_recorded_once_and_stops_the_work() -> None:
    reverse = changed(REFUND, payment="bank-1")
    reversed = last(*PAID, reverse)
    assert isinstance(reversed, PaymentRefunded)
    assert (reversed.payment, reversed.amount, reversed.reversed) == ("bank-1", 150_000, True)
    assert decide(reverse, after(*PAID, reverse)) == []
    assert after(*PAID, reverse).status is ApplicationStatus.AWAITING_PAYMENT
    assert not PaymentRefunded.model_validate(reversed.model_dump(exclude={"reversed"})).reversed


@pytest.mark.parametrize(
    ("before", "changes", "reason"),
    [
        (SUBMITTED, {"amount": 149_999}, "wrong_amount"),
        (PAID, {"payment": "bank-2"}, "already_paid"),
        (SUBMITTED, {"paid_at": MONDAY + 4 * DAY}, "too_late"),
        (EXPIRED, {}, "too_late"),
    ],
)
def test_money_that_does_not_pay_is_recorded_once(
    before: Commands, changes: dict[str, Any], reason: str
) -> None:
    payment = changed(PAY, **changes)
    refused = last(*before, payment)
    assert isinstance(refused, PaymentRefused)
    assert refused.reason == reason
    assert after(*before, payment).status is after(*before).status
    assert decide(payment, after(*before, payment)) == []


def test_the_right_amount_still_pays_after_a_wrong_one() -> None:
    wrong = changed(PAY, amount=1, payment="bank-0")
    assert after(*SUBMITTED, wrong, PAY).status is ApplicationStatus.QUEUED


def test_an_application_waits_since_it_was_paid() -> None:
    paid = after(*PAID)
    assert (paid.complete_at, paid.due, paid.deadline) == (MONDAY + HOUR, DUE, None)


def test_taking_names_whom_it_overtook() -> None:
    overtaken = Overtaken(ticket="1EXAMP1E1", reason="mentorship")
    taken = last(*PAID, changed(TAKE, overtaken=(overtaken,)))
    assert isinstance(taken, ApplicationTaken)
    assert (taken.overtaken, taken.complete_at, taken.second) == ((overtaken,), MONDAY + HOUR, False)


def test_a_released_application_keeps_its_place() -> None:
    released = last(*TAKEN, by(RELEASE, staff("supervisor-eka", "supervisor")))
    assert isinstance(released, ApplicationReleased)
    assert released.officer == "evaluator-ani"
    state = after(*TAKEN, RELEASE)
    assert (state.status, state.officer, state.complete_at) == (ApplicationStatus.QUEUED, None, MONDAY + HOUR)
    again = after(*REJECTED, RESUBMIT, TAKE, RELEASE)
    assert (again.status, again.complete_at) == (ApplicationStatus.RESUBMITTED, MONDAY + DAY)


def test_the_clock_stands_while_data_is_missing() -> None:
    waiting = after(*NEED_DATA)
    assert (waiting.deadline, waiting.officer) == (OPEN_UNTIL, "evaluator-ani")
    sent = after(*NEED_DATA, CHANGE, SEND)
    assert (sent.status, sent.due, sent.deadline) == (ApplicationStatus.EVALUATION, DUE + DAY, None)


def test_the_due_date_never_moves_earlier() -> None:
    assert after(*NEED_DATA, CHANGE, changed(SEND, due=MONDAY)).due == DUE


def test_the_second_evaluator_is_somebody_else() -> None:
    state = after(*TWICE)
    assert (state.status, state.evaluators) == (ApplicationStatus.QUEUED, ("evaluator-ani",))
    taken = last(*TWICE, SECOND)
    assert isinstance(taken, ApplicationTaken)
    assert taken.second
    passed = last(*TWICE, SECOND, SECOND_PASS)
    assert isinstance(passed, EvaluationPassed)
    assert passed.second
    state = after(*TWICE, SECOND, SECOND_PASS)
    assert (state.status, state.evaluators) == (
        ApplicationStatus.APPROVAL,
        ("evaluator-ani", "evaluator-cici"),
    )


def test_what_changed_since_has_to_be_evaluated_by_both_again() -> None:
    asked_second = by(ASK, evaluator("evaluator-cici"))
    state = after(*TWICE, SECOND, asked_second, CHANGE, SEND)
    assert state.evaluators == ()
    state = after(changed(SECOND_PASS, revision=2), state=state)
    assert (state.status, state.evaluators) == (ApplicationStatus.QUEUED, ("evaluator-cici",))


def test_a_rejection_gives_reasons_and_so_many_more_chances() -> None:
    rejected = last(*REJECTED)
    assert isinstance(rejected, ApplicationRejected)
    assert rejected.reasons == (WRONG,)
    state = after(*REJECTED)
    assert (state.resubmissions_left, state.deadline) == (3, OPEN_UNTIL)
    assert initial.resubmissions_left == 0


def test_a_resubmission_waits_from_then_on_and_the_fourth_is_refused() -> None:
    once = (RESUBMIT, TAKE, REJECT)
    state = after(*REJECTED, RESUBMIT)
    assert (state.complete_at, state.due, state.resubmissions) == (MONDAY + DAY, DUE + 2 * DAY, 1)
    with pytest.raises(errors.TooOftenError):
        decide(RESUBMIT, after(*REJECTED, *once, *once, *once))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (TAKEN, changed(REJECT, reasons=())),
        (PASSED, changed(SEND_BACK, reasons=())),
        (TAKEN, changed(ASK, wanted=())),
    ],
)
def test_who_has_to_come_again_is_told_why(before: Any, command: ApplicationCommands) -> None:
    with pytest.raises(errors.NoFindingsError):
        decide(command, after(*before))


@pytest.mark.parametrize("before", [NEED_DATA, REJECTED])
def test_what_is_not_completed_in_time_expires(before: Commands) -> None:
    expired = last(*before, LAPSED)
    assert isinstance(expired, ApplicationExpired)
    assert expired.reason == "not_completed"


def test_what_is_not_paid_in_time_expires() -> None:
    expired = last(*EXPIRED)
    assert isinstance(expired, ApplicationExpired)
    assert expired.reason == "unpaid"


@pytest.mark.parametrize(("before", "timer"), [(PAID, UNPAID), (SUBMITTED, LAPSED), (DRAFTED, UNPAID)])
def test_a_timer_of_another_deadline_expires_nothing(before: Commands, timer: ApplicationCommands) -> None:
    assert decide(timer, after(*before)) == []


def test_the_signer_sends_back_to_the_last_evaluator() -> None:
    sent_back = last(*PASSED, SEND_BACK)
    assert isinstance(sent_back, ApplicationSentBack)
    assert sent_back.reasons == (WRONG,)
    state = after(*TWICE, SECOND, SECOND_PASS, SEND_BACK)
    assert (state.status, state.officer) == (ApplicationStatus.EVALUATION, "evaluator-cici")
    assert state.evaluators == ("evaluator-ani",)


def test_a_signature_names_the_evaluators_and_what_is_signed() -> None:
    signed = last(*SIGNED)
    assert isinstance(signed, LettersSigned)
    assert (signed.evaluators, signed.letters, signed.acting) == (("evaluator-ani",), (letter(),), None)


def test_nothing_is_signed_once_the_letter_to_amend_holds_no_more() -> None:
    with pytest.raises(errors.AmendedLetterOverError):
        decide(changed(SIGN, amended_holds=False), after(*PASSED))


def test_the_head_and_an_appointed_official_sign_too() -> None:
    acting = Appointment(
        event=named("appointment"), official="evaluator-cici", begins=MONDAY, ends=MONDAY + DAY
    )
    assert after(*PASSED, by(SIGN, head())).status is ApplicationStatus.ISSUED_UNSEALED
    signed = last(*PASSED, changed(SIGN, by=evaluator("evaluator-cici"), appointment=acting))
    assert isinstance(signed, LettersSigned)
    assert signed.acting == named("appointment")


def test_who_once_had_it_in_hands_never_signs_it() -> None:
    elsewhere = by(TAKE, evaluator("evaluator-cici"))
    state = after(*TAKEN, RELEASE, elsewhere, by(PASS, evaluator("evaluator-cici")))
    with pytest.raises(errors.SamePersonError):
        decide(by(SIGN, staff("evaluator-ani", "signer")), state)


def test_a_letter_that_promises_a_personal_signature_is_sealed_after_it() -> None:
    wanted, signed = after(*WANTED), after(*SIGNED_PERSONALLY)
    assert [each.awaits_signature for state in (wanted, signed) for each in state.letters] == [True, False]
    assert signed.status is ApplicationStatus.ISSUED_UNSEALED
    assert after(SEAL, state=signed).status is ApplicationStatus.ISSUED


def test_a_signature_that_lapsed_before_the_seal_is_wanted_again_of_the_same_official() -> None:
    [lapsed] = after(*SIGNED_PERSONALLY, LAPSE).letters
    assert (lapsed.signed, lapsed.awaits_signature, lapsed.lapses) == (None, True, 1)
    again = changed(SIGN_PERSONALLY, file="8" * 64)
    [signed] = after(*SIGNED_PERSONALLY, LAPSE, again).letters
    assert (signed.signed, signed.lapses) == ("8" * 64, 1)
    [twice] = after(*SIGNED_PERSONALLY, LAPSE, again, changed(LAPSE, file="8" * 64)).letters
    assert twice.lapses == 2
    with pytest.raises(errors.NotTheSignatoryError):
        decide(by(again, signer("signer-gita")), after(*SIGNED_PERSONALLY, LAPSE))


def test_an_acting_signer_signs_personally_after_the_appointment_too_and_nobody_in_their_place() -> None:
    acting = Appointment(
        event=named("appointment"), official="evaluator-cici", begins=MONDAY, ends=MONDAY + DAY
    )
    decided = changed(PROMISE, by=evaluator("evaluator-cici"), appointment=acting)
    late = by(SIGN_PERSONALLY, evaluator("evaluator-cici", MONDAY + 9 * DAY))
    [letter] = after(*PASSED, decided, NUMBER, late).letters
    assert letter.signed == "9" * 64
    with pytest.raises(errors.NotTheSignatoryError):
        decide(SIGN_PERSONALLY, after(*PASSED, decided, NUMBER))


KINDS = ("ske_health", "ske_free_sale")
BOTH = (draft(*KINDS), *PASSED[1:], sign(1, *KINDS))


def test_each_kind_is_a_letter_with_its_own_number_and_standing() -> None:
    state = after(*BOTH, number("ske_health"), number("ske_free_sale", "SKE-2026-000002"), seal("ske_health"))
    assert state.status is ApplicationStatus.ISSUED_UNSEALED
    sealed = after(seal("ske_free_sale", "e" * 64), state=state)
    assert sealed.status is ApplicationStatus.ISSUED
    assert [(each.number, each.file) for each in sealed.letters] == [
        ("SKI-2026-000001", "f" * 64),
        ("SKE-2026-000002", "e" * 64),
    ]
    one_revoked = after(changed(REVOKE, letter=named("ske_health")), state=sealed)
    assert one_revoked.status is ApplicationStatus.ISSUED
    suspended = after(changed(SUSPEND, letter=named("ske_free_sale")), state=one_revoked)
    assert suspended.status is ApplicationStatus.SUSPENDED


def test_two_letters_are_never_one() -> None:
    twins = changed(
        sign(1, *KINDS),
        letters=(letter(KINDS[0]), letter(KINDS[1]).model_copy(update={"letter": named(KINDS[0])})),
    )
    with pytest.raises(errors.OtherLettersError):
        decide(twins, after(*BOTH[:-1]))


def test_a_suspension_ends_in_reinstatement_or_in_revocation() -> None:
    assert after(*ISSUED, SUSPEND, REINSTATE).status is ApplicationStatus.ISSUED
    assert after(*ISSUED, SUSPEND, REVOKE).status is ApplicationStatus.REVOKED
    assert after(*ISSUED, SUSPEND, SUPERSEDE).status is ApplicationStatus.SUPERSEDED


def test_a_superseded_letter_names_its_successor() -> None:
    [superseded] = after(*ISSUED, SUPERSEDE).letters
    assert (superseded.id, superseded.by_number) == (LETTER, "SKI-2026-000002")


def test_a_change_is_a_revision() -> None:
    state = after(*DRAFTED, CHANGE)
    assert (state.revision, state.statement) == (2, statement(batch="B-002"))
    assert after(*DRAFTED, CHANGE, submit(2)).status is ApplicationStatus.AWAITING_PAYMENT


def test_a_change_may_name_the_revision_that_it_changes() -> None:
    once = changed(CHANGE, revision=1, request=named("request"))
    assert last(*DRAFTED, once).request == named("request")
    with pytest.raises(errors.ChangedMeanwhileError):
        decide(changed(CHANGE, revision=2), after(*DRAFTED))


def test_what_comes_at_the_last_moment_is_in_time() -> None:
    assert after(*SUBMITTED, changed(PAY, paid_at=MONDAY + 3 * DAY)).paid
    assert after(*NEED_DATA, CHANGE, by(SEND, applicant(OPEN_UNTIL))).status is ApplicationStatus.EVALUATION
    assert after(*REJECTED, by(RESUBMIT, applicant(OPEN_UNTIL))).status is ApplicationStatus.RESUBMITTED


def test_the_last_resubmission_that_is_left_may_be_used() -> None:
    once = (DRAFT, submit(resubmissions=1), PAY, TAKE, REJECT)
    assert after(*once, RESUBMIT).resubmissions_left == 0
    state = after(*once, RESUBMIT, TAKE, REJECT)
    with pytest.raises(errors.TooOftenError):
        decide(RESUBMIT, state)


def test_what_waits_for_the_applicant_can_not_be_released() -> None:
    with pytest.raises(errors.NotInEvaluationError):
        decide(RELEASE, after(*NEED_DATA))


def test_a_timer_is_told_once() -> None:
    assert last(*SUBMITTED, changed(UNPAID, request=named("timer"))).request == named("timer")


def test_it_is_kept_when_data_was_asked_for_until_it_came() -> None:
    waiting, sent = after(*NEED_DATA), after(*NEED_DATA, CHANGE, SEND)
    assert waiting.asked_at == MONDAY
    assert sent.asked_at is None


def test_an_account_that_was_corrected_and_verified_as_asked_is_the_answer() -> None:
    wanted = PublishedFinding(reason="hs_code_unknown", where="hs_codes")
    waits = after(*TAKEN, changed(ASK, wanted=(wanted,)))
    sent = changed(SEND, revision=1, by=applicant(MONDAY + 2 * DAY), account_verified_at=MONDAY + DAY)
    assert [type(each).__name__ for each in decide(sent, waits)] == ["DataSent"]
    for before in (None, MONDAY - DAY, MONDAY):
        with pytest.raises(errors.NothingChangedError):
            decide(changed(sent, account_verified_at=before), waits)
    with pytest.raises(errors.AnswersMissingError):
        decide(sent, after(*TAKEN, changed(ASK, wanted=(wanted, MISSING))))


def test_words_answer_only_what_was_asked() -> None:
    other = PublishedFinding(reason="hs_code_unknown", where="hs_codes")
    with pytest.raises(errors.NotWantedError):
        decide(changed(SEND, revision=1, answered=(other,)), after(*NEED_DATA))


def test_without_a_statement_nothing_was_judged_and_nothing_is_left_to_answer() -> None:
    """No command comes so far; a history that does is read all the same."""
    event = last(*NEED_DATA)
    waits = evolve(initial, event)
    assert waits.judged is None
    assert waits.unanswered((), None) == ()


@pytest.mark.parametrize(
    "commands",
    [PASSED, REJECTED, (*NEED_DATA, LAPSED), (*TAKEN, WITHDRAW)],
    ids=["passed", "rejected", "lapsed", "withdrawn"],
)
def test_what_nobody_evaluates_is_in_nobodys_hands(commands: Commands) -> None:
    assert after(*commands).officer is None


def test_after_a_rejection_nobody_stands_by_the_application() -> None:
    assert after(*TWICE, SECOND, by(REJECT, evaluator("evaluator-cici"))).evaluators == ()


def test_an_acting_signer_decides_how_a_letter_stands() -> None:
    acting = Appointment(
        event=named("appointment"), official="evaluator-cici", begins=MONDAY, ends=MONDAY + DAY
    )
    suspended = last(*ISSUED, changed(SUSPEND, by=evaluator("evaluator-cici"), appointment=acting))
    assert isinstance(suspended, LetterSuspended)
    assert suspended.acting == named("appointment")


def test_what_was_signed_is_kept_with_the_application() -> None:
    assert after(*SIGNED).signed == last(*SIGNED)


def test_a_renewed_timestamp_is_recorded_once_and_changes_neither_file_nor_standing() -> None:
    for commands in (ISSUED, (*ISSUED, REVOKE)):
        before = after(*commands)
        [event] = decide(RENEW, before)
        renewed = after(*commands, RENEW)
        assert decide(RENEW, renewed) == []
        assert (renewed.status, renewed.letters[0].file) == (before.status, before.letters[0].file)
        assert renewed.letters[0].renewed == event.model_dump()["file"]
        assert decide(SEAL, renewed) == []


# -- what an official asks for


def test_a_document_that_can_not_be_sent_is_not_asked_for_whatever_the_explanation() -> None:
    unsendable = {"unsendable": ("documents.love_letter",), "explained": True}
    with pytest.raises(errors.UnsendableDocumentError):
        decide(ASK.model_copy(update=unsendable), after(*TAKEN))


def test_a_document_that_no_rule_names_is_asked_for_with_an_explanation_alone() -> None:
    unnamed = ASK.model_copy(update={"unnamed": ("documents.halal_certificate",)})
    with pytest.raises(errors.UnexplainedDocumentError):
        decide(unnamed, after(*TAKEN))
    [event] = decide(unnamed.model_copy(update={"explained": True}), after(*TAKEN))
    assert isinstance(event, DataAsked)
    assert event.unnamed == ("documents.halal_certificate",)
    assert event.kinds == ("ski_post_border",)
