"""The zip around evidence: written member by member in bounded memory, and read so that no file of a stranger's can fill memory or
time: what it declares is measured before its list is read, and a member is read only when it is asked for."""

import struct
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from typing import BinaryIO, Self

from zi_tlog.evidence import (
    BUNDLE_ENTRIES,
    CHECKPOINT,
    MANIFEST,
    MANIFEST_KEY,
    MANIFEST_NOTE,
    MAX_MANIFEST_BYTES,
    POLICY,
    PROMISE_KEY,
    README,
    EvidenceError,
    Manifest,
    PrivateItem,
    bundle_name,
)
from zi_tlog.evidence_readme import README_TEXT
from zi_tlog.note import Signer
from zi_tlog.tile import MAX_ENTRY_BYTES, encode_bundle

MAX_ZIP_BYTES = 2 * 1024 * 1024 * 1024  # of all members together, as they are declared
MAX_MEMBERS = 400_000
MAX_MEMBER_BYTES = max(BUNDLE_ENTRIES * (MAX_ENTRY_BYTES + 2), MAX_MANIFEST_BYTES)
_MAX_LIST_BYTES = 200 * MAX_MEMBERS
_EPOCH = (1980, 1, 1, 0, 0, 0)
# APPNOTE 4.3.12, 4.3.14 to 4.3.16: a file header in the list, the zip64 end record and its locator, the end record.
_FILE, _FILE_BYTES = b"PK\x01\x02", 46
_END, _END_BYTES, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_LOCATOR, _LOCATOR_BYTES, _END64, _END64_BYTES = b"PK\x06\x07", 20, b"PK\x06\x06", 56


class EvidenceWriter:
    """Writes one zip into a file that can be sought in; equal calls, equal bytes. The manifest or the end of its context ends it."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._private: list[str] = []
        self._pending: list[str] = []
        self._promises: list[str] = []
        self._checkpoints: list[int] = []
        self._bytes = self._members = 0
        self.add(README, README_TEXT.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # What was given up is no zip for anybody, but it must not be ended later, when its file is closed.
        with suppress(OSError) if kind is not None else nullcontext():
            self._archive.close()

    def add(self, name: str, data: bytes) -> None:
        """A member as it is. Raises EvidenceError beyond what a reader accepts."""
        self._bytes, self._members = self._bytes + len(data), self._members + 1
        if self._bytes > MAX_ZIP_BYTES or self._members > MAX_MEMBERS:
            raise EvidenceError("The evidence is larger than any reader accepts.")
        member = zipfile.ZipInfo(name, _EPOCH)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        self._archive.writestr(member, data)

    def log(self, policy: bytes, checkpoint: bytes | None, tiles: Iterable[tuple[str, bytes]]) -> None:
        """Add the part of the log that the proofs need; `tiles` are (path, bytes)."""
        self.add(POLICY, policy)
        if checkpoint is not None:
            self.add(CHECKPOINT, checkpoint)
        for path, data in tiles:
            self.add(path, data)

    def older(self, size: int, checkpoint: bytes) -> None:
        self.add(f"checkpoints/{size}", checkpoint)
        self._checkpoints.append(size)

    def entries(self, entries: Iterable[bytes]) -> None:
        """All of them, in the order of their indexes; one bundle is held at a time."""
        bundle: list[bytes] = []
        number = 0
        for entry in entries:
            bundle.append(entry)
            if len(bundle) == BUNDLE_ENTRIES:
                self.add(bundle_name(number), encode_bundle(bundle))
                number, bundle = number + 1, []
        if bundle:
            self.add(bundle_name(number), encode_bundle(bundle))

    def pending(self, event_id: str, message: bytes) -> None:
        self._pending.append(f"pending/{event_id}.json")
        self.add(self._pending[-1], message)

    def promise(self, event_id: str, note: bytes) -> None:
        self._promises.append(f"promises/{event_id}")
        self.add(self._promises[-1], note)

    def private(self, item: PrivateItem) -> None:
        self._private.append(item.name)
        self.add(item.name, item.format())

    def seal(
        self,
        signer: Signer,
        *,
        promise_key: str | None = None,
        case: str,
        origin: str,
        size: int,
        services: Iterable[str],
        purpose: str,
        indexes: Iterable[int],
        left_out: Iterable[int],
        aggregates: Mapping[str, int],
    ) -> Manifest:
        """The manifest of all that was written, signed; ends the zip."""
        manifest = Manifest(
            case=case,
            origin=origin,
            size=size,
            services=tuple(sorted(services)),
            purpose=purpose,
            indexes=tuple(indexes),
            left_out=tuple(left_out),
            aggregates=dict(aggregates),
            pending=tuple(sorted(self._pending)),
            promises=tuple(sorted(self._promises)),
            private=tuple(sorted(self._private)),
            checkpoints=tuple(sorted(self._checkpoints)),
        )
        if promise_key is not None:
            self.add(PROMISE_KEY, f"{promise_key}\n".encode())
        self.add(MANIFEST, manifest.format())
        self.add(MANIFEST_NOTE, manifest.note(signer))
        self.add(MANIFEST_KEY, f"{signer.key.vkey}\n".encode())
        self._archive.close()
        return manifest


class EvidenceArchive:
    """The members of a zip in a file that can be sought in. Damage, too much, encryption and twins raise EvidenceError and nothing else."""

    def __init__(self, file: BinaryIO) -> None:
        _refuse_too_much(file)
        # zipfile and zlib raise a dozen unrelated errors on hostile bytes; all of them mean the same here.
        try:
            self._archive = zipfile.ZipFile(file)
        except Exception as error:
            raise EvidenceError("The file is not a zip that can be read.") from error
        members = [member for member in self._archive.infolist() if not member.is_dir()]
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise EvidenceError("The zip is compressed in an unusual way.")
        if sum(member.file_size for member in members) > MAX_ZIP_BYTES:
            raise EvidenceError("The zip is larger than any evidence.")
        self._members = {member.filename: member for member in members}
        if len(self._members) != len(members):
            raise EvidenceError("The zip holds two files of the same name.")

    @property
    def names(self) -> list[str]:
        """In the order of the zip's list."""
        return list(self._members)

    @property
    def declared_bytes(self) -> int:
        return sum(member.file_size for member in self._members.values())

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes | None:
        """The member's bytes, or None where there is none of this name."""
        member = self._members.get(name)
        if member is None:
            return None
        if member.file_size > MAX_MEMBER_BYTES:
            raise EvidenceError(f"{name}: the file is larger than any of evidence.")
        # Asked for the declared size only, so that a member which lies about it can't fill the memory; reading to its end checks the CRC.
        try:
            with self._archive.open(member) as file:
                return file.read(member.file_size + 1)
        except Exception as error:
            raise EvidenceError(f"{name}: the file in the zip is damaged.") from error

    def require(self, name: str) -> bytes:
        """The member's bytes; a missing one is an error."""
        data = self.read(name)
        if data is None:
            raise EvidenceError(f"{name}: the file is missing.")
        return data


def _refuse_too_much(file: BinaryIO) -> None:
    """Return if the end record and the list itself agree on a number of files that evidence may have; nothing is made of them."""
    count, length, start = _end(file)
    if count > MAX_MEMBERS or length > _MAX_LIST_BYTES:
        raise EvidenceError("The zip is larger than any evidence.")
    file.seek(start)
    listed, at, found = file.read(length), 0, 0
    while listed[at : at + 4] == _FILE and at + _FILE_BYTES <= length and found <= count:
        name, extra, comment = struct.unpack_from("<3H", listed, at + 28)
        at, found = at + _FILE_BYTES + name + extra + comment, found + 1
    # A damaged length swallows the files after it, and zipfile would not miss them.
    if (at, found) != (len(listed), count):
        raise EvidenceError("The list of files in the zip is damaged.")


def _end(file: BinaryIO) -> tuple[int, int, int]:
    """Number of files, bytes and place of their list, by the end record; what zipfile takes for it (APPNOTE 4.3.16)."""
    size = file.seek(0, 2)
    first = max(0, size - _END_BYTES - _LONGEST_COMMENT)
    file.seek(first)
    tail = file.read(size - first)
    end = tail[-_END_BYTES:]
    if not (len(end) == _END_BYTES and end.startswith(_END) and end.endswith(bytes(2))):
        found = tail.rfind(_END)
        end = tail[found : found + _END_BYTES]
        if found < 0 or len(end) < _END_BYTES:
            raise EvidenceError("The file is not a zip that can be read.")
        size = first + found + _END_BYTES
    count, length = struct.unpack_from("<HI", end, 10)
    place = size - _END_BYTES
    file.seek(max(0, place - _LOCATOR_BYTES))
    if file.read(4) == _LOCATOR and place >= _LOCATOR_BYTES + _END64_BYTES:
        # zipfile takes it from the place just before its locator, whatever the locator says.
        place -= _LOCATOR_BYTES + _END64_BYTES
        file.seek(place)
        end64 = file.read(_END64_BYTES)
        if end64.startswith(_END64):
            count, length = struct.unpack_from("<QQ", end64, 32)
    if length > place:
        raise EvidenceError("The list of files in the zip is damaged.")
    return count, length, place - length
