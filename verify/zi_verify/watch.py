"""Looks at a log again and again and says one line for each thing that is wrong with it; what it saw last time is in the memory, so that a
poll an hour from cron does the same as a process that stays."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy, parse_policy
from zi_verify.continuity import accepted, confirmed, cosigned, other_key, prove, verified
from zi_verify.error import VerifyError
from zi_verify.memory import Memory, Remembered, moment
from zi_verify.source import Source
from zi_verify.succession import signers
from zi_verify.verdict import Language, Sentence, plain, refused
from zi_verify.walk import MISSING

_CONFIRMED_WITHIN_SECONDS = 60
_CLOCK_ERROR_SECONDS = 300


class Kind(Enum):
    """What can be wrong, with its word in both languages and the exit status; the worst first."""

    FAIL = Sentence("FAIL", "GAGAL"), 1
    QUORUM = Sentence("QUORUM", "KUORUM"), 4
    STALL = Sentence("STALL", "MACET"), 3
    UNREACHABLE = Sentence("UNREACHABLE", "TAK TERJANGKAU"), 2

    @property
    def word(self) -> Sentence:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong with the log now."""

    kind: Kind
    why: Sentence

    def spoken(self, language: Language, place: str, now: int) -> str:
        return (
            f"{moment(now)}  {plain(place)}  {self.kind.word.spoken(language)}: {self.why.spoken(language)}"
        )


def worst(kinds: Collection[Kind]) -> int:
    """The exit status of the worst of these; 0 when there is none."""
    return next((kind.status for kind in Kind if kind in kinds), 0)


@dataclass(frozen=True)
class Watch:
    """A log under watch; `stall` is how many seconds a checkpoint may get old."""

    source: Source
    pinned: Policy | None
    memory: Memory
    stall: int

    def poll(self, now: int) -> list[Alarm]:
        """All that is wrong at this moment; what is right is remembered."""
        try:
            return list(self._alarms(now))
        except VerifyError as error:
            return [Alarm(Kind.UNREACHABLE, error.sentence)]

    def _alarms(self, now: int) -> Iterator[Alarm]:
        note = self.source.read("checkpoint")
        policy = self.pinned or self._offices_own()
        if note is None or policy is None:
            yield Alarm(Kind.UNREACHABLE, _named("checkpoint" if note is None else "witness-policy", MISSING))
            return
        try:
            endorsement = policy.endorsement(note)
        except LogError as error:
            yield Alarm(Kind.FAIL, refused(error))
            return
        failures = list(self._failures(policy, endorsement))
        yield from failures
        yield from self._unconfirmed(policy, endorsement, now)
        grown_at = self._grown_at(policy, endorsement, now)
        yield from self._stalled(endorsement, grown_at, now)
        if not failures:
            self._remember(policy, note, Remembered(note, now, grown_at))

    def _offices_own(self) -> Policy | None:
        data = self.source.policy()
        try:
            return None if data is None else parse_policy(data)
        except LogError as error:
            said = refused(error)
            raise VerifyError(said.en, said.id) from error

    def _failures(self, policy: Policy, endorsement: Endorsement) -> Iterator[Alarm]:
        head = endorsement.checkpoint
        seen, strangers = accepted(self.memory.recall(head.origin), policy)
        last = None if policy.witnessed(endorsement) else cosigned(self.source, policy)
        for known in (*map(verified, seen), *([] if last is None else [confirmed(last)])):
            wrong, _ = prove(known, head, self.source)
            if wrong is not None:
                yield Alarm(Kind.FAIL, wrong.why)
        for stranger in strangers:
            if prove(verified(stranger), head, self.source)[0] is not None:
                yield Alarm(Kind.FAIL, other_key(stranger))

    def _unconfirmed(self, policy: Policy, endorsement: Endorsement, now: int) -> Iterator[Alarm]:
        # Under load the newest checkpoint is always younger than the witnesses' last word, which then is only moments old.
        if policy.witnessed(endorsement):
            return
        last = cosigned(self.source, policy)
        if last is None:
            yield Alarm(Kind.QUORUM, _NEVER_CONFIRMED)
        elif now - (at := _newest(last, now)) > _CONFIRMED_WITHIN_SECONDS:
            yield Alarm(Kind.QUORUM, _unconfirmed_since(at))

    def _grown_at(self, policy: Policy, endorsement: Endorsement, now: int) -> int:
        head = endorsement.checkpoint
        seen, _ = accepted(self.memory.recall(head.origin), policy)
        return min((one.grown_at for one in seen if one.checkpoint.size == head.size), default=now)

    def _stalled(self, endorsement: Endorsement, grown_at: int, now: int) -> Iterator[Alarm]:
        # A checkpoint has no time of its own: it is as young as the newest word of a witness on it, or as its growth that was seen.
        alive = _newest(endorsement, now) if endorsement.cosigned else grown_at
        if now - alive > self.stall:
            yield Alarm(Kind.STALL, _still_since(alive, endorsement.checkpoint.size))

    def _remember(self, policy: Policy, note: bytes, said: Remembered) -> None:
        origin, key = said.checkpoint.origin, signers(note, policy)[-1]
        before = self.memory.recall(origin).get(key)
        tiles = b"" if before is None else before.tiles
        self.memory.remember(origin, key, Remembered(note, said.at, said.grown_at, tiles))


def _newest(endorsement: Endorsement, now: int) -> int:
    # A witness's clock may be a little ahead; a time further off is no time.
    times = [at for at in endorsement.cosigned.values() if at <= now + _CLOCK_ERROR_SECONDS]
    return min(max(times, default=0), now)


def _named(file: str, why: Sentence) -> Sentence:
    return Sentence(f"{file}: {why.en}", f"{file}: {why.id}")


def _unconfirmed_since(at: int) -> Sentence:
    return Sentence(
        f"the policy's quorum of witnesses confirmed nothing newer since {moment(at)}",
        f"kuorum saksi menurut kebijakan tidak menegaskan yang lebih baru sejak {moment(at)}",
    )


def _still_since(at: int, size: int) -> Sentence:
    return Sentence(
        f"no growth beyond {size} entries and no new cosignature since {moment(at)}",
        f"tidak bertambah dari {size} entri dan tidak ada tanda tangan saksi baru sejak {moment(at)}",
    )


_NEVER_CONFIRMED = Sentence(
    "no published checkpoint carries the policy's quorum of witnesses",
    "tidak ada checkpoint terbit yang memuat kuorum saksi menurut kebijakan",
)
