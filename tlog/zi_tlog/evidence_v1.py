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
import re
import zipfile
from dataclasses import dataclass

from zi_tlog.evidence import EvidenceError, PrivateItem, parse_private
from zi_tlog.evidence_readme import README_TEXT
from zi_tlog.text import decode_utf8

MAX_ZIP_BYTES = 128 * 1024 * 1024
MAX_MEMBERS = 4096
_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]{0,127})"
_MESSAGE = re.compile(rf"entries/{_NAME}\.json")
_PRIVATE = re.compile(rf"private/{_NAME}\.json")
_END_RECORD = b"PK\x05\x06"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """One event's message, byte for byte, with its receipt and promise as they were given."""

    event_id: str
    message: bytes
    proof: bytes | None = None
    promise: bytes | None = None


@dataclass(frozen=True)
class Evidence:
    """All that one zip says; `unchecked` are the names of files that have no place in the layout."""

    policy: bytes
    entries: tuple[Entry, ...]
    private: tuple[PrivateItem, ...] = ()
    promise_key: str | None = None
    timeline: str | None = None
    unchecked: tuple[str, ...] = ()


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
    private = tuple(parse_private(name, files[name]) for name in files if _PRIVATE.fullmatch(name))
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
    members = {"README.txt": README_TEXT.encode(), "policy": evidence.policy}
    if evidence.promise_key is not None:
        members["promise.vkey"] = evidence.promise_key.encode() + b"\n"
    if evidence.timeline is not None:
        members["timeline.txt"] = evidence.timeline.encode()
    for entry in evidence.entries:
        files = {"json": entry.message, "tlog-proof": entry.proof, "promise": entry.promise}
        members |= {
            f"entries/{entry.event_id}.{kind}": data for kind, data in files.items() if data is not None
        }
    return members | {item.name: item.format() for item in evidence.private}


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
