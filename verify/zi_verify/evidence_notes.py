"""What an evidence zip says about whom to trust, read before and beside the check of its entries: its policy, and the keys of the log that
signed each tree in it. What can't be read here is a finding of that check."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from zi_tlog.error import LogError
from zi_tlog.policy import MAX_POLICY_BYTES, Policy, parse_policy
from zi_tlog.proof import parse_proof
from zi_verify.chains import Rotation
from zi_verify.succession import rotation_findings
from zi_verify.verdict import Finding

_PROOF = ".tlog-proof"
_DAMAGED = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def policy_of(evidence: Path) -> Policy | None:
    """The policy that the zip brings along, if it has a usable one."""
    with suppress(*_DAMAGED), zipfile.ZipFile(evidence) as archive:
        return parse_policy(_read(archive, "policy"))
    return None


def retired_findings(evidence: Path, rotations: Iterable[Rotation], policy: Policy) -> Iterator[Finding]:
    """The trees in the zip that are signed only by a key which the log had retired by then, as far as its changes of key are known."""
    known = tuple(rotations)
    if not known:
        return
    with suppress(*_DAMAGED), zipfile.ZipFile(evidence) as archive:
        for name in archive.namelist():
            with suppress(LogError):
                yield from (replace(found, file=name) for found in _judge(archive, name, known, policy))


def _judge(
    archive: zipfile.ZipFile, name: str, rotations: Iterable[Rotation], policy: Policy
) -> Iterator[Finding]:
    if name == "checkpoint" or name.startswith("checkpoints/"):
        yield from rotation_findings(rotations, _read(archive, name), policy)
    elif name.endswith(_PROOF):
        yield from rotation_findings(rotations, parse_proof(_read(archive, name)).checkpoint, policy)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            return file.read(MAX_POLICY_BYTES + 1)
    except KeyError as error:
        raise LogError(f"{name}: the file is missing.") from error
