"""Records of a house, read past its services: stores, streams, the log's files, the mailbox."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path

import nats
import orjson
from tests.journeys.house import House

from zi_audit.domain.senders import SENDERS
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.note import parse_note
from zi_tlog.tile import new_bundles, read_bundle

TILES = Path("audit-writer/tiles")
TOGETHER = 50
OF_THE_OFFICE = "@pegawai.example"


def stored(data: Path, service: str) -> list[bytes]:
    """The messages of a service's store, in the order of positions, which must have no gap."""
    with closing(sqlite3.connect(f"file:{data / service / 'store.db'}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT position, message FROM messages ORDER BY position").fetchall()
    assert [position for position, _ in rows] == list(range(1, len(rows) + 1))
    return [bytes(message) for _, message in rows]


def number_stored(data: Path, service: str) -> int:
    with closing(sqlite3.connect(f"file:{data / service / 'store.db'}?mode=ro", uri=True)) as store:
        [number] = store.execute("SELECT count(*) FROM messages").fetchone()
    return int(number)


def looked_again(data: Path) -> list[int]:
    """Return how often officials opened again what they had opened, for each hour that is not counted in an event yet."""
    with closing(sqlite3.connect(f"file:{data / 'intake' / 'store.db'}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT count FROM repeated_looks WHERE role LIKE 'staff:%'").fetchall()
    return [count for (count,) in rows]


def published(house: House, service: str) -> list[bytes]:
    """The messages of a service's stream, in the order of sequences, which must have no gap."""
    return asyncio.run(_published(house, service))


async def _published(house: House, service: str) -> list[bytes]:
    client = await nats.connect(
        house.nats_url, nkeys_seed=str(house.seed(service)), inbox_prefix=f"_INBOX.{service}"
    )
    try:
        js, stream = client.jetstream(), f"ZI_{service.upper()}"
        last = (await js.stream_info(stream)).state.last_seq
        found: list[bytes] = []
        for first in range(1, last + 1, TOGETHER):
            span = range(first, min(first + TOGETHER, last + 1))
            messages = await asyncio.gather(*(js.get_msg(stream, seq=sequence) for sequence in span))
            found += [message.data or b"" for message in messages]
        return found
    finally:
        await client.close()


def number_logged(data: Path) -> int:
    """Return the size of the published log."""
    return parse_checkpoint(parse_note((data / TILES / "checkpoint").read_bytes()).text).size


def logged(data: Path) -> list[bytes]:
    """The entries of the published log, in its order."""
    folder = data / TILES
    return [
        entry
        for bundle in new_bundles(0, number_logged(data))
        for entry in read_bundle(bundle, lambda path: _bytes(folder / path))
    ]


def settled(house: House) -> bool:
    """All that is stored is in the log, once each; also by those whose store a test stands in for."""
    stores = [sender for sender in SENDERS if (house.data / sender / "store.db").exists()]
    if sum(number_stored(house.data, sender) for sender in stores) != number_logged(house.data):
        return False  # nothing is read while numbers differ: this is asked again and again
    everything = [message for sender in stores for message in stored(house.data, sender)]
    return Counter(everything) == Counter(logged(house.data))


def mails(data: Path) -> Iterator[Mail]:
    for file in (data / "mailbox" / "maildir" / "new").iterdir():
        yield message_from_bytes(file.read_bytes())


def citizens_mails(data: Path) -> Iterator[Mail]:
    """All but those to the office's own people, whose morning list depends on the time of the day."""
    return (mail for mail in mails(data) if not mail["To"].endswith(OF_THE_OFFICE))


def parse(message: bytes) -> dict[str, object]:
    read: dict[str, object] = orjson.loads(message)
    return read


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
