"""What audit's events disclose: all of it, since none of them names a person otherwise than by an opaque id; of a saved query only that
there is one, since the office that it asks about reads the ledger too. Its commitment binds the rest."""

from typing import Any, assert_never

from zi_audit.domain import look, saved_query
from zi_audit.domain.look import Looks
from zi_audit.domain.saved_query import SavedQuery
from zi_chassis.domain import Decider, Disclosure
from zi_contracts.audit import (
    AnomalyAcknowledged,
    ChainBreakFound,
    ForeignMessage,
    LogKeyRotated,
    Looked,
    LooksCounted,
    QuerySaved,
    SenderContinued,
    WitnessPolicyAdopted,
)

LEDGER = "ledger"


def disclose(event: Any, state: object) -> Disclosure:
    fields = event.model_dump(mode="json", exclude={"by"})
    kind = ChainBreakFound if "kind" in fields else AnomalyAcknowledged
    data = kind.model_validate(fields)
    return Disclosure(subject=f"lane-{event.sender}", data=data.model_dump(mode="json", exclude_none=True))


def disclose_continuation(event: Any, state: object) -> Disclosure:
    data = SenderContinued(
        sender=event.sender,
        after_position=event.after_position,
        head=event.head,
        forged=[message.index for message in event.messages if message.index is not None],
        reason=event.reason,
        messages=tuple(ForeignMessage(**dict(message)) for message in event.messages),
    )
    return Disclosure(subject=f"lane-{event.sender}", data=data.model_dump(mode="json", exclude_none=True))


def disclose_policy(event: Any, state: object) -> Disclosure:
    data = WitnessPolicyAdopted(origin=event.origin, policy=event.policy, digest=event.digest)
    return Disclosure(subject=LEDGER, data=data)


def disclose_rotation(event: Any, state: object) -> Disclosure:
    return Disclosure(subject=LEDGER, data=LogKeyRotated(old_vkey=event.old_vkey, new_vkey=event.new_vkey))


def disclose_look(event: look.Looked | look.LooksCounted, state: Looks) -> Disclosure:
    """The case is one that the ledger speaks of; a look at none in particular is at the ledger."""
    return Disclosure(subject=event.case or LEDGER, data=_data(event))


def _data(event: look.Looked | look.LooksCounted) -> Looked | LooksCounted:
    match event:
        case look.Looked():
            return Looked(purpose=event.purpose, kind=event.kind)
        case look.LooksCounted():
            return LooksCounted(
                auditor=event.auditor, purpose=event.purpose, since=event.since, counts=dict(event.counts)
            )
        case _:
            assert_never(event)


looks: Decider[Looks] = Decider(
    name="looks",
    initial=Looks(),
    decide=look.decide,
    evolve=look.evolve,
    events=(look.Looked, look.LooksCounted),
    publish=disclose_look,
)


def disclose_query(event: saved_query.QuerySaved, state: SavedQuery) -> Disclosure:
    return Disclosure(subject=LEDGER, data=QuerySaved(name=event.name, version=event.version))


saved_queries: Decider[SavedQuery] = Decider(
    name="saved_query",
    initial=SavedQuery(),
    decide=saved_query.decide,
    evolve=saved_query.evolve,
    events=(saved_query.QuerySaved,),
    publish=disclose_query,
)
