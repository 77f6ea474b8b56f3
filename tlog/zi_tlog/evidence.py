"""The evidence zip of a case, format `zona/evidence/v2`: the names of its members and the texts that hold it together; nothing is read
or verified here.

    README.txt             how to check it with a tool that is not the office's (id, en); always the same text
    policy                 tlog-policy: the log's key, witnesses, quorum, as the office says them
    checkpoint             the signed checkpoint of `size` entries that everything is proven against; absent while size is 0
    checkpoints/<size>     older signed checkpoints with cosignatures, nearest before and after each entry: they bound its birth
    tile/<L>/<N>[.p/<W>]   the tiles of the log that are needed (tlog-tiles): a sparse log, shared by all entries
    entries/<NNN>          entry bundles (tlog-tiles): 256 entries each, in the order of the manifest's indexes
    pending/<event>.json   a message that is not in that tree yet
    promises/<event>       the service's promise of a message (zi_tlog.promise)
    promise.vkey           verifier key of the service that promised (one line)
    private/<item>.json    one vault item of the holder's own:
        {"event_id", "field", "digest": hex, "salt": base64, "plaintext": base64, "media_type"}
        digest = SHA-256("zona/vault/v1" || 0x00 || 32 salt bytes || plaintext), and that digest stands in the event's data;
        media_type is one of MEDIA_TYPES (text is UTF-8)
    manifest.json          what the zip holds and claims to be complete (Manifest), canonical JSON
    manifest.note          signed note over it, by the service that made the zip
    manifest.vkey          that service's verifier key (one line)

The manifest claims that the zip holds every entry of the first `size` whose message is about the case and comes from one of
`services`, but for the `left_out` ones, and that the versions of each of its aggregates go from 1 to the one that it names.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from zi_tlog.error import LogError
from zi_tlog.note import Signer, Verifier, open_note, parse_note
from zi_tlog.text import LARGEST, decode_base64, encode_base64

FORMAT = "zona/evidence/v2"
MAX_ENTRIES = 100_000
# Types whose aggregate is a register that numbers the letters of all cases: of its versions a case has its own, and no others.
REGISTERED = frozenset({"zi.certificates.certificate_issued", "zi.umkm.mentoring_letter_issued"})
MAX_CHECKPOINTS = 4096
MAX_MANIFEST_BYTES = 32 * 1024 * 1024
BUNDLE_ENTRIES = 256
SALT_BYTES = 32
README, POLICY, CHECKPOINT, MANIFEST = "README.txt", "policy", "checkpoint", "manifest.json"
MANIFEST_NOTE, MANIFEST_KEY, PROMISE_KEY = "manifest.note", "manifest.vkey", "promise.vkey"
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
_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
_PRIVATE = re.compile(rf"private/({_ID})\.json")
_PENDING = re.compile(rf"pending/({_ID})\.json")
_PROMISE = re.compile(rf"promises/({_ID})")
_CASE = re.compile(r"[^\x00-\x20\x7f]{1,200}")
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PURPOSE = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_PRIVATE_KEYS = ("event_id", "field", "digest", "salt", "plaintext", "media_type")


class EvidenceError(LogError):
    """An evidence zip that can't be read or does not keep the layout; the message names the member."""


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
        """Check that the stated digest is the digest of salt and plaintext."""
        return len(self.salt) == SALT_BYTES and private_digest(self.salt, self.plaintext) == self.digest

    @property
    def name(self) -> str:
        """The member's name."""
        return f"private/{self.item_id}.json"

    def format(self) -> bytes:
        """The member's bytes; parse_private gives the same item back."""
        fields = {
            "event_id": self.event_id,
            "field": self.field,
            "digest": self.digest,
            "salt": encode_base64(self.salt),
            "plaintext": encode_base64(self.plaintext),
            "media_type": self.media_type,
        }
        return json.dumps(fields, indent=1).encode() + b"\n"


def private_digest(salt: bytes, plaintext: bytes) -> str:
    """Hex of SHA-256("zona/vault/v1" || 0x00 || salt || plaintext): what an event says about a vault item instead of its content."""
    return sha256(b"zona/vault/v1\x00" + salt + plaintext).hexdigest()


def parse_private(name: str, data: bytes) -> PrivateItem:
    """The item in a member of this name, which is one of a private item; nothing of it is verified."""
    fields = _strings(name, data)
    try:
        salt, plaintext = decode_base64(fields["salt"]), decode_base64(fields["plaintext"])
    except LogError as error:
        raise EvidenceError(f"{name}: the salt or the plaintext is not base64.") from error
    return PrivateItem(
        item_id=name.removeprefix("private/").removesuffix(".json"),
        event_id=fields["event_id"],
        field=fields["field"],
        digest=fields["digest"],
        salt=salt,
        plaintext=plaintext,
        media_type=fields["media_type"],
    )


def _strings(name: str, data: bytes) -> Mapping[str, str]:
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{name}: the file is not JSON.") from error
    if not isinstance(fields, dict) or set(fields) != set(_PRIVATE_KEYS):
        raise EvidenceError(f"{name}: the file does not have exactly the fields of a private item.")
    if not all(isinstance(value, str) for value in fields.values()):
        raise EvidenceError(f"{name}: every field is a text.")
    if fields["media_type"] not in MEDIA_TYPES:
        raise EvidenceError(f"{name}: the media type is none that a vault holds.")
    return fields


@dataclass(frozen=True)
class Manifest:
    """The contents and claims of an evidence zip. `indexes` are its entries in the log. `left_out` are entries that carry the case's
    reference but are no act of it (under another's name, repeated, no message). `aggregates` has the last version of each aggregate, in
    the tree or pending. `pending`, `promises` and `private` are names of members, `checkpoints` the sizes of older checkpoints. All
    sequences ascend."""

    case: str
    origin: str
    size: int
    services: tuple[str, ...]
    purpose: str
    indexes: tuple[int, ...]
    left_out: tuple[int, ...]
    aggregates: Mapping[str, int]
    pending: tuple[str, ...]
    promises: tuple[str, ...]
    private: tuple[str, ...]
    checkpoints: tuple[int, ...]

    def __post_init__(self) -> None:
        _require(isinstance(self.case, str) and bool(_CASE.fullmatch(self.case)), "case")
        _require(isinstance(self.origin, str) and bool(_CASE.fullmatch(self.origin)), "origin")
        _require(_is_number(self.size), "size")
        _require(isinstance(self.purpose, str) and bool(_PURPOSE.fullmatch(self.purpose)), "purpose")
        _require(_are_names(self.services, _SERVICE) and len(self.services) > 0, "services")
        for field in ("indexes", "left_out", "checkpoints"):
            _require(_are_below(getattr(self, field), self.size), field)
        _require(len(self.indexes) <= MAX_ENTRIES, "indexes")
        _require(len(self.checkpoints) <= MAX_CHECKPOINTS, "checkpoints")
        _require(not set(self.indexes) & set(self.left_out), "left_out")
        _require(_are_versions(self.aggregates), "aggregates")
        for field, pattern in (("pending", _PENDING), ("promises", _PROMISE), ("private", _PRIVATE)):
            _require(_are_names(getattr(self, field), pattern), field)

    def format(self) -> bytes:
        """Canonical JSON: keys sorted, no spaces, ASCII; parse_manifest gives the same manifest back."""
        fields = {"format": FORMAT, **asdict(self)}
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()

    def note(self, signer: Signer) -> bytes:
        """The signed note over the manifest: signer, format, case, tree size, SHA-256 of manifest.json; no line of it can be taken for a
        checkpoint's, whose second line is a number, nor for a promise's."""
        return signer.note(manifest_text(self, signer.key.name))

    @property
    def bundles(self) -> list[str]:
        """The names of the entry bundles, in order."""
        return [bundle_name(number) for number in range(-(-len(self.indexes) // BUNDLE_ENTRIES))]


def bundle_name(number: int) -> str:
    """The member's name of entry bundle `number` of the zip."""
    return f"entries/{number:03d}"


def manifest_text(manifest: Manifest, name: str) -> str:
    """The text that the service `name` signs."""
    digest = encode_base64(sha256(manifest.format()).digest())
    return f"{name}\nevidence {FORMAT}\ncase {manifest.case}\nsize {manifest.size}\nmanifest {digest}\n"


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in manifest.json, which is written in its canonical form; nothing of it is verified."""
    if len(data) > MAX_MANIFEST_BYTES:
        raise EvidenceError("manifest.json: the file is larger than that of any case.")
    try:
        fields = json.loads(data)
        version = fields.pop("format")
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
        manifest = Manifest(**values)
    except (ValueError, RecursionError) as error:
        if isinstance(error, EvidenceError):
            raise
        raise EvidenceError("manifest.json: the file is not JSON.") from error
    except (TypeError, KeyError, AttributeError) as error:
        raise EvidenceError(
            "manifest.json: the file does not have exactly the fields of a manifest."
        ) from error
    if version != FORMAT:
        raise EvidenceError("manifest.json: the format is not one that this program knows.")
    if manifest.format() != data:
        raise EvidenceError("manifest.json: the file is not written in its canonical form.")
    return manifest


def open_manifest(manifest: Manifest, note: bytes, verifier: Verifier) -> None:
    """Return only if this key signed exactly this manifest (signed-note, Signatures)."""
    signed = parse_note(note)
    open_note(signed, [verifier])
    if signed.text != manifest_text(manifest, verifier.key.name):
        raise EvidenceError("manifest.note: the note is about another manifest.")


def event_of(name: str) -> str:
    """The event id in the name of a pending message or of a promise."""
    return name.split("/", 1)[1].removesuffix(".json")


def _require(holds: bool, field: str) -> None:
    if not holds:
        raise EvidenceError(f"manifest.json: {field} is not what a manifest says.")


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST


def _are_below(values: object, size: int) -> bool:
    if not isinstance(values, tuple) or not all(map(_is_number, values)):
        return False
    ascend = all(first < second for first, second in pairwise(values))
    return ascend and (not values or values[-1] < size)


def _are_names(values: object, pattern: re.Pattern[str]) -> bool:
    if not isinstance(values, tuple) or not all(isinstance(value, str) for value in values):
        return False
    return list(values) == sorted(set(values)) and all(map(pattern.fullmatch, values))


def _are_versions(values: object) -> bool:
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        return False
    return all(re.fullmatch(_ID, key) for key in values) and all(
        _is_number(version) and version > 0 for version in values.values()
    )
