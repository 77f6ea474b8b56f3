"""The privacy border of contributors: which items were opened, by whom and what for; never whose name it is."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.integrity import contributors as contract
from zi_integrity.domain import contributor as domain
from zi_integrity.domain.contributor import Contributor, ContributorEvents

SUBJECT = "contributor"


def publish(event: ContributorEvents, state: Contributor) -> Disclosure:
    match event:
        case domain.ContributorDataOpened():
            data = contract.ContributorDataOpened(items=event.items, purpose=event.purpose)
            return Disclosure(SUBJECT, data)
        case domain.ContributorErasureRequested():
            return Disclosure(SUBJECT, contract.ContributorErasureRequested(reason=event.reason))
        case domain.ContributorErasureRefused():
            return Disclosure(SUBJECT, contract.ContributorErasureRefused(reason=event.reason))
        case domain.ContributorErased():
            erased = contract.ContributorErased(reason=event.reason, asked_by=event.asked_by)
            return Disclosure(SUBJECT, erased)
        case _:
            assert_never(event)


contributors: Decider[Contributor] = Decider(
    "contributor",
    domain.initial,
    domain.decide,
    domain.evolve,
    get_args(ContributorEvents),
    publish,
)
