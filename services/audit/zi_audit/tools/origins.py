"""The last way out: the log is set aside as it is, and another one under another name goes on from where it stood; its first entry
is the old log's last checkpoint, and its key is a new one. Each step is done once, so that an interrupted change is simply repeated."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from zi_audit.domain.chain import Head, Link, advance, read_link
from zi_audit.domain.decisions import continued, decision
from zi_audit.domain.senders import SENDERS
from zi_audit.files.lane_notes import LANES
from zi_audit.files.log_keys import (
    FORMER,
    KEY,
    NEXT,
    ORIGIN,
    OVERLAP,
    RETIRED,
    LogKeys,
    keys_of,
    listed,
)
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import (
    CHECKPOINT,
    COSIGNED,
    HISTORY,
    KEYS,
    ORIGINS,
    PENDING,
    POLICY,
    TILES,
    TileFolder,
)
from zi_audit.files.tiles import Tiles
from zi_audit.writer.known_entries import LaneProgress
from zi_audit.writer.ledger import Ledger
from zi_chassis.clock import Clock
from zi_chassis.secret_file import sync_folder
from zi_chassis.settings import Settings
from zi_contracts.audit import SenderContinued
from zi_contracts.lanes import ForeignMessagesPassedOver
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import Signer
from zi_tlog.succession import quoted
from zi_tlog.tree import Edge, leaf_hash

QUOTE = "quote"
_NEW_KEY = "log-key.origin"
_PUBLISHED = (TILES, LANES, HISTORY, COSIGNED, POLICY, PENDING, KEYS, CHECKPOINT)


class OriginError(Exception):
    """A new origin can't begin like this; the message says why and what to do."""


def new_origin(settings: Settings, ledger: Ledger, tiles: Tiles, clock: Clock, name: str) -> Checkpoint:
    """Return what the new log's first entry quotes. The writer is stopped."""
    staged, number = _staged(settings, tiles, name)
    note = (staged / QUOTE).read_bytes()
    quote = quoted(note)
    if quote is None:
        raise OriginError(f"{staged / QUOTE} is no checkpoint: remove that folder and begin again.")
    if not _begun(ledger, name):
        signer = Signer(name, settings.secret(_NEW_KEY))
        ledger.begin(
            note,
            stood(tiles, quote, settings.office),
            lambda size, root: (Checkpoint(name, size, root).sign(signer), clock.now()),
            aside=number,
        )
    tiles.set_aside(_PUBLISHED, number)
    _take_over(settings, name)
    staged.rename(staged.with_suffix(""))
    sync_folder(staged.parent)
    return quote


def stood(tiles: Tiles, quote: Checkpoint, office: str) -> dict[str, LaneProgress]:
    """Return where each sender stood at the end of the quoted tree; nothing, so that everything is read again, when these files do not give
    that tree any more."""
    log, edge, ends = PublishedLog(tiles), Edge(), _Ends(f"/zi/{office}/")
    try:
        while edge.size < quote.size:
            entries = log.entries(edge.size, quote.size)
            lanes = log.lanes(edge.size, edge.size + len(entries))
            for index, entry in enumerate(entries, start=edge.size):
                ends.take(index, entry, lanes.get(index))
            edge = edge.append(map(leaf_hash, entries)).after
    except LogError:
        return {}
    return ends.progress() if edge.root == quote.root else {}


class _Ends:
    """The ends of the senders' chains and streams. In a stream sequence and position are one number, the outbox sees to that, but for
    what others put there. No sequence is beyond what was counted, whatever position a forgery claims: better read twice than not."""

    def __init__(self, sources: str) -> None:
        self._sources = sources
        self._heads: dict[str, Head] = {}
        self._others = Counter[str]()
        self._counted = Counter[str]()
        self._noted: set[int] = set()

    def take(self, index: int, entry: bytes, lane: str | None) -> None:
        link = read_link(entry)
        if lane is not None:
            self._noted.add(index)
            self._others[lane] += 1
            self._counted[lane] += 1
        elif link is not None and link.service in SENDERS and link.source == self._sources + link.service:
            self._heads[link.service] = advance(self._heads.get(link.service, Head()), link, entry)
            self._counted[link.service] += 1
            self._pass_over(link)
            if isinstance(decided := decision(link, None, index), SenderContinued):
                self._continue(decided, link, entry)

    def progress(self) -> dict[str, LaneProgress]:
        return {
            sender: LaneProgress(min(head.position + self._others[sender], self._counted[sender]), head)
            for sender, head in self._heads.items()
        }

    def _pass_over(self, link: Link) -> None:
        """Pass over what a sender found on its stream and never sent: it is no entry of the log."""
        if link.attributes.get("type") != f"zi.{link.service}.foreign_messages_passed_over":
            return
        with suppress(ValidationError):
            count = ForeignMessagesPassedOver.model_validate(link.attributes.get("data")).count
            self._others[link.service] += count
            self._counted[link.service] += count

    def _continue(self, decided: SenderContinued, link: Link, entry: bytes) -> None:
        self._heads[decided.sender] = continued(decided, link, entry)
        self._others[decided.sender] += sum(each.index not in self._noted for each in decided.messages)
        self._counted[decided.sender] += sum(each.index is None for each in decided.messages)


def former(tiles: Tiles) -> Tiles | None:
    """The files of the log before this one."""
    numbers = tiles.origins()
    return tiles.former(numbers[-1]) if numbers else None


def _staged(settings: Settings, tiles: Tiles, name: str) -> tuple[Path, int]:
    """The folder of the change: what was begun before, or a new one."""
    keys, origins = keys_of(settings), settings.folder / ORIGINS
    number = 1 + sum(path.name.isdecimal() for path in origins.glob("*"))
    staged = origins / f"{number}.new"
    if not staged.exists():
        _stage(staged.with_suffix(".part"), settings, keys, tiles, name)
        staged.with_suffix(".part").rename(staged)
        sync_folder(origins)
    begun = (staged / ORIGIN).read_text().strip()
    if begun != name:
        raise OriginError(
            f"The change to {begun} was begun and not finished: repeat it with --origin {begun}."
        )
    return staged, number


def _stage(part: Path, settings: Settings, keys: LogKeys, tiles: Tiles, name: str) -> None:
    names = {keys.origin, *(key.name for key in keys.earlier)}
    if name in names:
        raise OriginError(f"{name} is the name of a log already: each log has a name of its own.")
    quote = _last(tiles)
    if quote is None:
        raise OriginError("There is no published checkpoint that a new log could continue.")
    folder = TileFolder(part)
    folder.replace(QUOTE, quote)
    folder.replace(FORMER, listed(verifier.key for verifier in keys.verifiers))
    folder.replace(ORIGIN, f"{name}\n".encode())


def _last(tiles: Tiles) -> bytes | None:
    """The newest checkpoint that meets the quorum; where there is none the newest that the log signed."""
    log = PublishedLog(tiles)
    for newest in (log.witnessed, log.signed):
        with suppress(LogError):
            if (found := newest()) is not None:
                return found[0]
    return None


def _begun(ledger: Ledger, name: str) -> bool:
    here = quoted(ledger.state().checkpoint) if ledger.database.has("log_state") else None
    return here is not None and here.origin == name


def _take_over(settings: Settings, name: str) -> None:
    """The new name and key in the place of the old ones, whose seeds are gone then."""
    secrets = settings.folder / "secrets"
    for leftover in (secrets / NEXT, settings.folder / OVERLAP, settings.folder / RETIRED):
        leftover.unlink(missing_ok=True)
    TileFolder(settings.folder).replace(ORIGIN, f"{name}\n".encode())
    if (secrets / _NEW_KEY).exists():
        (secrets / _NEW_KEY).replace(secrets / KEY)
    sync_folder(secrets)
