"""The commands of surveys, each in its situation."""

from tests.integrity import survey_steps as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.surveys.published import survey_windows

OPENED = (usual.OPEN, *usual.answers(10))
PAPER_BY = {"who entered paper forms": usual.SURVEY_OFFICER.actor}

SURVEY_WINDOW = Aggregate(
    "integrity",
    survey_windows,
    (
        Row(usual.OPEN),
        Row(usual.answer("a"), (usual.OPEN,), situation="in the daily collection"),
        Row(usual.PAPER, (usual.OPEN,), situation="from paper"),
        Row(usual.ORIGINS, (usual.OPEN,)),
        Row(usual.UNCOUNTED, (usual.OPEN,)),
        Row(usual.CLOSE, OPENED),
        Row(usual.PUBLISH, usual.FULL),
        Row(usual.ASSESS, (*OPENED, usual.PAPER, usual.CLOSE), PAPER_BY),
        Row(usual.SHOW, (usual.OPEN, usual.WITH_COMMENT)),
        Row(usual.PLAN, usual.PUBLISHED),
        Row(usual.CLOSE_FOLLOW_UP, (*usual.PUBLISHED, usual.PLAN)),
    ),
)
AGGREGATES = (SURVEY_WINDOW,)
