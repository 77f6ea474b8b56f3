"""The commands of attendance, minutes and actions of a forum, each in its situation."""

from tests.integrity import minutes_steps as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.domain.minutes import messages as minutes
from zi_integrity.messaging.minutes_published import attendances, forum_actions, minutes_of_forums

CAME = usual.signed_in("sari")
ATTENDANCE = Aggregate(
    "integrity",
    attendances,
    (
        Row(CAME, people={"whose code it is": CAME.by.actor}),
        Row(usual.listed("users", "media")),
        Row(usual.SCAN),
        Row(usual.strike(1), (CAME,)),
    ),
)
CODE = {"whose code it is": usual.citizen_signs().by.actor}
MINUTES = Aggregate(
    "integrity",
    minutes_of_forums,
    (
        Row(usual.point("a")),
        Row(minutes.WithdrawPoint(by=usual.TEAM, point=1), (usual.point("a"),)),
        Row(usual.dissent(), (usual.point("a"),)),
        Row(usual.ENOUGH),
        Row(usual.head_signs(), usual.WRITTEN, situation="for the office"),
        Row(usual.citizen_signs(), usual.WRITTEN, CODE, "for the public"),
        Row(usual.NO_QUORUM[-1], usual.NO_QUORUM[:-1]),
    ),
)
OWNER = {"who reported on it": usual.SUPERVISOR.actor}
ACTION = Aggregate(
    "integrity",
    forum_actions,
    (
        Row(usual.OPEN),
        Row(usual.REPORT, (usual.OPEN,)),
        Row(usual.EVIDENCE, (usual.OPEN,)),
        Row(usual.CLOSE, (usual.OPEN, usual.EVIDENCE), OWNER),
        Row(usual.REOPEN, (usual.OPEN, usual.EVIDENCE), OWNER),
        Row(usual.LATE, (usual.OPEN,)),
    ),
)
AGGREGATES = (ATTENDANCE, MINUTES, ACTION)
