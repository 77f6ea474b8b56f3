"""The rules of a sender's hash chain, pure, so that the writer, the index and an auditor find the same breaks: positions follow each
other without a gap, each message names the SHA-256 of the one before it, and nobody speaks in another's name."""

import re
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from zi_audit.domain.senders import SENDERS

ZEROS = "0" * 64
LARGEST = 2**63 - 1
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Break(StrEnum):
    """A fault of a message at its place in the chain."""

    UNREADABLE = "unreadable"  # no message, or too long for the log
    UNKNOWN_SENDER = "unknown_sender"  # from nobody that the log hears
    WRONG_LANE = "wrong_lane"  # by the lane of another service than the one that it names
    WRONG_TYPE = "wrong_type"  # of a type that is another service's to tell
    MISSING = "missing"  # messages before it never came
    ALTERED = "altered"  # the message before it, or the one at its position, had other bytes
    OUT_OF_ORDER = "out_of_order"  # its position was passed without it
    REPEATED = "repeated"  # its event was in the log before
    FORGED = "forged"  # a person declared that it is not the sender's, in whose stream it was


# In nobody's chain: such an entry moves no head, takes no position, and does not tell by which lane it came.
OUTSIDE = (Break.UNREADABLE, Break.UNKNOWN_SENDER, Break.WRONG_LANE, Break.FORGED)


class Head(NamedTuple):
    """The last message of a sender: its position and the SHA-256 of its bytes, in hex."""

    position: int = 0
    digest: str = ZEROS


class Link(NamedTuple):
    """The place that a message claims for itself; `attributes` are all of its fields, unchecked."""

    event_id: str
    position: int
    previous: str
    source: str
    attributes: dict[str, Any]

    @property
    def service(self) -> str:
        return self.source.rpartition("/")[2]


def read_link(entry: bytes) -> Link | None:
    """Return the message's place, or None when these bytes are no message."""
    try:
        fields = orjson.loads(entry)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, dict):
        return None
    field = fields.get
    event_id, position, previous, source = field("id"), field("position"), field("previous"), field("source")
    if not (isinstance(position, int) and not isinstance(position, bool) and 0 < position <= LARGEST):
        return None
    if not (isinstance(event_id, str) and isinstance(previous, str) and isinstance(source, str)):
        return None
    if not (_UUID.fullmatch(event_id) and _DIGEST.fullmatch(previous)):
        return None
    return Link(event_id, position, previous, source, fields)


def break_at(head: Head, link: Link) -> Break | None:
    """Return the break when `link` comes after `head`; OUT_OF_ORDER for any position that was passed, whatever stood there."""
    if link.position <= head.position:
        return Break.OUT_OF_ORDER
    if link.position > head.position + 1:
        return Break.MISSING
    return None if link.previous == head.digest else Break.ALTERED


def stray(link: Link, lane: str | None, sources: str) -> Break | None:
    """Return the break of a message that names another sender than the one whose lane it came by; `lane` is None where that is nobody's."""
    if lane is not None and link.source == sources + lane:
        return None
    is_sender = link.service in SENDERS and link.source == sources + link.service
    return Break.WRONG_LANE if is_sender else Break.UNKNOWN_SENDER


def judge(
    link: Link | None,
    head: Head,
    *,
    lane: str | None,
    sources: str,
    event_known: bool,
    position_taken: Callable[[], bool],
) -> Break | None:
    """Return the first fault of a message that is new to the log, if there is one."""
    if link is None:
        return Break.UNREADABLE
    if (found := stray(link, lane, sources)) is not None:
        return found
    if not str(link.attributes.get("type")).startswith(f"zi.{link.service}."):
        return Break.WRONG_TYPE
    if event_known:
        return Break.REPEATED
    found = break_at(head, link)
    return Break.ALTERED if found is Break.OUT_OF_ORDER and position_taken() else found


def advance(head: Head, link: Link, entry: bytes) -> Head:
    """Return the head after this message; a late one moves nothing, so that one break is not found twice."""
    if link.position <= head.position:
        return head
    return Head(link.position, sha256(entry).hexdigest())
