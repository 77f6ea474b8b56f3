"""The commands about compensations, each in its situation."""

from tests.integrity.domain import test_compensation as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.compensation_published import compensations

CITIZEN = {"who filed the case": usual.OWNER}
HANDS = {"who had the case": usual.LATE_OFFICER, "who has it now": usual.NEXT_OFFICER}

COMPENSATION = Aggregate(
    "integrity",
    compensations,
    (
        Row(usual.OPEN, people=CITIZEN | HANDS),
        Row(usual.OFFER, (usual.OPEN,), CITIZEN | HANDS),
        Row(usual.ACCEPT, usual.OFFERED, CITIZEN | HANDS),
        Row(usual.BY_PHONE, usual.OFFERED, CITIZEN | HANDS),
        Row(usual.GIVE, usual.ACCEPTED, CITIZEN | HANDS),
        Row(usual.CAUSE, usual.COMPENSATED, CITIZEN | HANDS),
        Row(usual.REMIND, (usual.OPEN,), CITIZEN | HANDS),
    ),
)
AGGREGATES = (COMPENSATION,)
