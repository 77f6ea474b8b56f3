"""Assets of trust: done or not, promised by oneself, proven by somebody else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from zi_chassis.domain import Act, WrongRoleError
from zi_integrity.domain import trust_asset
from zi_integrity.domain.trust_asset import RecordTrustAsset, TrustAsset, decide, evolve

ZONE = Act(at=datetime(2026, 12, 7, 2, tzinfo=UTC), actor="zone-wulan", role="staff:integrity")
OFFICIAL = ZONE.model_copy(update={"actor": "officer-budi", "role": "staff:officer"})
PROVEN = RecordTrustAsset(
    by=ZONE, official="officer-budi", kind="lhkasn", year=2026, done_on=date(2026, 3, 2)
)
PROMISED = RecordTrustAsset(
    by=OFFICIAL, official="officer-budi", kind="code_of_conduct", year=2026, done_on=date(2026, 1, 5)
)


def changed(command: RecordTrustAsset, **values: Any) -> RecordTrustAsset:
    return command.model_copy(update=values)


def after(command: RecordTrustAsset) -> TrustAsset:
    state = trust_asset.initial
    for event in decide(command, state):
        state = evolve(state, event)
    return state


@pytest.mark.parametrize("command", [PROVEN, PROMISED])
def test_it_is_recorded_once_and_again_when_it_changed(command: RecordTrustAsset) -> None:
    assert decide(command, after(command)) == []
    [event] = decide(changed(command, done_on=None), after(command))
    assert event.done_on is None


def test_nobody_promises_for_another() -> None:
    for kind in ("code_of_conduct", "interests"):
        with pytest.raises(trust_asset.AnothersPromiseError):
            decide(changed(PROMISED, by=ZONE, kind=kind), trust_asset.initial)


def test_nobody_proves_for_themselves_and_only_the_team_proves() -> None:
    with pytest.raises(trust_asset.OwnProofError):
        decide(changed(PROVEN, official="zone-wulan"), trust_asset.initial)
    with pytest.raises(trust_asset.OwnProofError):
        decide(changed(PROVEN, by=OFFICIAL, official="officer-rini"), trust_asset.initial)


def test_auditors_record_nothing() -> None:
    with pytest.raises(WrongRoleError):
        decide(changed(PROVEN, by=ZONE.model_copy(update={"role": "staff:auditor"})), trust_asset.initial)
