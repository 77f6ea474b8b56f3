"""An evidence zip opened for a test: what is in it, without checking anything."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from zi_tlog.evidence import BUNDLE_ENTRIES, Manifest, PrivateItem, parse_manifest, parse_private
from zi_tlog.proof import TlogProof
from zi_tlog.tile import TileHashes, decode_bundle
from zi_tlog.tree import inclusion_proof


@dataclass(frozen=True)
class TakenEvidence:
    files: Mapping[str, bytes]
    manifest: Manifest

    @property
    def policy(self) -> bytes:
        return self.files["policy"]

    @property
    def entries(self) -> list[bytes]:
        """The messages that the tree has, in its order."""
        found: list[bytes] = []
        for name in self.manifest.bundles:
            width = min(BUNDLE_ENTRIES, len(self.manifest.indexes) - len(found))
            found += decode_bundle(self.files[name], width)
        return found

    @property
    def pending(self) -> list[bytes]:
        return [self.files[name] for name in self.manifest.pending]

    @property
    def messages(self) -> list[bytes]:
        return [*self.entries, *self.pending]

    @property
    def private(self) -> list[PrivateItem]:
        return [parse_private(name, self.files[name]) for name in self.manifest.private]

    def proof(self, index: int) -> TlogProof:
        """The receipt that the tiles of the zip give."""
        size = self.manifest.size
        hashes = inclusion_proof(index, size, TileHashes(size, self.files.get))
        return TlogProof(index, tuple(hashes), self.files["checkpoint"])


def take(data: bytes) -> TakenEvidence:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return TakenEvidence(files, parse_manifest(files["manifest.json"]))
