"""Looks at a log again and again and says one line for each thing that is wrong with it; what it saw last time is in the memory, so that a
poll an hour from cron does the same as a process that stays."""

from collections.abc import Iterator
from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy
from zi_verify.continuity import accepted, confirmed, cosigned, other_key, prove, verified
from zi_verify.error import VerifyError
from zi_verify.memory import Memory, Remembered, moment
from zi_verify.source import Source
from zi_verify.status import Status
from zi_verify.succession import signers
from zi_verify.trust import Trust, trusted
from zi_verify.verdict import Language, Sentence, plain, refused
from zi_verify.walk import MISSING

_CONFIRMED_WITHIN_SECONDS = 60
_CLOCK_ERROR_SECONDS = 300


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong with the log now."""

    kind: Status
    why: Sentence

    def spoken(self, language: Language, place: str, now: int) -> str:
        return (
            f"{moment(now)}  {plain(place)}  {_name(self.kind).spoken(language)}: {self.why.spoken(language)}"
        )


@dataclass(frozen=True)
class Watch:
    """A log under watch at `place`, under the policy that the person gave or else the pinned one; `accepted` is the digest of a policy that
    may take the place of the pin, `stall` is how many seconds a checkpoint may get old."""

    source: Source
    place: str
    given: Policy | None
    memory: Memory
    stall: int
    accepted: str | None = None

    def poll(self, now: int) -> list[Alarm]:
        """All that is wrong at this moment, and a line of status HELD for what was pinned; what is right is remembered."""
        try:
            return list(self._alarms(now))
        except VerifyError as error:
            return [Alarm(Status.NOTHING_CHECKED, error.sentence)]

    def _alarms(self, now: int) -> Iterator[Alarm]:
        note = self.source.read("checkpoint")
        if note is None:
            yield Alarm(Status.NOTHING_CHECKED, _named("checkpoint", MISSING))
            return
        trust = trusted(self.source, self.place, self.given, self.memory, self.accepted, now)
        failures = [Alarm(Status.FAIL, finding.why) for finding in trust.findings]
        failures += [Alarm(Status.FAIL, remark) for remark in trust.remarks if failures]
        try:
            endorsement = trust.policy.endorsement(note)
        except LogError as error:
            yield from [*failures, Alarm(Status.FAIL, refused(error))]
            return
        failures += self._failures(trust, endorsement)
        yield from failures
        yield from self._unconfirmed(trust.policy, endorsement, now)
        grown_at = self._grown_at(trust.policy, endorsement, now)
        yield from self._stalled(endorsement, grown_at, now)
        if not failures:
            self._remember(trust.policy, note, Remembered(note, now, grown_at))
            yield from (Alarm(Status.HELD, notice) for notice in trust.settle(self.memory))

    def _failures(self, trust: Trust, endorsement: Endorsement) -> Iterator[Alarm]:
        head, policy = endorsement.checkpoint, trust.policy
        seen, strangers = accepted(self.memory.recall(head.origin), policy)
        last = None if policy.witnessed(endorsement) else cosigned(self.source, policy)
        for known in (*map(verified, seen), *([] if last is None else [confirmed(last)])):
            wrong, _ = prove(known, head, self.source)
            if wrong is not None:
                yield Alarm(Status.FAIL, wrong.why)
        for stranger in () if trust.is_accepted else strangers:
            if prove(verified(stranger), head, self.source)[0] is not None:
                yield Alarm(Status.FAIL, other_key(stranger))

    def _unconfirmed(self, policy: Policy, endorsement: Endorsement, now: int) -> Iterator[Alarm]:
        # Under load the newest checkpoint is always younger than the witnesses' last word, which then is only moments old.
        if policy.witnessed(endorsement):
            return
        last = cosigned(self.source, policy)
        if last is None:
            yield Alarm(Status.QUORUM, _NEVER_CONFIRMED)
        elif now - (at := _newest(last, now)) > _CONFIRMED_WITHIN_SECONDS:
            yield Alarm(Status.QUORUM, _unconfirmed_since(at))

    def _grown_at(self, policy: Policy, endorsement: Endorsement, now: int) -> int:
        head = endorsement.checkpoint
        seen, _ = accepted(self.memory.recall(head.origin), policy)
        return min((one.grown_at for one in seen if one.checkpoint.size == head.size), default=now)

    def _stalled(self, endorsement: Endorsement, grown_at: int, now: int) -> Iterator[Alarm]:
        # A checkpoint has no time of its own: it is as young as the newest word of a witness on it, or as its growth that was seen.
        alive = _newest(endorsement, now) if endorsement.cosigned else grown_at
        if now - alive > self.stall:
            yield Alarm(Status.STALL, _still_since(alive, endorsement.checkpoint.size))

    def _remember(self, policy: Policy, note: bytes, said: Remembered) -> None:
        origin, key = said.checkpoint.origin, signers(note, policy)[-1]
        before = self.memory.recall(origin).get(key)
        tiles = b"" if before is None else before.tiles
        self.memory.remember(origin, key, Remembered(note, said.at, said.grown_at, tiles))


def _name(kind: Status) -> Sentence:
    return {Status.NOTHING_CHECKED: _UNREACHABLE, Status.HELD: _PINNED}.get(kind, kind.word)


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


_UNREACHABLE = Sentence("UNREACHABLE", "TAK TERJANGKAU")
_PINNED = Sentence("PINNED", "DISEMATKAN")
_NEVER_CONFIRMED = Sentence(
    "no published checkpoint carries the policy's quorum of witnesses",
    "tidak ada checkpoint terbit yang memuat kuorum saksi menurut kebijakan",
)
