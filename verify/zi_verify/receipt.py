"""Checks an evidence zip offline, of either layout; nothing in the zip is believed but what a key signed."""

import io
import time

from zi_tlog.error import LogError
from zi_tlog.evidence import MANIFEST, MANIFEST_KEY, MANIFEST_NOTE, POLICY
from zi_tlog.evidence_zip import EvidenceArchive
from zi_tlog.note import NoteKey
from zi_tlog.policy import Policy, parse_policy
from zi_verify.evidence_check import check_evidence
from zi_verify.receipt_v1 import check_receipt_v1
from zi_verify.report import ReceiptReport, unreadable_evidence


def check_receipt(
    evidence: bytes | EvidenceArchive,
    pinned: Policy | None,
    now: int | None = None,
    key: NoteKey | None = None,
) -> ReceiptReport:
    """The report on a zip, under the pinned policy or else under the one in the zip; `now` is a POSIX second, the clock's if not given;
    `key` is the one that the service which made the zip must have, where the reader has it from elsewhere."""
    try:
        archive = evidence if isinstance(evidence, EvidenceArchive) else EvidenceArchive(io.BytesIO(evidence))
    except LogError as error:
        return unreadable_evidence("evidence", error)
    try:
        policy = pinned or parse_policy(archive.require(POLICY))
    except LogError as error:
        return unreadable_evidence(POLICY, error)
    is_pinned, moment = pinned is not None, int(time.time()) if now is None else now
    # A zip that lost its manifest is none of the older layout, which claims less.
    if not any(name in archive for name in (MANIFEST, MANIFEST_NOTE, MANIFEST_KEY)):
        return check_receipt_v1(archive, policy, moment, key, is_pinned=is_pinned)
    return check_evidence(archive, policy, moment, key, is_pinned=is_pinned)
