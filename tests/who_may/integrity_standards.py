"""The commands of service standards, each in its situation."""

from tests.integrity import standard_steps as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.standards_data import standard_decrees

DRAFTER = {"who wrote the draft": usual.BEGIN.by.actor}
AGGREGATES = (
    Aggregate(
        "integrity",
        standard_decrees,
        (
            Row(usual.BEGIN),
            Row(usual.REVISE, usual.DRAFTED, DRAFTER),
            Row(usual.OPEN, usual.DRAFTED, DRAFTER),
            Row(usual.CLOSE, usual.OPENED, DRAFTER),
            Row(usual.DROP, usual.DRAFTED, DRAFTER),
            Row(usual.ADOPT, usual.CONSULTED, DRAFTER),
            Row(usual.WITHDRAW, usual.ADOPTED),
            Row(usual.REVIEW, usual.ADOPTED, DRAFTER),
            Row(usual.REMIND, usual.ADOPTED),
            Row(usual.OVERDUE, usual.ADOPTED),
        ),
    ),
)
