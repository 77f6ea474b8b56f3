"""The data of each message about a gift: one function an event, which names each field that is disclosed."""

from zi_contracts.integrity import gratification as contract
from zi_integrity.domain import gratification


def gift_reported(event: gratification.GiftReported) -> contract.GiftReported:
    return contract.GiftReported(
        kind=event.kind,
        rules=event.rules,
        late=event.late,
        after_limit=event.after_limit,
        forward_by=event.forward_by,
        report_by=event.report_by,
        items=event.items,
    )


def gift_completion_asked(event: gratification.GiftCompletionAsked) -> contract.GiftCompletionAsked:
    return contract.GiftCompletionAsked(due=event.due)


def gift_report_completed(event: gratification.GiftReportCompleted) -> contract.GiftReportCompleted:
    return contract.GiftReportCompleted(late=event.late, items=event.items)


def gift_deposited(event: gratification.GiftDeposited) -> contract.GiftDeposited:
    return contract.GiftDeposited(number=event.number)


def gift_forwarded(event: gratification.GiftForwarded) -> contract.GiftForwarded:
    return contract.GiftForwarded(late=event.late, after_limit=event.after_limit)


def gift_decided(event: gratification.GiftDecided) -> contract.GiftDecided:
    return contract.GiftDecided(outcome=event.outcome, items=event.items)


def gift_overdue(event: gratification.GiftOverdue) -> contract.GiftOverdue:
    return contract.GiftOverdue(clock=event.clock, due=event.due)
