"""Every sender's hash chain and every aggregate's versions, followed through the whole log: what was left out, slipped in, edited or
repeated before publication shows here, though the tree over it is sound."""

from collections.abc import Callable, Iterator
from hashlib import sha256

from zi_tlog.tree import leaf_hash
from zi_verify.message import Message, MessageError, parse_message
from zi_verify.verdict import Sentence, refused

_START = 0, "0" * 64


class Chains:
    """Takes the entries in the log's order; memory grows with senders, aggregates and 8 bytes of each event id, never with contents.
    `leaf_at` gives the leaf hash of an earlier entry."""

    def __init__(self, leaf_at: Callable[[int], bytes]) -> None:
        self._leaf_at = leaf_at
        self._senders: dict[str, tuple[int, str]] = {}
        self._versions: dict[str, int] = {}
        self._seen: dict[bytes, int] = {}

    @property
    def senders(self) -> dict[str, int]:
        """Each sender and its last position."""
        return {source: position for source, (position, _) in sorted(self._senders.items())}

    def take(self, index: int, entry: bytes) -> Iterator[Sentence]:
        """What is wrong with entry `index` in its sender's chain and its aggregate; nothing, if all is well."""
        try:
            message = parse_message(entry)
        except MessageError as error:
            yield refused(error)
            return
        key = sha256(message.id.encode("utf-8", "surrogatepass")).digest()[:8]
        earlier = self._seen.setdefault(key, index)
        if earlier != index:
            yield self._repeated(entry, earlier)
            return
        yield from self._follow_sender(message, entry)
        yield from self._follow_aggregate(message)

    def _repeated(self, entry: bytes, earlier: int) -> Sentence:
        if self._leaf_at(earlier) == leaf_hash(entry):
            return Sentence(
                f"the same message, word for word, is already entry {earlier}",
                f"pesan yang persis sama sudah ada sebagai entri {earlier}",
            )
        return Sentence(
            f"another message with the event id of entry {earlier}",
            f"pesan lain dengan id peristiwa yang sama dengan entri {earlier}",
        )

    def _follow_sender(self, message: Message, entry: bytes) -> Iterator[Sentence]:
        who, at = message.source, message.position
        last, digest = self._senders.get(who, _START)
        if at <= last:
            yield Sentence(
                f"position {at} of {who} comes again after {last}",
                f"posisi {at} dari {who} muncul lagi setelah {last}",
            )
            return
        if at > last + 1:
            yield Sentence(
                f"positions {last + 1} to {at - 1} of {who} are missing",
                f"posisi {last + 1} sampai {at - 1} dari {who} hilang",
            )
        elif message.previous != digest:
            yield Sentence(
                f"position {at} of {who} does not continue the message before it: the hash chain is broken",
                f"posisi {at} dari {who} tidak melanjutkan pesan sebelumnya: rantai hash terputus",
            )
        self._senders[who] = at, sha256(entry).hexdigest()

    def _follow_aggregate(self, message: Message) -> Iterator[Sentence]:
        last = self._versions.get(message.aggregate, 0)
        if message.version != last + 1:
            yield Sentence(
                f"version {message.version} of aggregate {message.aggregate} follows version {last}",
                f"versi {message.version} dari agregat {message.aggregate} menyusul versi {last}",
            )
        self._versions[message.aggregate] = max(last, message.version)
