"""The log of a running house stands before verifiers that this project did not write."""

import io
import zipfile
from pathlib import Path

import pytest
from metamorphic_log import metamorphic_log  # type: ignore[import-untyped]
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door
from tests.journeys.foreign import aics
from tests.journeys.house import House, await_
from tests.journeys.tools import ToolResult
from tests.taken_evidence import take

from zi_tlog.policy import Policy, parse_policy
from zi_tlog.tile import TileHashes
from zi_tlog.tree import inclusion_proof, leaf_hash

pytestmark = pytest.mark.journey


def test_verifiers_that_are_not_ours_follow_the_log_of_a_running_house(house: House, tmp_path: Path) -> None:
    log, old, leaf = f"{house.url}/audit/log", tmp_path / "old", tmp_path / "leaf"
    with house.client() as client:
        door = Door(client, house.staff)
        policy = parse_policy(client.get("/audit/api/witness-policy").content)
        filed = door.file(Citizen(1, "foreign").body)
        evidence = take(await_(lambda: door.whole_evidence(filed)))
        leaf.write_bytes(evidence.entries[0])
        await_(lambda: sound(aics("verify-checkpoint", log, *witnessed(policy), "--save-checkpoint", old)))
        door.file(Citizen(2, "foreign").body)
        await_(lambda: client.get("/audit/log/checkpoint").content.splitlines()[1] != size_in(old))
        note = client.get("/audit/log/checkpoint").text
    metamorphic_log.checkpoint_verify(note, [policy.logs[0].key.vkey])
    await_(lambda: sound(aics("verify-consistency", log, *witnessed(policy), "--old-checkpoint", old)))
    place = ("--index", evidence.manifest.indexes[0])
    assert sound(aics("verify-inclusion", log, *signed(policy), "--leaf", leaf, *place))
    leaf.write_bytes(evidence.entries[0][:-1])
    assert not sound(aics("verify-inclusion", log, *signed(policy), "--leaf", leaf, *place))


def test_a_verifier_that_is_not_ours_reads_the_sparse_log_in_the_evidence(house: House) -> None:
    with house.client() as client:
        door = Door(client, house.staff)
        policy = parse_policy(client.get("/audit/api/witness-policy").content)
        filed = door.file(Citizen(3, "foreign").body)
        data = await_(lambda: door.whole_evidence(filed))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    evidence, keys = take(data), [policy.logs[0].key.vkey]
    index, size = evidence.manifest.indexes[0], evidence.manifest.size
    proof = inclusion_proof(index, size, TileHashes(size, files.get))
    note, entry = files["checkpoint"].decode(), evidence.entries[0]
    metamorphic_log.checkpoint_verify_inclusion(note, keys, index, leaf_hash(entry), proof)
    other = leaf_hash(entry[:-1])
    with pytest.raises(Exception, match=r"(?i)proof|root|inclusion"):
        metamorphic_log.checkpoint_verify_inclusion(note, keys, index, other, proof)


def signed(policy: Policy) -> tuple[str, ...]:
    return ("--log-key", policy.logs[0].key.vkey)


def witnessed(policy: Policy) -> tuple[str, ...]:
    """Each known witness must have cosigned."""
    keys = [part for witness in policy.witnesses for part in ("--witness-key", witness.key.vkey)]
    return (*signed(policy), *keys, "--quorum", str(len(policy.witnesses)))


def size_in(checkpoint: Path) -> bytes:
    return checkpoint.read_bytes().splitlines()[1]


def sound(result: ToolResult) -> ToolResult | None:
    return result if result.code == 0 else None
