"""Logs as strangers publish them, with keys that are known here: opaque entries in bundles as Tessera writes them, and a certificate log with
data tiles as Sunlight does."""

from collections.abc import Sequence
from hashlib import sha256

from tests.verify.kept_log import KeptLog

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.note import Note, Signer
from zi_tlog.tile import FULL, new_bundles

TESSERA = Signer("example.com/log/testdata", b"t" * 32)
SUNLIGHT = Signer("rome.ct.example.com/2024h1", b"c" * 32)
OLD_STYLE = Signer("sum.example.org", b"o" * 32)


def opaque(count: int) -> list[bytes]:
    """Entries that are no JSON, of all lengths from nothing on."""
    return [bytes([number % 256]) * (number % 700) for number in range(count)]


class TesseraLog(KeptLog):
    """No policy and no history beside the log; a checkpoint under a key that may have another name than the log."""

    def __init__(self, entries: Sequence[bytes], signer: Signer = TESSERA, origin: str | None = None) -> None:
        self.origin = origin or signer.key.name
        super().__init__(entries, signer)
        del self.files["witness-policy"]

    @property
    def checkpoint(self) -> bytes:
        text = Checkpoint(self.origin, self.edge.size, self.edge.root).text
        return Note(text, (self.signer.sign(text),)).format()


def vector(data: bytes, length_bytes: int) -> bytes:
    return len(data).to_bytes(length_bytes, "big") + data


def timestamped(index: int, *, named: int | None = None) -> bytes:
    """A TimestampedEntry (RFC 6962 section 3.4) of a certificate, every third one of a precertificate; it names its own index."""
    head = (1_700_000_000_000 + index).to_bytes(8, "big")
    leaf_index = b"\x00" + vector((index if named is None else named).to_bytes(5, "big"), 2)
    extensions = vector(b"\x07" + vector(b"unknown", 2) + leaf_index, 2)
    if index % 3:
        return head + b"\x00\x00" + vector(b"certificate %d" % index, 3) + extensions
    return (
        head + b"\x00\x01" + sha256(b"issuer").digest() + vector(b"to be signed %d" % index, 3) + extensions
    )


def tile_leaf(index: int, entry: bytes) -> bytes:
    """A TileLeaf (static-ct-api, Log entries) around it."""
    precertificate = b"" if index % 3 else vector(b"precertificate %d" % index, 3)
    return entry + precertificate + vector(sha256(b"chain").digest() * (index % 4), 2)


class SunlightLog(TesseraLog):
    """Data tiles instead of bundles, over the leaves of RFC 6962."""

    def __init__(self, certificates: Sequence[bytes]) -> None:
        super().__init__([b"\x00\x00" + entry for entry in certificates], SUNLIGHT)
        self.files = {name: data for name, data in self.files.items() if not name.startswith("tile/entries/")}
        leaves = [tile_leaf(index, entry) for index, entry in enumerate(certificates)]
        for bundle in new_bundles(0, len(leaves)):
            first = bundle.index * FULL
            name = bundle.path.replace("entries", "data")
            self.files[name] = b"".join(leaves[first : first + bundle.width])


def certificates(count: int) -> list[bytes]:
    return [timestamped(index) for index in range(count)]
