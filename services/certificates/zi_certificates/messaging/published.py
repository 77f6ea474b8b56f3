"""The privacy border: of an event only what its contract names goes out, and nothing of what applicants state but its kind and size."""

from typing import Any

from zi_certificates.domain import account, appointment, register
from zi_certificates.domain.account import Account, AccountEvents
from zi_certificates.domain.application.decide import (
    decide as decide_application,
)
from zi_certificates.domain.application.events import (
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationEvents,
    ApplicationRejected,
    ApplicationResubmitted,
    ConflictFlagged,
    DataAsked,
    LetterReinstated,
    LetterRevoked,
    LetterSealed,
    LetterSuperseded,
    LetterSuspended,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.application.state import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    initial as no_application,
)
from zi_certificates.domain.appointment import Appointed, AppointmentEvents
from zi_certificates.domain.impartiality import Fact
from zi_certificates.domain.register import CertificateIssued, Register, official_number
from zi_certificates.domain.statement import Statement
from zi_chassis.domain import Decider, Disclosure, Event
from zi_contracts import certificates as contract
from zi_contracts.data import Data

CONTRACTS: dict[str, type[Data]] = {model.__name__: model for model in contract.MODELS}


def _data(event: Event, /, **besides: Any) -> Data:
    """The contract's fields, from the event, and `besides` from what is known around it."""
    model = CONTRACTS[type(event).__name__]
    known = dict(event) | besides
    return model(**{name: known[name] for name in model.model_fields if name in known})


def publish_application(event: ApplicationEvents, state: Application) -> Disclosure:
    assert state.draft is not None
    where = {
        "state": state.status.value,
        "holder": state.holder,
        "language": state.draft.language,
        "reachable_by": state.draft.reachable_by,
    }
    return Disclosure(state.draft.ticket, _data(event, **where, **_of_application(event, state)))


def _of_application(event: ApplicationEvents, state: Application) -> dict[str, Any]:
    match event:
        case ApplicationDrafted() | ApplicationChanged():
            return {"revision": state.revision, **_stated(event.statement)}
        case DataAsked():
            return {"open_until": _open_until(state)}
        case ApplicationRejected():
            return {"resubmissions_left": state.resubmissions_left, "open_until": _open_until(state)}
        case ApplicationResubmitted():
            return {"resubmission": state.resubmissions}
        case ConflictFlagged(fact=fact):
            return _of_fact(fact)
        case (
            LetterSealed(letter=letter)
            | LetterSuspended(letter=letter)
            | LetterReinstated(letter=letter)
            | LetterRevoked(letter=letter)
            | LetterSuperseded(letter=letter)
        ):
            return {"number": next(each.number for each in state.letters if each.id == letter)}
        case _:
            return {}


def _of_fact(fact: Fact) -> dict[str, Any]:
    return {**dict(fact), "fact": fact.kind}


def _stated(statement: Statement) -> dict[str, Any]:
    return {"kinds": statement.kinds, "goods": statement.goods, "item_count": len(statement.products)}


def _open_until(state: Application) -> Any:
    assert state.submission is not None
    return state.submission.open_until


def publish_register(event: CertificateIssued, state: Register) -> Disclosure:
    number = official_number(event.series, event.year, state.last)
    return Disclosure(event.ticket, _data(event, number=number))


def publish_account(event: AccountEvents, state: Account) -> Disclosure:
    assert state.opened is not None
    assert state.details is not None
    said = {"acts_for_others": state.details.acts_for_others, "hs_codes": len(state.details.hs_codes)}
    if isinstance(event, account.AccountFlagged):
        return Disclosure(state.opened.reference, _data(event, **_of_fact(event.fact)))
    return Disclosure(state.opened.reference, _data(event, revision=state.revision, **said))


def publish_appointment(event: AppointmentEvents, state: Appointed) -> Disclosure:
    """It is about no case."""
    return Disclosure("acting-signer", _data(event))


applications: Decider[Application] = Decider(
    name="application",
    initial=no_application,
    decide=decide_application,
    evolve=evolve_application,
    events=ApplicationEvents.__args__,
    publish=publish_application,
)
registers: Decider[Register] = Decider(
    name="register",
    initial=register.initial,
    decide=register.decide,
    evolve=register.evolve,
    events=(CertificateIssued,),
    publish=publish_register,
)
accounts: Decider[Account] = Decider(
    name="account",
    initial=account.initial,
    decide=account.decide,
    evolve=account.evolve,
    events=AccountEvents.__args__,
    publish=publish_account,
)
appointments: Decider[Appointed] = Decider(
    name="appointment",
    initial=appointment.initial,
    decide=appointment.decide,
    evolve=appointment.evolve,
    events=AppointmentEvents.__args__,
    publish=publish_appointment,
)
DECIDERS = (applications, registers, accounts, appointments)
