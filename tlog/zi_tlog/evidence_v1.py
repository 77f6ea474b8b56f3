"""The older layout of an evidence zip, which houses gave out before `zona/evidence/v2`: reading only, with nothing verified here.

    README.txt                      how to check it (id, en)
    policy                          tlog-policy: the log's key, witnesses, quorum, as the office says them
    promise.vkey                    verifier key of the service that promised (one line); only if there are promises
    timeline.txt                    the case in plain words; proves nothing and is not checked
    entries/<event id>.json         one message, byte for byte: its RFC 6962 leaf entry
    entries/<event id>.tlog-proof   its receipt (c2sp.org/tlog-proof@v1); absent while it is not in the ledger yet
    entries/<event id>.promise      the service's promise (zi_tlog.promise); optional
    private/<item id>.json          one vault item of the holder's own (zi_tlog.evidence.PrivateItem)

Any other name in the zip is listed as unchecked.
"""

import re
from dataclasses import dataclass

from zi_tlog.evidence import POLICY, PROMISE_KEY, EvidenceError, PrivateItem, parse_private
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.text import decode_utf8

MAX_ZIP_BYTES = 128 * 1024 * 1024
MAX_MEMBERS = 4096
_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]{0,127})"
_MESSAGE = re.compile(rf"entries/{_NAME}\.json")
_PRIVATE = re.compile(rf"private/{_NAME}\.json")


@dataclass(frozen=True)
class Entry:
    """One event's message, byte for byte, with its receipt and promise as they were given."""

    event_id: str
    message: bytes
    proof: bytes | None = None
    promise: bytes | None = None


@dataclass(frozen=True)
class Evidence:
    """All that one zip says; `unchecked` are the names of files that nothing can be checked of."""

    policy: bytes
    entries: tuple[Entry, ...]
    private: tuple[PrivateItem, ...] = ()
    promise_key: str | None = None
    unchecked: tuple[str, ...] = ()


def unpack_evidence(archive: EvidenceArchive) -> Evidence:
    """The evidence in a zip; a damaged, oversized or misshapen one raises LogError and nothing else."""
    if len(archive.names) > MAX_MEMBERS or archive.declared_bytes > MAX_ZIP_BYTES:
        raise EvidenceError("The zip is larger than any evidence.")
    used = [POLICY]
    entries: list[Entry] = []
    private: list[PrivateItem] = []
    for name in archive.names:
        if match := _MESSAGE.fullmatch(name):
            proof, promise = f"entries/{match[1]}.tlog-proof", f"entries/{match[1]}.promise"
            entries.append(Entry(match[1], archive.require(name), archive.read(proof), archive.read(promise)))
            used += [name, proof, promise]
        elif _PRIVATE.fullmatch(name):
            private.append(parse_private(name, archive.require(name)))
            used.append(name)
    key = archive.read(PROMISE_KEY)
    return Evidence(
        policy=archive.require(POLICY),
        entries=tuple(entries),
        private=tuple(private),
        promise_key=None if key is None else decode_utf8(key, "file promise.vkey").removesuffix("\n"),
        unchecked=tuple(sorted({*archive.names} - {*used, PROMISE_KEY})),
    )
