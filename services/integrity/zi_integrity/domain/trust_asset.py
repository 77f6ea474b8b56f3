"""An asset of trust of an official in a year: wealth report (LHKPN, LHKASN), training, code of conduct, statement of interests. Pure.

Yes or no with its day, and never a content. What has a proof elsewhere is recorded by the zone team, about somebody else; what the
official promises, by the official.
"""

from dataclasses import dataclass
from datetime import date

from zi_chassis.domain import Command, DomainError, Event, Parties, officials, refuse_other_roles
from zi_contracts.integrity.trust_assets import TrustAssetKind
from zi_integrity.roles import OFFICIALS, ZONE_TEAM

PROMISED: frozenset[TrustAssetKind] = frozenset({"code_of_conduct", "interests"})
ZONE = officials(*ZONE_TEAM)


class AnothersPromiseError(DomainError):
    def __init__(self) -> None:
        super().__init__("Each official promises this alone: ask the official to do it.")


class OwnProofError(DomainError):
    def __init__(self) -> None:
        super().__init__("A member of the integrity team who has looked at the proof records this for you.")


class RecordTrustAsset(Command):
    """`done_on` None is not done, or no more."""

    official: str
    kind: TrustAssetKind
    year: int
    done_on: date | None


PARTIES: Parties = {RecordTrustAsset: officials(*OFFICIALS)}


class TrustAssetRecorded(Event):
    official: str
    kind: TrustAssetKind
    year: int
    done_on: date | None


@dataclass(frozen=True)
class TrustAsset:
    recorded: TrustAssetRecorded | None = None


initial = TrustAsset()


def decide(command: RecordTrustAsset, asset: TrustAsset) -> list[TrustAssetRecorded]:
    refuse_other_roles(command, PARTIES)
    is_own = command.by.actor == command.official
    if command.kind in PROMISED and not is_own:
        raise AnothersPromiseError
    if command.kind not in PROMISED and (is_own or command.by.role not in ZONE):
        raise OwnProofError
    known = asset.recorded
    if known is not None and known.done_on == command.done_on:
        return []
    return [TrustAssetRecorded(**dict(command))]


def evolve(_: TrustAsset, event: TrustAssetRecorded) -> TrustAsset:
    return TrustAsset(event)
