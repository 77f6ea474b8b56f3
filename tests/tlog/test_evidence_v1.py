import contextlib
import io
import tracemalloc
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_tlog.error import LogError
from zi_tlog.evidence import EvidenceError, PrivateItem, private_digest
from zi_tlog.evidence_readme import README_TEXT
from zi_tlog.evidence_v1 import Entry, Evidence, pack_evidence, unpack_evidence

VECTORS = Path(__file__).parent / "vectors"
SALT = bytes(range(32))
ITEM = PrivateItem("item-1", "event-1", "text", private_digest(SALT, b"isi"), SALT, b"isi", "text/plain")
FULL = Evidence(
    policy=(VECTORS / "three_entries.policy").read_bytes(),
    entries=(
        Entry("event-1", b"b", (VECTORS / "three_entries.tlog-proof").read_bytes(), b"a promise"),
        Entry("event-2", b"{}"),
    ),
    private=(ITEM,),
    promise_key="intake+00000000+AAAA",
    timeline="diterima\n",
)
LEAST = Evidence(policy=b"", entries=())


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("evidence", [FULL, LEAST])
def test_evidence_is_unpacked_as_it_was_packed(evidence: Evidence) -> None:
    assert unpack_evidence(pack_evidence(evidence)) == evidence
    assert pack_evidence(evidence) == pack_evidence(evidence)


def test_the_zip_holds_the_files_of_the_layout() -> None:
    with zipfile.ZipFile(io.BytesIO(pack_evidence(FULL))) as archive:
        assert archive.namelist() == [
            "README.txt",
            "policy",
            "promise.vkey",
            "timeline.txt",
            "entries/event-1.json",
            "entries/event-1.tlog-proof",
            "entries/event-1.promise",
            "entries/event-2.json",
            "private/item-1.json",
        ]
        assert {file.external_attr for file in archive.infolist()} == {0o644 << 16}
        assert {file.date_time for file in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {file.compress_type for file in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert archive.read("README.txt").decode() == README_TEXT
        assert archive.read("promise.vkey") == b"intake+00000000+AAAA\n"
        assert archive.read("private/item-1.json") == (
            b'{\n "event_id": "event-1",\n "field": "text",\n "digest": "'
            + ITEM.digest.encode()
            + b'",\n "salt": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",\n "plaintext": "aXNp",'
            b'\n "media_type": "text/plain"\n}\n'
        )


def test_a_file_may_look_like_the_end_of_a_zip() -> None:
    data = zipped({"policy": b"PK\x05\x06" + bytes(40)})
    assert unpack_evidence(data).policy == b"PK\x05\x06" + bytes(40)


def test_a_digest_is_over_the_tag_the_salt_and_the_content() -> None:
    assert private_digest(SALT, b"isi") == sha256(b"zona/vault/v1\0" + SALT + b"isi").hexdigest()
    assert ITEM.matches


def test_an_item_with_a_short_salt_or_another_content_does_not_match() -> None:
    short = PrivateItem("i", "e", "f", private_digest(b"short", b"isi"), b"short", b"isi", "text/plain")
    other = PrivateItem("i", "e", "f", ITEM.digest, SALT, b"lain", "text/plain")
    assert not short.matches
    assert not other.matches


def test_files_without_a_place_are_listed_as_unchecked() -> None:
    data = zipped(
        {"policy": b"", "note.txt": b"", "entries/x.promise": b"", "entries/../x.json": b"", "folder/": b""}
    )
    assert unpack_evidence(data).unchecked == ("entries/../x.json", "entries/x.promise", "note.txt")


PRIVATE = '{"event_id": "e", "field": "f", "digest": "d", "salt": "AA==", "plaintext": "", "media_type": "text/plain"}'


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "policy: the file is missing"),
        ({"policy": b"", "private/i.json": b"{"}, "private/i.json: the file is not JSON"),
        ({"policy": b"", "private/i.json": b"[" * 100_000}, "private/i.json: the file is not JSON"),
        ({"policy": b"", "private/i.json": b"[]"}, "private/i.json"),
        ({"policy": b"", "private/i.json": b"{}"}, "private/i.json"),
        ({"policy": b"", "private/i.json": PRIVATE.replace('"f"', "1").encode()}, "every field is a text"),
        ({"policy": b"", "private/i.json": PRIVATE.replace("AA==", "A").encode()}, "not base64"),
        (
            {"policy": b"", "private/i.json": PRIVATE.replace("text/plain", "text/html").encode()},
            "media type",
        ),
        ({"policy": b"", "promise.vkey": b"\xff"}, "promise.vkey"),
        ({"policy": b"", "timeline.txt": b"\xff"}, "timeline.txt"),
    ],
)
def test_a_misshapen_file_is_named(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(LogError, match=said):
        unpack_evidence(zipped(files))


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(EvidenceError, match="not a zip"):
        unpack_evidence(b"PK")


def test_a_zip_with_too_many_files_is_refused() -> None:
    assert (
        len(unpack_evidence(zipped({"policy": b""} | {str(n): b"" for n in range(4095)})).unchecked) == 4095
    )
    with pytest.raises(EvidenceError, match="larger"):
        unpack_evidence(zipped({str(number): b"" for number in range(4097)}))


def test_a_zip_that_would_fill_the_memory_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("policy", "w") as file:
        for _ in range(129):
            file.write(bytes(1024 * 1024))
    with pytest.raises(EvidenceError, match="larger"):
        unpack_evidence(buffer.getvalue())


def test_a_file_that_lies_about_its_size_is_named() -> None:
    data = bytearray(zipped({"policy": b"x" * 100}))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (7).to_bytes(4, "little")
    with pytest.raises(EvidenceError, match="policy: the file in the zip is damaged"):
        unpack_evidence(bytes(data))


def test_a_file_that_lies_about_its_size_does_not_fill_the_memory() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("policy", bytes(16 * 1024 * 1024))
    data = bytearray(buffer.getvalue())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (7).to_bytes(4, "little")
    tracemalloc.start()
    with pytest.raises(EvidenceError, match="policy: the file in the zip is damaged"):
        unpack_evidence(bytes(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_two_files_of_one_name_are_refused() -> None:
    data = zipped({"policy": b"1", "polizy": b"2"}).replace(b"polizy", b"policy")
    with pytest.raises(EvidenceError, match="same name"):
        unpack_evidence(data)


def test_an_unusual_compression_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("policy", b"")
    with pytest.raises(EvidenceError, match="unusual"):
        unpack_evidence(buffer.getvalue())


@given(st.integers(0, len(pack_evidence(FULL)) - 1), st.integers(1, 255))
def test_a_flipped_byte_changes_nothing_unnoticed(at: int, flip: int) -> None:
    data = bytearray(pack_evidence(FULL))
    data[at] ^= flip
    with contextlib.suppress(LogError):
        assert unpack_evidence(bytes(data)) == FULL


def test_a_file_hidden_by_a_damaged_list_is_missed() -> None:
    data = bytearray(zipped({"policy": b"", "timeline.txt": b"diterima"}))
    data[data.index(b"PK\x01\x02") + 32] = 58
    with pytest.raises(EvidenceError, match="list of files"):
        unpack_evidence(bytes(data))


@given(st.binary())
def test_whatever_bytes_come_only_a_log_error_is_raised(data: bytes) -> None:
    with pytest.raises(LogError):
        unpack_evidence(data)
