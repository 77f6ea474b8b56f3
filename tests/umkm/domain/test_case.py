"""A mentored business, step by step: nothing is left out, nothing passes a critical finding, nobody decides about their own work."""

from typing import Any
from uuid import UUID

import pytest
from tests.umkm import steps as usual
from tests.umkm.steps import (
    AGREE,
    APPLIED,
    APPLY,
    ASSESS,
    ASSESSED,
    ASSIGN,
    ASSIGNED,
    CHECK,
    CLEAN,
    CLOSE,
    CLOSE_SILENT,
    COLLEAGUE,
    CORRECTED,
    DAY,
    EVALUATOR,
    EVIDENCE,
    GRADUATE,
    GRADUATED,
    IDENTIFY,
    ISSUE,
    MONDAY,
    NOT_OURS,
    NUMBER,
    NUMBERED,
    PAUSE,
    PERMANENT,
    PERMITTED,
    REFER,
    REFERRED,
    REGISTER,
    REOPEN,
    RESTATE,
    RESUME,
    RETURN,
    SECOND_NOT_OURS,
    SELF,
    SEND,
    SENT,
    SUPERVISOR,
    TEMPORARY,
    TRIAGE,
    TRIAGED,
    VERIFY,
    after,
    changed,
    last,
    mentor,
    named,
    owner,
    result,
    staff,
    triaged,
)

from zi_chassis.domain import Act, WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.refusals import STEPS
from zi_umkm.domain.case.state import MentoringStatus, initial

# -- the usual way


@pytest.mark.parametrize(
    ("commands", "status", "holder"),
    [
        ((REGISTER,), MentoringStatus.REGISTERED, "office"),
        (TRIAGED, MentoringStatus.TRIAGED, "office"),
        (REFERRED, MentoringStatus.REFERRED, "citizen"),
        (ASSESSED, MentoringStatus.ASSESSED, "citizen"),
        ((*ASSESSED, AGREE), MentoringStatus.CORRECTING, "citizen"),
        ((*ASSESSED, AGREE, EVIDENCE), MentoringStatus.CORRECTING, "office"),
        (CORRECTED, MentoringStatus.CORRECTED, "citizen"),
        (APPLIED, MentoringStatus.PERMIT_APPLIED, "office"),
        (PERMITTED, MentoringStatus.PERMIT_ISSUED, "citizen"),
        (SENT, MentoringStatus.REGISTRATION, "office"),
        (NUMBERED, MentoringStatus.NUMBER_OBTAINED, "office"),
        (GRADUATED, MentoringStatus.GRADUATED, "citizen"),
    ],
)
def test_a_product_goes_from_nothing_to_its_number(
    commands: tuple[MentoringCommands, ...], status: MentoringStatus, holder: str
) -> None:
    state = after(*commands)
    assert (state.status, state.holder) == (status, holder)


def test_a_case_is_opened_once_for_one_business() -> None:
    assert decide(REGISTER, after(REGISTER)) == []
    for other in ({"business_ref": PERMANENT}, {"data_subject": UUID(int=1)}):
        with pytest.raises(errors.AnotherCaseError):
            decide(changed(REGISTER, **other), after(REGISTER))


def test_nothing_happens_to_a_case_that_was_not_opened() -> None:
    with pytest.raises(errors.MentoringNotBegunError):
        decide(TRIAGE, initial)


REPEATED: list[tuple[tuple[MentoringCommands, ...], MentoringCommands]] = [
    ((*ASSIGNED, RESTATE), RESTATE),
    ((*ASSIGNED, IDENTIFY), IDENTIFY),
    (ASSIGNED, ASSIGN),
    (TRIAGED, TRIAGE),
    ((*TRIAGED, RESTATE, SECOND_NOT_OURS, REFER), REFER),
    (ASSESSED, ASSESS),
    (APPLIED, APPLY),
    (usual.EVALUATED, usual.VERIFY_ACCOUNT),
    (usual.FOUND_FIT, usual.FIT),
    (usual.CONTESTED, usual.CONTEST),
    (SENT, SEND),
    (NUMBERED, SEND),
    (NUMBERED, NUMBER),
    (ASSIGNED, RESUME),
    ((*ASSIGNED, CLOSE), CLOSE),
]


@pytest.mark.parametrize(("before", "again"), REPEATED)
def test_a_repeat_is_no_event(before: tuple[MentoringCommands, ...], again: MentoringCommands) -> None:
    assert decide(again, after(*before)) == []


def test_a_request_sent_twice_is_done_once() -> None:
    once = changed(usual.ADD_DOCUMENT, request=UUID(int=42))
    assert decide(once, after(*ASSIGNED, once)) == []
    assert decide(usual.ADD_DOCUMENT, after(*ASSIGNED, once)) != []


# -- mentors


def test_a_mentor_takes_a_case_or_a_supervisor_assigns_it() -> None:
    assert after(REGISTER, ASSIGN).mentors == ("mentor-ani",)
    assert after(REGISTER, changed(ASSIGN, by=SUPERVISOR)).mentors == ("mentor-ani",)
    with pytest.raises(errors.MayNotAssignMentorError):
        decide(changed(ASSIGN, by=mentor("mentor-dodi")), after(REGISTER))
    for nobody in (COLLEAGUE, owner(), staff("mentor-ani", "officer")):
        with pytest.raises(WrongRoleError):
            decide(changed(ASSIGN, by=nobody), after(REGISTER))


def test_who_once_mentored_stays_known_and_the_last_is_the_present_one() -> None:
    dodi = changed(ASSIGN, by=SUPERVISOR, mentor="mentor-dodi")
    assert after(*ASSIGNED, dodi).mentors == ("mentor-ani", "mentor-dodi")
    assert after(*ASSIGNED, dodi, ASSIGN).mentors == ("mentor-dodi", "mentor-ani")


def test_a_mentorship_is_told_with_the_reference_of_the_business() -> None:
    event = last(REGISTER, ASSIGN)
    assert isinstance(event, messages.MentoringRecorded)
    assert (event.mentor, event.business_ref) == ("mentor-ani", TEMPORARY)


def test_a_business_that_gets_a_number_keeps_its_mentors() -> None:
    first, second = decide(IDENTIFY, after(*ASSIGNED))
    assert isinstance(first, messages.BusinessIdentified)
    assert isinstance(second, messages.MentoringRecorded)
    assert (first.former_ref, first.business_ref) == (TEMPORARY, PERMANENT)
    assert (second.mentor, second.business_ref) == ("mentor-ani", PERMANENT)
    assert after(*ASSIGNED, IDENTIFY).mentors == ("mentor-ani",)


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (ASSIGNED, TRIAGE),
        ((*ASSIGNED, NOT_OURS), REFER),
        (TRIAGED, ASSESS),
        (TRIAGED, usual.CHECK_LABEL),
        ((*NUMBERED, CHECK, usual.CONFIRM), GRADUATE),
    ],
)
def test_only_its_mentor_does_a_mentors_work(
    before: tuple[MentoringCommands, ...], command: MentoringCommands
) -> None:
    with pytest.raises(errors.NotTheMentorError):
        decide(changed(command, by=mentor("mentor-dodi")), after(*before))
    for somebody in (COLLEAGUE, owner()):
        with pytest.raises((WrongRoleError, errors.NotTheMentorError)):
            decide(changed(command, by=somebody), after(*before))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (ASSIGNED, RESTATE),
        (ASSIGNED, usual.ADD_DOCUMENT),
        (REFERRED, RETURN),
        (TRIAGED, SELF),
        (ASSESSED, AGREE),
        (ASSESSED, EVIDENCE),
        (CORRECTED, APPLY),
        (PERMITTED, SEND),
        (SENT, usual.RETURN_REGISTRATION),
        (SENT, NUMBER),
        ((*REFERRED, PAUSE), RESUME),
        (ASSIGNED, CLOSE),
    ],
)
def test_the_business_itself_or_its_mentor_does_what_is_the_business_s(
    before: tuple[MentoringCommands, ...], command: MentoringCommands
) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=COLLEAGUE), after(*before))


def test_the_permit_is_decided_by_an_evaluator_who_never_mentored() -> None:
    for before, command in ((usual.EVALUATED, usual.FIT), (usual.EVALUATED, usual.RETURN_PERMIT)):
        with pytest.raises(WrongRoleError):
            decide(changed(command, by=mentor()), after(*before))
        with pytest.raises(errors.MentorDecidesError):
            decide(changed(command, by=staff("mentor-ani", "evaluator")), after(*before))
        with pytest.raises(errors.NotAppliedError):
            decide(command, after(*PERMITTED))


@pytest.mark.parametrize("decision", [usual.FIT, usual.RETURN_PERMIT])
def test_who_evaluated_never_becomes_a_mentor(decision: MentoringCommands) -> None:
    with pytest.raises(errors.HasEvaluatedError):
        decide(changed(ASSIGN, by=SUPERVISOR, mentor=EVALUATOR.actor), after(*usual.EVALUATED, decision))


def test_who_checked_a_number_of_the_business_never_becomes_its_mentor() -> None:
    with pytest.raises(errors.HasCheckedError):
        decide(changed(ASSIGN, checkers=frozenset({"mentor-ani"})), after(REGISTER))


# -- triage and referral


def test_a_triage_says_something_of_a_product() -> None:
    with pytest.raises(errors.NoProductsError):
        decide(changed(TRIAGE, outcomes=()), after(*ASSIGNED))


def test_the_last_assessment_is_known_for_each_side() -> None:
    assert (after(*TRIAGED).last_assessment, after(*TRIAGED).last_self_assessment) == (None, None)
    both = after(*TRIAGED, SELF, ASSESS, changed(CLEAN, by=mentor(at=MONDAY + DAY)))
    assert (both.last_assessment, both.last_self_assessment) == (
        both.assessments[CLEAN.visit],
        both.assessments[SELF.visit],
    )


def test_every_product_is_triaged_before_the_case_goes_on() -> None:
    assert after(*TRIAGED, RESTATE).status is MentoringStatus.REGISTERED
    assert after(*TRIAGED, RESTATE, SECOND_NOT_OURS).status is MentoringStatus.TRIAGED


def test_a_business_that_makes_nothing_yet_is_not_triaged() -> None:
    nothing = changed(usual.BUSINESS, products=())
    state = after(changed(REGISTER, business=nothing), ASSIGN)
    assert state.status is MentoringStatus.REGISTERED
    with pytest.raises(errors.UnknownProductError):
        decide(TRIAGE, state)


def test_a_product_that_changed_is_triaged_again() -> None:
    dried = changed(usual.FISH, traits=())
    restate = changed(RESTATE, business=changed(usual.BUSINESS, products=(dried,)))
    assert after(*TRIAGED, restate).status is MentoringStatus.REGISTERED
    assert after(*TRIAGED, changed(RESTATE, business=usual.WITH_NUMBER)).status is MentoringStatus.TRIAGED


def test_a_triage_can_be_corrected() -> None:
    assert after(*TRIAGED, NOT_OURS).triaged == NOT_OURS.outcomes


def test_a_referral_names_the_products_and_the_case_goes_on_with_the_others() -> None:
    mixed = (*TRIAGED, RESTATE, SECOND_NOT_OURS, REFER)
    event = last(*mixed)
    assert isinstance(event, messages.ProductsReferred)
    assert event.products == (2,)
    assert after(*mixed).status is MentoringStatus.TRIAGED
    assert after(*mixed, ASSESS).status is MentoringStatus.ASSESSED


def test_nothing_is_referred_that_is_ours_or_was_not_triaged() -> None:
    with pytest.raises(errors.NothingToReferError):
        decide(REFER, after(*TRIAGED))
    with pytest.raises(errors.NotTriagedError):
        decide(REFER, after(*ASSIGNED))


def test_a_referred_business_waits_for_its_return() -> None:
    for command in (TRIAGE, ASSESS):
        with pytest.raises(errors.ReferredError):
            decide(command, after(*REFERRED))
    for command in (RESTATE, IDENTIFY, changed(ASSIGN, by=SUPERVISOR, mentor="mentor-dodi")):
        assert decide(command, after(*REFERRED))


def test_who_comes_back_is_triaged_anew_and_keeps_the_history() -> None:
    back = after(*REFERRED, RETURN)
    assert (back.status, back.triaged, back.mentors) == (MentoringStatus.REGISTERED, (), ("mentor-ani",))
    assert after(*REFERRED, RETURN, TRIAGE, ASSESS).status is MentoringStatus.ASSESSED
    with pytest.raises(errors.NotReferredError):
        decide(RETURN, after(*TRIAGED))


def test_a_product_that_comes_back_later_does_not_put_the_case_back() -> None:
    mixed = (*TRIAGED, RESTATE, SECOND_NOT_OURS, REFER, ASSESS, RETURN)
    assert after(*mixed).status is MentoringStatus.ASSESSED
    assert after(*mixed).triaged == TRIAGE.outcomes


def test_what_is_not_ours_is_not_assessed() -> None:
    with pytest.raises(errors.NotOurTrackError):
        decide(ASSESS, after(*ASSIGNED, NOT_OURS))


# -- steps left out


@pytest.mark.parametrize(
    ("before", "command", "step"),
    [
        (ASSIGNED, ASSESS, "triaged"),
        (ASSIGNED, APPLY, "triaged"),
        (TRIAGED, APPLY, "assessed"),
        ((*ASSESSED, AGREE), APPLY, "corrected"),
        ((*TRIAGED, CLEAN), ISSUE, "permit_applied"),
        (TRIAGED, SEND, "assessed"),
        (CORRECTED, SEND, "permit_applied"),
        (APPLIED, SEND, "permit_issued"),
        (APPLIED, NUMBER, "permit_issued"),
        (PERMITTED, NUMBER, "registration"),
        (PERMITTED, usual.RETURN_REGISTRATION, "registration"),
        (PERMITTED, GRADUATE, "registration"),
        (SENT, GRADUATE, "number_obtained"),
        (NUMBERED, GRADUATE, "later_check"),
    ],
)
def test_a_step_that_was_left_out_is_named(
    before: tuple[MentoringCommands, ...], command: MentoringCommands, step: str
) -> None:
    with pytest.raises(errors.SkippedStepError) as refused:
        decide(command, after(*before))
    assert refused.value.step == step


def test_every_step_says_its_own_name() -> None:
    assert all(error.step == status.value for status, error in STEPS.items())


def test_a_case_without_findings_needs_no_correction() -> None:
    assert after(*TRIAGED, CLEAN, APPLY).status is MentoringStatus.PERMIT_APPLIED


# -- assessment, findings, corrective actions


def test_an_open_critical_finding_blocks_every_step_that_follows() -> None:
    again = changed(ASSESS, visit=named("again"))
    for before, command in (
        (CORRECTED, APPLY),
        (usual.EVALUATED, usual.FIT),
        (usual.FOUND_FIT, ISSUE),
        (PERMITTED, SEND),
        (SENT, NUMBER),
    ):
        with pytest.raises(errors.CriticalOpenError, match="1 critical findings are open") as refused:
            decide(command, after(*before, again))
        assert refused.value.items == ("air_diuji",)
    with pytest.raises(errors.CriticalOpenError):
        decide(GRADUATE, after(*NUMBERED, again))


def test_it_goes_on_when_the_finding_is_verified() -> None:
    assert after(*CORRECTED).blocking == ()
    assert after(*CORRECTED).verified == ("air_diuji",)
    assert after(*SENT, REOPEN).blocking == ("air_diuji",)
    assert after(*SENT, REOPEN, EVIDENCE, VERIFY, NUMBER).status is MentoringStatus.NUMBER_OBTAINED


def test_a_clean_assessment_takes_no_officials_finding_away() -> None:
    assert after(*ASSESSED, CLEAN).blocking == ("air_diuji",)


def test_a_visit_that_came_to_something_else_counts_anew() -> None:
    second = changed(ASSESS, result=result(usual.FLOOR, rating="a"))
    assert isinstance(last(*ASSESSED, second), messages.BusinessAssessed)


def test_there_is_no_action_without_a_finding() -> None:
    with pytest.raises(errors.NoSuchFindingError):
        decide(changed(AGREE, item="unheard_of"), after(*ASSESSED))


def test_a_permit_that_was_returned_is_applied_for_again() -> None:
    returned = after(*APPLIED, usual.RETURN_PERMIT)
    assert (returned.status, returned.permit.officials) == (MentoringStatus.CORRECTED, {EVALUATOR.actor})
    again = (APPLY, usual.VERIFY_ACCOUNT, usual.FIT, ISSUE)
    assert after(*APPLIED, usual.RETURN_PERMIT, *again).status is MentoringStatus.PERMIT_ISSUED


# -- what has to be there


@pytest.mark.parametrize(("before", "command"), [(CORRECTED, APPLY), (PERMITTED, SEND)])
def test_what_is_missing_is_named_all_at_once(before: tuple[MentoringCommands, ...], command: Any) -> None:
    with pytest.raises(errors.MissingRequirementsError, match="2 things are missing") as refused:
        decide(changed(command, missing=("layout", "nib")), after(*before))
    assert refused.value.missing == ("layout", "nib")


def test_what_is_there_is_known_by_the_codes_of_the_rules() -> None:
    of_another = changed(usual.ADD_DOCUMENT, document="lab_results", product=2)
    state = after(*TRIAGED, SELF, RESTATE, usual.ADD_DOCUMENT, of_another, usual.CHECK_LABEL)
    both = {"nib", "kbli", "layout", "self_assessment"}
    assert state.present(1) == both | {"label_expiry", "label_halal"}
    assert state.present(2) == both | {"lab_results"}
    assert after(*TRIAGED).present(1) == initial.present(1) == frozenset()


def test_the_last_look_at_a_label_counts() -> None:
    worse = changed(usual.CHECK_LABEL, parts=frozenset({"label_halal"}))
    assert after(*TRIAGED, usual.CHECK_LABEL, worse).present(1) == {"label_halal"}


@pytest.mark.parametrize("command", [usual.ADD_DOCUMENT, usual.CHECK_LABEL, SEND])
def test_a_product_has_to_be_named_first(command: Any) -> None:
    with pytest.raises(errors.UnknownProductError):
        decide(changed(command, product=7), after(*PERMITTED))


# -- registration


def test_products_are_registered_one_by_one() -> None:
    second = messages.TriageProducts(by=mentor(), rules=usual.RULES, outcomes=(triaged(2),))
    send = changed(SEND, product=2)
    two = (*PERMITTED, RESTATE, second, SEND, send)
    assert after(*two, NUMBER).status is MentoringStatus.REGISTRATION
    back = changed(usual.RETURN_REGISTRATION, product=2)
    assert after(*two, NUMBER, back).status is MentoringStatus.NUMBER_OBTAINED
    assert after(*SENT, usual.RETURN_REGISTRATION).status is MentoringStatus.PERMIT_ISSUED


def test_only_what_is_on_our_track_is_sent() -> None:
    send = changed(SEND, product=2)
    with pytest.raises(errors.NotTriagedError):
        decide(send, after(*PERMITTED, RESTATE))
    with pytest.raises(errors.NotOurTrackError):
        decide(send, after(*PERMITTED, RESTATE, SECOND_NOT_OURS))


def test_a_number_is_checked_for_its_shape_and_never_changes() -> None:
    for shape in ("unknown", "other_commodity"):
        with pytest.raises(errors.NumberShapeError):
            decide(changed(NUMBER, shape=shape), after(*SENT))
    with pytest.raises(errors.OtherRegistrationNumberError):
        decide(changed(NUMBER, number="MD999999999999"), after(*NUMBERED))


def test_a_business_is_looked_at_once_more_by_an_official() -> None:
    itself = changed(SELF, visit=named("own last look"))
    with pytest.raises(errors.NotCheckedError):
        decide(GRADUATE, after(*NUMBERED, itself))
    assert after(*NUMBERED, CHECK, usual.CONFIRM, GRADUATE).status is MentoringStatus.GRADUATED


# -- silence and ends


def test_a_silent_business_sleeps_and_wakes_where_it_was() -> None:
    asleep = after(*REFERRED, PAUSE)
    assert (asleep.status, asleep.holder) == (MentoringStatus.DORMANT, "citizen")
    assert after(*REFERRED, PAUSE, RESUME).status is MentoringStatus.REFERRED
    with pytest.raises(errors.AsleepError):
        decide(RETURN, asleep)


def test_nobody_is_called_silent_who_was_heard_or_whom_the_office_lets_wait() -> None:
    assert decide(changed(PAUSE, silent_since=MONDAY - DAY), after(*REFERRED)) == []
    assert decide(PAUSE, after(*TRIAGED)) == []
    assert decide(PAUSE, after(*ASSESSED, AGREE, EVIDENCE)) == []
    assert decide(PAUSE, after(*GRADUATED)) == []
    assert decide(PAUSE, after(*REFERRED, PAUSE)) == []
    later = changed(EVIDENCE, by=owner(MONDAY + DAY))
    assert after(*ASSESSED, AGREE, later).heard_at == MONDAY + DAY


def test_what_the_service_does_is_no_word_of_the_business() -> None:
    reminded = changed(usual.REMIND, by=usual.system(MONDAY + 30 * DAY))
    assert after(*ASSESSED, AGREE, reminded).heard_at == MONDAY


def test_a_sleep_that_lasts_ends_the_case() -> None:
    event = last(*REFERRED, PAUSE, CLOSE_SILENT)
    assert isinstance(event, messages.MentoringClosed)
    assert event.reason == "no_response"
    for before in (REFERRED, (*REFERRED, PAUSE, RESUME)):
        assert decide(CLOSE_SILENT, after(*before)) == []
    assert decide(changed(CLOSE_SILENT, silent_since=MONDAY - DAY), after(*REFERRED, PAUSE)) == []


@pytest.mark.parametrize("reason", ["no_response", "data_erased"])
def test_some_reasons_to_close_are_chosen_by_nobody(reason: str) -> None:
    with pytest.raises(errors.NotTheSystemsActError):
        decide(changed(CLOSE, by=mentor(), reason=reason), after(*ASSIGNED))
    assert after(*ASSIGNED, changed(CLOSE, by=usual.system(), reason=reason)).status is MentoringStatus.CLOSED


def test_what_was_agreed_becomes_overdue_in_sleep_as_well() -> None:
    asleep = after(*ASSESSED, AGREE, PAUSE)
    assert (asleep.status, asleep.finding("air_diuji").overdue) == (MentoringStatus.DORMANT, False)
    reminded = after(usual.REMIND, state=asleep)
    assert (reminded.status, reminded.finding("air_diuji").overdue) == (MentoringStatus.DORMANT, True)
    assert after(RESUME, state=reminded).status is MentoringStatus.CORRECTING


@pytest.mark.parametrize("before", [(*ASSIGNED, CLOSE), GRADUATED])
def test_what_is_over_stays_over(before: tuple[MentoringCommands, ...]) -> None:
    for command in (TRIAGE, RESUME, AGREE):
        with pytest.raises(errors.MentoringOverError):
            decide(command, after(*before))


def test_what_has_graduated_is_not_closed() -> None:
    with pytest.raises(errors.MentoringOverError):
        decide(CLOSE, after(*GRADUATED))


def test_a_sleeping_case_can_be_closed_by_the_business() -> None:
    assert after(*REFERRED, PAUSE, CLOSE).status is MentoringStatus.CLOSED


# -- what the data is used for


def test_the_business_agrees_to_one_request_at_a_time_and_may_stop_agreeing() -> None:
    consent = last(*ASSIGNED, usual.IDENTIFY, usual.GIVE_CONSENT)
    assert isinstance(consent, messages.ConsentGiven)
    assert (consent.to, consent.business_ref) == (usual.GIVE_CONSENT.to, usual.PERMANENT)
    agreed = after(*ASSIGNED, usual.GIVE_CONSENT)
    assert agreed.consents == {usual.GIVE_CONSENT.to}
    assert decide(usual.GIVE_CONSENT, agreed) == []
    assert after(usual.WITHDRAW_CONSENT, state=agreed).consents == frozenset()
    assert decide(usual.WITHDRAW_CONSENT, after(*ASSIGNED)) == []


def test_a_mentoring_takes_nothing_over_from_itself() -> None:
    with pytest.raises(errors.OwnTicketError):
        decide(changed(usual.GIVE_CONSENT, to=usual.TICKET), after(*ASSIGNED))


@pytest.mark.parametrize("command", [usual.GIVE_CONSENT, usual.WITHDRAW_CONSENT])
def test_nobody_agrees_for_the_business(command: MentoringCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=mentor()), after(*ASSIGNED))


def test_a_business_agrees_whether_its_mentoring_sleeps_or_is_over_and_wakes_nothing() -> None:
    for before in ((*REFERRED, PAUSE), GRADUATED):
        known = after(*before)
        agreed = after(changed(usual.GIVE_CONSENT, by=owner(MONDAY + DAY)), state=known)
        assert (agreed.status, agreed.heard_at) == (known.status, known.heard_at)


def test_nobody_mentors_their_own_business() -> None:
    mine = changed(REGISTER, by=Act(at=MONDAY, actor="mentor-ani", role="applicant"))
    for by in (mentor("mentor-ani"), SUPERVISOR):
        with pytest.raises(errors.OwnBusinessError):
            decide(changed(ASSIGN, by=by), after(mine))


def test_nobody_assesses_in_the_place_of_a_business_or_acts_in_the_case_of_another() -> None:
    with pytest.raises(WrongRoleError):
        decide(usual.changed(usual.SELF, by=usual.staff("mentor-1", "mentor")), usual.after(*usual.TRIAGED))
    stranger = Act(at=usual.MONDAY, actor="stranger", role="public")
    with pytest.raises(errors.NotTheBusinessError):
        decide(usual.changed(usual.RESTATE, by=stranger), usual.after(*usual.ASSIGNED))
