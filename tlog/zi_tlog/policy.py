"""Trust policies (c2sp.org/tlog-policy): known logs, known witnesses, and the quorum of witnesses that a checkpoint needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zi_tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from zi_tlog.cosignature import CosignatureVerifier, cosigned_at, is_dated
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, Verifier, open_note, parse_note, parse_vkey

NO_QUORUM = "none"
MAX_POLICY_BYTES = 1_000_000
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,5}")


class PolicyError(LogError):
    """A malformed policy, or a checkpoint that the policy does not accept."""


@dataclass(frozen=True)
class Log:
    """An accepted log; its key's name is its origin, unless `aliases` gives it other names too."""

    key: NoteKey
    url: str | None = None
    aliases: tuple[str, ...] = ()

    def signs_for(self, origin: str) -> bool:
        """Tell if its key may sign checkpoints of this origin."""
        return origin == self.key.name or origin in self.aliases


@dataclass(frozen=True)
class Witness:
    """A known witness under the name that groups and the quorum use."""

    name: str
    key: NoteKey
    url: str | None = None


@dataclass(frozen=True)
class Group:
    """Witnesses a checkpoint when at least `threshold` of its members do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Endorsement:
    """A checkpoint that a listed log signed, and each known witness that cosigned it, at what POSIX second. Who cosigned at no time or in
    the future is `misdated` and counts for nothing."""

    checkpoint: Checkpoint
    cosigned: Mapping[str, int] = field(default_factory=dict)
    misdated: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups in the order of their definition, and the name of the quorum; made by parse_policy, or checked by it."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM

    def __post_init__(self) -> None:
        logs = {log.key.public for log in self.logs}
        for witness in self.witnesses:
            if witness.key.public in logs:
                raise PolicyError(
                    f"The witness {witness.name!r} has the key of a log: nobody witnesses what they sign themselves."
                )

    def format(self) -> bytes:
        """The policy file; parse_policy gives the same policy back (tlog-policy, Policy file syntax)."""
        lines = [_line("log", log.key.vkey, log.url) for log in self.logs]
        lines += [_line("witness", witness.name, witness.key.vkey, witness.url) for witness in self.witnesses]
        lines += [_line("group", group.name, str(group.threshold), *group.members) for group in self.groups]
        return "".join([*lines, _line("quorum", self.quorum)]).encode("utf-8", "surrogateescape")

    def renamed(self, *names: str) -> "Policy":
        """The same for logs whose keys have other names than their origins: each may also have one of these names, and the one that its
        address gives it (tlog-checkpoint: the submission prefix without scheme and last slash)."""
        logs = tuple(replace(log, aliases=(*names, *_origin_of(log.url))) for log in self.logs)
        return replace(self, logs=logs)

    def check(self, data: bytes, now: int | None = None) -> Endorsement:
        """The checkpoint in this signed note, if a listed log signed it and the quorum cosigned it (tlog-policy, What is a policy); with
        `now` (POSIX seconds) cosignatures of the future count for nothing."""
        endorsement = self.endorsement(data, now)
        if not self.witnessed(endorsement):
            raise PolicyError(_lacks(self.quorum, endorsement))
        return endorsement

    def endorsement(self, data: bytes, now: int | None = None) -> Endorsement:
        """The same without asking for the quorum: who of the known witnesses cosigned; the log's own signature must hold."""
        note = parse_note(data)
        witnesses = {(witness.key.name, witness.key.key_id): witness.name for witness in self.witnesses}
        verifiers = [Verifier(log.key) for log in self.logs]
        cosigners = [CosignatureVerifier(witness.key) for witness in self.witnesses]
        signatures = {(made.name, made.key_id): made for made in open_note(note, [*verifiers, *cosigners])}
        checkpoint = parse_checkpoint(note.text)
        if not any(
            (log.key.name, log.key.key_id) in signatures
            for log in self.logs
            if log.signs_for(checkpoint.origin)
        ):
            raise CheckpointError(f"The checkpoint of {checkpoint.origin} is not signed by that log's key.")
        times = {witnesses[who]: cosigned_at(signatures[who]) for who in witnesses if who in signatures}
        return Endorsement(
            checkpoint,
            {name: time for name, time in times.items() if is_dated(time, now)},
            {name: time for name, time in times.items() if not is_dated(time, now)},
        )

    def witnessed(self, endorsement: Endorsement) -> bool:
        """Tell if the witnesses that cosigned are a quorum (tlog-policy, Defining a witness group)."""
        met = set(endorsement.cosigned) | {NO_QUORUM}
        for group in self.groups:
            if len(met.intersection(group.members)) >= group.threshold:
                met.add(group.name)
        return self.quorum in met


def _lacks(quorum: str, endorsement: Endorsement) -> str:
    have = ", ".join(map(repr, endorsement.cosigned)) or "nobody"
    sentence = f"The checkpoint lacks the quorum {quorum!r} of witnesses: {have} cosigned it."
    if endorsement.misdated:
        misdated = ", ".join(f"{name!r} at {time}" for name, time in endorsement.misdated.items())
        sentence += f" Cosignatures without a time or from the future do not count: {misdated}."
    return sentence


class _Reading:
    # One pass over the lines: a name is used only after its definition, listed as a member once, keys are listed once.

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._defined: set[str] = {NO_QUORUM}
        self._free: set[str] = set()

    def log(self, tokens: list[str]) -> None:
        if not 1 <= len(tokens) <= 2:
            raise PolicyError("A log line is: log <vkey> [<url>].")
        log = Log(parse_vkey(tokens[0]), tokens[1] if len(tokens) > 1 else None)
        Verifier(log.key)
        if log.key.public in {known.key.public for known in self.logs}:
            raise PolicyError(f"The key of the log {log.key.name} is listed twice.")
        self.logs.append(log)

    def witness(self, tokens: list[str]) -> None:
        if not 2 <= len(tokens) <= 3:
            raise PolicyError("A witness line is: witness <name> <vkey> [<url>].")
        witness = Witness(tokens[0], parse_vkey(tokens[1]), *tokens[2:])
        CosignatureVerifier(witness.key)
        if witness.key.public in {known.key.public for known in self.witnesses}:
            raise PolicyError(f"The key of the witness {witness.name!r} is listed twice.")
        for known in self.witnesses:
            if _is_same_witness(known, witness):
                raise PolicyError(
                    f"The witnesses {known.name!r} and {witness.name!r} have one name in their keys, or one address: that is one"
                    " witness, and a quorum must not count it twice."
                )
        self._define(witness.name)
        self.witnesses.append(witness)

    def group(self, tokens: list[str]) -> None:
        if len(tokens) < 3:
            raise PolicyError("A group line is: group <name> all|any|<k> <member>...")
        name, count, *members = tokens
        for member in members:
            if member not in self._free:
                raise PolicyError(
                    f"The group {name!r} lists {member!r}, which is not defined before or listed already."
                )
            self._free.remove(member)
        self._define(name)
        self.groups.append(Group(name, _threshold(name, count, len(members)), tuple(members)))

    def set_quorum(self, tokens: list[str]) -> None:
        if len(tokens) != 1 or self.quorum is not None:
            raise PolicyError("A policy has exactly one line: quorum <name>.")
        if tokens[0] not in self._defined:
            raise PolicyError(f"The quorum {tokens[0]!r} is not defined before.")
        self.quorum = tokens[0]

    def _define(self, name: str) -> None:
        if name in self._defined:
            raise PolicyError(f"The name {name!r} is defined twice.")
        self._defined.add(name)
        self._free.add(name)


def parse_policy(data: bytes) -> Policy:
    """The policy in a file; names are opaque octets, kept by surrogate escapes (tlog-policy, Policy file syntax and structure)."""
    text = data.decode("utf-8", "surrogateescape")
    if len(data) > MAX_POLICY_BYTES or _FORBIDDEN.search(text):
        raise PolicyError("A policy file is a short text without control characters.")
    reading = _Reading()
    kinds = {
        "log": reading.log,
        "witness": reading.witness,
        "group": reading.group,
        "quorum": reading.set_quorum,
    }
    for line in text.split("\n"):
        tokens = [word for word in re.split(r"[ \t]+", line) if word]
        if not tokens or tokens[0].startswith("#"):
            continue
        if tokens[0] not in kinds:
            raise PolicyError(f"A policy has no line {tokens[0]!r}.")
        kinds[tokens[0]](tokens[1:])
    if reading.quorum is None:
        raise PolicyError("A policy has exactly one line: quorum <name>.")
    return Policy(tuple(reading.logs), tuple(reading.witnesses), tuple(reading.groups), reading.quorum)


def _is_same_witness(left: Witness, right: Witness) -> bool:
    urls = {url.rstrip("/").lower() for url in (left.url, right.url) if url is not None}
    has_one_address = left.url is not None and right.url is not None and len(urls) == 1
    return left.key.name == right.key.name or has_one_address


def _origin_of(url: str | None) -> tuple[str, ...]:
    return () if url is None else (url.partition("://")[2].rstrip("/"),)


def _threshold(name: str, count: str, members: int) -> int:
    threshold = {"any": 1, "all": members}.get(count) or (int(count) if _COUNT.fullmatch(count) else 0)
    if not 1 <= threshold <= members:
        raise PolicyError(f"The group {name!r} needs all, any, or a number from 1 to {members}.")
    return threshold


def _line(*parts: str | None) -> str:
    return " ".join(word for word in parts if word is not None) + "\n"
