"""The commands about conflicts of interest, each in its situation."""

from tests.integrity.domain import test_conflict as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.published import conflicts

THEMSELVES = {"who declared it": usual.OFFICIAL}
REPORTED = {"who was reported": usual.OFFICIAL}

CONFLICT = Aggregate(
    "integrity",
    conflicts,
    (
        Row(usual.DECLARE),
        Row(usual.REPORT, people=REPORTED),
        Row(usual.ESTABLISH, people=REPORTED),
        Row(usual.ESTABLISH, (usual.REPORT,), REPORTED, "after a report"),
        Row(usual.DISMISS, (usual.REPORT,), REPORTED),
        Row(usual.DECIDE, (usual.DECLARE,), THEMSELVES),
        Row(usual.WITHDRAW, (usual.DECLARE,), THEMSELVES),
        Row(usual.CLEAR, (usual.DECLARE,), THEMSELVES),
        Row(usual.REMIND, (usual.DECLARE,), THEMSELVES),
    ),
)
AGGREGATES = (CONFLICT,)
