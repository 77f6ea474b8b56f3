"""Packs evidence of the older layout, as houses gave it out; kept for the tests of those who read it."""

import io
import zipfile

from zi_tlog.evidence_v1 import Evidence, unpack_evidence
from zi_tlog.evidence_zip import EvidenceArchive


def pack_v1(evidence: Evidence, timeline: str = "diterima\n") -> bytes:
    """The zip of this evidence."""
    members = {"README.txt": b"BUKTI / EVIDENCE\n", "policy": evidence.policy}
    if evidence.promise_key is not None:
        members["promise.vkey"] = evidence.promise_key.encode() + b"\n"
    members["timeline.txt"] = timeline.encode()
    for entry in evidence.entries:
        files = {"json": entry.message, "tlog-proof": entry.proof, "promise": entry.promise}
        members |= {
            f"entries/{entry.event_id}.{kind}": data for kind, data in files.items() if data is not None
        }
    members |= {item.name: item.format() for item in evidence.private}
    return zipped(members)


def unpack_v1(data: bytes) -> Evidence:
    return unpack_evidence(EvidenceArchive(io.BytesIO(data)))


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
