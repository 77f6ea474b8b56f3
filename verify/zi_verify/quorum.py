"""The newest tree of a log that the policy's quorum of witnesses signed, and the age of their signatures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_verify.continuity import confirmed, prove, read_cosigned, replayed
from zi_verify.memory import Clock, moment
from zi_verify.report import NO_WITNESS, witnesses_named
from zi_verify.source import LogSource
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import CheckFinding, Language, Sentence

_PATIENCE = 5  # times that the witnesses are asked for again
_UNITS = (
    (86_400, Sentence("days", "hari")),
    (3_600, Sentence("hours", "jam")),
    (60, Sentence("minutes", "menit")),
    (1, Sentence("seconds", "detik")),
)


@dataclass(frozen=True)
class Witnessed:
    """A signed checkpoint with the quorum's cosignatures; `at` is the POSIX second at which the quorum was complete."""

    note: bytes
    endorsement: Endorsement
    at: int

    @property
    def size(self) -> int:
        return self.endorsement.checkpoint.size


def quorum_time(policy: Policy, endorsement: Endorsement) -> int | None:
    """The latest second at or after which enough witnesses cosigned to be the quorum; None where they are not."""
    cosigned: dict[str, int] = {}
    for name, at in sorted(endorsement.cosigned.items(), key=lambda made: -made[1]):
        cosigned[name] = at
        if policy.witnessed(Endorsement(endorsement.checkpoint, cosigned)):
            return at
    return None


def is_confirmed(policy: Policy, endorsement: Endorsement, is_counted: Callable[[int], bool]) -> bool:
    """Return whether the cosignatures of these times (POSIX seconds) alone are the quorum; where none is demanded, nobody says anything about time."""
    counted = {name: at for name, at in endorsement.cosigned.items() if is_counted(at)}
    return policy.quorum != NO_QUORUM and policy.witnessed(Endorsement(endorsement.checkpoint, counted))


def witnessed(note: bytes | None, policy: Policy, now: int) -> Witnessed | None:
    """The checkpoint in this note, if the policy's quorum cosigned it by `now` (POSIX second)."""
    try:
        endorsement = None if note is None else policy.endorsement(note, now)
    except LogError:
        return None
    if note is None or endorsement is None:
        return None
    at = quorum_time(policy, endorsement)
    return None if at is None else Witnessed(note, endorsement, min(at, now))


def newest_of(notes: Iterable[bytes | None], policy: Policy, now: int) -> Witnessed | None:
    """The largest tree of these checkpoints that the quorum cosigned."""
    found = [witnessed(note, policy, now) for note in notes]
    return max(
        (tree for tree in found if tree is not None), key=lambda tree: (tree.size, tree.at), default=None
    )


def await_quorum(
    source: LogSource,
    policy: Policy,
    head: Endorsement,
    first: Witnessed | None,
    now: Clock,
    wait: Callable[[], None] | None,
) -> tuple[Witnessed | None, tuple[CheckFinding, ...]]:
    """The newest tree that the quorum signed of a log that was read up to `head`, and what is wrong when the two are not of one log. `first`
    was published before; while the witnesses are behind the head, `wait` is called a few times."""
    for _ in range(_PATIENCE):
        newest = newest_of((read_cosigned(source), source.read("checkpoint")), policy, now())
        if wait is None or (newest is not None and newest.size >= head.checkpoint.size):
            break
        wait()
    if newest is None or newest == first:
        return newest, ()
    known, later = confirmed(newest.endorsement), head.checkpoint
    if newest.size > later.size:
        known, later = replayed(later), newest.endorsement.checkpoint
    wrong, _ = prove(known, later, source)
    return newest, () if wrong is None else (wrong,)


@dataclass(frozen=True)
class QuorumReport:
    """The result of judging the quorum's cosignatures on a log: failed checks, remarks, and the entries beyond the cosigned tree."""

    findings: tuple[CheckFinding, ...] = ()
    remarks: tuple[Sentence, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


def judge(policy: Policy, newest: Witnessed | None, size: int, now: int, max_age: int | None) -> QuorumReport:
    """Compare the newest tree that the quorum signed with the `size` entries of the log: what is good is that tree, and the rest is known to
    the office alone. `max_age` limits how many seconds old the quorum's word may be."""
    if policy.quorum == NO_QUORUM:
        missing = () if max_age is None else (Shortfall(ExitStatus.QUORUM, NO_AGE),)
        return QuorumReport((), (NO_WITNESS,), missing)
    if newest is None:
        return QuorumReport((CheckFinding("checkpoint", LACKS_QUORUM),))
    age = max(now - newest.at, 0)
    remarks = _signed(newest, size, age), *witnesses_named([newest.endorsement])
    shortfalls: list[Shortfall] = []
    if newest.size < size:
        shortfalls.append(Shortfall(ExitStatus.NOT_WITNESSED_YET, _beyond(newest.size, size)))
    if max_age is not None and age > max_age:
        shortfalls.append(Shortfall(ExitStatus.QUORUM, too_old(age, max_age)))
    return QuorumReport((), remarks, tuple(shortfalls))


def duration(seconds: int, language: Language) -> str:
    """A number of seconds as a person says it, in the largest unit of which there are at least two."""
    size, unit = next((unit for unit in _UNITS if seconds >= 2 * unit[0]), _UNITS[-1])
    return f"{seconds // size} {unit.render(language)}"


def _signed(newest: Witnessed, total: int, age: int) -> Sentence:
    when, size = moment(newest.at), min(newest.size, total)
    return Sentence(
        f"The policy's quorum of witnesses signed the first {size} of {total} entries at {when}, {duration(age, 'en')} ago.",
        f"Kuorum saksi menurut kebijakan menandatangani {size} entri pertama dari {total} pada {when}, {duration(age, 'id')} yang lalu.",
    )


def _beyond(size: int, total: int) -> Sentence:
    return Sentence(
        f"Not witnessed yet: {total - size} entries ({size} to {total - 1}). So far only the office says that they are there; run this"
        " again a little later.",
        f"Belum disaksikan: {total - size} entri ({size} sampai {total - 1}). Sejauh ini hanya kantor yang mengatakan adanya; jalankan lagi"
        " sebentar kemudian.",
    )


def too_old(age: int, allowed: int) -> Sentence:
    return Sentence(
        f"The quorum of witnesses signed {duration(age, 'en')} ago, and --max-age allows {duration(allowed, 'en')}.",
        f"Kuorum saksi menandatangani {duration(age, 'id')} yang lalu, dan --max-age membolehkan {duration(allowed, 'id')}.",
    )


NO_AGE = Sentence(
    "The policy asks for no witness (quorum none), so nothing has an age that --max-age could limit.",
    "Kebijakan tidak menuntut saksi (quorum none), sehingga tidak ada umur yang dapat dibatasi --max-age.",
)
LACKS_QUORUM = Sentence(
    "no published checkpoint carries the policy's quorum of witnesses",
    "tidak ada checkpoint terbit yang memuat kuorum saksi menurut kebijakan",
)
