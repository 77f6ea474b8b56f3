from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.certificates.officials import (
    BUSINESS,
    KNOWN_FACTS,
    NOTHING_KNOWN,
    applicant,
    evaluator,
    fact,
    item,
    known_of,
    named,
    system,
)

from zi_certificates.domain import account
from zi_certificates.domain.account import Account, AccountCommands, Check, Details, decide, evolve
from zi_certificates.domain.impartiality import HinderedError
from zi_certificates.domain.statement import Document
from zi_chassis.domain import DomainError, WrongRoleError
from zi_contracts.certificates import PublishedFinding

MISSING = PublishedFinding(reason="document_missing", where="documents.warehouse_photo")
DETAILS = Details(acts_for_others=False, hs_codes=("21069099",), items=(item("company.name"),))
WIDER = DETAILS.model_copy(update={"hs_codes": ("21069099", "19053100")})
FOR_OTHERS = DETAILS.model_copy(update={"acts_for_others": True})
POWER = Document(kind="notarial_power", file=item("attachment"))
WITH_POWER = FOR_OTHERS.model_copy(update={"documents": (POWER,)})

OPEN = account.Open(
    by=applicant(),
    reference="3C7K9M2QA",
    business_ref=BUSINESS,
    data_subject=named("person in charge"),
    details=DETAILS,
)
CHANGE = account.Change(by=applicant(), details=WIDER)
MOVE = account.Move(by=applicant(), ticket="7T2M4K9QB", data_subject=named("next in charge"), details=DETAILS)
VERIFY = account.Verify(by=evaluator(), revision=1, findings=(), known=NOTHING_KNOWN)
REFUSE = account.Refuse(by=evaluator(), revision=1, reasons=(MISSING,), known=NOTHING_KNOWN)
FLAG = account.Flag(by=system(), fact=fact(evaluator().actor, position=KNOWN_FACTS.integrity + 1))
LATER: tuple[AccountCommands, ...] = (CHANGE, MOVE, VERIFY, REFUSE)


def after(*commands: AccountCommands) -> Account:
    state = account.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def verify(revision: int) -> account.Verify:
    return VERIFY.model_copy(update={"revision": revision})


def opened(details: Details) -> account.Open:
    return OPEN.model_copy(update={"details": details})


def test_a_new_account_waits_for_an_officer() -> None:
    new = after(OPEN)
    assert (new.revision, new.check, new.verified) == (1, Check.WAITING, None)
    assert (new.details, new.data_subject) == (DETAILS, named("person in charge"))


def test_an_officer_verifies_it_once() -> None:
    [event] = decide(VERIFY, after(OPEN))
    assert isinstance(event, account.AccountVerified)
    assert (event.revision, event.seen, event.by) == (1, KNOWN_FACTS, evaluator())
    assert (after(OPEN, VERIFY).check, after(OPEN, VERIFY).verified) == (Check.VERIFIED, DETAILS)


def test_a_change_counts_after_it_was_verified_and_the_old_holds_until_then() -> None:
    changed = after(OPEN, VERIFY, CHANGE)
    assert (changed.details, changed.verified, changed.check) == (WIDER, DETAILS, Check.WAITING)
    assert after(OPEN, VERIFY, CHANGE, verify(2)).verified == WIDER


def test_letters_are_in_the_name_that_was_verified_last() -> None:
    assert after(OPEN).verified_ticket is None
    moved = after(OPEN, VERIFY, MOVE)
    assert (moved.ticket, moved.verified_ticket) == ("7T2M4K9QB", "3C7K9M2QA")
    assert after(OPEN, VERIFY, MOVE, verify(2)).verified_ticket == "7T2M4K9QB"


def test_nothing_holds_after_a_move_until_the_new_person_was_verified() -> None:
    moved = after(OPEN, VERIFY, MOVE)
    assert (moved.data_subject, moved.verified, moved.revision) == (named("next in charge"), None, 2)
    assert after(OPEN, VERIFY, MOVE, verify(2)).verified == DETAILS


def test_a_refusal_gives_its_reasons_and_a_change_is_looked_at_again() -> None:
    [event] = decide(REFUSE, after(OPEN))
    assert isinstance(event, account.AccountRefused)
    assert (event.revision, event.reasons, event.seen) == (1, (MISSING,), KNOWN_FACTS)
    assert after(OPEN, REFUSE).check is Check.REFUSED
    assert after(OPEN, REFUSE, CHANGE).check is Check.WAITING


def test_who_acts_for_others_shows_a_notarial_power() -> None:
    with pytest.raises(account.NoNotarialPowerError):
        decide(VERIFY, after(opened(FOR_OTHERS)))
    assert after(opened(WITH_POWER), VERIFY).verified == WITH_POWER


def test_an_incomplete_account_is_not_verified() -> None:
    with pytest.raises(account.AccountIncompleteError):
        decide(VERIFY.model_copy(update={"findings": (MISSING,)}), after(OPEN))


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((OPEN,), OPEN),
        ((OPEN, CHANGE), CHANGE),
        ((OPEN, MOVE), MOVE),
        ((OPEN, VERIFY), VERIFY),
    ],
)
def test_a_repeat_is_no_event(before: tuple[AccountCommands, ...], command: AccountCommands) -> None:
    assert decide(command, after(*before)) == []


@pytest.mark.parametrize("command", LATER)
def test_a_request_sent_twice_is_done_once(command: AccountCommands) -> None:
    once = command.model_copy(update={"request": UUID(int=42)})
    assert decide(once, after(OPEN, once)) == []


def test_an_account_is_opened_once_by_a_request_whatever_it_says_later() -> None:
    once = OPEN.model_copy(update={"request": UUID(int=42)})
    assert decide(once.model_copy(update={"details": WIDER}), after(once)) == []
    another = opened(WIDER).model_copy(update={"request": UUID(int=43)})
    with pytest.raises(account.AnotherAccountError):
        decide(another, after(once))
    with pytest.raises(account.AnotherAccountError):
        decide(opened(WIDER), after(once))


@pytest.mark.parametrize("refused", account.AccountError.__subclasses__())
def test_each_refusal_says_its_sentence(refused: type[account.AccountError]) -> None:
    assert str(refused()) == refused.sentence


def test_whoever_opens_elsewhere_is_told_where_the_account_is() -> None:
    sentence = "The account of the company is kept with the request 3C7K9M2QA: open that one."
    assert str(account.OtherTicketError("3C7K9M2QA")) == sentence


@pytest.mark.parametrize("command", LATER)
def test_nothing_happens_to_an_account_that_was_never_opened(command: AccountCommands) -> None:
    with pytest.raises(account.NoAccountError):
        decide(command, account.initial)


@pytest.mark.parametrize("other", [{"business_ref": "c" * 64}, {"data_subject": UUID(int=1)}])
def test_an_account_is_not_opened_for_somebody_else(other: dict[str, object]) -> None:
    with pytest.raises(account.AnotherAccountError):
        decide(OPEN.model_copy(update=other), after(OPEN))


@pytest.mark.parametrize(
    ("before", "command"), [((OPEN, REFUSE), VERIFY), ((OPEN, VERIFY), REFUSE), ((OPEN, REFUSE), REFUSE)]
)
def test_what_was_decided_waits_for_nobody(
    before: tuple[AccountCommands, ...], command: AccountCommands
) -> None:
    with pytest.raises(account.NothingToVerifyError):
        decide(command, after(*before))


def test_who_is_refused_is_told_why() -> None:
    with pytest.raises(account.NoReasonsError):
        decide(REFUSE.model_copy(update={"reasons": ()}), after(OPEN))


@pytest.mark.parametrize("command", [VERIFY, REFUSE])
def test_only_what_was_looked_at_is_decided(command: AccountCommands) -> None:
    with pytest.raises(account.AccountChangedError):
        decide(command, after(OPEN, CHANGE))


@pytest.mark.parametrize("command", [VERIFY, REFUSE])
def test_only_an_officer_without_interest_decides(command: AccountCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": applicant()}), after(OPEN))
    with pytest.raises(HinderedError):
        decide(command.model_copy(update={"known": known_of("evaluator-ani")}), after(OPEN))


some_command = st.sampled_from([OPEN, opened(WITH_POWER), *LATER, verify(2), verify(3)])


@given(st.lists(some_command, max_size=20))
def test_what_holds_was_verified_as_it_stands_by_an_officer(commands: list[AccountCommands]) -> None:
    state, replayed, verified = account.initial, account.initial, account.initial.verified
    for command in commands:
        try:
            events = decide(command, state)
        except DomainError:
            continue
        for event in events:
            state = evolve(state, event)
            replayed = evolve(replayed, type(event).model_validate_json(event.model_dump_json()))
            if isinstance(event, account.AccountVerified):
                verified = state.details
            if isinstance(event, account.AccountMoved):
                verified = None
    assert state.verified == verified
    assert replayed == state


def test_a_fact_flags_the_words_of_its_official_that_were_said_before_it_was_known() -> None:
    flagged = after(OPEN, VERIFY, FLAG)
    assert (flagged.flagged, flagged.check) == (frozenset({FLAG.fact.event}), Check.VERIFIED)
    assert decide(FLAG, flagged) == []
    assert after(OPEN, REFUSE, FLAG).flagged == {FLAG.fact.event}
    known = FLAG.model_copy(update={"fact": fact(evaluator().actor, position=KNOWN_FACTS.integrity)})
    assert after(OPEN, VERIFY, known).flagged == frozenset()
    other = FLAG.model_copy(update={"fact": fact("evaluator-eko", position=KNOWN_FACTS.integrity + 1)})
    assert after(OPEN, VERIFY, other).flagged == frozenset()
