import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog.sample_evidence import AUDIT_KEY, INTAKE_KEY, LOG_KEY

from zi_tlog.checkpoint import CheckpointError, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.evidence import (
    MAX_CHECKPOINTS,
    MAX_ENTRIES,
    EvidenceError,
    Manifest,
    PrivateItem,
    event_of,
    manifest_text,
    open_manifest,
    parse_manifest,
    parse_private,
    private_digest,
)
from zi_tlog.note import NoteError
from zi_tlog.promise import PromiseError, parse_promise

SALT = bytes(range(32))
ITEM = PrivateItem("item-1", "event-1", "text", private_digest(SALT, b"isi"), SALT, b"isi", "text/plain")
MANIFEST = Manifest(
    case="7K3M9Q2XA",
    origin="ledger.example/office",
    size=1000,
    services=("intake", "notify"),
    purpose="own",
    indexes=(1, 5, 300),
    left_out=(7,),
    aggregates={"case-1": 3, "delivery-1": 1},
    pending=("pending/event-4.json",),
    promises=("promises/event-4",),
    private=("private/item-1.json",),
    checkpoints=(0, 6, 999),
)


def test_a_manifest_is_parsed_as_it_was_written_and_has_one_spelling() -> None:
    data = MANIFEST.format()
    assert parse_manifest(data) == MANIFEST
    assert data.startswith(
        b'{"aggregates":{"case-1":3,"delivery-1":1},"case":"7K3M9Q2XA","checkpoints":[0,6,999],'
    )
    for other in (data + b"\n", json.dumps(json.loads(data)).encode(), data.replace(b":1000", b":1000 ")):
        with pytest.raises(EvidenceError, match="canonical"):
            parse_manifest(other)


def test_the_entries_stand_in_bundles_of_256() -> None:
    bundles = replace(MANIFEST, indexes=tuple(range(513)), left_out=()).bundles
    assert bundles == ["entries/000", "entries/001", "entries/002"]
    assert replace(MANIFEST, indexes=()).bundles == []


def test_an_event_is_named_by_its_members() -> None:
    assert [event_of(name) for name in (*MANIFEST.pending, *MANIFEST.promises)] == ["event-4", "event-4"]


@pytest.mark.parametrize(
    "changes",
    [
        {"case": ""},
        {"case": "two words"},
        {"case": 1},
        {"origin": "line\nbreak"},
        {"size": -1},
        {"size": True},
        {"size": 2**63},
        {"purpose": "For me"},
        {"services": ()},
        {"services": ("notify", "intake")},
        {"services": ("../intake",)},
        {"services": [1]},
        {"services": "intake"},
        {"indexes": (5, 1)},
        {"indexes": (1, 1)},
        {"indexes": (1000,)},
        {"indexes": ("1",)},
        {"indexes": "1"},
        {"left_out": (5,)},
        {"aggregates": {"case-1": 0}},
        {"aggregates": {"case-1": "1"}},
        {"aggregates": {"case 1": 1}},
        {"aggregates": ["case-1"]},
        {"aggregates": {1: 1}},
        {"pending": ("pending/../x.json",)},
        {"pending": (4,)},
        {"promises": ("promises/b", "promises/a")},
        {"private": ("private/a",)},
        {"checkpoints": (1000,)},
    ],
)
def test_what_no_manifest_says_is_refused_and_the_field_named(changes: dict[str, Any]) -> None:
    [field] = changes
    with pytest.raises(EvidenceError, match=f"manifest.json: {field}"):
        replace(MANIFEST, **changes)


def test_there_is_a_largest_case() -> None:
    size = MAX_ENTRIES + 1
    replace(MANIFEST, size=size, indexes=tuple(range(MAX_ENTRIES)), left_out=())
    with pytest.raises(EvidenceError, match="indexes"):
        replace(MANIFEST, size=size, indexes=tuple(range(size)), left_out=())
    with pytest.raises(EvidenceError, match="checkpoints"):
        replace(MANIFEST, size=size, checkpoints=tuple(range(MAX_CHECKPOINTS + 1)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "exactly the fields"),
        (b"{}", "exactly the fields"),
        (MANIFEST.format().replace(b'"size"', b'"sise"'), "exactly the fields"),
        (MANIFEST.format().replace(b"evidence/v2", b"evidence/v3"), "not one that this program knows"),
        (MANIFEST.format().replace(b"[1,5,300]", b"[5,1,300]"), "indexes"),
        (b" " * (33 * 1024 * 1024), "larger than that of any case"),
    ],
)
def test_what_is_no_manifest_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        parse_manifest(data)


def test_its_note_is_signed_over_case_size_and_digest_and_opens_with_that_key_alone() -> None:
    note = MANIFEST.note(INTAKE_KEY)
    assert note.decode().splitlines()[:4] == [
        "ledger.example/office/intake",
        "evidence zona/evidence/v2",
        "case 7K3M9Q2XA",
        "size 1000",
    ]
    assert sha256(MANIFEST.format()).digest() != b""
    open_manifest(MANIFEST, note, INTAKE_KEY.verifier)
    with pytest.raises(NoteError, match="No known key"):
        open_manifest(MANIFEST, note, AUDIT_KEY.verifier)
    with pytest.raises(EvidenceError, match="another manifest"):
        open_manifest(replace(MANIFEST, indexes=(1, 5)), note, INTAKE_KEY.verifier)


def test_its_note_is_never_taken_for_a_checkpoint_or_a_promise() -> None:
    text = manifest_text(MANIFEST, LOG_KEY.key.name)
    with pytest.raises(LogError) as found:
        parse_checkpoint(text)
    assert not isinstance(found.value, CheckpointError)  # the second line is no number
    with pytest.raises(PromiseError):
        parse_promise(text)


def test_a_digest_is_over_the_tag_the_salt_and_the_content() -> None:
    assert private_digest(SALT, b"isi") == sha256(b"zona/vault/v1\0" + SALT + b"isi").hexdigest()
    assert ITEM.matches


def test_an_item_with_a_short_salt_or_another_content_does_not_match() -> None:
    assert not replace(ITEM, salt=b"short", digest=private_digest(b"short", b"isi")).matches
    assert not replace(ITEM, plaintext=b"lain").matches


def test_an_item_is_parsed_as_it_was_written() -> None:
    assert ITEM.format() == (
        b'{\n "event_id": "event-1",\n "field": "text",\n "digest": "'
        + ITEM.digest.encode()
        + b'",\n "salt": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",\n "plaintext": "aXNp",'
        b'\n "media_type": "text/plain"\n}\n'
    )
    assert parse_private(ITEM.name, ITEM.format()) == ITEM


@given(st.binary(max_size=60))
def test_whatever_an_item_or_a_manifest_is_only_an_evidence_error_is_raised(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        parse_private(ITEM.name, data)
    with pytest.raises(EvidenceError):
        parse_manifest(data)
