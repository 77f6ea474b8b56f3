"""The report on a whole log: its signed head, the walk over all of it, and whether it continues everything that was ever seen of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_verify import anomaly
from zi_verify.anomaly import Excuses, Record
from zi_verify.birth import Births, late_remark
from zi_verify.chains import Chains
from zi_verify.continuity import (
    KnownTree,
    accepted,
    broken,
    confirmed,
    older,
    other_key,
    read_cosigned,
    verified,
)
from zi_verify.history import DEMO, births_remark, covering, read_history
from zi_verify.memory import Clock, Memory, Remembered
from zi_verify.quorum import Witnessed, await_quorum, judge, witnessed
from zi_verify.replay_remarks import (
    CHANGED,
    NOT_ASKED_FOR,
    OF_ANY_KIND,
    OTHER_ORIGIN,
    hashes_only,
    not_read,
    taken_over,
)
from zi_verify.source import LogSource
from zi_verify.standing import ChainState, KeyRotation
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.succession import (
    Quote,
    in_predecessor,
    predecessor_findings,
    quote_findings,
    quote_remark,
    read_quote,
    rotation_findings,
    rotation_remarks,
    signers,
)
from zi_verify.verdict import CheckFinding, Failed, Included, Sentence, Verdict, refused
from zi_verify.walk import MISSING, ChangedError, Entries, Progress, Reached, Walk

KEPT_EVERY = 131_072  # entries
ALONE_BELOW = 65_536  # entries


@dataclass(frozen=True)
class Demand:
    """The demands on a log. `origin`: its name, if that is known; `older`: checkpoints that somebody kept; `predecessors`: the log that entry 0 quotes, the one before
    that, and so on; `is_whole`: nothing that an interrupted run read is taken over; `entries`: what of the entries must be read, or None
    for what the source gives out; `max_age`: how many seconds old the quorum's word may be."""

    policy: Policy
    is_pinned: bool
    origin: str | None = None
    older: tuple[Checkpoint, ...] = ()
    predecessors: tuple[LogSource, ...] = ()
    is_whole: bool = False
    entries: Entries | None = None
    max_age: int | None = None
    kept_every: int = KEPT_EVERY
    workers: int = 0
    alone_below: int = ALONE_BELOW

    @property
    def reads_messages(self) -> bool:
        """Tell if the entries are messages of a house, to be read if the source gives them out."""
        return self.entries in (None, Entries.MESSAGES)


@dataclass(frozen=True)
class LogReport:
    """The result of a replay: `verdict` is Included if every check passed, or Failed with the findings by index; `shortfalls` are demands
    that could not be checked."""

    verdict: Verdict
    remarks: tuple[Sentence, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    checkpoint: Checkpoint | None = None
    senders: Mapping[str, int] = field(default_factory=dict)
    read_entries: bool = False
    standing: ChainState = field(default_factory=ChainState)
    forked_from: tuple[Remembered, ...] = ()

    @property
    def rotations(self) -> tuple[KeyRotation, ...] | None:
        """The changes of the log's key that its entries record; None where the entries were not read."""
        return tuple(self.standing.rotations) if self.read_entries else None

    @property
    def first_bad(self) -> int | None:
        """The lowest index that a finding names."""
        if not isinstance(self.verdict, Failed):
            return None
        return min(
            (finding.index for finding in self.verdict.findings if finding.index is not None), default=None
        )


def replay(
    source: LogSource,
    demand: Demand,
    memory: Memory,
    progress: Progress,
    now: Clock = lambda: int(time.time()),
    wait: Callable[[], None] | None = None,
) -> LogReport:
    """The report on the log in `source`; what held is remembered, and what was read before an interruption is kept. `wait` is called while
    the witnesses of a log that grows have not caught up yet; without it what is there counts."""
    try:
        # Before the checkpoint, which only ever grows: after it, the witnesses may have signed a larger tree already.
        cosigned = witnessed(read_cosigned(source), demand.policy, now())
        note = source.read("checkpoint")
        if note is None:
            return LogReport(Failed((CheckFinding("checkpoint", MISSING),)))
        endorsement = demand.policy.endorsement(note)
    except LogError as error:
        return LogReport(Failed((CheckFinding("checkpoint", refused(error)),)))
    if demand.origin not in (None, endorsement.checkpoint.origin):
        return LogReport(Failed((CheckFinding("checkpoint", OTHER_ORIGIN),)))
    return _Replay(source, demand, memory, note, endorsement, cosigned, progress, now, wait).report()


class _Replay:
    # One log under one signed head; findings and remarks gather as the parts of the report are made.

    def __init__(
        self,
        source: LogSource,
        demand: Demand,
        memory: Memory,
        note: bytes,
        endorsement: Endorsement,
        cosigned: Witnessed | None,
        progress: Progress,
        now: Clock,
        wait: Callable[[], None] | None = None,
    ) -> None:
        self._source, self._demand, self._memory = source, demand, memory
        self._note, self._endorsement, self._head = note, endorsement, endorsement.checkpoint
        self._cosigned, self._progress, self._now, self._wait = cosigned, progress, now, wait
        self._findings: list[CheckFinding] = []
        self._remarks: list[Sentence] = []
        self._shortfalls: list[Shortfall] = []
        self._remembered, self._strangers = accepted(memory.recall(self._head.origin), demand.policy)
        self._history = read_history(source, demand.policy, self._head)
        self._births = self._bound_births()

    def report(self) -> LogReport:
        has_quote = self._demand.reads_messages and self._head.size > 0
        quote = read_quote(self._source, self._head) if has_quote else None
        before = self._before(quote)
        known = [*map(older, self._demand.older), *map(verified, self._remembered)]
        known += [] if self._cosigned is None else [confirmed(self._cosigned.endorsement)]
        known += self._history.known
        heads = [
            self._head,
            *(tree.checkpoint for tree in known),
            *(tree.checkpoint for tree in self._strangers),
        ]
        sizes = [head.size for head in heads]
        walk = self._followed(quote, before, sizes)
        self._findings += walk.findings
        broken_ = self._hold(known, walk)
        newest = self._judge_witnesses(walk)
        self._remarks += [
            other_key(stranger) for stranger in self._strangers if not _is_continued(stranger, walk)
        ]
        self._judge_rotations(walk, newest)
        self._judge_reading(walk)
        is_read = all(shortfall.status is not ExitStatus.NOT_READ for shortfall in self._shortfalls)
        if self._demand.reads_messages and is_read:
            self._memory.finish(self._head.origin)
        if not self._findings:  # a broken chain is no reason to forget how long the log was
            self._remember(walk)
        self._judge_chains(walk)
        return self._report(walk, broken_)

    def _judge_witnesses(self, walk: Walk) -> Witnessed | None:
        policy = self._demand.policy
        newest = None if policy.quorum == NO_QUORUM else self._newest_witnessed(walk)
        judged = judge(policy, newest, self._head.size, self._now(), self._demand.max_age)
        self._findings += judged.findings
        self._remarks += judged.remarks
        self._shortfalls += judged.shortfalls
        return newest

    def _newest_witnessed(self, walk: Walk) -> Witnessed | None:
        if walk.root_at(self._head.size) != self._head.root:
            return self._cosigned
        policy, head = self._demand.policy, self._endorsement
        newest, wrong = await_quorum(self._source, policy, head, self._cosigned, self._now, self._wait)
        self._findings += wrong
        return newest

    def _before(self, quote: Quote | None) -> ChainState | None:
        # Where the chains stand before entry 0: nowhere, or at the end of the log that entry 0 quotes.
        policy, sources = self._demand.policy, self._demand.predecessors
        wrong: list[CheckFinding] = []
        if quote is not None:
            remembered, _ = accepted(self._memory.recall(quote.checkpoint.origin), policy)
            wrong += quote_findings(quote, policy, remembered, self._now(), is_pinned=self._demand.is_pinned)
        if sources:
            wrong += predecessor_findings(quote, sources[0], policy)
        self._findings += wrong
        if quote is None or wrong:
            return None
        standing = self._replayed(quote, sources) if sources else None
        self._remarks.append(quote_remark(quote, is_known=standing is not None))
        return standing

    def _replayed(self, quote: Quote, sources: tuple[LogSource, ...]) -> ChainState | None:
        # The witnesses signed the quote with the new log; they need not have known the old one.
        policy = replace(self._demand.policy, quorum=NO_QUORUM)
        demand = Demand(
            policy,
            is_pinned=False,
            predecessors=sources[1:],
            is_whole=True,
            entries=self._demand.entries,
        )
        endorsement = policy.endorsement(quote.note)
        old = _Replay(
            sources[0], demand, Memory(None), quote.note, endorsement, None, self._progress, self._now
        ).report()
        if isinstance(old.verdict, Failed):
            self._findings += map(in_predecessor, old.verdict.findings)
        self._shortfalls += [
            shortfall for shortfall in old.shortfalls if shortfall.status is ExitStatus.NOT_READ
        ]
        return old.standing if old.read_entries else None

    def _followed(self, quote: Quote | None, before: ChainState | None, sizes: list[int]) -> Walk:
        # What the log records of its own anomalies stands behind them: where it differs from what was remembered, the chains are
        # followed once more with it.
        excuses = anomaly.excuses(self._memory.records(self._head.origin))
        walk = self._resumed(quote, sizes, excuses) or self._whole(quote, before, sizes, excuses)
        records = _records(walk)
        is_read = walk.reads_entries and walk.unread is None
        if is_read and not walk.findings and anomaly.excuses(records) != excuses:
            walk = self._whole(quote, before, sizes, anomaly.excuses(records))
        if is_read:
            self._memory.keep_records(self._head.origin, records)
        return walk

    def _resumed(self, quote: Quote | None, sizes: list[int], excuses: Excuses) -> Walk | None:
        found = self._memory.interrupted(self._head.origin)
        if found is None or not self._is_resumable or found[0].edge.size > self._head.size:
            return None
        reached, standing = found
        chains = self._chains(standing, quote, excuses, is_open=quote is not None)
        walk = self._walk(chains, sizes, reached)
        try:
            walk.run(self._progress)
        except ChangedError:
            self._remarks.append(CHANGED)
            return None
        self._remarks.append(taken_over(reached))
        return walk

    def _whole(
        self, quote: Quote | None, before: ChainState | None, sizes: list[int], excuses: Excuses
    ) -> Walk:
        standing = None if before is None else before.continued()
        chains = self._chains(standing, quote, excuses, is_open=quote is not None and before is None)
        walk = self._walk(chains, sizes, None)
        walk.run(self._progress)
        return walk

    def _chains(
        self, standing: ChainState | None, quote: Quote | None, excuses: Excuses, *, is_open: bool
    ) -> Chains:
        return Chains(standing, _note(quote), is_open=is_open, excuses=excuses, births=self._births)

    @property
    def _is_resumable(self) -> bool:
        # Chains that begin at the end of another log are followed in one go, and without chains nothing was checked.
        demand = self._demand
        return demand.reads_messages and not (demand.is_whole or demand.predecessors)

    def _walk(self, chains: Chains, sizes: list[int], reached: Reached | None) -> Walk:
        entries = self._demand.entries or Entries.MESSAGES
        workers = self._demand.workers if self._head.size >= self._demand.alone_below else 0
        is_closed = entries is Entries.NONE
        return Walk(
            self._source,
            self._head,
            chains,
            sizes,
            reached,
            self._keep,
            entries,
            0 if is_closed else workers,
        )

    def _keep(self, walk: Walk) -> None:
        if walk.edge.size % self._demand.kept_every == 0 and not self._demand.predecessors:
            self._memory.keep(self._head.origin, walk.edge, walk.chains.standing, self._now())

    def _hold(self, known: Sequence[KnownTree], walk: Walk) -> list[Checkpoint]:
        # Tiles that do not lead to the signed root say nothing about the past: then the files are damaged.
        is_sound = walk.root_at(self._head.size) == self._head.root
        broken_: list[Checkpoint] = []
        for tree in known:
            root, tiles = (walk.root_at(tree.checkpoint.size), walk.tiles) if is_sound else (None, None)
            wrong = broken(tree, self._head, root, tiles)
            if wrong is not None:
                self._findings.append(wrong)
                broken_.append(tree.checkpoint)
        return broken_

    def _judge_rotations(self, walk: Walk, newest: Witnessed | None) -> None:
        rotations, policy = walk.chains.standing.rotations, self._demand.policy
        for note in {self._note: None} if newest is None else {self._note: None, newest.note: None}:
            self._findings += rotation_findings(rotations, note, policy)
        self._remarks += rotation_remarks(rotations, self._head, policy, reads_entries=walk.reads_entries)

    def _judge_reading(self, walk: Walk) -> None:
        entries = self._demand.entries
        if entries is Entries.NONE:
            self._remarks.append(NOT_ASKED_FOR)
        elif entries is Entries.ANY and walk.unread is None:
            self._remarks.append(OF_ANY_KIND)
        elif walk.unread is not None and entries is not None:
            self._shortfalls.append(Shortfall(ExitStatus.NOT_READ, not_read(walk.unread)))
        elif walk.unread is not None:
            self._remarks.append(hashes_only(walk.unread))

    def _bound_births(self) -> Births | None:
        if self._head.origin.endswith("/demo"):
            return None
        endorsements = [*self._history.endorsements, self._endorsement]
        endorsements += [] if self._cosigned is None else [self._cosigned.endorsement]
        return Births(covering(endorsements, self._demand.policy), self._now())

    def _judge_chains(self, walk: Walk) -> None:
        records = _records(walk)
        by_entry = {record.entry: record for record in records[::-1]}
        self._findings += [anomaly.annotated(finding, by_entry) for finding in walk.chain_findings]
        self._remarks += anomaly.remarks(records, walk.chains.aside)
        self._remarks += walk.chains.standing.configurations.remarks()
        if walk.reads_entries:
            self._remarks.append(DEMO if self._births is None else births_remark(self._history, self._births))
            late = walk.chains.standing.late
            self._remarks += [late_remark(late.count, late.seconds, late.index)] if late.count else []

    def _remember(self, walk: Walk) -> None:
        at, key = self._now(), signers(self._note, self._demand.policy)[-1]
        grown = [entry.grown_at for entry in self._remembered if entry.checkpoint.size == self._head.size]
        entry = Remembered(self._note, at, min(grown, default=at), walk.tiles)
        self._memory.remember(self._head.origin, key, entry)

    def _report(self, walk: Walk, broken_: list[Checkpoint]) -> LogReport:
        self._findings.sort(key=lambda finding: -1 if finding.index is None else finding.index)
        return LogReport(
            Failed(tuple(self._findings)) if self._findings else Included(),
            tuple(self._remarks),
            tuple(self._shortfalls),
            self._head,
            walk.chains.senders,
            walk.reads_entries,
            walk.chains.standing,
            tuple(entry for entry in self._remembered if entry.checkpoint in broken_),
        )


def _is_continued(stranger: Remembered, walk: Walk) -> bool:
    # A key that was replaced and then left out of the policy signed the beginning of this very log.
    return walk.root_at(stranger.checkpoint.size) == stranger.checkpoint.root


def _records(walk: Walk) -> list[Record]:
    return anomaly.standing_records(walk.chains.standing.records, walk.chains.standing.office)


def _note(quote: Quote | None) -> bytes | None:
    return None if quote is None else quote.note
