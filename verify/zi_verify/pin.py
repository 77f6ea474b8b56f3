"""The policy of a log that this verifier trusts since it first used it, and what is different about one that is offered later."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from zi_tlog.policy import Policy
from zi_verify.standing import KeyRotation

_HEADER = "zona/pin/v1"


@dataclass(frozen=True)
class PolicyPin:
    """`origin` is the name of the log, `policy` holds its keys, its witnesses and their quorum, `at` is the POSIX second of the pin;
    `rotations` are the changes of its key that the log itself records."""

    origin: str
    policy: Policy
    at: int
    rotations: tuple[KeyRotation, ...] = ()

    @property
    def digest(self) -> str:
        """Hex of SHA-256 over origin, keys, witnesses, groups and quorum; addresses, comments and the order of lines do not count."""
        lines = [_HEADER, self.origin, *sorted(_lines(self.policy))]
        return sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def dropped(old: Policy, new: Policy) -> list[str]:
    """The lines of the old policy that the new one does not have; exchanged, the ones that are new."""
    lines = set(_lines(new))
    return [line for line in _lines(old) if line not in lines]


def _lines(policy: Policy) -> Iterator[str]:
    yield from (f"log {log.key.vkey}" for log in policy.logs)
    yield from (f"witness {witness.name} {witness.key.vkey}" for witness in policy.witnesses)
    yield from (
        " ".join(["group", group.name, str(group.threshold), *sorted(group.members)])
        for group in policy.groups
    )
    yield f"quorum {policy.quorum}"
