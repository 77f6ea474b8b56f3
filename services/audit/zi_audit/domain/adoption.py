"""Record each new policy of the log (keys, witnesses, quorum) as an entry of it before the policy is published."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated
from uuid import UUID, uuid5

from zi_chassis.domain import Command, Event, Parties, Value, refuse_other_roles, services
from zi_contracts.text import LINES
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey
from zi_tlog.policy import parse_policy

NAMESPACE = UUID("c5b1d9a2-8e1f-4d7c-b1a6-0f6f3b9c2d40")


class AdoptPolicy(Command):
    """The writer of the log `origin` is about to publish this policy, or has published it."""

    origin: str
    policy: Annotated[str, LINES]

    @property
    def digest(self) -> str:
        return policy_digest(self.policy.encode())


class WitnessPolicyAdopted(Event):
    origin: str
    policy: str
    digest: str


class Adopted(Value):
    """The digest of the policy that was adopted last."""

    digest: str = ""


PARTIES: Parties = {AdoptPolicy: services("audit")}


def decide(command: AdoptPolicy, state: Adopted) -> Sequence[Event]:
    refuse_other_roles(command, PARTIES)
    if command.digest == state.digest:
        return []
    return [
        WitnessPolicyAdopted(
            by=command.by, origin=command.origin, policy=command.policy, digest=command.digest
        )
    ]


def evolve(state: Adopted, event: WitnessPolicyAdopted) -> Adopted:
    return Adopted(digest=event.digest)


def adoption_id(origin: str) -> UUID:
    """One aggregate a log."""
    return uuid5(NAMESPACE, origin)


def policy_digest(policy: bytes) -> str:
    return sha256(policy).hexdigest()


def may_change(published: bytes | None, wanted: bytes, adopted: str | None, keys: Sequence[NoteKey]) -> bool:
    """Return whether a policy may take the place of the published one: it is in the log, or it can't be, as no reader of the published one
    accepts what `keys` sign."""
    if published is None or published == wanted or adopted == policy_digest(wanted):
        return True
    try:
        accepted = {log.key for log in parse_policy(published).logs}
    except LogError:
        return True
    return not accepted.intersection(keys)
