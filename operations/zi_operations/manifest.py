"""The manifest of a backup: up to where each store and the ledger go, and the parts by size and digest. It is signed by the house and
written last, so a folder without one is no backup."""

import os
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.sealing import HouseKey, OperatorKey

MANIFEST = "manifest.json"
DATA, KEYS = "data", "keys"
PREFIX, UNFINISHED = "zona-", ".unfinished"
LARGEST = 1024 * 1024  # bytes of a manifest, which has a few thousand


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StorePosition(_Written):
    """The last message of a store, and up to which position it has the messages of others."""

    position: int
    hash: str
    received: Mapping[str, int] = Field(default_factory=dict)


class LedgerPosition(_Written):
    size: int
    root: str
    checkpoint: str


class BackupPart(_Written):
    """`key` is sealed for the operator (base64)."""

    file: str
    size: int
    sha256: str
    key: str

    @property
    def sealed_key(self) -> bytes:
        return b64decode(self.key)


class BackupManifest(_Written):
    """`name` is that of the folder; `databases` by name, with the engine that they were copied from."""

    format: int = 1
    name: str
    office: str
    taken_at: datetime
    stores: Mapping[str, StorePosition]
    ledger: LedgerPosition
    databases: Mapping[str, str]
    parts: Mapping[str, BackupPart]

    @property
    def content(self) -> bytes:
        return self.model_dump_json().encode()


class _SignedManifest(_Written):
    manifest: BackupManifest
    signature: str


def write_manifest(folder: Path, manifest: BackupManifest, key: HouseKey) -> None:
    signed = _SignedManifest(manifest=manifest, signature=key.sign(manifest.content).hex())
    with (folder / MANIFEST).open("wb") as file:
        file.write(signed.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path, key: HouseKey | OperatorKey) -> BackupManifest:
    """Raises OperationError for a folder that is no backup, and for a manifest that this house did not sign."""
    try:
        signed = _SignedManifest.model_validate_json(_content(folder / MANIFEST))
        signature = bytes.fromhex(signed.signature)
    except OSError as error:
        raise _no_backup(folder) from error
    except ValueError as error:
        raise changed(f"{folder / MANIFEST}") from error
    if not key.has_signed(signature, signed.manifest.content):
        raise changed(f"{folder / MANIFEST}")
    return signed.manifest


def _content(path: Path) -> bytes:
    """Raises ValueError for a file that is larger than any manifest."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(path)
    return content


def changed(what: str) -> OperationError:
    return OperationError(
        OperationStatus.CHANGED,
        f"{what} was changed or cut short, or was made under another key. Nothing was restored: take another copy of it, or an older backup.",
        f"{what} berubah atau terpotong, atau dibuat dengan kunci lain. Tidak ada yang dipulihkan: pakai salinan lain, atau cadangan yang lebih lama.",
    )


def _no_backup(folder: Path) -> OperationError:
    hot = [name for name in ("intake/store.db", "nats/jetstream", "PG_VERSION") if (folder / name).exists()]
    if hot or (folder / "audit-writer").exists():
        return OperationError(
            OperationStatus.NO_BACKUP,
            f"{folder} is a copy of the files of a house, not a backup. What was copied while the house ran is of many moments and can't be"
            " restored: the checkpoint may be ahead of its tiles. Take a backup that zona backup made.",
            f"{folder} adalah salinan berkas sebuah rumah, bukan cadangan. Salinan yang dibuat ketika rumah berjalan berasal dari banyak saat dan"
            " tidak dapat dipulihkan: checkpoint dapat mendahului ubinnya. Pakai cadangan yang dibuat zona backup.",
        )
    return OperationError(
        OperationStatus.NO_BACKUP,
        f"{folder} has no {MANIFEST}: it is no backup, or of a backup that never came to its end.",
        f"{folder} tidak memiliki {MANIFEST}: bukan cadangan, atau cadangan yang tidak pernah selesai.",
    )
