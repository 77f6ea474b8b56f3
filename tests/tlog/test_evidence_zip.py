import contextlib
import io
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog.sample_evidence import SampleCase, pack, sample_zip

from zi_tlog.error import LogError
from zi_tlog.evidence import EvidenceError, parse_manifest
from zi_tlog.evidence_readme import README_TEXT
from zi_tlog.evidence_zip import MAX_MEMBERS, EvidenceArchive, EvidenceWriter

SAMPLE = sample_zip(8)


def archive(data: bytes) -> EvidenceArchive:
    return EvidenceArchive(io.BytesIO(data))


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def contents(data: bytes) -> dict[str, bytes | None]:
    members = archive(data)
    return {name: members.read(name) for name in members.names}


def test_equal_evidence_gives_equal_bytes_in_the_layout() -> None:
    assert sample_zip(8) == SAMPLE
    with zipfile.ZipFile(io.BytesIO(SAMPLE)) as packed:
        assert [
            name for name in packed.namelist() if not name.startswith(("private/", "promises/", "pending/"))
        ] == [
            *("README.txt", "policy", "checkpoint", "tile/0/000.p/18"),
            *("checkpoints/8", "checkpoints/16"),
            *("entries/000", "promise.vkey", "manifest.json", "manifest.note", "manifest.vkey"),
        ]
        assert {file.external_attr for file in packed.infolist()} == {0o644 << 16}
        assert {file.date_time for file in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {file.compress_type for file in packed.infolist()} == {zipfile.ZIP_DEFLATED}
        assert packed.read("README.txt").decode() == README_TEXT


def test_a_case_that_the_log_does_not_have_yet_has_no_checkpoint() -> None:
    file = io.BytesIO()
    with EvidenceWriter(file) as writer:
        writer.log(b"quorum none\n", None, ())
        writer.entries(())
    assert archive(file.getvalue()).names == ["README.txt", "policy"]


def test_entries_stand_in_bundles_of_256() -> None:
    case = SampleCase(300)
    members = archive(pack(case.log))
    assert [name for name in members.names if name.startswith("entries/")] == ["entries/000", "entries/001"]
    assert parse_manifest(members.require("manifest.json")).bundles == ["entries/000", "entries/001"]
    whole = SampleCase(255)
    assert [name for name in archive(pack(whole.log)).names if name.startswith("entries/")] == ["entries/000"]


def test_a_member_that_is_not_there_is_none_or_named() -> None:
    members = archive(zipped({"policy": b"", "folder/": b""}))
    assert "policy" in members
    assert "folder/" not in members
    assert members.read("checkpoint") is None
    with pytest.raises(EvidenceError, match="checkpoint: the file is missing"):
        members.require("checkpoint")


def test_a_file_may_look_like_the_end_of_a_zip() -> None:
    content = b"PK\x05\x06" + bytes(40)
    assert archive(zipped({"policy": content}, zipfile.ZIP_STORED)).read("policy") == content


def test_a_comment_at_the_end_is_no_harm() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("policy", b"x")
        packed.comment = b"for the court"
    assert archive(buffer.getvalue()).read("policy") == b"x"


def test_a_list_of_millions_of_names_is_refused_before_it_is_read() -> None:
    small_zip = zipped({"a": b""}, zipfile.ZIP_STORED)
    start = small_zip.index(b"PK\x01\x02")
    header = small_zip[start : small_zip.index(b"PK\x05\x06")]
    listed = header * 2_500_000
    end = bytearray(small_zip[small_zip.index(b"PK\x05\x06") :])
    for count in (1, 65_535):
        end[8:10] = end[10:12] = count.to_bytes(2, "little")
        end[12:16] = len(listed).to_bytes(4, "little")
        data = io.BytesIO(small_zip[:start] + listed + bytes(end))
        tracemalloc.start()
        with pytest.raises(EvidenceError, match="larger"):
            EvidenceArchive(data)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
        tracemalloc.stop()


def test_more_names_than_the_end_says_are_not_made_into_a_list() -> None:
    small_zip = zipped({"a": b""}, zipfile.ZIP_STORED)
    start, end = small_zip.index(b"PK\x01\x02"), small_zip.index(b"PK\x05\x06")
    listed = small_zip[start:end] * 100_000
    data = (
        small_zip[:start]
        + listed
        + small_zip[end : end + 12]
        + len(listed).to_bytes(4, "little")
        + small_zip[end + 16 :]
    )
    tracemalloc.start()
    with pytest.raises(EvidenceError, match="list of files"):
        archive(data)
    assert tracemalloc.get_traced_memory()[1] < 2 * len(data)
    tracemalloc.stop()


def test_more_than_65535_files_are_counted_by_the_long_end_record(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({str(number): b"" for number in range(65_536)}, zipfile.ZIP_STORED)
    assert len(archive(data).names) == 65_536
    monkeypatch.setattr("zi_tlog.evidence_zip.MAX_MEMBERS", 65_535)
    with pytest.raises(EvidenceError, match="larger"):
        archive(data)
    at = data.rindex(b"PK\x06\x06")
    with pytest.raises(EvidenceError):
        archive(data[:at] + b"XX" + data[at + 2 :])


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_MEMBERS > 2 * 100_000
    monkeypatch.setattr("zi_tlog.evidence_zip.MAX_MEMBERS", 3)
    assert len(archive(zipped({str(number): b"" for number in range(3)})).names) == 3
    with pytest.raises(EvidenceError, match="larger"):
        archive(zipped({str(number): b"" for number in range(4)}))


def declaring(data: bytes, size: int) -> bytes:
    """The same zip, whose list gives its last file another size."""
    changed = bytearray(data)
    at = data.rindex(b"PK\x01\x02") + 24
    changed[at : at + 4] = size.to_bytes(4, "little")
    return bytes(changed)


def test_a_zip_that_would_fill_the_disk_is_refused_by_what_it_declares() -> None:
    with pytest.raises(EvidenceError, match="larger"):
        archive(declaring(zipped({"policy": b""}), 2**31 + 1))
    members = archive(declaring(zipped({"policy": b""}), 2**30))
    assert members.declared_bytes == 2**30
    with pytest.raises(EvidenceError, match="policy: the file is larger"):
        members.read("policy")


def test_a_file_that_lies_about_its_size_is_named_and_does_not_fill_the_memory() -> None:
    data = declaring(zipped({"policy": bytes(16 * 1024 * 1024)}), 7)
    tracemalloc.start()
    with pytest.raises(EvidenceError, match="policy: the file in the zip is damaged"):
        archive(data).read("policy")
    assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    tracemalloc.stop()


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(EvidenceError, match="same name"):
        archive(zipped({"policy": b"1", "polizy": b"2"}).replace(b"polizy", b"policy"))


def test_an_unusual_compression_is_refused() -> None:
    with pytest.raises(EvidenceError, match="unusual"):
        archive(zipped({"policy": b""}, zipfile.ZIP_LZMA))


def test_a_file_hidden_by_a_damaged_list_is_missed() -> None:
    data = bytearray(zipped({"policy": b"", "timeline.txt": b"diterima"}))
    data[data.index(b"PK\x01\x02") + 32] = 58
    with pytest.raises(EvidenceError, match="list of files"):
        archive(bytes(data))


def test_a_list_that_lies_outside_of_the_file_is_refused() -> None:
    data = bytearray(zipped({"policy": b""}))
    at = data.rindex(b"PK\x05\x06") + 12
    data[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(EvidenceError, match="list of files"):
        archive(bytes(data))


def test_a_file_from_another_disk_is_no_zip_of_ours() -> None:
    data = zipped({"policy": b""})
    broken = bytearray(data)
    broken[data.rindex(b"PK\x01\x02") + 6] = 99  # a version of zip that nobody reads
    with pytest.raises(EvidenceError, match="not a zip"):
        archive(bytes(broken))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(10), bytes(100)])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="not a zip"):
        archive(data)


@settings(max_examples=60)
@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
def test_a_flipped_byte_changes_nothing_unnoticed(at: int, flip: int) -> None:
    data = bytearray(SAMPLE)
    data[at] ^= flip
    with contextlib.suppress(LogError):
        assert contents(bytes(data)) == contents(SAMPLE)


@given(st.binary())
def test_whatever_bytes_come_only_an_evidence_error_is_raised(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        archive(data)


def run_script(folder: Path) -> subprocess.CompletedProcess[str]:
    script = README_TEXT.split("python check.py\n")[1]
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_script_in_the_readme_checks_the_evidence_with_a_strangers_library(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(sample_zip(300))) as packed:
        packed.extractall(tmp_path)
    run = run_script(tmp_path)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == "entry 1 2025-11-24T01:00:40.000000Z zi.intake.complaint_filed"
    assert len(lines) == 303
    assert lines[-2].startswith("not in the ledger yet")
    assert lines[-1].startswith("included; keys in use")


@pytest.mark.parametrize(
    ("member", "at", "why"),
    [
        ("entries/000", 90, "entry 1 was changed"),
        ("tile/0/000", 90, "tile/0/000 is not in the tree"),
        ("tile/1/000.p/2", 40, "do not give the root"),
        ("checkpoint", 30, "VerifyError"),
        ("manifest.json", -90, "not the one that was signed"),
        ("manifest.note", -40, "VerifyError"),
    ],
)
def test_the_script_in_the_readme_finds_one_changed_byte(
    tmp_path: Path, member: str, at: int, why: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(sample_zip(300))) as packed:
        packed.extractall(tmp_path)
    content = bytearray((tmp_path / member).read_bytes())
    content[at] ^= 1
    (tmp_path / member).write_bytes(content)
    run = run_script(tmp_path)
    assert run.returncode != 0
    assert why in run.stderr


def test_what_no_reader_accepts_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zi_tlog.evidence_zip.MAX_ZIP_BYTES", 10_000)
    with EvidenceWriter(io.BytesIO()) as writer, pytest.raises(EvidenceError, match="larger"):
        writer.add("a", bytes(10_000))
    monkeypatch.setattr("zi_tlog.evidence_zip.MAX_MEMBERS", 2)
    with EvidenceWriter(io.BytesIO()) as writer, pytest.raises(EvidenceError, match="larger"):
        writer.log(b"quorum none\n", b"", ())


class FullDisk(io.BytesIO):
    """Takes the first member only."""

    def write(self, data: object) -> int:
        if self.tell() > 3000:
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


def fill(writer: EvidenceWriter) -> None:
    for number in range(100):
        writer.add(str(number), bytes(range(256)))


def test_a_zip_that_was_given_up_raises_once() -> None:
    with pytest.raises(OSError, match="No space"), EvidenceWriter(FullDisk()) as writer:
        fill(writer)
