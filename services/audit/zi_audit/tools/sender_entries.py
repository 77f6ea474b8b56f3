"""The entries of one sender in the published files of a log and of those before it, in their order: what came by another's lane is not
the sender's, nor is what a person declared forged."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from zi_audit.domain.chain import Link, read_link
from zi_audit.domain.decisions import decision
from zi_audit.files.published_log import PublishedLog
from zi_contracts.audit import SenderContinued

_DECLARATION = SenderContinued.type.encode()


class SenderEntry(NamedTuple):
    """The bytes of an entry, and what they say of their place."""

    content: bytes
    link: Link

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def sender_entries(logs: Sequence[PublishedLog], service: str) -> Iterator[SenderEntry]:
    """`logs` from the oldest to the newest. The files are read twice, as what is declared forged stands before the declaration."""
    for log in logs:
        forged = forged_entries(log)
        name = service.encode()
        for index, (entry, lane) in enumerate(log.walk()):
            if lane is not None or index in forged or name not in entry:
                continue
            link = read_link(entry)
            if link is not None and link.service == service:
                yield SenderEntry(entry, link)


def forged_entries(log: PublishedLog) -> frozenset[int]:
    """List what persons declared forged in this log."""
    forged = set[int]()
    for index, (entry, lane) in enumerate(log.walk()):
        if lane is None and _DECLARATION in entry:
            decided = decision(read_link(entry), None, index)
            forged.update(decided.forged if isinstance(decided, SenderContinued) else ())
    return frozenset(forged)
