"""The newest proof of each sender that the log holds: with it a sender itself signed the end of the chain that its entries lead to. The
writer keeps them with the entries and publishes them beside the tiles."""

from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter, ValidationError

from zi_audit.files.tiles import Tiles
from zi_chassis.bus.sender_proof import FORMAT
from zi_chassis.domain import Value
from zi_chassis.storage.database import Tx

FILE = "sender-proofs.json"
TABLE = (
    "CREATE TABLE IF NOT EXISTS sender_proofs (source TEXT PRIMARY KEY, position INTEGER NOT NULL, hash TEXT NOT NULL,"
    " proof TEXT NOT NULL, public_key TEXT NOT NULL)"
)
_UPSERT = (
    "INSERT INTO sender_proofs VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET position = excluded.position,"
    " hash = excluded.hash, proof = excluded.proof, public_key = excluded.public_key"
)


class SenderProof(Value):
    """`proof` is the Ed25519 signature (base64) under `public_key` (hex) over four lines: `format`, `source`, `position` and `hash`, each
    with its newline; `hash` is the SHA-256 of the sender's message at `position`."""

    source: str
    position: int
    hash: str
    proof: str
    public_key: str
    format: str = FORMAT


_COLUMNS = ("source", "position", "hash", "proof", "public_key")
_PROOFS = TypeAdapter(tuple[SenderProof, ...])


def store(tx: Tx, proofs: Iterable[SenderProof]) -> None:
    tx.many(
        _UPSERT,
        [(proof.source, proof.position, proof.hash, proof.proof, proof.public_key) for proof in proofs],
    )


def stored(tx: Tx) -> Sequence[SenderProof]:
    rows = tx.execute(f"SELECT {', '.join(_COLUMNS)} FROM sender_proofs ORDER BY source")
    return [SenderProof.model_validate({name: row[name] for name in _COLUMNS}) for row in rows]


def publish(tiles: Tiles, proofs: Sequence[SenderProof]) -> None:
    tiles.replace(FILE, _PROOFS.dump_json(tuple(proofs)))


def published(tiles: Tiles) -> Sequence[SenderProof]:
    """Return what the writer published last; nothing where that can't be read."""
    try:
        return _PROOFS.validate_json(tiles.read(FILE) or b"[]")
    except ValidationError:
        return ()
