from pathlib import Path

import pytest
from tests.tlog.packed_v1 import pack_v1, unpack_v1, zipped

from zi_tlog.error import LogError
from zi_tlog.evidence import PrivateItem, private_digest
from zi_tlog.evidence_v1 import Entry, Evidence

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
    unchecked=("README.txt", "timeline.txt"),
)


def test_evidence_is_unpacked_as_it_was_packed() -> None:
    assert unpack_v1(pack_v1(FULL)) == FULL
    assert unpack_v1(zipped({"policy": b""})) == Evidence(b"", ())


def test_files_without_a_place_are_listed_as_unchecked() -> None:
    data = zipped({"policy": b"", "note.txt": b"", "entries/x.promise": b"", "entries/../x.json": b""})
    assert unpack_v1(data).unchecked == ("entries/../x.json", "entries/x.promise", "note.txt")


PRIVATE = '{"event_id": "e", "field": "f", "digest": "d", "salt": "AA==", "plaintext": "", "media_type": "text/plain"}'


@pytest.mark.parametrize(
    ("files", "expected"),
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
    ],
)
def test_a_misshapen_file_is_named(files: dict[str, bytes], expected: str) -> None:
    with pytest.raises(LogError, match=expected):
        unpack_v1(zipped(files))


def test_more_than_a_zip_of_that_layout_may_hold_is_refused() -> None:
    assert len(unpack_v1(zipped({"policy": b""} | {str(n): b"" for n in range(4095)})).unchecked) == 4095
    with pytest.raises(LogError, match="larger"):
        unpack_v1(zipped({str(number): b"" for number in range(4097)}))
    with pytest.raises(LogError, match="larger"):
        unpack_v1(zipped({"policy": bytes(129 * 1024 * 1024)}))
