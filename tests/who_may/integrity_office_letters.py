"""The commands of the integrity zone's letters, each in its situation."""

from tests.integrity.domain import test_office_letter as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.published import office_letters, office_registers

AGGREGATES = (
    Aggregate("integrity", office_registers, (Row(usual.issue()),)),
    Aggregate("integrity", office_letters, (Row(usual.SEAL), Row(usual.RENEW, (usual.SEAL,)))),
)
