"""Whatever is refused, the person who checks reads one sentence that says what is wrong."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from tests.tlog.packed_v1 import unpack_v1

from zi_tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from zi_tlog.cosignature import CosignatureVerifier, Cosigner
from zi_tlog.error import LogError
from zi_tlog.note import (
    MAX_NOTE_BYTES,
    Note,
    NoteKey,
    Signature,
    Signer,
    Verifier,
    open_note,
    parse_note,
    parse_signatures,
    parse_skey,
    parse_vkey,
)
from zi_tlog.policy import MAX_POLICY_BYTES, parse_policy
from zi_tlog.promise import Promise, open_promise, parse_promise
from zi_tlog.proof import parse_proof, verify_consistency, verify_inclusion
from zi_tlog.text import decode_base64, decode_decimal, decode_hash, decode_utf8
from zi_tlog.tile import (
    Bundle,
    Tile,
    TileHashes,
    decode_bundle,
    encode_bundle,
    parse_path,
    read_bundle,
    read_tile,
    tile_at,
)
from zi_tlog.tree import EMPTY_ROOT, Edge, consistency_proof, inclusion_proof, leaf_hash, node_hash, tree_root
from zi_tlog.witness import MAX_REQUEST_BYTES, AddCheckpoint, parse_add_checkpoint, parse_size

LOG = Signer("log.example", bytes(range(32)))
STRANGER = Signer("stranger.example", bytes(32))
WITNESS = Cosigner("witness.example", bytes(32))
HEAD = Checkpoint("log.example", 3, bytes(32))
NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
PROMISE = Promise("log.example", "event-1", bytes(32), NOON)
A, B = leaf_hash(b"a"), leaf_hash(b"b")
AB = node_hash(A, B)
ITEM = {
    "event_id": "e",
    "field": "f",
    "digest": "d",
    "salt": "AA==",
    "plaintext": "",
    "media_type": "text/plain",
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_item(text: str) -> bytes:
    return zipped({"policy": b"", "private/i.json": text.encode()})


def says(refused: Callable[[], object]) -> str:
    with pytest.raises(LogError) as error:
        refused()
    return str(error.value)


CHECKPOINT: list[tuple[Callable[[], object], str]] = [
    (
        lambda: Checkpoint("o", -1, EMPTY_ROOT),
        "A checkpoint has a size below 2^63 and a root of 32 bytes.",
    ),
    (
        lambda: Checkpoint("o", 0, bytes(32)),
        "A checkpoint of an empty log has the root of the empty tree.",
    ),
    (lambda: Checkpoint("", 1, bytes(32)), "The lines of a checkpoint are not empty."),
    (lambda: Checkpoint("a\nb", 1, bytes(32)), "The lines of a checkpoint are not empty."),
    (lambda: HEAD.sign(STRANGER), "A checkpoint of log.example is signed by a key of that name."),
    (lambda: HEAD.sign(), "A checkpoint of log.example is signed by a key of that name."),
    (lambda: parse_checkpoint("o\n3\n"), "A checkpoint has an origin, a size and a root."),
    (
        lambda: open_checkpoint(STRANGER.note(HEAD.text), STRANGER.verifier),
        "The checkpoint of log.example is not signed by that log's key.",
    ),
]
COSIGNATURE: list[tuple[Callable[[], object], str]] = [
    (lambda: WITNESS.cosign("t\n", -1), "A cosignature's time is a POSIX time from 1 on and below 2^63."),
    (lambda: WITNESS.cosign("t\n", 2**63), "A cosignature's time is a POSIX time from 1 on and below 2^63."),
    (lambda: CosignatureVerifier(LOG.key), "The key of log.example is not a cosignature key."),
]
EVIDENCE: list[tuple[Callable[[], object], str]] = [
    (lambda: unpack_v1(b"PK"), "The file is not a zip that can be read."),
    (lambda: unpack_v1(zipped({})), "policy: the file is missing."),
    (
        lambda: unpack_v1(zipped({"policy": b""}, zipfile.ZIP_LZMA)),
        "The zip is compressed in an unusual way.",
    ),
    (
        lambda: unpack_v1(zipped({str(number): b"" for number in range(4097)})),
        "The zip is larger than any evidence.",
    ),
    (
        lambda: unpack_v1(zipped({"policy": b"", "polizy": b""}).replace(b"polizy", b"policy")),
        "The zip holds two files of the same name.",
    ),
    (
        lambda: unpack_v1(zipped({"policy": b"", "promise.vkey": b"\xff"})),
        "The file promise.vkey is not UTF-8 text.",
    ),
    (lambda: unpack_v1(with_item("{")), "private/i.json: the file is not JSON."),
    (
        lambda: unpack_v1(with_item("{}")),
        "private/i.json: the file does not have exactly the fields of a private item.",
    ),
    (
        lambda: unpack_v1(with_item(json.dumps(ITEM | {"field": 1}))),
        "private/i.json: every field is a text.",
    ),
    (
        lambda: unpack_v1(with_item(json.dumps(ITEM | {"salt": "A"}))),
        "private/i.json: the salt or the plaintext is not base64.",
    ),
    (
        lambda: unpack_v1(with_item(json.dumps(ITEM | {"media_type": "text/html"}))),
        "private/i.json: the media type is none that a vault holds.",
    ),
]
NOTE: list[tuple[Callable[[], object], str]] = [
    (
        lambda: NoteKey("a b", 1, bytes(32)),
        "A key's name has no spaces and no plus sign, and is not empty.",
    ),
    (
        lambda: NoteKey("name", 2, bytes(32)),
        "The key of name is neither an Ed25519 note key nor an Ed25519 cosignature key.",
    ),
    (lambda: Verifier(WITNESS.key), "The key of witness.example is not an Ed25519 note key."),
    (lambda: parse_vkey("name"), "This is not a verifier key (name+id+key)."),
    (
        lambda: parse_vkey(LOG.key.vkey.replace("log", "gol")),
        "The verifier key of gol.example does not fit its own id.",
    ),
    (lambda: parse_skey("name"), "This is not a signing key (PRIVATE+KEY+name+id+key)."),
    (
        lambda: parse_skey(LOG.skey.replace("+AQ", "+BQ")),
        "The signing key of log.example is not an Ed25519 note key.",
    ),
    (
        lambda: parse_skey(LOG.skey.replace("log", "gol")),
        "The signing key of gol.example does not fit its own id.",
    ),
    (lambda: LOG.sign("t"), "A note's text ends with a newline and has no control characters."),
    (lambda: parse_note(b"x" * (MAX_NOTE_BYTES + 1)), "The note is too long."),
    (lambda: parse_note(b"\xff"), "The note is not UTF-8 text."),
    (lambda: parse_note(b"t\n"), "This is not a signed note."),
    (lambda: parse_note("t\n\n— n AAAAAAA=".encode()), "This is not a signed note."),
    (lambda: parse_signatures("— n AAAAAAA="), "Signature lines end with a newline."),
    (lambda: parse_signatures("— n AAAAAAA=\n" * 65), "The note has too many signatures."),
    (lambda: parse_signatures("- n AAAAAAA=\n"), "A signature line is malformed."),
    (lambda: parse_signatures("— n AAAAAA==\n"), "A signature line is malformed."),
    (
        lambda: open_note(
            Note("t\n", (Signature("log.example", LOG.key.key_id, bytes(64)),)), [LOG.verifier]
        ),
        "The signature of log.example does not fit the text.",
    ),
    (
        lambda: open_note(Note("t\n", (STRANGER.sign("t\n"), WITNESS.cosign("t\n", 1))), [LOG.verifier]),
        "No known key signed the note (it is signed by stranger.example, witness.example).",
    ),
    (lambda: Signer("name", b"short"), "The seed of a signing key has 32 bytes."),
]
W = f"witness w {WITNESS.key.vkey}\n"
POLICY = [
    ("log\nquorum none", "A log line is: log <vkey> [<url>]."),
    (
        f"log {LOG.key.vkey}\nlog {LOG.key.vkey}\nquorum none",
        "The key of the log log.example is listed twice.",
    ),
    ("witness w\nquorum none", "A witness line is: witness <name> <vkey> [<url>]."),
    (
        f"witness w {WITNESS.key.vkey} u u\nquorum none",
        "A witness line is: witness <name> <vkey> [<url>].",
    ),
    (W + W.replace(" w ", " v ") + "quorum none", "The key of the witness 'v' is listed twice."),
    (
        W + f"witness v {Cosigner('witness.example', bytes([1] * 32)).key.vkey}\nquorum none",
        "The witnesses 'w' and 'v' have one name in their keys, or one address: that is one witness, and a quorum must not count it twice.",
    ),
    (W + "group g any\nquorum g", "A group line is: group <name> all|any|<k> <member>..."),
    (
        W + "group g any v\nquorum g",
        "The group 'g' lists 'v', which is not defined before or listed already.",
    ),
    (
        W + "group g any w w\nquorum g",
        "The group 'g' lists 'w', which is not defined before or listed already.",
    ),
    (W + "group w any w\nquorum w", "The name 'w' is defined twice."),
    (W + "group g 2 w\nquorum g", "The group 'g' needs all, any, or a number from 1 to 1."),
    ("quorum", "A policy has exactly one line: quorum <name>."),
    ("", "A policy has exactly one line: quorum <name>."),
    ("quorum v", "The quorum 'v' is not defined before."),
    ("nonsense\nquorum none", "A policy has no line 'nonsense'."),
    ("quorum none\r\n", "A policy file is a short text without control characters."),
    ("#" * (MAX_POLICY_BYTES + 1), "A policy file is a short text without control characters."),
]
PROMISE_LINES = "A promise has four or five lines: name, event, leaf, time, and by."
PROMISES: list[tuple[Callable[[], object], str]] = [
    (
        lambda: Promise("n", "../x", bytes(32), NOON),
        "A promise names an event id and a leaf hash of 32 bytes.",
    ),
    (
        lambda: Promise("n", "id", bytes(31), NOON),
        "A promise names an event id and a leaf hash of 32 bytes.",
    ),
    (
        lambda: Promise("n", "id", bytes(32), NOON.astimezone(timezone(timedelta(hours=8)))),
        "The times of a promise are in UTC.",
    ),
    (
        lambda: Promise("n", "id", bytes(32), NOON, NOON),
        "A promise is made before the time that it names.",
    ),
    (lambda: PROMISE.sign(STRANGER), "A promise of log.example is signed by a key of that name."),
    (lambda: parse_promise("name\n"), PROMISE_LINES),
    (lambda: parse_promise(PROMISE.text.replace("event ", "events ")), PROMISE_LINES),
    (
        lambda: open_promise(STRANGER.note(PROMISE.text), STRANGER.verifier),
        "The promise of log.example is not signed by that service's key.",
    ),
    (
        lambda: parse_promise(PROMISE.text.replace("Z\n", "+00:00\n")),
        "The time of a promise is written like 2026-01-31T08:15:00.000000Z.",
    ),
    (lambda: parse_promise(PROMISE.text.replace("-12-", "-13-")), "The time of a promise is no time."),
]
RECEIPT = b"c2sp.org/tlog-proof@v1\n"
HASH_LINE = b"Aippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=\n"
PROOF: list[tuple[Callable[[], object], str]] = [
    (lambda: verify_inclusion(2, 2, A, [], AB), "Entry 2 is not in a tree of 2 entries."),
    (lambda: verify_inclusion(-1, 2, A, [], AB), "Entry -1 is not in a tree of 2 entries."),
    (lambda: verify_inclusion(0, 2, A[:31], [B], AB), "A hash in a proof has not 32 bytes."),
    (lambda: verify_inclusion(0, 2, A, [B], AB[:31]), "A hash in a proof has not 32 bytes."),
    (lambda: verify_inclusion(0, 2, A, [B[:31]], AB), "A hash in a proof has not 32 bytes."),
    (lambda: verify_inclusion(0, 2, A, [B, B], AB), "The inclusion proof is too long."),
    (lambda: verify_inclusion(0, 2, A, [], A), "The inclusion proof is too short."),
    (lambda: verify_inclusion(0, 2, B, [B], AB), "The leaf hash is not in the tree of the checkpoint."),
    (lambda: verify_consistency(2, 1, AB, A, []), "A tree of 1 entries does not continue one of 2."),
    (lambda: verify_consistency(-1, 1, AB, A, []), "A tree of 1 entries does not continue one of -1."),
    (lambda: verify_consistency(1, 2, A[:31], AB, [B]), "A hash in a proof has not 32 bytes."),
    (lambda: verify_consistency(1, 2, A, AB[:31], [B]), "A hash in a proof has not 32 bytes."),
    (lambda: verify_consistency(1, 2, A, AB, [B[:31]]), "A hash in a proof has not 32 bytes."),
    (lambda: verify_consistency(1, 2, A, AB, [B, B]), "The consistency proof is too long."),
    (lambda: verify_consistency(1, 1, A, A, [B]), "The consistency proof is too long."),
    (lambda: verify_consistency(3, 5, A, AB, []), "The consistency proof is too short."),
    (lambda: verify_consistency(1, 2, A, AB, []), "The consistency proof is too short."),
    (lambda: verify_consistency(1, 2, A, AB, [A]), "The newer tree does not continue the older one."),
    (lambda: verify_consistency(2, 2, AB, A, []), "Two trees of the same size have different roots."),
    (lambda: verify_consistency(0, 2, A, AB, []), "The root of the empty tree is wrong."),
    (lambda: parse_proof(b"\n\n"), "This is not a tlog-proof file."),
    (lambda: parse_proof(RECEIPT + b"index 1\n"), "This is not a tlog-proof file."),
    (lambda: parse_proof(b"\xff\n\n"), "The proof is not UTF-8 text."),
    (lambda: parse_proof(RECEIPT + b"\n"), "The proof does not say its index."),
    (lambda: parse_proof(RECEIPT + b"index\n\n"), "The proof does not say its index."),
    (
        lambda: parse_proof(RECEIPT + b"index 1\n" + HASH_LINE * 64 + b"\n"),
        "The proof is longer than any tree is high.",
    ),
]
TEXT: list[tuple[Callable[[], object], str]] = [
    (lambda: decode_base64("A"), "A base64 value is malformed."),
    (lambda: decode_base64("AA==!"), "A base64 value is malformed."),
    (lambda: decode_base64("AB=="), "A base64 value is not written in its canonical form."),
    (lambda: decode_hash("AAAA"), "A hash has 3 bytes instead of 32."),
    (lambda: decode_decimal("01"), "A number is not a plain decimal below 2^63."),
    (lambda: decode_decimal(str(2**63)), "A number is not a plain decimal below 2^63."),
    (lambda: decode_utf8(b"\xff", "letter"), "The letter is not UTF-8 text."),
]
TILE: list[tuple[Callable[[], object], str]] = [
    (lambda: parse_path("checkpoint"), "This is not the path of a tile."),
    (lambda: parse_path("tile/64/001"), "This is not the path of a tile."),
    (lambda: tile_at(1, 0, 5), "A tree of 5 entries has no tile 0 on level 1."),
    (lambda: encode_bundle([bytes(65_536)]), "An entry is longer than 65535 bytes and can't be logged."),
    (lambda: decode_bundle(b"\x00", 1), "An entry bundle is cut off."),
    (lambda: decode_bundle(b"\x00\x02a", 1), "An entry bundle is cut off."),
    (lambda: decode_bundle(b"", 1), "An entry bundle holds 0 entries instead of 1."),
    (lambda: read_tile(Tile(0, 0, 5), lambda _: None), "tile/0/000.p/5 is missing."),
    (lambda: read_tile(Tile(0, 0, 1), lambda _: b"x"), "tile/0/000.p/1 has 1 bytes instead of 32."),
    (lambda: read_bundle(Bundle(0, 5), lambda _: None), "tile/entries/000.p/5 is missing."),
    (
        lambda: TileHashes(5, lambda _: None)(2, 1),
        "A tree of 5 entries has no complete subtree 1 on level 2.",
    ),
    (
        lambda: TileHashes(5, lambda _: None)(8, 0),
        "A tree of 5 entries has no complete subtree 0 on level 8.",
    ),
]


REQUEST = "A request to a witness is: old size, proof lines, an empty line, a checkpoint."
WITNESSING: list[tuple[Callable[[], object], str]] = [
    (
        lambda: AddCheckpoint(-1, (), b""),
        "The old size of a request to a witness is below 2^63 and not negative.",
    ),
    (
        lambda: AddCheckpoint(1, (bytes(32),) * 64, b""),
        "A request to a witness has at most 63 proof lines.",
    ),
    (
        lambda: AddCheckpoint(1, (b"short",), b""),
        "A proof line of a request to a witness is a hash of 32 bytes.",
    ),
    (
        lambda: parse_add_checkpoint(bytes(MAX_REQUEST_BYTES + 1)),
        "A request to a witness is longer than 65536 bytes.",
    ),
    (lambda: parse_add_checkpoint(b"old 1\n"), REQUEST),
    (lambda: parse_add_checkpoint(b"new 1\n\n"), REQUEST),
    (lambda: parse_add_checkpoint(b"\xff\n\n"), "The request is not UTF-8 text."),
    (lambda: parse_size(b"1"), "A witness tells its size in a line."),
    (lambda: parse_size(b"\xff\n"), "The answer of the witness is not UTF-8 text."),
]


def stored(level: int, index: int) -> bytes:
    return bytes(32)


TREE: list[tuple[Callable[[], object], str]] = [
    (lambda: tree_root(-1, stored), "A tree has no negative size."),
    (lambda: inclusion_proof(3, 3, stored), "Entry 3 is not in a tree of 3 entries."),
    (lambda: consistency_proof(4, 3, stored), "A tree of 3 entries does not continue one of 4."),
    (lambda: Edge(3, (A,)), "1 hashes are not the edge of a tree of 3 entries."),
    (lambda: Edge(1, (b"short",)), "An edge holds hashes of 32 bytes."),
    (lambda: Edge().append([b"short"]), "A leaf hash has 32 bytes."),
]


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [*CHECKPOINT, *COSIGNATURE, *EVIDENCE, *NOTE, *PROMISES, *PROOF, *TEXT, *TILE, *TREE, *WITNESSING],
)
def test_a_refusal_says_what_is_wrong(refused: Callable[[], object], sentence: str) -> None:
    assert says(refused) == sentence


@pytest.mark.parametrize(("policy", "sentence"), POLICY)
def test_an_unclear_policy_is_told_line_by_line(policy: str, sentence: str) -> None:
    assert says(lambda: parse_policy(policy.encode())) == sentence


def test_a_damaged_zip_is_told_from_one_that_hides_a_file() -> None:
    lying = bytearray(zipped({"policy": b"x" * 100}))
    at = lying.rindex(b"PK\x01\x02") + 24
    lying[at : at + 4] = (7).to_bytes(4, "little")
    assert says(lambda: unpack_v1(bytes(lying))) == "policy: the file in the zip is damaged."
    hiding = bytearray(zipped({"policy": b"", "timeline.txt": b"diterima"}))
    hiding[hiding.index(b"PK\x01\x02") + 32] = 58
    assert says(lambda: unpack_v1(bytes(hiding))) == "The list of files in the zip is damaged."
