"""Publish the events of forums, participants and proposals; their subject is the number of the forum."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_integrity.domain import forum, participant, proposal
from zi_integrity.domain.forum import Forum
from zi_integrity.domain.participant import CodeBatch, Participant
from zi_integrity.domain.proposal import Proposal
from zi_integrity.messaging import forum_data


def subject_of(number: str) -> str:
    return f"FKP-{number}"


def publish(event: forum.ForumEvents, state: Forum) -> Disclosure:
    return Disclosure(subject_of(state.number), _forum_data(event))


def _forum_data(event: forum.ForumEvents) -> Data:
    match event:
        case forum.ForumPlanned():
            return forum_data.forum_planned(event)
        case forum.ForumChanged():
            return forum_data.forum_changed(event)
        case forum.ForumInvitationWritten():
            return forum_data.forum_invitation_written(event)
        case forum.ForumOpened():
            return forum_data.forum_opened(event)
        case forum.ForumClosed():
            return forum_data.forum_closed(event)
        case forum.ForumExtended():
            return forum_data.forum_extended(event)
        case forum.ForumCancelled():
            return forum_data.forum_cancelled(event)
        case _:
            assert_never(event)


def publish_participant(event: participant.ParticipantEvents, _: Participant) -> Disclosure:
    return Disclosure(subject_of(event.number), forum_data.participant_code_issued(event))


def publish_batch(event: participant.BatchEvents, _: CodeBatch) -> Disclosure:
    return Disclosure(subject_of(event.number), forum_data.participant_codes_printed(event))


def publish_proposal(event: proposal.ProposalEvents, state: Proposal) -> Disclosure:
    assert state.made is not None
    return Disclosure(subject_of(state.made.number), _proposal_data(event, state, state.made))


def _proposal_data(event: proposal.ProposalEvents, state: Proposal, made: proposal.ProposalMade) -> Data:
    number = made.proposal
    match event:
        case proposal.ProposalMade():
            return forum_data.proposal_made(event)
        case proposal.ProposalPublished():
            return forum_data.proposal_published(event, number)
        case proposal.ProposalHidden():
            return forum_data.proposal_hidden(event, number)
        case proposal.ProposalCommented():
            return forum_data.proposal_commented(event, number)
        case proposal.CommentPublished():
            return forum_data.comment_published(event, number)
        case proposal.CommentHidden():
            return forum_data.comment_hidden(event, number)
        case proposal.SupportCounted():
            return forum_data.support_counted(event, number, state)
        case proposal.ProposalSettled():
            return forum_data.proposal_settled(event, made)
        case _:
            assert_never(event)


forums: Decider[Forum] = Decider(
    name="forum",
    initial=forum.initial,
    decide=forum.decide,
    evolve=forum.evolve,
    events=get_args(forum.ForumEvents),
    publish=publish,
)
participants: Decider[Participant] = Decider(
    name="participant",
    initial=Participant(),
    decide=participant.decide_participant,
    evolve=participant.evolve_participant,
    events=(participant.ParticipantCodeIssued,),
    publish=publish_participant,
)
code_batches: Decider[CodeBatch] = Decider(
    name="code batch",
    initial=CodeBatch(),
    decide=participant.decide_batch,
    evolve=participant.evolve_batch,
    events=(participant.ParticipantCodesPrinted,),
    publish=publish_batch,
)
proposals: Decider[Proposal] = Decider(
    name="proposal",
    initial=proposal.initial,
    decide=proposal.decide,
    evolve=proposal.evolve,
    events=get_args(proposal.ProposalEvents),
    publish=publish_proposal,
)
FORUM_DECIDERS = (forums, participants, code_batches, proposals)
