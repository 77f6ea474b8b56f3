from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.acts import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    ANSWER,
    ANSWERED,
    APPROVE_ERASURE,
    ASK,
    ASK_ERASURE,
    ASSIGN,
    ASSIGNED,
    CLARIFICATION_ASKED,
    CLOSE,
    CLOSED,
    COUNT_OPENINGS,
    DAY,
    DUE,
    ERASED,
    ERASURE_ASKED,
    FILED,
    GIVE_NUMBER,
    KEEP,
    KEEP_MENTORING,
    MENTORED,
    MONDAY,
    OPEN,
    PASSED_ON,
    PHOTO,
    REFUSE_ERASURE,
    REOPEN,
    REPLY,
    SILENT,
    UNANSWERED,
    WITHDRAW,
    after,
    certificate_request,
    citizen,
    complaint,
    consultation,
    events,
    mentoring_request,
    officer,
    supervisor,
)

from zi_chassis.domain import DomainError, ErasedError, WrongRoleError
from zi_intake.domain.case import filings, messages, refusals
from zi_intake.domain.case.decide import STAYS_HERE, decide
from zi_intake.domain.case.erasure_decisions import LAWFUL_DEMANDS
from zi_intake.domain.case.messages import CaseCommands
from zi_intake.domain.case.state import Case, Status, evolve, initial, kind_of

HANDLING = (
    *(ACKNOWLEDGE, ASSIGN, ASK, REPLY, ANSWER, CLOSE, REOPEN, WITHDRAW, PHOTO, OPEN, UNANSWERED, SILENT),
    *(ASK_ERASURE, APPROVE_ERASURE, REFUSE_ERASURE, KEEP, GIVE_NUMBER, COUNT_OPENINGS),
)
ERASING = (messages.ErasureRequested, messages.ErasureRefused, messages.DataSubjectErased)
IN_ORDER = {
    "filed": FILED,
    "passed_on": PASSED_ON,
    "passed_on to be mentored": MENTORED,
    "acknowledged": ACKNOWLEDGED,
    "assigned": ASSIGNED,
    "clarification_asked": CLARIFICATION_ASKED,
    "answered": ANSWERED,
    "closed": CLOSED,
    "withdrawn": (*FILED, WITHDRAW),
}


@pytest.mark.parametrize(("status", "commands"), IN_ORDER.items(), ids=IN_ORDER)
def test_the_way_of_a_case(status: str, commands: tuple[CaseCommands, ...]) -> None:
    assert after(*commands).status == status.split()[0]


def test_a_consultation_goes_the_same_way() -> None:
    assert after(consultation(), *CLOSED[1:]).status is Status.CLOSED


def test_filing_keeps_what_was_promised() -> None:
    [filed] = decide(complaint(), initial)
    assert isinstance(filed, filings.ComplaintFiled)
    assert (filed.due, filed.standard, filed.commodity) == (DUE, complaint().standard, "pangan_olahan")


def test_the_same_filing_again_is_no_event() -> None:
    assert decide(complaint(), after(*CLOSED)) == []


def test_another_body_under_the_same_key_is_refused() -> None:
    with pytest.raises(refusals.AnotherBodyError):
        decide(complaint(body="b" * 64), after(*FILED))


@pytest.mark.parametrize("command", HANDLING, ids=lambda each: type(each).__name__)
def test_nothing_happens_to_a_case_that_was_never_filed(command: CaseCommands) -> None:
    with pytest.raises(refusals.NotFiledError):
        decide(command, initial)


REPEATED = [
    (ACKNOWLEDGED, ACKNOWLEDGE),
    (ASSIGNED, ACKNOWLEDGE),
    (ASSIGNED, ASSIGN),
    (CLOSED, CLOSE),
    (IN_ORDER["withdrawn"], WITHDRAW),
    ((*CLARIFICATION_ASKED, UNANSWERED), UNANSWERED),
    ((*ANSWERED, SILENT), SILENT),
    (ERASURE_ASKED, ASK_ERASURE),
    (ERASED, APPROVE_ERASURE),
    ((*FILED, OPEN), OPEN),
    ((*FILED, OPEN, COUNT_OPENINGS), COUNT_OPENINGS),
    (MENTORED, mentoring_request()),
    ((*MENTORED, GIVE_NUMBER), GIVE_NUMBER),
]


@pytest.mark.parametrize(("before", "command"), REPEATED)
def test_a_repeated_command_is_no_event(before: tuple[CaseCommands, ...], command: CaseCommands) -> None:
    assert decide(command, after(*before)) == []


@pytest.mark.parametrize(
    ("before", "command"),
    [
        (ASSIGNED, ASK),
        (CLARIFICATION_ASKED, REPLY),
        (ASSIGNED, ANSWER),
        (ANSWERED, REOPEN),
        (FILED, PHOTO),
        (PASSED_ON, PHOTO),
        (PASSED_ON, KEEP),
        (MENTORED, KEEP_MENTORING),
        (MENTORED, GIVE_NUMBER),
        (CLOSED, ASK_ERASURE),
        (ERASURE_ASKED, REFUSE_ERASURE),
    ],
)
def test_a_request_sent_twice_is_done_once(before: tuple[CaseCommands, ...], command: CaseCommands) -> None:
    named = command.model_copy(update={"request": UUID(int=42)})
    assert len(events(*before, named, named)) == len(before) + 1


REFUSED = [
    (FILED, ASSIGN, refusals.NotAcknowledgedError),
    (FILED, ASK, refusals.NotAssignedError),
    (ACKNOWLEDGED, ASK, refusals.NotAssignedError),
    (ACKNOWLEDGED, ANSWER, refusals.NotAssignedError),
    (CLARIFICATION_ASKED, ASK, refusals.CitizenAskedError),
    (CLARIFICATION_ASKED, ANSWER, refusals.CitizenAskedError),
    (ANSWERED, ANSWER, refusals.AlreadyAnsweredError),
    (ASSIGNED, REPLY, refusals.NothingAskedError),
    (ASSIGNED, CLOSE, refusals.NotAnsweredError),
    (ASSIGNED, REOPEN, refusals.StillOpenError),
    (CLOSED, ACKNOWLEDGE, refusals.EndedError),
    (CLOSED, ASSIGN, refusals.EndedError),
    (CLOSED, ASK, refusals.EndedError),
    (CLOSED, REPLY, refusals.EndedError),
    (CLOSED, WITHDRAW, refusals.EndedError),
    (CLOSED, PHOTO, refusals.EndedError),
    (FILED, KEEP, refusals.NotPassedOnError),
    (CLOSED, KEEP, refusals.NotPassedOnError),
    (PASSED_ON, ASK_ERASURE, refusals.LawfulDemandsOnlyError),
    (FILED, GIVE_NUMBER, refusals.NotMentoredError),
    (CLOSED, GIVE_NUMBER, refusals.NotMentoredError),
    (PASSED_ON, GIVE_NUMBER, refusals.NotMentoredError),
    (IN_ORDER["withdrawn"], CLOSE, refusals.WithdrawnError),
    (IN_ORDER["withdrawn"], REPLY, refusals.WithdrawnError),
    (IN_ORDER["withdrawn"], REOPEN, refusals.WithdrawnError),
    (FILED, ASK_ERASURE, refusals.TooEarlyToEraseError),
    (ANSWERED, ASK_ERASURE, refusals.TooEarlyToEraseError),
    (CLOSED, APPROVE_ERASURE, refusals.NoErasureAskedError),
    (CLOSED, REFUSE_ERASURE, refusals.NoErasureAskedError),
    ((*ERASURE_ASKED, REOPEN), APPROVE_ERASURE, refusals.TooEarlyToEraseError),
    ((*ERASURE_ASKED, REFUSE_ERASURE), APPROVE_ERASURE, refusals.NoErasureAskedError),
]


@pytest.mark.parametrize(("before", "command", "error"), REFUSED)
def test_what_does_not_fit_the_state_is_refused(
    before: tuple[CaseCommands, ...], command: CaseCommands, error: type[refusals.CaseError]
) -> None:
    with pytest.raises(error) as refused:
        decide(command, after(*before))
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("command", [ASK, ANSWER])
def test_another_officer_may_not_act(command: CaseCommands) -> None:
    theirs = command.model_copy(update={"by": officer("officer-cici")})
    with pytest.raises(refusals.NotYourCaseError):
        decide(theirs, after(*ASSIGNED))


def test_another_officer_may_not_close() -> None:
    with pytest.raises(refusals.NotYourCaseError):
        decide(CLOSE.model_copy(update={"by": officer("officer-cici")}), after(*ANSWERED))


def test_a_supervisor_may_act_for_the_officer() -> None:
    assert decide(ANSWER.model_copy(update={"by": supervisor()}), after(*ASSIGNED))


def test_an_officer_takes_a_free_case_but_gives_it_to_nobody() -> None:
    assert after(*ASSIGNED).officer == "officer-ani"
    with pytest.raises(refusals.NotYoursToAssignError):
        decide(messages.Assign(by=officer(), officer="officer-cici"), after(*ACKNOWLEDGED))
    with pytest.raises(refusals.NotYoursToAssignError):
        decide(messages.Assign(by=officer("officer-cici"), officer="officer-cici"), after(*ASSIGNED))


def test_a_supervisor_hands_a_case_over_where_it_stands() -> None:
    known = frozenset({"officer"})
    assign = messages.Assign(by=supervisor(), officer="officer-cici", known_roles=known)
    over = after(*CLARIFICATION_ASKED, assign)
    assert (over.status, over.officer) == (Status.CLARIFICATION_ASKED, "officer-cici")


def test_the_citizen_holds_the_case_while_a_question_is_open() -> None:
    assert [
        after(*each).holder for each in (FILED, CLARIFICATION_ASKED, (*CLARIFICATION_ASKED, REPLY), ANSWERED)
    ] == [
        "office",
        "citizen",
        "office",
        "citizen",
    ]


def test_a_reply_moves_the_due_date_by_the_time_waited() -> None:
    assert after(*CLARIFICATION_ASKED, REPLY).due == DUE + 2 * DAY


@pytest.mark.parametrize(("before", "command"), [(CLARIFICATION_ASKED, REPLY), (CLOSED, REOPEN)])
def test_the_due_date_never_moves_earlier(before: tuple[CaseCommands, ...], command: CaseCommands) -> None:
    assert after(*before, command.model_copy(update={"due": MONDAY})).due == DUE


def test_no_reply_in_time_closes_as_not_completed() -> None:
    [closed] = decide(UNANSWERED, after(*CLARIFICATION_ASKED))
    assert isinstance(closed, messages.CaseClosed)
    assert closed.reason == "not_completed"


def test_silence_after_the_answer_closes_as_no_reaction() -> None:
    [closed] = decide(SILENT, after(*ANSWERED))
    assert isinstance(closed, messages.CaseClosed)
    assert closed.reason == "no_reaction"


def test_a_timer_of_an_older_question_or_answer_closes_nothing() -> None:
    later = ASK.model_copy(update={"reply_by": MONDAY + 20 * DAY})
    again = ANSWER.model_copy(update={"closes_on": MONDAY + 20 * DAY})
    assert decide(UNANSWERED, after(*CLARIFICATION_ASKED, REPLY, later)) == []
    assert decide(SILENT, after(*ANSWERED, REOPEN, again)) == []


def test_a_closed_case_is_reopened_in_time_only() -> None:
    closed = after(*CLOSED)
    assert after(REOPEN, state=closed).status is Status.ASSIGNED
    last_moment = REOPEN.model_copy(update={"by": citizen(CLOSE.reopen_until)})
    assert after(last_moment, state=closed).status is Status.ASSIGNED
    late = REOPEN.model_copy(update={"by": citizen(CLOSE.reopen_until + DAY)})
    with pytest.raises(refusals.TooLateToReopenError):
        decide(late, closed)


def test_a_case_takes_five_attachments() -> None:
    full = after(*FILED, *[PHOTO] * 5)
    assert full.attachments == 5
    with pytest.raises(refusals.TooManyAttachmentsError):
        decide(PHOTO, full)


def test_a_request_for_letters_takes_sixty() -> None:
    full = after(*PASSED_ON, *[PHOTO] * 60)
    assert full.attachments == 60
    with pytest.raises(refusals.TooManyAttachmentsError, match="60 files"):
        decide(PHOTO, full)


def test_mentoring_takes_three_hundred() -> None:
    full = after(*MENTORED, *[PHOTO] * 300)
    assert full.attachments == 300
    with pytest.raises(refusals.TooManyAttachmentsError, match="300 files"):
        decide(PHOTO, full)


def test_an_opening_moves_nothing_but_the_hour_that_it_begins() -> None:
    opened, closed = after(*CLOSED, OPEN), after(*CLOSED)
    assert replace(opened, access=closed.access, version=closed.version) == closed


def handled(commands: list[CaseCommands]) -> tuple[Case, list[messages.CaseEvents]]:
    state, recorded = initial, []
    for command in commands:
        try:
            decided = decide(command, state)
        except DomainError:
            continue
        for event in decided:
            state = evolve(state, event)
        recorded += decided
    return state, recorded


some_business = st.sampled_from(["c" * 64, "d" * 64, "e" * 64])
some_request = st.sampled_from([None, *map(UUID, ("0" * 31 + digit for digit in "1234"))])


@st.composite
def some_command(draw: st.DrawFn) -> CaseCommands:
    choices: tuple[CaseCommands, ...] = (complaint(), certificate_request(), mentoring_request(), *HANDLING)
    command = draw(st.sampled_from(choices))
    if isinstance(command, messages.OpenPersonalData | messages.CountOpenings):
        return command
    shift = draw(st.integers(0, 40)) * DAY
    by = draw(st.sampled_from([command.by, officer(), officer("officer-cici"), supervisor(), citizen()]))
    moved = {
        name: getattr(command, name) + shift
        for name in ("due", "reply_by", "closes_on")
        if hasattr(command, name)
    }
    if isinstance(command, messages.GiveNumber):
        changed = {"by": by, "request": draw(some_request), "business_ref": draw(some_business)}
        return command.model_copy(update=changed)
    return command.model_copy(update={"by": by, "request": draw(some_request), **moved})


histories = st.builds(
    lambda filing, drawn: [filing, *drawn],
    st.sampled_from([complaint(), complaint(), certificate_request(), mentoring_request()]),
    st.lists(some_command(), max_size=30),
)


@given(histories)
def test_the_events_of_a_case_replay_to_the_same_state(commands: list[CaseCommands]) -> None:
    state, recorded = handled(commands)
    replayed = initial
    for event in recorded:
        replayed = evolve(replayed, type(event).model_validate_json(event.model_dump_json()))
    assert replayed == state


@given(histories)
def test_between_two_closings_there_is_a_reopening(commands: list[CaseCommands]) -> None:
    _, recorded = handled(commands)
    marks = [type(each) for each in recorded if isinstance(each, messages.CaseClosed | messages.CaseReopened)]
    closings = [n for n, mark in enumerate(marks) if mark is messages.CaseClosed]
    assert all(second > first + 1 for first, second in pairwise(closings))


@given(histories)
def test_nothing_but_openings_and_an_erasure_follows_a_withdrawal(commands: list[CaseCommands]) -> None:
    _, recorded = handled(commands)
    kinds = [type(each) for each in recorded]
    if messages.CaseWithdrawn in kinds:
        after_it = set(kinds[kinds.index(messages.CaseWithdrawn) + 1 :])
        assert after_it <= {messages.PersonalDataOpened, messages.OpeningsCounted, *ERASING}


@given(histories)
def test_nothing_but_the_count_of_earlier_looks_follows_an_erasure_and_two_people_made_it(
    commands: list[CaseCommands],
) -> None:
    recorded = [each for each in handled(commands)[1] if not isinstance(each, messages.OpeningsCounted)]
    erased = [each for each in recorded if isinstance(each, messages.DataSubjectErased)]
    assert erased == [] or erased == recorded[-1:]
    assert all(each.by.actor != each.asked_by and each.by.role == "staff:supervisor" for each in erased)


@given(histories)
def test_due_never_moves_earlier_in_any_history(commands: list[CaseCommands]) -> None:
    state, dues = initial, []
    for event in handled(commands)[1]:
        state = evolve(state, event)
        dues.append(state.due)
    assert set(dues) == {None} or dues == sorted(dues)  # type: ignore[type-var]


@given(histories, st.data())
def test_any_command_with_a_known_request_is_no_event(
    commands: list[CaseCommands], data: st.DataObject
) -> None:
    state, _ = handled(commands)
    if state.requests:
        request = data.draw(st.sampled_from(sorted(state.requests)))
        with_request = [each for each in HANDLING if isinstance(each, filings.CaseCommand)]
        command = data.draw(st.sampled_from(with_request))
        assert decide(command.model_copy(update={"request": request}), state) == []


@given(histories)
def test_who_knew_a_business_by_its_former_name_knows_it_by_each_later_one(
    commands: list[CaseCommands],
) -> None:
    state, recorded = handled(commands)
    number_given = [each for each in recorded if isinstance(each, messages.BusinessNumberGiven)]
    names = [getattr(state.filing, "business_ref", ""), *(each.business_ref for each in number_given)]
    assert [each.former_ref for each in number_given] == names[:-1]
    assert state.business_ref == names[-1]
    assert all(item != other for item, other in pairwise(names))


def test_every_item_of_a_case_is_remembered_in_its_order() -> None:
    state = after(*CLARIFICATION_ASKED, REPLY, PHOTO, ANSWER, REOPEN)
    items = (FILED[0].items, ASK.items, REPLY.items, PHOTO.items, ANSWER.items, REOPEN.items)
    assert state.items == tuple(item for items in items for item in items)


WAITING = {
    "asked": (CLARIFICATION_ASKED, (MONDAY, ASK.reply_by, None, None)),
    "replied": ((*CLARIFICATION_ASKED, REPLY), (None, None, None, None)),
    "answered": (ANSWERED, (None, None, ANSWER.closes_on, None)),
    "reopened before closing": ((*ANSWERED, REOPEN), (None, None, None, None)),
    "closed": (CLOSED, (None, None, None, CLOSE.reopen_until)),
    "closed without a reply": (
        (*CLARIFICATION_ASKED, UNANSWERED),
        (None, None, None, UNANSWERED.reopen_until),
    ),
    "reopened": ((*CLOSED, REOPEN), (None, None, None, None)),
}


@pytest.mark.parametrize(("commands", "waiting"), WAITING.values(), ids=WAITING)
def test_only_what_is_waited_for_has_a_time(
    commands: tuple[CaseCommands, ...], waiting: tuple[datetime | None, ...]
) -> None:
    state = after(*commands)
    assert (state.asked_at, state.reply_by, state.closes_on, state.reopen_until) == waiting


@pytest.mark.parametrize("before", [CLARIFICATION_ASKED, ANSWERED])
def test_nobody_is_waited_for_after_a_withdrawal(before: tuple[CaseCommands, ...]) -> None:
    withdrawn = after(*before, WITHDRAW)
    assert (withdrawn.reply_by, withdrawn.closes_on) == (None, None)


def test_a_closing_remembers_its_request() -> None:
    request = UUID(int=42)
    assert request in after(*ANSWERED, CLOSE.model_copy(update={"request": request})).requests


def test_a_case_is_of_the_kind_that_was_filed() -> None:
    assert kind_of(after(*FILED)) == "product"
    assert kind_of(after(consultation())) == "consultation"
    assert kind_of(after(*PASSED_ON)) == "ski"
    assert kind_of(after(*MENTORED)) == "mentoring"


def test_a_case_that_was_never_filed_has_no_standard() -> None:
    with pytest.raises(refusals.NotFiledError):
        _ = initial.standard


def test_two_officials_erase_a_closed_case() -> None:
    [erasure_requested] = decide(ASK_ERASURE, after(*CLOSED))
    assert isinstance(erasure_requested, messages.ErasureRequested)
    [erased] = decide(APPROVE_ERASURE, after(*ERASURE_ASKED))
    assert isinstance(erased, messages.DataSubjectErased)
    assert (erased.data_subject, erased.reason) == (FILED[0].data_subject, "subject_request")
    assert (erased.asked_by, erased.by.actor) == ("officer-ani", "supervisor-budi")
    assert (after(*ERASED).status, after(*ERASED).erased) == (Status.CLOSED, MONDAY)
    assert after(*ERASED).reopen_until is None


def test_a_withdrawn_case_is_erased_and_stays_withdrawn() -> None:
    assert after(*FILED, WITHDRAW, ASK_ERASURE, APPROVE_ERASURE).status is Status.WITHDRAWN


OVER = {"reason": "no_longer_needed", "is_over": True}


def test_what_another_desk_needs_no_more_is_erased_by_two() -> None:
    before = (*PASSED_ON, ASK_ERASURE.model_copy(update=OVER))
    [erased] = decide(APPROVE_ERASURE.model_copy(update={"is_over": True}), after(*before))
    assert isinstance(erased, messages.DataSubjectErased)
    assert (erased.reason, erased.asked_by, erased.by.actor) == (
        "no_longer_needed",
        "officer-ani",
        "supervisor-budi",
    )


@pytest.mark.parametrize("change", [{**OVER, "reason": "subject_request"}, {**OVER, "is_over": False}])
def test_what_another_desk_needs_still_is_not_asked_for(change: dict[str, object]) -> None:
    with pytest.raises(refusals.LawfulDemandsOnlyError):
        decide(ASK_ERASURE.model_copy(update=change), after(*PASSED_ON))


def test_what_is_held_since_it_was_asked_for_is_not_erased() -> None:
    before = (*PASSED_ON, ASK_ERASURE.model_copy(update=OVER))
    with pytest.raises(refusals.LawfulDemandsOnlyError):
        decide(APPROVE_ERASURE, after(*before))


@pytest.mark.parametrize("reason", sorted(LAWFUL_DEMANDS))
@pytest.mark.parametrize("before", [FILED, CLARIFICATION_ASKED, ANSWERED])
def test_a_lawful_demand_erases_an_open_case_and_ends_it(
    before: tuple[CaseCommands, ...], reason: str
) -> None:
    demanded = ASK_ERASURE.model_copy(update={"reason": reason})
    over = after(*before, demanded, APPROVE_ERASURE)
    assert (over.status, over.holder, over.erasure) == (Status.CLOSED, "citizen", None)
    assert (over.asked_at, over.reply_by, over.closes_on, over.reopen_until) == (None, None, None, None)


@pytest.mark.parametrize("command", [APPROVE_ERASURE, REFUSE_ERASURE])
def test_nobody_decides_about_their_own_request(command: CaseCommands) -> None:
    by_supervisor = (*CLOSED, ASK_ERASURE.model_copy(update={"by": supervisor()}))
    with pytest.raises(refusals.FourEyesError):
        decide(command, after(*by_supervisor))


@pytest.mark.parametrize("command", [APPROVE_ERASURE, REFUSE_ERASURE])
def test_an_officer_does_not_decide_about_an_erasure(command: CaseCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": officer("officer-cici")}), after(*ERASURE_ASKED))


@pytest.mark.parametrize("change", [{"by": officer("officer-cici")}, {"reason": "lawful_order"}])
def test_one_erasure_is_decided_before_another_is_asked_for(change: dict[str, object]) -> None:
    with pytest.raises(refusals.ErasureAskedError):
        decide(ASK_ERASURE.model_copy(update=change), after(*ERASURE_ASKED))


def test_a_refused_erasure_leaves_all_as_it_was_and_can_be_asked_for_again() -> None:
    refused, closed = after(*ERASURE_ASKED, REFUSE_ERASURE), after(*CLOSED)
    assert replace(refused, version=closed.version) == closed
    assert after(*ERASURE_ASKED, REFUSE_ERASURE, ASK_ERASURE, APPROVE_ERASURE).erased


@pytest.mark.parametrize(
    "command",
    [each for each in HANDLING if each not in (APPROVE_ERASURE, COUNT_OPENINGS)],
    ids=lambda each: type(each).__name__,
)
def test_nothing_is_done_to_an_erased_case(command: CaseCommands) -> None:
    with pytest.raises(ErasedError, match="erased"):
        decide(command, after(*ERASED))


def test_a_filing_repeated_after_the_erasure_is_still_known() -> None:
    assert decide(complaint(), after(*ERASED)) == []


def test_a_request_for_letters_keeps_what_it_was_and_promises_no_time() -> None:
    [requested] = decide(certificate_request(), initial)
    assert isinstance(requested, filings.CertificateRequested)
    assert (requested.series, requested.business_ref, requested.account) == ("ski", "b" * 64, None)
    state = after(*PASSED_ON)
    assert (state.holder, state.due) == ("office", None)
    with pytest.raises(refusals.PassedOnError):
        _ = state.standard


def test_a_complaint_goes_by_its_standard() -> None:
    assert after(*FILED).standard == complaint().standard


@pytest.mark.parametrize(
    "command",
    [each for each in HANDLING if not isinstance(each, STAYS_HERE)],
    ids=lambda each: type(each).__name__,
)
def test_nobody_here_works_on_what_was_passed_on(command: CaseCommands) -> None:
    with pytest.raises(refusals.PassedOnError):
        decide(command, after(*PASSED_ON))


def test_what_another_desk_keeps_is_among_the_items_and_found_again_by_its_request() -> None:
    request, other = UUID(int=42), UUID(int=43)
    data_kept = KEEP.model_copy(update={"request": request})
    state = after(*PASSED_ON, data_kept, PHOTO)
    assert state.items == (*PASSED_ON[0].items, *KEEP.items, *PHOTO.items)
    assert (state.items_of(request), state.items_of(None)) == (KEEP.items, PHOTO.items)
    assert state.items_of(other) == ()


def test_two_officials_erase_what_was_passed_on_on_a_lawful_demand() -> None:
    demanded = ASK_ERASURE.model_copy(update={"reason": "lawful_order"})
    over = after(*PASSED_ON, KEEP, demanded, APPROVE_ERASURE)
    assert (over.status, over.erased) == (Status.CLOSED, MONDAY)
    with pytest.raises(ErasedError):
        decide(KEEP, over)


def test_the_same_request_for_letters_again_is_no_event() -> None:
    assert decide(certificate_request(), after(*PASSED_ON, PHOTO)) == []


def test_a_request_to_be_mentored_keeps_what_it_was_and_promises_no_time() -> None:
    [requested] = decide(mentoring_request(), initial)
    assert isinstance(requested, filings.MentoringRequested)
    assert (requested.business_ref, requested.district, requested.products) == ("c" * 64, "nunukan", 2)
    state = after(*MENTORED)
    assert (state.holder, state.due, state.has_number) == ("office", None, False)
    with pytest.raises(refusals.PassedOnError):
        _ = state.standard


def test_another_body_under_the_key_of_a_mentoring_is_refused() -> None:
    with pytest.raises(refusals.AnotherBodyError):
        decide(mentoring_request().model_copy(update={"body_digest": "b" * 64}), after(*MENTORED))


def test_a_number_names_the_business_and_whoever_knew_it_before_is_told() -> None:
    [number_given] = decide(GIVE_NUMBER, after(*MENTORED))
    assert isinstance(number_given, messages.BusinessNumberGiven)
    assert (number_given.former_ref, number_given.business_ref) == ("c" * 64, "d" * 64)
    state = after(*MENTORED, GIVE_NUMBER)
    assert (state.business_ref, state.has_number) == ("d" * 64, True)
    assert state.items == (*MENTORED[0].items, *GIVE_NUMBER.items)


def test_a_wrong_number_is_put_right() -> None:
    right = GIVE_NUMBER.model_copy(update={"business_ref": "e" * 64})
    assert after(mentoring_request(has_nib=True)).has_number
    assert after(mentoring_request(has_nib=True), right).business_ref == "e" * 64
    [again] = decide(right, after(*MENTORED, GIVE_NUMBER))
    assert isinstance(again, messages.BusinessNumberGiven)
    assert again.former_ref == "d" * 64


def test_only_a_mentored_business_has_a_number_here() -> None:
    assert not after(*FILED).has_number
    assert not after(*PASSED_ON).has_number
    assert (initial.is_filed, after(*MENTORED).is_filed) == (False, True)


@pytest.mark.parametrize(
    "command",
    [each for each in HANDLING if not isinstance(each, STAYS_HERE)],
    ids=lambda each: type(each).__name__,
)
def test_nobody_here_works_on_a_mentoring(command: CaseCommands) -> None:
    with pytest.raises(refusals.PassedOnError):
        decide(command, after(*MENTORED))


def test_nobody_has_to_be_mentored_so_it_is_erased_on_a_wish() -> None:
    over = after(*MENTORED, KEEP_MENTORING, ASK_ERASURE, APPROVE_ERASURE)
    assert (over.status, over.erased) == (Status.CLOSED, MONDAY)
    with pytest.raises(ErasedError):
        decide(GIVE_NUMBER, over)


SMALL = messages.StorageLimits(untaken=10, taken=20, passed_on=30)


@pytest.mark.parametrize(("before", "room"), [(FILED, 10), (ASSIGNED, 20), (PASSED_ON, 30), (MENTORED, 30)])
def test_a_case_has_room_by_who_works_on_it(before: tuple[CaseCommands, ...], room: int) -> None:
    fits = PHOTO.model_copy(update={"size": room, "limits": SMALL})
    assert after(*before, fits).attached == room
    more = PHOTO.model_copy(update={"size": 1, "limits": SMALL})
    full = refusals.CaseFullUntilTakenError if before == FILED else refusals.CaseFullError
    with pytest.raises(full):
        decide(more, after(*before, fits))
