"""The trust information in an evidence zip: its policy, and the keys of the log that signed each tree in it. It is read apart from the
check of the entries; what can't be read here is a finding of that check."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from zi_tlog.error import LogError
from zi_tlog.evidence import CHECKPOINT, POLICY
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.policy import Policy, parse_policy
from zi_tlog.proof import parse_proof
from zi_verify.standing import KeyRotation
from zi_verify.succession import rotation_findings
from zi_verify.verdict import CheckFinding

_PROOF = ".tlog-proof"


def policy_of(archive: EvidenceArchive) -> Policy | None:
    """The policy that the zip brings along, if it has a usable one."""
    with suppress(LogError):
        return parse_policy(archive.require(POLICY))
    return None


def retired_findings(
    archive: EvidenceArchive, rotations: Iterable[KeyRotation], policy: Policy
) -> Iterator[CheckFinding]:
    """The trees in the zip that are signed only by a key which the log had retired by then, as far as its changes of key are known."""
    known = tuple(rotations)
    for name in archive.names if known else ():
        with suppress(LogError):
            yield from (replace(found, file=name) for found in _judge(archive, name, known, policy))


def _judge(
    archive: EvidenceArchive, name: str, rotations: Iterable[KeyRotation], policy: Policy
) -> Iterator[CheckFinding]:
    if name == CHECKPOINT or name.startswith("checkpoints/"):
        yield from rotation_findings(rotations, archive.require(name), policy)
    elif name.endswith(_PROOF):
        yield from rotation_findings(rotations, parse_proof(archive.require(name)).checkpoint, policy)
