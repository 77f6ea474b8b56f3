"""The privacy border: the message of each event, field by field; everything not named here stays in the store.

None of audit's events names a person otherwise than by an opaque id. Of a saved query is told only that there is one, since the office
that it asks about reads the ledger too; its commitment binds the rest."""

from typing import assert_never, cast

from zi_audit.domain import access as accesses
from zi_audit.domain import adoption as policies
from zi_audit.domain import anomaly as anomalies
from zi_audit.domain import continuation as continuations
from zi_audit.domain import rotation as rotations
from zi_audit.domain import saved_query as queries
from zi_chassis.domain import Decider, Disclosure
from zi_contracts import audit as contract
from zi_contracts.data import Data

LEDGER = "ledger"  # the subject of what is about no case and no sender


def publish_anomaly(
    event: anomalies.ChainBreakFound | anomalies.AnomalyAcknowledged, state: anomalies.Anomaly
) -> Disclosure:
    match event:
        case anomalies.ChainBreakFound():
            return _about_sender(event.sender, _chain_break_found(event))
        case anomalies.AnomalyAcknowledged(sender=sender, index=index, hash=hash, reason=reason):
            data = contract.AnomalyAcknowledged(sender=sender, index=index, hash=hash, reason=reason)
            return _about_sender(sender, data)
        case _:
            assert_never(event)


def _chain_break_found(event: anomalies.ChainBreakFound) -> contract.ChainBreakFound:
    return contract.ChainBreakFound(
        sender=event.sender,
        index=event.index,
        position=event.position,
        expected=event.expected,
        found=event.found,
        kind=cast(contract.BreakKind, event.kind.value),
    )


def publish_continuation(
    event: continuations.SenderContinued, state: continuations.Continuations
) -> Disclosure:
    data = contract.SenderContinued(
        sender=event.sender,
        after_position=event.after_position,
        head=event.head,
        forged=[message.index for message in event.messages if message.index is not None],
        reason=event.reason,
        messages=tuple(_foreign_message(message) for message in event.messages),
    )
    return _about_sender(event.sender, data)


def _foreign_message(message: continuations.ForeignMessage) -> contract.ForeignMessage:
    return contract.ForeignMessage(sequence=message.sequence, hash=message.hash, index=message.index)


def publish_policy(event: policies.WitnessPolicyAdopted, state: policies.Adopted) -> Disclosure:
    data = contract.WitnessPolicyAdopted(origin=event.origin, policy=event.policy, digest=event.digest)
    return Disclosure(LEDGER, data)


def publish_rotation(event: rotations.LogKeyRotated, state: rotations.Rotation) -> Disclosure:
    return Disclosure(LEDGER, contract.LogKeyRotated(old_vkey=event.old_vkey, new_vkey=event.new_vkey))


def publish_access(event: accesses.Looked | accesses.LooksCounted, state: accesses.Accesses) -> Disclosure:
    """The case is one that the ledger speaks of; an access to none in particular is one to the ledger."""
    subject = event.case or LEDGER
    match event:
        case accesses.Looked(purpose=purpose, kind=kind):
            return Disclosure(subject, contract.Looked(purpose=purpose, kind=kind))
        case accesses.LooksCounted(auditor=auditor, purpose=purpose, since=since, counts=counts):
            data = contract.LooksCounted(auditor=auditor, purpose=purpose, since=since, counts=dict(counts))
            return Disclosure(subject, data)
        case _:
            assert_never(event)


def publish_query(event: queries.QuerySaved, state: queries.SavedQuery) -> Disclosure:
    return Disclosure(LEDGER, contract.QuerySaved(name=event.name, version=event.version))


def _about_sender(sender: str, data: Data) -> Disclosure:
    """Leave absent fields out of these messages instead of writing null."""
    return Disclosure(f"lane-{sender}", data.model_dump(mode="json", exclude_none=True))


adoption: Decider[policies.Adopted] = Decider(
    name="adoption",
    initial=policies.Adopted(),
    decide=policies.decide,
    evolve=policies.evolve,
    events=(policies.WitnessPolicyAdopted,),
    publish=publish_policy,
)
anomaly: Decider[anomalies.Anomaly] = Decider(
    name="anomaly",
    initial=anomalies.Anomaly(),
    decide=anomalies.decide,
    evolve=anomalies.evolve,
    events=(anomalies.ChainBreakFound, anomalies.AnomalyAcknowledged),
    publish=publish_anomaly,
)
rotation: Decider[rotations.Rotation] = Decider(
    name="rotation",
    initial=rotations.Rotation(),
    decide=rotations.decide,
    evolve=rotations.evolve,
    events=(rotations.LogKeyRotated,),
    publish=publish_rotation,
)
continuation: Decider[continuations.Continuations] = Decider(
    name="continuation",
    initial=continuations.Continuations(),
    decide=continuations.decide,
    evolve=continuations.evolve,
    events=(continuations.SenderContinued,),
    publish=publish_continuation,
)
looks: Decider[accesses.Accesses] = Decider(
    name="looks",
    initial=accesses.Accesses(),
    decide=accesses.decide,
    evolve=accesses.evolve,
    events=(accesses.Looked, accesses.LooksCounted),
    publish=publish_access,
)
saved_queries: Decider[queries.SavedQuery] = Decider(
    name="saved_query",
    initial=queries.SavedQuery(),
    decide=queries.decide,
    evolve=queries.evolve,
    events=(queries.QuerySaved,),
    publish=publish_query,
)
