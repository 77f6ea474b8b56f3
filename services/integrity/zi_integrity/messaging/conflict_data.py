"""The data of each message about a conflict of interest: one function an event, which names each field that is disclosed."""

from zi_contracts.integrity import conflict as contract
from zi_integrity.domain import conflict


def conflict_declared(event: conflict.ConflictDeclared) -> contract.ConflictDeclared:
    return contract.ConflictDeclared(
        official=event.official,
        business_ref=event.business_ref,
        kind=event.kind,
        source=event.source,
        items=event.items,
    )


def conflict_reported(event: conflict.ConflictReported) -> contract.ConflictReported:
    """Disclose that there is a report; neither the reporter nor whom it is about."""
    return contract.ConflictReported(due=event.decide_by, items=event.items)


def conflict_report_dismissed(
    event: conflict.ConflictReportDismissed,
) -> contract.ConflictReportDismissed:
    return contract.ConflictReportDismissed(reason=event.reason)


def conflict_decided(event: conflict.ConflictDecided) -> contract.ConflictDecided:
    return contract.ConflictDecided(
        official=event.official,
        business_ref=event.business_ref,
        measure=event.measure,
        due=event.due,
        late=event.late,
    )


def conflict_withdrawn(event: conflict.ConflictWithdrawn) -> contract.ConflictWithdrawn:
    return contract.ConflictWithdrawn(official=event.official, business_ref=event.business_ref)


def conflict_overdue(event: conflict.ConflictOverdue) -> contract.ConflictOverdue:
    return contract.ConflictOverdue(due=event.due)


def conflict_cleared(event: conflict.ConflictCleared) -> contract.ConflictCleared:
    return contract.ConflictCleared(
        official=event.official, business_ref=event.business_ref, reason=event.reason
    )
