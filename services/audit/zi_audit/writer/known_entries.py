"""Read what the log holds of the things that a batch of messages names, and decide what each message becomes: an entry, with what is
wrong with it, or nothing, as it is in the log already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import OUTSIDE, Break, Head, Link, advance, judge
from zi_audit.domain.decisions import continued, decision
from zi_audit.files.sender_proofs import SenderProof
from zi_audit.files.sender_proofs import store as store_proofs
from zi_chassis.storage.database import Tx, placeholders
from zi_contracts.audit import SenderContinued, WitnessPolicyAdopted

DIGITS = "substr(event_id, 1, 13)"
IS_OUTSIDE = ", ".join(f"'{each}'" for each in OUTSIDE)
_Leaves = dict[tuple[str, bytes], int | None]  # by lane and hash: the entry, if it is in its sender's chain


class NewEntry(NamedTuple):
    """A leaf to be: what came, and what was wrong with it."""

    arrival: Arrival
    anomaly: Break | None


@dataclass(frozen=True)
class LaneProgress:
    """The last place that the log has of a sender's stream (`sequence`) and of its chain (`head`)."""

    sequence: int = 0
    head: Head = field(default_factory=Head)


class KnownEntries:
    """The log's entries for what a batch names, kept current while the batch is received as entries from `first` on."""

    def __init__(self, tx: Tx, first: int, arrivals: Sequence[Arrival], sources: str) -> None:
        heads = read_heads(tx, sorted({arrival.sender for arrival in arrivals}))
        self._tx = tx
        self._next = first
        self._sequences = {sender: last.sequence for sender, last in heads.items()}
        self._heads = {sender: last.head for sender, last in heads.items()}
        self._sources = sources
        self._events = _leaves_by_event(tx, [a.link.event_id for a in arrivals if a.link is not None])
        self._unreadable = _unreadable_leaves(tx, [a.leaf_hash for a in arrivals if a.link is None])
        self._placed: dict[tuple[str, int], list[int]] = {}
        self._forged: set[int] = set()
        self._adopted: str | None = None
        self._proofs: dict[str, SenderProof] = {}

    def receive(self, arrival: Arrival) -> NewEntry | None:
        """The entry that an arrival becomes, or None for a repeat of what is in the log and for what was never the sender's."""
        sender, link = arrival.sender, arrival.link
        self._sequences[sender] = arrival.sequence
        if arrival.is_foreign:
            return None
        leaf = (sender, arrival.leaf_hash)
        known = self._unreadable if link is None else self._events.setdefault(link.event_id, {})
        if leaf in known:
            return None
        anomaly = self._anomaly(sender, link, event_known=self._genuine(known.values()))
        known[leaf] = None if anomaly in OUTSIDE else self._next
        if link is not None and anomaly not in OUTSIDE:
            self._heads[sender] = head = advance(self._heads[sender], link, arrival.entry)
            if arrival.public_key and head.position == link.position:
                self._proofs[sender] = _proof(arrival, link.source, head)
            self._placed.setdefault((sender, link.position), []).append(self._next)
            self._heed(link, arrival.entry, anomaly)
        self._next += 1
        return NewEntry(arrival, anomaly)

    def keep(self) -> None:
        """Writes what follows from the entries of the batch."""
        write_heads(
            self._tx,
            {sender: LaneProgress(self._sequences[sender], head) for sender, head in self._heads.items()},
        )
        store_proofs(self._tx, self._proofs.values())
        forged = [(index,) for index in sorted(self._forged)]
        self._tx.many("INSERT INTO forged VALUES (?) ON CONFLICT DO NOTHING", forged)
        if self._adopted is not None:
            self._tx.execute(
                "INSERT INTO adopted VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET digest = excluded.digest",
                self._adopted,
            )

    def _heed(self, link: Link, entry: bytes, anomaly: Break | None) -> None:
        """Apply what audit's own entry decides; it holds from this entry on."""
        match decision(link, anomaly, self._next):
            case SenderContinued() as decided:
                self._forged.update(decided.forged)
                if decided.sender not in self._sequences:
                    heads = read_heads(self._tx, [decided.sender])
                    self._sequences[decided.sender] = heads[decided.sender].sequence
                self._heads[decided.sender] = continued(decided, link, entry)
            case WitnessPolicyAdopted() as decided:
                self._adopted = decided.digest
            case None:
                pass

    def _genuine(self, indexes: Iterable[int | None]) -> bool:
        return any(index is not None and index not in self._forged for index in indexes)

    def _anomaly(self, sender: str, link: Link | None, event_known: bool) -> Break | None:
        return judge(
            link,
            self._heads[sender],
            lane=sender,
            sources=self._sources,
            event_known=event_known,
            position_taken=lambda: link is not None and self._taken(sender, link.position),
        )

    def _taken(self, sender: str, position: int) -> bool:
        question = (
            "SELECT idx FROM entries WHERE sender = ? AND position = ? AND idx NOT IN (SELECT idx FROM forged)"
            f" AND (anomaly IS NULL OR anomaly NOT IN ({IS_OUTSIDE}))"
        )
        rows = self._tx.execute(question, sender, position)
        return self._genuine([*self._placed.get((sender, position), ()), *(row["idx"] for row in rows)])


def _proof(arrival: Arrival, source: str, head: Head) -> SenderProof:
    return SenderProof(
        source=source,
        position=head.position,
        hash=head.digest,
        proof=arrival.proof,
        public_key=arrival.public_key,
    )


def read_heads(tx: Tx, senders: Sequence[str]) -> dict[str, LaneProgress]:
    heads = {sender: LaneProgress() for sender in senders}
    for row in tx.execute(f"SELECT * FROM heads WHERE sender IN ({placeholders(senders)})", *senders):
        heads[row["sender"]] = LaneProgress(row["sequence"], Head(row["position"], row["digest"]))
    return heads


def write_heads(tx: Tx, heads: Mapping[str, LaneProgress]) -> None:
    tx.many(
        "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT (sender) DO UPDATE SET"
        " sequence = excluded.sequence, position = excluded.position, digest = excluded.digest",
        [(sender, last.sequence, last.head.position, last.head.digest) for sender, last in heads.items()],
    )


def _leaves_by_event(tx: Tx, events: Sequence[str]) -> dict[str, _Leaves]:
    leaves: dict[str, _Leaves] = {}
    if events:
        digits = [event_id[:13] for event_id in events]
        names = "e.idx, e.event_id, e.sender, e.leaf_hash, e.anomaly, forged.idx AS forged"
        question = (
            f"SELECT {names} FROM entries e LEFT JOIN forged ON forged.idx = e.idx"
            f" WHERE {DIGITS.replace('event_id', 'e.event_id')} IN ({placeholders(digits)})"
        )
        for row in tx.execute(question, *digits):
            leaf = (row["sender"], bytes(row["leaf_hash"]))
            is_genuine = row["anomaly"] not in OUTSIDE and row["forged"] is None
            leaves.setdefault(row["event_id"], {})[leaf] = row["idx"] if is_genuine else None
    return leaves


def _unreadable_leaves(tx: Tx, hashes: Sequence[bytes]) -> _Leaves:
    if not hashes:
        return {}
    question = f"SELECT sender, leaf_hash FROM entries WHERE position IS NULL AND leaf_hash IN ({placeholders(hashes)})"
    return {(row["sender"], bytes(row["leaf_hash"])): None for row in tx.execute(question, *hashes)}
