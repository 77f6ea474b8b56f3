"""The commands about gifts and assets of trust, each in its situation."""

from tests.integrity.domain import test_gratification as usual
from tests.integrity.domain import test_trust_asset as trust
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.registers_published import gifts, trust_assets

GIFT = Aggregate(
    "integrity",
    gifts,
    (
        Row(usual.REPORT),
        Row(usual.FOUND, (usual.REPORT,)),
        Row(usual.ASK, (usual.REPORT,)),
        Row(usual.COMPLETE, (usual.REPORT, usual.ASK)),
        Row(usual.DEPOSIT, (usual.REPORT,)),
        Row(usual.FORWARD, (usual.REPORT,)),
        Row(usual.DECIDE, (usual.REPORT, usual.FORWARD)),
        Row(usual.CLOSE, (usual.REFUSED,)),
        Row(usual.REMIND, (usual.REPORT,)),
    ),
)
TRUST_ASSET = Aggregate(
    "integrity",
    trust_assets,
    (
        Row(trust.PROVEN, people={"the official": "officer-budi"}, situation="with a proof"),
        Row(trust.PROMISED, people={"the official": "officer-budi"}, situation="promised"),
    ),
)
AGGREGATES = (GIFT, TRUST_ASSET)
