"""Attacks on the ledger's database and on its published files; the owner of the log key also signs what he made."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.journeys import records
from tests.journeys.attacks.attack import IN_MESSAGES, Attack, Changes, attacked, rechained, target
from tests.journeys.attacks.left import Left

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import read_link
from zi_audit.files.tile_folder import CHECKPOINT
from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.note import Signer, parse_note
from zi_tlog.tile import encode_bundle, hashes_of
from zi_tlog.tree import Edge, leaf_hash

BUNDLE = "tile/entries/000.p/*"
TILE = "tile/0/000.p/*"
ENTRY = "INSERT INTO entries SELECT ?, event_id, sender, position, leaf_hash, ?, anomaly FROM entries WHERE idx = ?"

IN_HASHES: Changes[bytes] = {
    Attack.EDIT: lambda value: bytes([value[0] ^ 1]) + value[1:],
    Attack.INSERT: lambda value: bytes(32),
}


def size_of(log: Path) -> int:
    return parse_checkpoint(parse_note((log / CHECKPOINT).read_bytes()).text).size


# -- rows of the ledger


def row_alone(left: Left, attack: Attack) -> None:
    entries = records.logged(left.data)
    on = target(entries)
    if attack is Attack.FORK:
        _grown_elsewhere(left)
        return
    if attack is Attack.ROLL_BACK:
        shutil.copy(left.backup / "audit-writer" / "ledger.db", left.ledger)
        return
    with closing(sqlite3.connect(left.ledger)) as ledger, ledger:
        match attack:
            case Attack.INSERT | Attack.REPLAY:
                change = IN_MESSAGES.get(attack, bytes)
                ledger.execute(ENTRY, [len(entries), change(entries[on.act]), on.act])
            case Attack.DELETE:
                ledger.execute("DELETE FROM entries WHERE idx = ?", [on.act])
            case Attack.TRUNCATE:
                last = len(attacked(entries, attack, on, IN_MESSAGES))
                ledger.execute("DELETE FROM entries WHERE idx >= ?", [last])
            case _:
                for index, entry in enumerate(attacked(entries, attack, on, IN_MESSAGES)):
                    ledger.execute("UPDATE entries SET entry = ? WHERE idx = ?", [entry, index])


def log_written_anew(left: Left, attack: Attack) -> None:
    """Database, bundles, tiles and a checkpoint over them, all chains whole and all of it signed."""
    entries = records.logged(left.data)
    write_anew(left, rechained(attacked(entries, attack, target(entries), IN_MESSAGES)))


def write_anew(left: Left, entries: Sequence[bytes]) -> None:
    heads = _heads(left.ledger)
    for path in left.ledger.parent.glob("ledger.db*"):
        path.unlink()
    shutil.rmtree(left.log)
    log, database = left.open_log()
    senders = [link.service for entry in entries if (link := read_link(entry))]
    log.append([Arrival(sender, heads[sender], e) for sender, e in zip(senders, entries, strict=True)])
    database.close()


def _grown_elsewhere(left: Left) -> None:
    """A copy of the database that another writer went on with."""
    entries = records.logged(left.backup)
    log, database = left.open_log(left.backup)
    here = records.logged(left.data)
    more = attacked(here, Attack.FORK, target(here), IN_MESSAGES)[len(entries) :]
    named = [link.service for entry in more if (link := read_link(entry))]
    log.append([Arrival(n, 1_000, entry) for n, entry in zip(named, more, strict=True)])
    database.close()
    shutil.copy(left.backup / "audit-writer" / "ledger.db", left.ledger)


def _heads(ledger: Path) -> dict[str, int]:
    with closing(sqlite3.connect(ledger)) as database:
        return dict(database.execute("SELECT sender, sequence FROM heads").fetchall())


# -- bundles and tiles


def bundle_alone(left: Left, attack: Attack) -> None:
    entries = records.logged(left.data)
    left.file(BUNDLE).write_bytes(encode_bundle(attacked(entries, attack, target(entries), IN_MESSAGES)))


def bundle_with_the_tiles_above(left: Left, attack: Attack) -> None:
    entries = records.logged(left.data)
    made = rechained(attacked(entries, attack, target(entries), IN_MESSAGES))
    bundle, tile = left.file(BUNDLE), left.file(TILE)
    bundle.write_bytes(encode_bundle(made[: len(entries)]))
    tile.write_bytes(b"".join(map(leaf_hash, made[: len(entries)])))


def tile_alone(left: Left, attack: Attack) -> None:
    tile = left.file(TILE)
    on = target(records.logged(left.data))
    made: list[bytes] = attacked(hashes_of(tile.read_bytes()), attack, on, IN_HASHES)
    tile.write_bytes(b"".join(made))


def tile_under_a_new_checkpoint(left: Left, attack: Attack) -> None:
    """Of the narrower bundles that were published before nothing is left."""
    for overtaken in {*left.log.glob(BUNDLE)} - {left.file(BUNDLE)}:
        overtaken.unlink()
    tile_alone(left, attack)
    hashes = hashes_of(left.file(TILE).read_bytes())
    sign(left, left.signer, len(hashes), Edge().append(hashes).after.root)
    if len(hashes) != int(left.file(TILE).name):
        left.file(TILE).rename(left.file(TILE).with_name(str(len(hashes))))


# -- checkpoints


def checkpoint_alone(left: Left, attack: Attack) -> None:
    checkpoint = left.log / CHECKPOINT
    note = checkpoint.read_bytes()
    head = parse_checkpoint(parse_note(note).text)
    match attack:
        case Attack.EDIT:
            checkpoint.write_bytes(note.replace(b"\n%d\n" % head.size, b"\n%d\n" % (head.size - 1)))
        case Attack.DELETE:
            checkpoint.unlink()
        case Attack.TRUNCATE:
            checkpoint.write_bytes(note[:-40])
        case Attack.ROLL_BACK:
            shutil.copy(left.backup / records.TILES / CHECKPOINT, checkpoint)
        case Attack.SWAP_ACTOR:
            sign(left, Signer(head.origin, bytes(32)), head.size, head.root)
        case _:
            raise AssertionError(attack)


def checkpoint_signed_anew(left: Left, attack: Attack) -> None:
    """Another root for the same size (edit), or a second history with all its files, shown to somebody else (fork)."""
    if attack is Attack.FORK:
        elsewhere = left.copy(left.folder / "elsewhere")
        log_written_anew(elsewhere, Attack.EDIT)
        elsewhere.log.rename(left.folder / "shown")
        return
    sign(left, left.signer, size_of(left.log), bytes(32))


def sign(left: Left, signer: Signer, size: int, root: bytes) -> None:
    (left.log / CHECKPOINT).write_bytes(Checkpoint(signer.key.name, size, root).sign(signer))
