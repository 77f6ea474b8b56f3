"""The commands about contributors."""

from tests.integrity.domain.test_contributor import APPROVE, OPEN, REFUSE, REQUEST
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.contributors_data import contributors

WHO = {"who asked for it": REQUEST.by.actor}
AGGREGATES = (
    Aggregate(
        "integrity",
        contributors,
        (
            Row(OPEN),
            Row(REQUEST),
            Row(APPROVE, (REQUEST,), WHO),
            Row(REFUSE, (REQUEST,), WHO),
        ),
    ),
)
