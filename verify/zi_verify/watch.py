"""Looks at a log again and again and says one line for each thing that is wrong with it; what it saw last time is in the memory, so that a
poll an hour from cron does the same as a process that stays."""

from collections.abc import Iterator
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_verify.continuity import accepted, confirmed, other_key, prove, read_cosigned, verified
from zi_verify.error import VerifyError
from zi_verify.memory import Memory, Remembered, moment
from zi_verify.quorum import LACKS_QUORUM, NO_AGE, Witnessed, newest_of, too_old
from zi_verify.source import LogSource
from zi_verify.status import ExitStatus
from zi_verify.succession import rotation_findings, signers
from zi_verify.trust import Trust, trusted
from zi_verify.verdict import Language, Sentence, plain, refused
from zi_verify.walk import MISSING

_CONFIRMED_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong with the log now."""

    kind: ExitStatus
    why: Sentence

    def render(self, language: Language, place: str, now: int) -> str:
        return (
            f"{moment(now)}  {plain(place)}  {_name(self.kind).render(language)}: {self.why.render(language)}"
        )


@dataclass(frozen=True)
class LogWatch:
    """A log under watch at `place`, under the policy that the person gave or else the pinned one; `accepted` is the digest of a policy that
    may take the place of the pin, `stall` is how many seconds a checkpoint may get old, `max_age` how many the quorum's word on it."""

    source: LogSource
    place: str
    policy: Policy | None
    memory: Memory
    stall: int
    accepted: str | None = None
    max_age: int | None = None

    def poll(self, now: int) -> list[Alarm]:
        """All that is wrong at this moment, and a line of status PASSED for what was pinned; what is right is remembered."""
        try:
            return list(self._alarms(now))
        except VerifyError as error:
            return [Alarm(ExitStatus.NOTHING_CHECKED, error.sentence)]

    def _alarms(self, now: int) -> Iterator[Alarm]:
        # Before the checkpoint, which only ever grows: after it, the witnesses may have signed a larger tree already.
        cosigned = read_cosigned(self.source)
        note = self.source.read("checkpoint")
        if note is None:
            yield Alarm(ExitStatus.NOTHING_CHECKED, _named("checkpoint", MISSING))
            return
        trust = trusted(self.source, note, self.place, self.policy, self.memory, self.accepted, now)
        failures = [Alarm(ExitStatus.FAIL, finding.why) for finding in trust.findings]
        failures += [Alarm(ExitStatus.FAIL, remark) for remark in trust.remarks if failures]
        try:
            endorsement = trust.policy.endorsement(note)
        except LogError as error:
            yield from [*failures, Alarm(ExitStatus.FAIL, refused(error))]
            return
        newest = newest_of((cosigned, note), trust.policy, now)
        failures += self._failures(trust, note, endorsement, newest)
        yield from failures
        yield from self._unconfirmed(trust.policy, endorsement.checkpoint, newest, now)
        grown_at = self._grown_at(trust.policy, endorsement, now)
        yield from self._stalled(trust.policy, endorsement, newest, grown_at, now)
        if not failures:
            self._remember(trust.policy, note, Remembered(note, now, grown_at))
            yield from (Alarm(ExitStatus.PASSED, notice) for notice in trust.settle(self.memory))

    def _failures(
        self, trust: Trust, note: bytes, endorsement: Endorsement, newest: Witnessed | None
    ) -> Iterator[Alarm]:
        head, policy = endorsement.checkpoint, trust.policy
        remembered, strangers = accepted(self.memory.recall(head.origin), policy)
        yield from (
            Alarm(ExitStatus.FAIL, finding.why)
            for finding in rotation_findings(trust.rotations, note, policy)
        )
        for known in (
            *map(verified, remembered),
            *([] if newest is None else [confirmed(newest.endorsement)]),
        ):
            wrong, _ = prove(known, head, self.source)
            if wrong is not None:
                yield Alarm(ExitStatus.FAIL, wrong.why)
        for stranger in () if trust.is_accepted else strangers:
            if prove(verified(stranger), head, self.source)[0] is not None:
                yield Alarm(ExitStatus.FAIL, other_key(stranger))

    def _unconfirmed(
        self, policy: Policy, head: Checkpoint, newest: Witnessed | None, now: int
    ) -> Iterator[Alarm]:
        if policy.quorum == NO_QUORUM:
            if self.max_age is not None:
                yield Alarm(ExitStatus.QUORUM, NO_AGE)
            return
        if newest is None:
            yield Alarm(ExitStatus.QUORUM, LACKS_QUORUM)
            return
        if newest.size < head.size:
            since = self._awaited_since(head, newest, now)
            if now - since > _CONFIRMED_WITHIN_SECONDS:
                yield Alarm(ExitStatus.QUORUM, _unconfirmed_since(newest, since))
        if self.max_age is not None and now - newest.at > self.max_age:
            yield Alarm(ExitStatus.QUORUM, too_old(now - newest.at, self.max_age))

    def _awaited_since(self, head: Checkpoint, newest: Witnessed, now: int) -> int:
        # Under load the newest checkpoint is always younger than the witnesses' last word, which then is only moments old. But who signs the
        # same small tree again and again confirms nothing of what was seen beyond it.
        awaited = self.memory.awaited(head.origin)
        if awaited is not None and newest.size < awaited[0] <= head.size:
            return min(newest.at, awaited[1])
        self.memory.await_witnesses(head.origin, head.size, now)
        return newest.at

    def _grown_at(self, policy: Policy, endorsement: Endorsement, now: int) -> int:
        head = endorsement.checkpoint
        remembered, _ = accepted(self.memory.recall(head.origin), policy)
        return min(
            (entry.grown_at for entry in remembered if entry.checkpoint.size == head.size), default=now
        )

    def _stalled(
        self, policy: Policy, endorsement: Endorsement, newest: Witnessed | None, grown_at: int, now: int
    ) -> Iterator[Alarm]:
        # A checkpoint has no time of its own: it is as young as the quorum's word on it, or as its growth that was seen.
        alive = grown_at if policy.quorum == NO_QUORUM or newest is None else newest.at
        if now - alive > self.stall:
            yield Alarm(ExitStatus.STALL, _still_since(alive, endorsement.checkpoint.size))

    def _remember(self, policy: Policy, note: bytes, entry: Remembered) -> None:
        origin, key = entry.checkpoint.origin, signers(note, policy)[-1]
        before = self.memory.recall(origin).get(key)
        tiles = b"" if before is None else before.tiles
        self.memory.remember(origin, key, Remembered(note, entry.at, entry.grown_at, tiles))


def _name(kind: ExitStatus) -> Sentence:
    return {ExitStatus.NOTHING_CHECKED: _UNREACHABLE, ExitStatus.PASSED: _PINNED}.get(kind, kind.word)


def _named(file: str, why: Sentence) -> Sentence:
    return Sentence(f"{file}: {why.en}", f"{file}: {why.id}")


def _unconfirmed_since(newest: Witnessed, since: int) -> Sentence:
    return Sentence(
        f"the policy's quorum of witnesses confirmed nothing beyond {newest.size} entries since {moment(since)}",
        f"kuorum saksi menurut kebijakan tidak menegaskan apa pun di luar {newest.size} entri sejak {moment(since)}",
    )


def _still_since(at: int, size: int) -> Sentence:
    return Sentence(
        f"no growth beyond {size} entries and no new cosignature since {moment(at)}",
        f"tidak bertambah dari {size} entri dan tidak ada tanda tangan saksi baru sejak {moment(at)}",
    )


_UNREACHABLE = Sentence("UNREACHABLE", "TAK TERJANGKAU")
_PINNED = Sentence("PINNED", "DISEMATKAN")
