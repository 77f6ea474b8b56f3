"""Proposals: made, moderated with reasons, commented on, supported once by each sign, answered for good."""

from typing import Any
from uuid import UUID

import pytest
from tests.integrity.domain.test_conflict import act

from zi_chassis.domain import DomainError, WrongRoleError
from zi_contracts.vault import ItemRef
from zi_integrity.domain import proposal
from zi_integrity.domain.proposal import Proposal, decide, evolve
from zi_integrity.domain.sent_once import AnotherTextError

PUBLIC, OFFICER = act("p-1", "public"), act("integrity-lina", "staff:integrity")
SYSTEM, OTHER = act("system:integrity", "system:integrity"), act("head-umar", "staff:head")
COMMENT_ID = UUID(int=5)


def items(*fields: str) -> tuple[ItemRef, ...]:
    return tuple(ItemRef(item=UUID(int=n), field=field, digest="0" * 64) for n, field in enumerate(fields))


MADE: dict[str, Any] = {
    "forum": UUID(int=9),
    "number": "2026-1",
    "proposal": 1,
    "group": "users",
    "language": "id",
    "reachable": True,
    "body_digest": "d",
    "data_subject": UUID(int=8),
    "items": items("proposal.title", "proposal.text"),
}
PROPOSE = proposal.Propose(by=PUBLIC, author=UUID(int=2), **MADE)
ENTER = proposal.EnterProposal(by=OFFICER, **MADE)
PUBLISH = proposal.PublishProposal(by=OFFICER)
HIDE = proposal.HideProposal(by=OFFICER, reason="insult")
COMMENT = proposal.Comment(
    by=PUBLIC,
    comment=COMMENT_ID,
    group="media",
    author=UUID(int=3),
    body_digest="c",
    items=items("comment.text"),
)
ENTER_COMMENT = proposal.EnterComment(
    by=OFFICER, comment=COMMENT_ID, group="media", body_digest="c", items=items("comment.text")
)
PUBLISH_COMMENT = proposal.PublishComment(by=OFFICER, comment=COMMENT_ID)
HIDE_COMMENT = proposal.HideComment(by=OFFICER, comment=COMMENT_ID, reason="off_topic")
COUNT = proposal.CountSupport(by=SYSTEM, signs=("b" * 16, "a" * 16))
SETTLE = proposal.SettleProposal(by=OTHER, outcome="accepted", grounds="Baik.\nMulai Senin.")


def changed(command: Any, **values: Any) -> Any:
    return type(command)(**dict(command) | values)


def events_of(*commands: Any) -> tuple[list[Any], Proposal]:
    state, events = proposal.initial, []
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
            events.append(event)
    return events, state


def refused(error: type[DomainError], *commands: Any) -> None:
    _, state = events_of(*commands[:-1])
    with pytest.raises(error):
        decide(commands[-1], state)


def test_a_proposal_is_made_once_and_waits_for_moderation() -> None:
    events, state = events_of(PROPOSE, changed(PROPOSE, proposal=2))
    assert len(events) == 1
    assert (events[0].channel, events[0].author, state.moderation) == ("online", UUID(int=2), "waiting")
    refused(proposal.AnotherProposalError, PROPOSE, changed(PROPOSE, body_digest="e"))


def test_a_paper_is_marked_and_has_no_author() -> None:
    [event], _ = events_of(ENTER)
    assert (event.channel, event.author) == ("paper", None)


def test_nothing_is_done_with_a_proposal_that_is_not_there() -> None:
    for command in (PUBLISH, HIDE, COMMENT, COUNT, SETTLE, PUBLISH_COMMENT):
        refused(proposal.NoSuchProposalError, command)
    with pytest.raises(proposal.NoSuchProposalError):
        proposal.initial.refuse_support("a" * 16)


def test_it_can_be_published_hidden_with_another_reason_and_published_again() -> None:
    again = changed(HIDE, reason="off_topic")
    events, state = events_of(PROPOSE, PUBLISH, PUBLISH, HIDE, HIDE, again, PUBLISH)
    assert [type(each).__name__ for each in events[1:]] == [
        "ProposalPublished",
        "ProposalHidden",
        "ProposalHidden",
        "ProposalPublished",
    ]
    assert (state.moderation, state.hidden) == ("published", None)


def test_a_duplicate_names_the_other_proposal_and_nothing_else_does() -> None:
    _, state = events_of(PROPOSE, changed(HIDE, reason="duplicate", duplicate_of=2))
    assert state.hidden is not None
    assert state.hidden.duplicate_of == 2
    refused(proposal.DuplicateOfItselfError, PROPOSE, changed(HIDE, reason="duplicate", duplicate_of=1))
    refused(proposal.DuplicateOfItselfError, PROPOSE, changed(HIDE, reason="duplicate"))
    refused(proposal.DuplicateOfItselfError, PROPOSE, changed(HIDE, duplicate_of=2))


def test_whoever_moderates_or_answers_their_own_entry_is_marked() -> None:
    events, _ = events_of(
        ENTER, PUBLISH, ENTER_COMMENT, PUBLISH_COMMENT, HIDE_COMMENT, HIDE, changed(SETTLE, by=OFFICER)
    )
    assert [each.own_entry for each in events if hasattr(each, "own_entry")] == [True] * 5
    events, _ = events_of(
        ENTER, changed(PUBLISH, by=OTHER), ENTER_COMMENT, changed(PUBLISH_COMMENT, by=OTHER), SETTLE
    )
    assert [each.own_entry for each in events if hasattr(each, "own_entry")] == [False] * 3


def test_only_what_is_public_is_commented_on_and_supported() -> None:
    refused(proposal.ProposalNotPublicError, PROPOSE, COMMENT)
    refused(proposal.ProposalNotPublicError, PROPOSE, PUBLISH, HIDE, COMMENT)
    _, state = events_of(PROPOSE)
    with pytest.raises(proposal.ProposalNotPublicError):
        state.refuse_support("a" * 16)


def test_a_comment_is_made_once_and_moderated() -> None:
    events, state = events_of(
        PROPOSE, PUBLISH, COMMENT, COMMENT, PUBLISH_COMMENT, PUBLISH_COMMENT, HIDE_COMMENT, HIDE_COMMENT
    )
    assert len(events) == 5
    comment = state.comments[COMMENT_ID]
    assert (comment.moderation, comment.reason) == ("hidden", "off_topic")
    refused(proposal.NoSuchCommentError, PROPOSE, PUBLISH, PUBLISH_COMMENT)


def test_another_comment_under_the_same_key_is_refused_and_not_lost() -> None:
    refused(AnotherTextError, PROPOSE, PUBLISH, COMMENT, changed(COMMENT, body_digest="x"))
    events, _ = events_of(PROPOSE, PUBLISH)
    earlier = proposal.ProposalCommented(**dict(COMMENT) | {"channel": "online", "body_digest": None})
    state = evolve(evolve(evolve(proposal.initial, events[0]), events[1]), earlier)
    assert decide(COMMENT, state) == []


def test_a_sign_counts_once_and_the_order_tells_nothing() -> None:
    events, state = events_of(PROPOSE, PUBLISH, COUNT, COUNT, changed(COUNT, signs=("a" * 16, "c" * 16)))
    assert [each.signs for each in events[2:]] == [("a" * 16, "b" * 16), ("c" * 16,)]
    with pytest.raises(proposal.AlreadySupportedError):
        state.refuse_support("c" * 16)
    state.refuse_support("d" * 16)


def test_support_that_came_before_a_proposal_was_hidden_is_counted() -> None:
    _, state = events_of(PROPOSE, PUBLISH, HIDE, COUNT)
    assert len(state.supporters) == 2


def test_an_answer_stays_as_it_is() -> None:
    _, state = events_of(PROPOSE, PUBLISH, SETTLE, SETTLE)
    assert state.settled is not None
    assert state.settled.outcome == "accepted"
    refused(proposal.SettledAlreadyError, PROPOSE, PUBLISH, SETTLE, changed(SETTLE, outcome="refused"))
    refused(proposal.ModerateFirstError, PROPOSE, SETTLE)


@pytest.mark.parametrize("command", [PROPOSE, changed(COMMENT, by=PUBLIC)], ids=["propose", "comment"])
@pytest.mark.parametrize("role", ["staff:officer", "staff:integrity", "staff:head", "applicant"])
def test_officials_do_not_take_part_as_the_public(command: Any, role: str) -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(command, by=act("officer-budi", role)), events_of(PROPOSE, PUBLISH)[1])


def test_an_answer_names_the_components_that_a_standard_may_change_for_good() -> None:
    named = changed(SETTLE, components=("jangka_waktu",))
    _, state = events_of(PROPOSE, PUBLISH, named)
    assert state.settled is not None
    assert state.settled.components == ("jangka_waktu",)
    refused(proposal.SettledAlreadyError, PROPOSE, PUBLISH, named, SETTLE)
