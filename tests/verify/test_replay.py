import json
from collections.abc import Sequence
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
from tests.verify.sample_log import LOG_KEY, POLICY, SampleLog, Sender, sample_messages

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Policy, Witness
from zi_tlog.tree import Edge, leaf_hash
from zi_verify.memory import Memory
from zi_verify.replay import Demand, LogReport, replay
from zi_verify.source import FolderSource
from zi_verify.verdict import CheckFinding, Failed, Included

SIZE = 600


@pytest.fixture(scope="module")
def many() -> list[bytes]:
    """Messages for a log with three levels; who only collects tests does without them."""
    return sample_messages(70_000)


def replayed(
    log: SampleLog, older: Checkpoint | None = None, policy: Policy = POLICY, *, is_pinned: bool = True
) -> LogReport:
    demand = Demand(policy, is_pinned=is_pinned, older=() if older is None else (older,))
    return replay(FolderSource(log.folder), demand, Memory(None), lambda size, total: None)


def findings(log: SampleLog, older: Checkpoint | None = None) -> list[tuple[str, int | None, str]]:
    return [(finding.file, finding.index, finding.why.en) for finding in _failed(replayed(log, older))]


def _failed(report: LogReport) -> tuple[CheckFinding, ...]:
    assert isinstance(report.verdict, Failed)
    return report.verdict.findings


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, 65_536])
def test_a_whole_log_passes(tmp_path: Path, many: list[bytes], size: int) -> None:
    report = replayed(SampleLog(tmp_path, many[:size]))
    assert report.verdict == Included()
    assert sum(report.senders.values()) == size


def test_a_log_with_three_levels_passes_and_a_changed_tile_of_each_is_named(
    tmp_path: Path, many: list[bytes]
) -> None:
    log = SampleLog(tmp_path, many)
    assert replayed(log).verdict == Included()
    log.flip("tile/1/000", 3 * 32)
    log.flip("tile/1/001.p/17", 32)
    log.flip("tile/2/000.p/1", 0)
    expected = "a hash does not follow from the tile below"
    assert findings(log) == [
        ("tile/2/000.p/1", 0, expected),
        ("tile/1/000", 768, expected),
        ("tile/1/001.p/17", 65_792, expected),
    ]


def test_a_log_that_grew_in_steps_passes_with_and_without_its_old_partials(tmp_path: Path) -> None:
    log = SampleLog(tmp_path)
    for start in range(0, SIZE, 90):
        log.append(sample_messages(SIZE)[start : start + 90])
    assert replayed(log).verdict == Included()


def test_a_changed_byte_of_an_entry_is_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    log.flip("tile/entries/001", 2 + 300)
    assert (
        "tile/entries/001",
        256,
        "the entry was changed: it does not hash to the leaf in the tree",
    ) in findings(log)


def test_a_changed_length_in_a_bundle_is_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    log.flip("tile/entries/002.p/88", 0)
    assert ("tile/entries/002.p/88", 512) in [(file, index) for file, index, _ in findings(log)]


def test_a_changed_leaf_hash_is_told_apart_from_a_changed_entry(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    log.flip("tile/0/001", 5 * 32)
    expected = "the stored leaf hash was changed: the entry itself fits the signed root"
    assert ("tile/0/001", 261, expected) in findings(log)
    assert "checkpoint" not in [file for file, _, _ in findings(log)]


def test_an_entry_changed_together_with_its_hash_shows_in_the_root(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    forged = [*sample_messages(SIZE)[:7], b"forged", *sample_messages(SIZE)[8:]]
    other = SampleLog(tmp_path / "other", forged)
    log.write("tile/entries/000", other.read("tile/entries/000") or b"")
    log.write("tile/0/000", other.read("tile/0/000") or b"")
    assert findings(log)[0] == ("checkpoint", None, "the signed root does not follow from the tiles")
    assert findings(log)[1] == ("tile/1/000.p/2", 0, "a hash does not follow from the tile below")


@pytest.mark.parametrize(
    ("name", "index"),
    [("tile/0/001", 256), ("tile/0/002.p/88", 512), ("tile/1/000.p/2", 0), ("tile/entries/001", 256)],
)
def test_a_missing_file_is_named(tmp_path: Path, name: str, index: int) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    (log.folder / name).unlink()
    file, at, why = findings(log)[0]
    assert (file, at) == (name, index)
    assert "missing" in why


def test_a_tile_of_the_wrong_length_is_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    log.write("tile/0/001", b"short")
    assert findings(log) == [("tile/0/001", 256, "tile/0/001 has 5 bytes instead of 8192.")]


def test_nothing_can_be_recomputed_past_a_hole_in_tiles_and_bundles(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    (log.folder / "tile/0/001").unlink()
    (log.folder / "tile/entries/001").unlink()
    assert findings(log) == [("tile/0/001", 256, "tile/0/001 is missing.")]


def test_a_changed_entry_before_a_hole_is_still_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    log.flip("tile/entries/000", 300)
    (log.folder / "tile/0/001").unlink()
    (log.folder / "tile/entries/001").unlink()
    named = [(file, why) for file, _, why in findings(log)]
    assert ("tile/entries/000", "the entry was changed: it does not hash to the leaf in the tree") in named
    assert named[-1] == ("tile/0/001", "tile/0/001 is missing.")


def test_a_repeat_of_an_entry_whose_tile_is_gone_is_found_all_the_same(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, [*sample_messages(256), sample_messages(256)[3]])
    (log.folder / "tile/0/000").unlink()
    assert findings(log)[-1] == (
        "tile/entries/001.p/1",
        256,
        "position 3 of /zi/contoh/intake comes again after 171",
    )


def test_every_byte_of_the_checkpoint_counts(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(9))
    for at in range(len(log.checkpoint)):
        log.write("checkpoint", log.checkpoint)
        log.flip("checkpoint", at)
        assert findings(log)[0][0] == "checkpoint"


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(9))
    (log.folder / "checkpoint").unlink()
    assert findings(log) == [("checkpoint", None, "the file is missing")]


def test_a_checkpoint_of_another_key_is_refused(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(9), Signer(LOG_KEY.key.name, bytes(32)))
    assert findings(log)[0][0] == "checkpoint"


def test_without_entries_only_hashes_are_checked_and_it_is_said(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    for bundle in (log.folder / "tile/entries").rglob("*"):
        if bundle.is_file():
            bundle.unlink()
    report = replayed(log)
    assert (report.verdict, report.read_entries) == (Included(), False)
    assert any("only hashes were checked" in remark.en for remark in report.remarks)
    log.flip("tile/0/000", 0)
    assert findings(log)[0] == ("checkpoint", None, "the signed root does not follow from the tiles")
    assert findings(log)[1][:2] == ("tile/1/000.p/2", 0)


def chained(log: Path, entries: Sequence[bytes]) -> list[tuple[int | None, str]]:
    return [(index, why) for _, index, why in findings(SampleLog(log, entries))]


def test_a_message_left_out_is_found(tmp_path: Path) -> None:
    entries = sample_messages(9)
    assert chained(tmp_path, [*entries[:3], *entries[4:]]) == [
        (3, "positions 3 to 3 of /zi/contoh/intake are missing"),
        (3, f"version 4 of aggregate {json.loads(entries[0])['aggregate']} follows version 2"),
    ]


def test_a_message_edited_before_publication_is_found_at_the_next_one(tmp_path: Path) -> None:
    entries = sample_messages(9)
    entries[1] = entries[1].replace(b"acknowledged", b"acknowledgec")
    expected = (
        "position 3 of /zi/contoh/intake does not continue the message before it: the hash chain is broken"
    )
    assert chained(tmp_path, entries) == [(3, expected)]


def test_a_sender_that_does_not_begin_at_the_beginning_is_found(tmp_path: Path) -> None:
    assert chained(tmp_path, sample_messages(3)[1:2])[0] == (
        0,
        "positions 1 to 1 of /zi/contoh/intake are missing",
    )
    late = Sender("/zi/contoh/intake", previous="1" * 64).say()
    assert "hash chain is broken" in chained(tmp_path / "late", [late])[0][1]


@pytest.mark.parametrize("more", [b"", b" "])
def test_a_repeated_message_is_found(tmp_path: Path, more: bytes) -> None:
    entries = sample_messages(6)
    again = "position 3 of /zi/contoh/intake comes again after 4"
    assert chained(tmp_path, [*entries, entries[3] + more]) == [(6, again)]


def test_a_message_under_the_event_id_of_another_one_is_found(tmp_path: Path) -> None:
    entries = sample_messages(2)
    first, second = (json.loads(entry)["id"] for entry in entries)
    index, why = chained(tmp_path, [entries[0], entries[1].replace(second.encode(), first.encode())])[0]
    assert (index, why.split(" of ")[0]) == (1, "the event id is not that")


def test_a_position_used_twice_is_found(tmp_path: Path) -> None:
    forked = Sender("/zi/contoh/intake").say(aggregate=uuid5(NAMESPACE_DNS, "forked"))
    assert chained(tmp_path, [*sample_messages(3), forked]) == [
        (3, "position 1 of /zi/contoh/intake comes again after 2")
    ]


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 60_000,
        b'{"id": 1}',
        sample_messages(1)[0].replace(b'"aggregate": "', b'"aggregate": "x'),
        sample_messages(1)[0].replace(b'"aggregate": "', b'"aggregate": "00'),
        sample_messages(1)[0].replace(b'"version": 1', b'"version": true'),
    ],
)
def test_an_entry_that_is_no_message_is_found(tmp_path: Path, entry: bytes) -> None:
    index, why = chained(tmp_path, [*sample_messages(3), entry])[0]
    assert index == 3
    assert why.startswith("The entry is not a message")


def test_a_log_continues_its_own_older_checkpoints(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    for size in (0, 1, 256, 300, SIZE):
        assert replayed(log, _head(sample_messages(size))).verdict == Included()


@pytest.mark.parametrize("size", [1, 256, 300, SIZE])
def test_a_rewritten_past_is_found(tmp_path: Path, size: int) -> None:
    log = SampleLog(tmp_path, sample_messages(SIZE))
    rewritten = "fork: the log does not continue the older checkpoint: its past was rewritten"
    assert findings(log, _head([b"x", *sample_messages(size)[1:]])) == [("checkpoint", None, rewritten)]


def test_a_log_that_shrank_is_found(tmp_path: Path) -> None:
    shrunk = ("checkpoint", 5, "rollback: the log has 5 entries and is shorter than the older checkpoint")
    assert findings(SampleLog(tmp_path, sample_messages(5)), _head(sample_messages(9))) == [shrunk]


def test_another_logs_older_checkpoint_is_refused(tmp_path: Path) -> None:
    other = Checkpoint("other.example/log", 1, Edge().append([bytes(32)]).after.root)
    assert (
        findings(SampleLog(tmp_path, sample_messages(5)), other)[0][2]
        == "the older checkpoint is another log's"
    )


def _head(entries: Sequence[bytes]) -> Checkpoint:
    edge = Edge().append(map(leaf_hash, entries)).after
    return Checkpoint(LOG_KEY.key.name, edge.size, edge.root)


WITNESS = Cosigner("witness.example/w1", bytes(32))
WITNESSED = Policy(POLICY.logs, (Witness("kampus", WITNESS.key),), (), "kampus")


def cosigned(log: SampleLog) -> bytes:
    note = parse_note(log.checkpoint)
    return note.signed(WITNESS.cosign(note.text, 1767000000)).format()


def test_a_cosigned_checkpoint_of_another_history_is_a_fork(tmp_path: Path) -> None:
    other = SampleLog(tmp_path / "other", [b"x"] * 9)
    log = SampleLog(tmp_path / "log", sample_messages(300))
    log.write("cosigned", cosigned(other))
    assert "9 entries that the witnesses confirmed" in _failed(replayed(log, None, WITNESSED))[0].why.en


def test_a_log_that_is_shorter_than_what_the_witnesses_confirmed_is_a_rollback(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(300))
    longer = cosigned(log)
    log = SampleLog(tmp_path, sample_messages(200))
    log.write("cosigned", longer)
    (finding,) = _failed(replayed(log, None, WITNESSED))
    assert (finding.index, finding.why.en.split(":")[0]) == (200, "rollback")


def test_two_signed_roots_of_one_size_are_a_fork_although_the_tiles_are_damaged(tmp_path: Path) -> None:
    other = SampleLog(tmp_path / "other", [b"x", *sample_messages(300)[1:]])
    log = SampleLog(tmp_path / "log", sample_messages(300))
    log.flip("tile/0/000", 40)
    older = Checkpoint(other.signer.key.name, 300, other.edge.root)
    assert "fork: the log does not continue the older checkpoint: its past was rewritten" in [
        expected for _, _, expected in findings(log, older)
    ]


def test_a_cosigned_checkpoint_without_its_quorum_counts_for_nothing(tmp_path: Path) -> None:
    log = SampleLog(tmp_path, sample_messages(9))
    log.write("cosigned", log.checkpoint)
    assert "quorum of witnesses" in _failed(replayed(log, None, WITNESSED))[0].why.en
