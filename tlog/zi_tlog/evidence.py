"""The evidence zip that a citizen keeps: packing and unpacking of one layout, bytes to bytes, with nothing verified here.

    README.txt                      how to check it with a tool that is not the office's (id, en); always the same text
    policy                          tlog-policy: the log's key, witnesses, quorum, as the office says them
    promise.vkey                    verifier key of the service that promised (one line); only if there are promises
    timeline.txt                    the case in plain words; optional, proves nothing
    entries/<event id>.json         one message, byte for byte: its RFC 6962 leaf entry
    entries/<event id>.tlog-proof   its receipt (c2sp.org/tlog-proof@v1); absent while it is not in the ledger yet
    entries/<event id>.promise      the service's promise (zi_tlog.promise); optional
    private/<item id>.json          one vault item of the holder's own:
        {"event_id", "field", "digest": hex, "salt": base64, "plaintext": base64, "media_type"}
        digest = SHA-256("zona/vault/v1" || 0x00 || 32 salt bytes || plaintext), and that digest stands in the event's data;
        media_type is one of MEDIA_TYPES (text is UTF-8)

Every name is one of these; anything else in the zip is listed as unchecked. Packing is deterministic: equal evidence, equal bytes.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from zi_tlog.error import LogError
from zi_tlog.text import decode_base64, decode_utf8, encode_base64

MAX_ZIP_BYTES = 128 * 1024 * 1024
MAX_MEMBERS = 4096
SALT_BYTES = 32
_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]{0,127})"
_MESSAGE = re.compile(rf"entries/{_NAME}\.json")
_PRIVATE = re.compile(rf"private/{_NAME}\.json")
# No signature covers a media type, so that it is one of a few: a changed one is seen, and none makes a program out of a content.
MEDIA_TYPES = frozenset(
    (
        "text/plain",
        "application/json",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/heic",
    )
)
_PRIVATE_KEYS = {"event_id", "field", "digest", "salt", "plaintext", "media_type"}
_END_RECORD = b"PK\x05\x06"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class EvidenceError(LogError):
    """An evidence zip that can't be read or does not keep the layout; the message names the file."""


@dataclass(frozen=True)
class Entry:
    """One event's message, byte for byte, with its receipt and promise as they were given."""

    event_id: str
    message: bytes
    proof: bytes | None = None
    promise: bytes | None = None


@dataclass(frozen=True)
class PrivateItem:
    """One item of the holder's own out of the vault, with the salt that makes its digest checkable."""

    item_id: str
    event_id: str
    field: str
    digest: str
    salt: bytes
    plaintext: bytes
    media_type: str

    @property
    def matches(self) -> bool:
        """Whether the stated digest is that of salt and plaintext."""
        return len(self.salt) == SALT_BYTES and private_digest(self.salt, self.plaintext) == self.digest


@dataclass(frozen=True)
class Evidence:
    """All that one zip says; `unchecked` are the names of files that have no place in the layout."""

    policy: bytes
    entries: tuple[Entry, ...]
    private: tuple[PrivateItem, ...] = ()
    promise_key: str | None = None
    timeline: str | None = None
    unchecked: tuple[str, ...] = ()


def private_digest(salt: bytes, plaintext: bytes) -> str:
    """Hex of SHA-256("zona/vault/v1" || 0x00 || salt || plaintext): what an event says about a vault item instead of its content."""
    return sha256(b"zona/vault/v1\x00" + salt + plaintext).hexdigest()


def pack_evidence(evidence: Evidence) -> bytes:
    """The zip of this evidence; unpack_evidence gives the same evidence back."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in _members(evidence).items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return buffer.getvalue()


def unpack_evidence(data: bytes) -> Evidence:
    """The evidence in a zip; a damaged, oversized, encrypted or misshapen one raises LogError and nothing else."""
    files = _unzipped(data)
    if "policy" not in files:
        raise EvidenceError("policy: the file is missing.")
    entries = tuple(
        Entry(
            match[1],
            files[name],
            files.get(f"entries/{match[1]}.tlog-proof"),
            files.get(f"entries/{match[1]}.promise"),
        )
        for name in files
        if (match := _MESSAGE.fullmatch(name))
    )
    private = tuple(_private(match[1], files[name]) for name in files if (match := _PRIVATE.fullmatch(name)))
    key, timeline = files.get("promise.vkey"), files.get("timeline.txt")
    evidence = Evidence(
        policy=files["policy"],
        entries=entries,
        private=private,
        promise_key=None if key is None else decode_utf8(key, "file promise.vkey").removesuffix("\n"),
        timeline=None if timeline is None else decode_utf8(timeline, "file timeline.txt"),
    )
    unchecked = tuple(sorted(set(files) - set(_members(evidence))))
    return Evidence(evidence.policy, entries, private, evidence.promise_key, evidence.timeline, unchecked)


def _members(evidence: Evidence) -> dict[str, bytes]:
    members = {"README.txt": README.encode(), "policy": evidence.policy}
    if evidence.promise_key is not None:
        members["promise.vkey"] = evidence.promise_key.encode() + b"\n"
    if evidence.timeline is not None:
        members["timeline.txt"] = evidence.timeline.encode()
    for entry in evidence.entries:
        files = {"json": entry.message, "tlog-proof": entry.proof, "promise": entry.promise}
        members |= {
            f"entries/{entry.event_id}.{kind}": data for kind, data in files.items() if data is not None
        }
    return members | {f"private/{item.item_id}.json": _private_file(item) for item in evidence.private}


def _private_file(item: PrivateItem) -> bytes:
    said = {
        "event_id": item.event_id,
        "field": item.field,
        "digest": item.digest,
        "salt": encode_base64(item.salt),
        "plaintext": encode_base64(item.plaintext),
        "media_type": item.media_type,
    }
    return json.dumps(said, indent=1).encode() + b"\n"


def _private(item_id: str, data: bytes) -> PrivateItem:
    said = _strings(item_id, data)
    try:
        salt, plaintext = decode_base64(said["salt"]), decode_base64(said["plaintext"])
    except LogError as error:
        raise EvidenceError(f"private/{item_id}.json: the salt or the plaintext is not base64.") from error
    return PrivateItem(
        item_id, said["event_id"], said["field"], said["digest"], salt, plaintext, said["media_type"]
    )


def _strings(item_id: str, data: bytes) -> Mapping[str, str]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"private/{item_id}.json: the file is not JSON.") from error
    if not isinstance(said, dict) or set(said) != _PRIVATE_KEYS:
        raise EvidenceError(
            f"private/{item_id}.json: the file does not have exactly the fields of a private item."
        )
    if not all(isinstance(value, str) for value in said.values()):
        raise EvidenceError(f"private/{item_id}.json: every field is a text.")
    if said["media_type"] not in MEDIA_TYPES:
        raise EvidenceError(f"private/{item_id}.json: the media type is none that a vault holds.")
    return said


def _unzipped(data: bytes) -> dict[str, bytes]:
    # zipfile and zlib raise a dozen unrelated errors on hostile bytes; all of them mean the same here.
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        raise EvidenceError("The file is not a zip that can be read.") from error
    # zipfile lets a damaged length swallow the files after it; the end record (APPNOTE 4.3.16) says how many there must be.
    listed = archive.infolist()
    if len(listed) != int.from_bytes(data[(end := data.rindex(_END_RECORD) + 10) : end + 2], "little"):
        raise EvidenceError("The list of files in the zip is damaged.")
    members = [member for member in listed if not member.is_dir()]
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise EvidenceError("The zip is compressed in an unusual way.")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_ZIP_BYTES:
        raise EvidenceError("The zip is larger than any evidence.")
    if len({member.filename for member in members}) != len(members):
        raise EvidenceError("The zip holds two files of the same name.")
    # The list is read once for all: again for each member, a full zip would take minutes.
    return {member.filename: _unpacked(archive, member) for member in members}


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    # Asked for the declared size only, so that a member which lies about it can't fill the memory; reading to its end checks the CRC.
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except Exception as error:
        raise EvidenceError(f"{member.filename}: the file in the zip is damaged.") from error


README = """\
BUKTI / EVIDENCE

[id] Berkas ini membuktikan bahwa setiap pesan di entries/ tercatat dalam buku besar kantor dan tidak diubah.
  Cara termudah, tanpa jaringan:   zi-verify receipt evidence.zip
  Tambahkan --policy BERKAS dengan kunci yang Anda peroleh dari sumber lain (maklumat, saksi): berkas policy di sini
  hanyalah pernyataan kantor itu sendiri.
  Tidak percaya pada alat kantor? Entri adalah byte persis dari berkas .json; tanda terimanya berformat
  c2sp.org/tlog-proof; pohonnya RFC 6962 dengan SHA-256. Skrip Python di bawah memakai pustaka pihak lain.
  private/ berisi data Anda sendiri: jangan dibagikan bila tidak perlu.
  digest = SHA-256("zona/vault/v1" + satu byte nol + salt 32 byte + isi), dan digest itu ada di dalam pesan.

[en] This file proves that each message in entries/ stands in the office's ledger and was not changed.
  The easy way, without network:   zi-verify receipt evidence.zip
  Add --policy FILE with keys that you got elsewhere (the printed maklumat, a witness): the policy in here is only
  the office's own word.
  You don't trust a tool of the office? An entry is exactly the bytes of a .json file; its receipt has the format
  c2sp.org/tlog-proof; the tree is RFC 6962 with SHA-256. The Python script below uses somebody else's library.
  private/ holds your own data: don't pass it on without need.
  digest = SHA-256("zona/vault/v1" + one zero byte + 32 salt bytes + content), and that digest stands in the message.

--- check.py: pip install metamorphic-log; unzip evidence.zip; python check.py
import base64, glob, hashlib, metamorphic_log
keys = [line.split()[1] for line in open("policy") if line.startswith("log ")]
for name in sorted(glob.glob("entries/*.tlog-proof")):
    head, checkpoint = open(name, encoding="utf-8", newline="").read().split("\\n\\n", 1)
    lines = [line for line in head.split("\\n")[1:] if not line.startswith("extra ")]
    index, proof = int(lines[0].split()[1]), [base64.b64decode(line) for line in lines[1:]]
    entry = open(name.replace(".tlog-proof", ".json"), "rb").read()
    leaf = hashlib.sha256(b"\\0" + entry).digest()
    metamorphic_log.checkpoint_verify_inclusion(checkpoint, keys, index, leaf, proof)
    print(name, "is entry", index)
"""
