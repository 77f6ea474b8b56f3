"""The commands of the maklumat, each in its situation."""

from tests.integrity.domain import test_maklumat as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.maklumat_data import pledges

AGGREGATES = (
    Aggregate(
        "integrity",
        pledges,
        (Row(usual.WRITE), Row(usual.PROCLAIM, (usual.WRITE,), {"who wrote it": usual.WRITE.by.actor})),
    ),
)
