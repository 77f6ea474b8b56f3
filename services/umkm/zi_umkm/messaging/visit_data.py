"""The data of each message about a visit: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain import visit


def visit_begun(event: visit.VisitBegun) -> contract.VisitBegun:
    return contract.VisitBegun(
        visit=event.visit, case=event.case, assessor=event.assessor, checklist=event.checklist
    )


def item_answered(event: visit.ItemAnswered, begun: visit.VisitBegun, standing: int) -> contract.ItemAnswered:
    """Name the item; the answer stays in the store. `standing` counts the answers that hold."""
    return contract.ItemAnswered(
        visit=begun.visit,
        answer=event.answer,
        item=event.item,
        replaces=event.replaces,
        standing=standing,
        claimed_at=event.claimed_at,
        items=event.items,
    )


def answers_settled(event: visit.AnswersSettled, begun: visit.VisitBegun) -> contract.AnswersSettled:
    return contract.AnswersSettled(visit=begun.visit, item=event.item, answer=event.answer, over=event.over)


def photo_added(event: visit.PhotoAdded, begun: visit.VisitBegun) -> contract.PhotoAdded:
    return contract.PhotoAdded(
        visit=begun.visit, photo=event.photo, item=event.item, claimed_at=event.claimed_at, file=event.file
    )


def visit_signed(event: visit.VisitSigned, begun: visit.VisitBegun) -> contract.VisitSigned:
    return contract.VisitSigned(
        visit=begun.visit,
        side=event.side,
        answers=event.answers,
        claimed_at=event.claimed_at,
        file=event.file,
    )


def visit_finished(event: visit.VisitFinished, begun: visit.VisitBegun) -> contract.VisitFinished:
    """Count the findings; which items they are about stays in the store."""
    return contract.VisitFinished(
        visit=begun.visit,
        checklist=event.result.checklist,
        rating=event.result.rating,
        points=event.result.points,
        findings=len(event.result.findings),
        critical=event.result.critical,
        unsigned=event.unsigned,
    )
