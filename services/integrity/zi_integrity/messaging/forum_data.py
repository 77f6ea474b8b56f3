"""The data of each message about a forum: one function an event, which names each field that is disclosed; no author, no address, no code."""

from zi_contracts.intake import Channel
from zi_contracts.integrity import forum as contract
from zi_integrity.domain import forum, participant, proposal

BY_EMAIL: tuple[Channel, ...] = ("email",)


def forum_planned(event: forum.ForumPlanned) -> contract.ForumPlanned:
    return contract.ForumPlanned(
        theme=event.theme,
        begins=event.begins,
        closes_on=event.closes_on,
        place=event.place,
        link=event.link,
        groups=event.groups,
        quorum=event.quorum,
        rules=event.rules,
        quorum_counts=event.quorum_counts,
    )


def forum_changed(event: forum.ForumChanged) -> contract.ForumChanged:
    return contract.ForumChanged(
        theme=event.theme,
        begins=event.begins,
        closes_on=event.closes_on,
        place=event.place,
        link=event.link,
        groups=event.groups,
        quorum=event.quorum,
    )


def forum_invitation_written(event: forum.ForumInvitationWritten) -> contract.ForumInvitationWritten:
    return contract.ForumInvitationWritten(invitation=event.invitation, group=event.group, items=event.items)


def forum_opened(event: forum.ForumOpened) -> contract.ForumOpened:
    return contract.ForumOpened(agenda=event.agenda)


def forum_closed(event: forum.ForumClosed) -> contract.ForumClosed:
    return contract.ForumClosed(reached=event.reached, has_quorum=event.has_quorum, proposals=event.proposals)


def forum_extended(event: forum.ForumExtended) -> contract.ForumExtended:
    return contract.ForumExtended(begins=event.begins, closes_on=event.closes_on)


def forum_cancelled(event: forum.ForumCancelled) -> contract.ForumCancelled:
    return contract.ForumCancelled(reason=event.reason)


def participant_code_issued(event: participant.ParticipantCodeIssued) -> contract.ParticipantCodeIssued:
    return contract.ParticipantCodeIssued(
        group=event.group,
        language=event.language,
        reachable_by=BY_EMAIL,
        attempt=event.attempt,
        code_digest=event.code_digest,
        data_subject=event.data_subject,
        items=event.items,
    )


def participant_codes_printed(event: participant.ParticipantCodesPrinted) -> contract.ParticipantCodesPrinted:
    return contract.ParticipantCodesPrinted(
        kind=event.kind, group=event.group, code_digests=event.code_digests
    )


def proposal_made(event: proposal.ProposalMade) -> contract.ProposalMade:
    return contract.ProposalMade(
        proposal=event.proposal,
        channel=event.channel,
        group=event.group,
        language=event.language,
        reachable_by=reachable_by(event),
        data_subject=event.data_subject,
        items=event.items,
    )


def proposal_published(event: proposal.ProposalPublished, number: int) -> contract.ProposalPublished:
    return contract.ProposalPublished(proposal=number, own_entry=event.own_entry)


def proposal_hidden(event: proposal.ProposalHidden, number: int) -> contract.ProposalHidden:
    return contract.ProposalHidden(
        proposal=number, own_entry=event.own_entry, reason=event.reason, duplicate_of=event.duplicate_of
    )


def proposal_commented(event: proposal.ProposalCommented, number: int) -> contract.ProposalCommented:
    return contract.ProposalCommented(
        proposal=number,
        comment=event.comment,
        channel=event.channel,
        group=event.group,
        items=event.items,
    )


def comment_published(event: proposal.CommentPublished, number: int) -> contract.CommentPublished:
    return contract.CommentPublished(proposal=number, comment=event.comment, own_entry=event.own_entry)


def comment_hidden(event: proposal.CommentHidden, number: int) -> contract.CommentHidden:
    return contract.CommentHidden(
        proposal=number, comment=event.comment, own_entry=event.own_entry, reason=event.reason
    )


def support_counted(
    event: proposal.SupportCounted, number: int, state: proposal.Proposal
) -> contract.SupportCounted:
    return contract.SupportCounted(proposal=number, signs=event.signs, support=len(state.supporters))


def proposal_settled(
    event: proposal.ProposalSettled, made: proposal.ProposalMade
) -> contract.ProposalSettled:
    return contract.ProposalSettled(
        proposal=made.proposal,
        own_entry=event.own_entry,
        outcome=event.outcome,
        grounds=event.grounds,
        components=tuple(each.value for each in event.components),
        language=made.language,
        reachable_by=reachable_by(made),
        data_subject=made.data_subject,
    )


def reachable_by(made: proposal.ProposalMade) -> tuple[Channel, ...]:
    return BY_EMAIL if made.reachable else ()
