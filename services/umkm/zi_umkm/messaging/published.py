"""The privacy border: of an event only what its contract names goes out, and of what a business says only kinds, codes and counts."""

from typing import Any

from zi_chassis.domain import Decider, Disclosure, Event
from zi_contracts import umkm as contract
from zi_contracts.data import Data
from zi_umkm.domain import case, corrective_action, training, visit
from zi_umkm.domain.business import Business, Result
from zi_umkm.domain.case import Case, CaseEvents
from zi_umkm.domain.training import Training, TrainingEvents
from zi_umkm.domain.visit import Visit, VisitEvents

CONTRACTS: dict[str, type[Data]] = {model.__name__: model for model in contract.MODELS}


def _data(event: Event, /, **besides: Any) -> Data:
    """The contract's fields, from the event, and `besides` from what is known around it."""
    model = CONTRACTS[type(event).__name__]
    known = dict(event) | besides
    return model(**{name: known[name] for name in model.model_fields if name in known})


def publish_case(event: CaseEvents, state: Case) -> Disclosure:
    assert state.registered is not None
    where = {
        "state": state.status.value,
        "holder": state.holder,
        "language": state.registered.language,
        "reachable_by": state.registered.reachable_by,
    }
    return Disclosure(state.registered.ticket, _data(event, **where, **_of_case(event, state)))


def _of_case(event: CaseEvents, state: Case) -> dict[str, Any]:
    match event:
        case case.MentoringRegistered(business=business) | case.BusinessRestated(business=business):
            return _business(business)
        case case.BusinessAssessed(result=result):
            return _result(result)
        case corrective_action.ActionEvent():
            return {"critical": state.finding(event.item).critical}
        case _:
            return {}


def _business(business: Business) -> dict[str, Any]:
    return {
        "district": business.district,
        "has_nib": business.has_nib,
        "products": len(business.products),
    }


def _result(result: Result) -> dict[str, Any]:
    return dict(result) | {"findings": len(result.findings), "critical": result.critical}


def publish_visit(event: VisitEvents, state: Visit) -> Disclosure:
    assert state.begun is not None
    return Disclosure(state.begun.ticket, _data(event, visit=state.begun.visit, **_of_visit(event, state)))


def _of_visit(event: VisitEvents, state: Visit) -> dict[str, Any]:
    match event:
        case visit.ItemAnswered():
            return {"standing": len(state.standing.get(event.item, ()))}
        case visit.VisitFinished(result=result):
            return _result(result)
        case _:
            return {}


def publish_training(event: TrainingEvents, state: Training) -> Disclosure:
    """It is about no case."""
    return Disclosure("training", _data(event))


cases: Decider[Case] = Decider(
    name="case",
    initial=case.initial,
    decide=case.decide,
    evolve=case.evolve,
    events=(*case.OwnEvents.__args__, *corrective_action.ActionEvents.__args__),
    publish=publish_case,
)
visits: Decider[Visit] = Decider(
    name="visit",
    initial=visit.initial,
    decide=visit.decide,
    evolve=visit.evolve,
    events=visit.VisitEvents.__args__,
    publish=publish_visit,
)
trainings: Decider[Training] = Decider(
    name="training",
    initial=training.initial,
    decide=training.decide,
    evolve=training.evolve,
    events=training.TrainingEvents.__args__,
    publish=publish_training,
)
DECIDERS = (cases, visits, trainings)
