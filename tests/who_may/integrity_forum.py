"""The commands about forums, participants' codes and proposals, each in its situation."""

from tests.integrity.domain import test_forum as forum
from tests.integrity.domain import test_participant as participant
from tests.integrity.domain import test_proposal as proposal
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.forum_published import code_batches, forums, participants, proposals

ENTERED_BY = {"who entered it from paper": proposal.OFFICER.actor}
FORUM = Aggregate(
    "integrity",
    forums,
    (
        Row(forum.PLAN),
        Row(forum.CHANGE, (forum.PLAN,)),
        Row(forum.INVITE, (forum.PLAN,)),
        Row(forum.OPEN, (forum.PLAN,)),
        Row(forum.CLOSE, (forum.PLAN, forum.OPEN)),
        Row(forum.EXTEND, (forum.PLAN, forum.OPEN, forum.TOO_FEW)),
        Row(forum.CANCEL, (forum.PLAN,)),
    ),
)
PARTICIPANT = Aggregate("integrity", participants, (Row(participant.ISSUE),))
BATCH = Aggregate("integrity", code_batches, (Row(participant.PRINT),))
MADE = (proposal.PROPOSE, proposal.PUBLISH)
PROPOSAL = Aggregate(
    "integrity",
    proposals,
    (
        Row(proposal.PROPOSE),
        Row(proposal.ENTER),
        Row(proposal.PUBLISH, (proposal.ENTER,), ENTERED_BY),
        Row(proposal.HIDE, (proposal.ENTER,), ENTERED_BY),
        Row(proposal.COMMENT, MADE),
        Row(proposal.ENTER_COMMENT, MADE),
        Row(proposal.PUBLISH_COMMENT, (*MADE, proposal.ENTER_COMMENT), ENTERED_BY),
        Row(proposal.HIDE_COMMENT, (*MADE, proposal.ENTER_COMMENT), ENTERED_BY),
        Row(proposal.COUNT, MADE),
        Row(proposal.SETTLE, (proposal.ENTER, proposal.PUBLISH), ENTERED_BY),
    ),
)
AGGREGATES = (FORUM, PARTICIPANT, BATCH, PROPOSAL)
