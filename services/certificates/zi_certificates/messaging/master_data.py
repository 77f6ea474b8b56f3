"""The messages about a company's master data, field by field: that something was stated, never what."""

from typing import assert_never

from zi_certificates.domain.master_entry import (
    MasterEntry,
    MasterEntryAdded,
    MasterEntryChanged,
    MasterEntryRestored,
    MasterEntryRetired,
    MasterEvents,
)
from zi_chassis.domain import Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data


def publish(event: MasterEvents, entry: MasterEntry) -> Disclosure:
    assert entry.added is not None
    return Disclosure(entry.added.reference, _master_data(event, entry))


def _master_data(event: MasterEvents, entry: MasterEntry) -> Data:
    """Producers, recipes and numbers stay in the store; the message's own commitment binds them."""
    assert entry.content is not None
    assert entry.added is not None
    kind, account = entry.content.kind, entry.added.account
    match event:
        case MasterEntryAdded(business_ref=ref, origin=origin):
            return contract.MasterEntryAdded(
                account=account, kind=kind, business_ref=ref, origin=origin and origin.case
            )
        case MasterEntryChanged(origin=origin):
            return contract.MasterEntryChanged(
                account=account, kind=kind, revision=entry.revision, origin=origin and origin.case
            )
        case MasterEntryRetired():
            return contract.MasterEntryRetired(account=account, kind=kind, revision=entry.revision)
        case MasterEntryRestored():
            return contract.MasterEntryRestored(account=account, kind=kind, revision=entry.revision)
        case _:
            assert_never(event)
