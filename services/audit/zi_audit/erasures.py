"""Every erasure that this log and those before it recorded, for intake after a restore. Only what came by intake's own lane counts, as
the ledger database has it, for an erasure destroys a key; of a log that was set aside without its rows, as the writer noted it."""

from collections.abc import Iterator

from zi_audit.chain import Link, read_link
from zi_audit.halt import HaltError, Reason
from zi_audit.ledger import Ledger
from zi_audit.log_keys import ORIGINS
from zi_audit.published_log import PublishedLog
from zi_audit.tile_folder import TileFolder
from zi_contracts.intake import DataSubjectErased

SENDER = "intake"


def erasures(ledger: Ledger, tiles: TileFolder, office: str) -> list[str]:
    """The messages themselves, the newest log's first. Raises HaltError where the database lacks entries of the published log."""
    signed = PublishedLog(tiles).signed()
    published = 0 if signed is None else signed[1].size
    known = ledger.state().size if ledger.database.has("log_state") else 0
    if known < published:
        raise HaltError(
            Reason.REGRESSION,
            f"The ledger database holds {known} of {published} entries, so erasures could be missing: run zi-audit refill"
            " first.",
        )
    found = (entry for entry in _heard(ledger, tiles, f"/zi/{office}/{SENDER}") if _is_erasure(entry))
    return [entry.decode() for entry in dict.fromkeys(found)]


def erases(link: Link) -> bool:
    return (link.service, link.attributes.get("type")) == (SENDER, DataSubjectErased.type)


def _is_erasure(entry: bytes) -> bool:
    link = read_link(entry)
    return link is not None and erases(link)


def _heard(ledger: Ledger, tiles: TileFolder, source: str) -> Iterator[bytes]:
    if ledger.database.has("entries"):
        yield from ledger.heard_from(SENDER)
    aside = [int(path.name) for path in (tiles.folder / ORIGINS).glob("*") if path.name.isdecimal()]
    for number in sorted(aside, reverse=True):
        if ledger.database.has(f"entries_{number}"):
            yield from ledger.heard_from(SENDER, number)
        else:
            yield from _published(PublishedLog(tiles).former(number), source)


def _published(log: PublishedLog, source: str) -> Iterator[bytes]:
    for entry, lane in log.walk():
        link = read_link(entry)
        if lane is None and link is not None and link.source == source:
            yield entry
