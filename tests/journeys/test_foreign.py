"""The log of a running house stands before verifiers that this project did not write."""

from pathlib import Path

import pytest
from metamorphic_log import metamorphic_log  # type: ignore[import-untyped]
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.foreign import aics
from tests.journeys.house import House, await_
from tests.journeys.tools import Said

from zi_tlog.evidence_v1 import unpack_evidence
from zi_tlog.policy import Policy, parse_policy
from zi_tlog.proof import parse_proof

pytestmark = pytest.mark.journey


def test_verifiers_that_are_not_ours_follow_the_log_of_a_running_house(house: House, tmp_path: Path) -> None:
    log, old, leaf = f"{house.url}/audit/log", tmp_path / "old", tmp_path / "leaf"
    with house.client() as client:
        door = Door(client, house.staff)
        policy = parse_policy(client.get("/audit/api/witness-policy").content)
        filed = door.file(Citizen(1, "foreign").body)
        [entry] = unpack_evidence(await_(lambda: door.whole_evidence(filed))).entries[:1]
        leaf.write_bytes(entry.message)
        await_(lambda: sound(aics("verify-checkpoint", log, *witnessed(policy), "--save-checkpoint", old)))
        door.file(Citizen(2, "foreign").body)
        await_(lambda: client.get("/audit/log/checkpoint").content.splitlines()[1] != size_in(old))
        note = client.get("/audit/log/checkpoint").text
    metamorphic_log.checkpoint_verify(note, [policy.logs[0].key.vkey])
    await_(lambda: sound(aics("verify-consistency", log, *witnessed(policy), "--old-checkpoint", old)))
    assert entry.proof is not None
    place = ("--index", parse_proof(entry.proof).index)
    assert sound(aics("verify-inclusion", log, *signed(policy), "--leaf", leaf, *place))
    leaf.write_bytes(entry.message.replace(b"office", b"nobody"))
    assert not sound(aics("verify-inclusion", log, *signed(policy), "--leaf", leaf, *place))


def signed(policy: Policy) -> tuple[str, ...]:
    return ("--log-key", policy.logs[0].key.vkey)


def witnessed(policy: Policy) -> tuple[str, ...]:
    """Each known witness must have cosigned."""
    keys = [part for witness in policy.witnesses for part in ("--witness-key", witness.key.vkey)]
    return (*signed(policy), *keys, "--quorum", str(len(policy.witnesses)))


def size_in(checkpoint: Path) -> bytes:
    return checkpoint.read_bytes().splitlines()[1]


def sound(said: Said) -> Said | None:
    return said if said.code == 0 else None
