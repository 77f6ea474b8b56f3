"""The messages about how long data are kept, field by field."""

from typing import assert_never

from zi_certificates.domain.retention import (
    Retention,
    RetentionEnded,
    RetentionEvents,
    RetentionHeld,
    RetentionResumed,
)
from zi_chassis.domain import Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data


def publish(event: RetentionEvents, _: Retention) -> Disclosure:
    return Disclosure(event.ticket, _retention_data(event))


def _retention_data(event: RetentionEvents) -> Data:
    match event:
        case RetentionHeld(reason=reason):
            return contract.RetentionHeld(reason=reason)
        case RetentionResumed(reason=reason):
            return contract.RetentionResumed(reason=reason)
        case RetentionEnded(ended=ended, rules=rules):
            return contract.RetentionEnded(since=ended, rules=rules)
        case _:
            assert_never(event)
