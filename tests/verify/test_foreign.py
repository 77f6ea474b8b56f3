"""Logs that nobody here wrote: entries of any kind, in bundles or data tiles, under keys that may have other names than the log."""

from pathlib import Path

import pytest
from tests.verify.foreign_log import (
    OLD_STYLE,
    SUNLIGHT,
    TESSERA,
    SunlightLog,
    TesseraLog,
    certificates,
    opaque,
    timestamped,
)
from tests.verify.kept_log import KeptLog, StoppedError
from tests.verify.sample_log import POLICY, sample_messages

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.static_ct import DataTileError, read_data_tile
from zi_tlog.tile import Bundle
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import DeniedError
from zi_verify.verdict import Failed, Included
from zi_verify.walk import Entries

SIZES = [0, 1, 2, 255, 256, 257, 600]


def of(signer: Signer, url: str | None = None) -> Policy:
    return Policy((Log(signer.key, url),))


def checked(
    log: KeptLog, policy: Policy, entries: Entries = Entries.ANY, memory: Memory | None = None
) -> LogReport:
    demand = Demand(policy, is_pinned=True, entries=entries)
    return replay(log, demand, memory or Memory(None), lambda size, total: None)


def why(report: LogReport) -> list[tuple[str, int | None]]:
    assert isinstance(report.verdict, Failed)
    return [(finding.file, finding.index) for finding in report.verdict.findings]


@pytest.mark.parametrize("size", SIZES)
def test_a_log_of_opaque_entries_holds(size: int) -> None:
    report = checked(TesseraLog(opaque(size)), of(TESSERA))
    assert (report.verdict, report.shortfalls, dict(report.senders)) == (Included(), (), {})
    assert any("What the entries say was not checked" in remark.en for remark in report.remarks)


@pytest.mark.parametrize("size", SIZES)
def test_a_certificate_log_with_data_tiles_holds(size: int) -> None:
    report = checked(SunlightLog(certificates(size)), of(SUNLIGHT))
    assert (report.verdict, report.shortfalls) == (Included(), ())


def test_as_messages_neither_of_them_is_a_log_of_a_house() -> None:
    assert isinstance(checked(TesseraLog(opaque(9)), of(TESSERA), Entries.MESSAGES).verdict, Failed)
    report = checked(SunlightLog(certificates(9)), of(SUNLIGHT), Entries.MESSAGES)
    assert report.shortfalls


@pytest.mark.parametrize(
    ("log", "policy", "file"),
    [
        (TesseraLog(opaque(600)), of(TESSERA), "tile/entries/001"),
        (SunlightLog(certificates(600)), of(SUNLIGHT), "tile/data/001"),
    ],
)
def test_one_changed_byte_of_an_entry_is_named(log: KeptLog, policy: Policy, file: str) -> None:
    log.flip(file, 20)
    ((where, index), *_) = why(checked(log, policy))
    assert (where, index in range(256, 512)) == (file, True)


@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/2", "checkpoint"])
def test_a_changed_tile_of_a_certificate_log_is_named(name: str) -> None:
    log = SunlightLog(certificates(600))
    log.flip(name, 40)
    assert name in [file for file, _ in why(checked(log, of(SUNLIGHT)))]


def test_a_missing_data_tile_is_named() -> None:
    log = SunlightLog(certificates(600))
    del log.files["tile/data/001"]
    assert why(checked(log, of(SUNLIGHT))) == [("tile/data/001", 256)]


def test_a_partial_data_tile_may_have_become_a_full_one() -> None:
    log, longer = SunlightLog(certificates(300)), SunlightLog(certificates(600))
    del log.files["tile/data/001.p/44"]
    log.files["tile/data/001"] = longer.files["tile/data/001"]
    assert checked(log, of(SUNLIGHT)).verdict == Included()


def test_a_store_that_denies_what_it_does_not_have_is_read_all_the_same() -> None:
    class Denying(SunlightLog):
        def read(self, name: str) -> bytes | None:
            if name not in self.files and hasattr(self, "edge"):
                raise DeniedError(name)
            return super().read(name)

    witness = Cosigner("witness.example/w1", bytes(32))
    log = Denying(certificates(300))
    note = parse_note(log.checkpoint)
    log.write("checkpoint", note.signed(witness.cosign(note.text, 1_767_000_000)).format())
    policy = Policy((Log(SUNLIGHT.key),), (Witness("w", witness.key),), (), "w")
    assert checked(log, policy).verdict == Included()


def test_entries_that_are_withheld_are_a_shortfall() -> None:
    log = TesseraLog(opaque(300))
    log.files = {name: data for name, data in log.files.items() if "entries" not in name}
    assert checked(log, of(TESSERA)).shortfalls


def test_an_entry_under_another_index_than_it_names_is_refused() -> None:
    entries = certificates(9)
    entries[4] = timestamped(4, named=5)
    assert why(checked(SunlightLog(entries), of(SUNLIGHT))) == [("tile/data/000.p/9", 0)]


@pytest.mark.parametrize("cut", range(0, 60))
def test_a_data_tile_that_is_cut_off_is_no_data_tile(cut: int) -> None:
    whole = SunlightLog(certificates(2)).files["tile/data/000.p/2"]
    with pytest.raises(DataTileError):
        read_data_tile(Bundle(0, 2), {"tile/data/000.p/2": whole[: len(whole) - 1 - cut]}.get)


def test_what_is_no_certificate_entry_is_no_data_tile() -> None:
    entry = bytes(8) + b"\x00\x02" + bytes(10)
    with pytest.raises(DataTileError):
        read_data_tile(Bundle(0, 1), {"tile/data/000.p/1": entry}.get)


# Names


def test_a_key_of_another_name_signs_only_where_the_policy_or_the_person_says_so() -> None:
    log = TesseraLog(opaque(9), OLD_STYLE, "go.example database tree")
    assert isinstance(checked(log, of(OLD_STYLE)).verdict, Failed)
    assert isinstance(checked(log, of(OLD_STYLE).renamed("another name")).verdict, Failed)
    assert checked(log, of(OLD_STYLE).renamed("go.example database tree")).verdict == Included()


def test_the_address_in_the_policy_names_the_log() -> None:
    log = TesseraLog(opaque(9), OLD_STYLE, "logs.example/2026")
    for url in ("https://logs.example/2026", "https://logs.example/2026/"):
        assert checked(log, of(OLD_STYLE, url).renamed()).verdict == Included()
    assert isinstance(checked(log, of(OLD_STYLE, "https://logs.example/2025").renamed()).verdict, Failed)
    assert isinstance(checked(log, of(OLD_STYLE, "https://logs.example/2026")).verdict, Failed)


def test_a_strangers_key_of_the_right_name_is_refused() -> None:
    log = TesseraLog(opaque(9), Signer(TESSERA.key.name, bytes(32)))
    assert why(checked(log, of(TESSERA))) == [("checkpoint", None)]


def test_a_foreign_log_is_remembered_and_its_rollback_and_fork_are_called_so() -> None:
    memory, policy = Memory(None), of(OLD_STYLE).renamed("a b")
    assert checked(TesseraLog(opaque(600), OLD_STYLE, "a b"), policy, memory=memory).verdict == Included()
    for other in (opaque(300), opaque(601)[1:]):
        report = checked(TesseraLog(other, OLD_STYLE, "a b"), policy, memory=memory)
        assert isinstance(report.verdict, Failed)
        assert report.forked_from


def test_what_was_read_as_any_kind_is_read_again_as_messages() -> None:
    memory, log = Memory(None), KeptLog([*sample_messages(600)[:100], *sample_messages(600)[101:]])

    def stop(size: int, total: int) -> None:
        if size >= 512:
            raise StoppedError

    demand = Demand(POLICY, is_pinned=True, entries=Entries.ANY, kept_every=256)
    with pytest.raises(StoppedError):
        replay(log, demand, memory, stop)
    assert isinstance(checked(log, POLICY, Entries.MESSAGES, memory).verdict, Failed)


# The command line


def folder(tmp_path: Path, log: KeptLog, policy: Policy) -> list[str]:
    for name, data in log.files.items():
        path = tmp_path / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "policy").write_bytes(policy.format())
    return ["log", str(tmp_path / "log"), "--policy", str(tmp_path / "policy"), "--no-memory"]


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = TesseraLog(opaque(9), OLD_STYLE, "go.example database tree")
    command = folder(tmp_path, log, of(OLD_STYLE))
    assert main([*command, "--entries", "any"]) == 1
    assert main([*command, "--origin", log.origin]) == 2
    assert main([*command, "--entries", "any", "--predecessor", "x"]) == 2
    capsys.readouterr()
    assert main([*command, "--entries", "any", "--origin", log.origin, "--language", "id"]) == 0
    assert "Isi entri tidak diperiksa" in capsys.readouterr().out


def test_the_address_in_the_policy_file_is_enough(tmp_path: Path) -> None:
    log = TesseraLog(opaque(9), OLD_STYLE, "logs.example/2026")
    command = folder(tmp_path, log, of(OLD_STYLE, "https://logs.example/2026/"))
    assert main([*command, "--entries", "any"]) == 0
    assert main(command) == 1
