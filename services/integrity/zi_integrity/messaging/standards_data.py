"""The privacy border of service standards: which message each of their events has."""

from typing import get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_contracts.integrity import standards as contract
from zi_integrity.domain.standard import decide, messages, state
from zi_integrity.domain.standard.state import StandardDecree

SUBJECT = "standard"  # they are about no case


def publish(event: messages.StandardEvents, decree: StandardDecree) -> Disclosure:
    if decree.adopted is None:
        return Disclosure(SUBJECT, _of_draft(event, decree))
    return Disclosure(SUBJECT, _of_adopted(event, decree, decree.adopted))


def _of_draft(event: messages.StandardEvents, decree: StandardDecree) -> Data:
    draft = {"service": decree.service, "id": decree.id, "digest": decree.digest}
    match event:
        case messages.StandardDrafted():
            return contract.StandardDrafted(**draft, origin=event.origin, after=event.after)
        case messages.StandardRevised():
            return contract.StandardRevised(**draft, after=event.after, follows=event.follows)
        case messages.StandardConsultationOpened():
            return contract.StandardConsultationOpened(
                **draft, manner=event.manner, forum=event.forum, until=event.until
            )
        case messages.StandardConsultationClosed():
            return contract.StandardConsultationClosed(**draft, summary=event.summary)
        case messages.StandardDraftWithdrawn():
            return contract.StandardDraftWithdrawn(**draft, reason=event.reason)
        case _:
            raise AssertionError(f"{type(event).__name__} is of an adopted standard")


def _of_adopted(
    event: messages.StandardEvents, decree: StandardDecree, adopted: messages.StandardAdopted
) -> Data:
    service, id, version, digest = decree.service, decree.id, adopted.version, decree.digest
    match event:
        case messages.StandardAdopted():
            return _adopted(event, decree)
        case messages.StandardWithdrawn():
            return contract.StandardWithdrawn(
                service=service, id=id, version=version, digest=digest, reason=event.reason
            )
        case messages.StandardReviewed():
            return contract.StandardReviewed(
                service=service,
                id=id,
                version=version,
                digest=digest,
                outcome=event.outcome,
                next_due=event.next_due,
            )
        case messages.StandardReviewDue():
            return contract.StandardReviewDue(
                service=service, id=id, version=version, digest=digest, due=event.due
            )
        case messages.StandardReviewOverdue():
            return contract.StandardReviewOverdue(
                service=service, id=id, version=version, digest=digest, due=event.due
            )
        case _:
            raise AssertionError(f"{type(event).__name__} is of a draft")


def _adopted(event: messages.StandardAdopted, decree: StandardDecree) -> contract.StandardAdopted:
    return contract.StandardAdopted(
        service=decree.service,
        id=decree.id,
        version=event.version,
        digest=decree.digest,
        effective_from=event.effective_from,
        effective_to=event.effective_to,
        number=event.number,
        letter=event.letter,
        content=event.content,
        follows=decree.follows,
        waiver=event.waiver,
        waiver_statement=event.waiver_statement,
        changed_components=event.changed_components,
        unnamed_reason=event.unnamed_reason,
    )


standard_decrees: Decider[StandardDecree] = Decider(
    name="standard",
    initial=state.initial,
    decide=decide.decide,
    evolve=state.evolve,
    events=get_args(messages.StandardEvents),
    publish=publish,
)
