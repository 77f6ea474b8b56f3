"""A log that can't go on is set aside as it is, and another one goes on from where it stood: each message is in one of the two."""

from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
from metamorphic_log import metamorphic_log as foreign  # type: ignore[import-untyped]
from tests.audit.log_home import OFFICE, ORIGIN, URL, Home, Sender
from tests.audit.web import Web

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import Break
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.log_keys import keys_of
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import CHECKPOINT, POLICY, TileFolder
from zi_audit.read.index import Index
from zi_audit.tools.fsck import Fsck
from zi_audit.tools.origins import OriginError, new_origin
from zi_audit.tools.refill import refill
from zi_audit.writer.log import TransparencyLog
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_tlog.policy import parse_policy
from zi_tlog.succession import quoted
from zi_verify.main import main as verify

NAME = "zona.example/balai-contoh/2"


class Cut(Exception):
    """The machine goes off."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(service="audit-writer", office=OFFICE, data=tmp_path, log_origin=ORIGIN)


def started(home: Home, settings: Settings) -> TransparencyLog:
    log = TransparencyLog(home.ledger(), home.tiles, keys_of(settings), home.clock)
    log.open(URL)
    log.renew()
    return log


def renamed(home: Home, settings: Settings, name: str = NAME) -> None:
    new_origin(settings, home.ledger(), home.tiles, home.clock, name)


def all_of(tiles: TileFolder) -> list[bytes]:
    log = PublishedLog(tiles)
    signed = log.signed()
    assert signed is not None
    entries: list[bytes] = []
    while len(entries) < signed[1].size:
        entries += log.entries(len(entries), signed[1].size)
    return entries


def aside(home: Home, number: int = 1) -> TileFolder:
    return TileFolder(home.folder / "tiles/origins" / str(number))


def test_the_new_log_begins_with_the_last_word_of_the_old_one(
    either_home: Home, settings: Settings, intake: Sender
) -> None:
    home = either_home
    started(home, settings).append(intake.say(300))
    last, old = home.read(CHECKPOINT), keys_of(settings).signer.key
    renamed(home, settings)
    log = started(home, settings)
    entries = log.append(intake.say(3))
    assert [entry.anomaly for entry in entries] == [None] * 3
    assert all_of(home.tiles) == [last, *(each.content for each in intake.sent[300:])]
    assert all_of(aside(home)) == [each.content for each in intake.sent[:300]]
    new = keys_of(settings).signer.key
    assert [each.key for each in parse_policy(home.read(POLICY)).logs] == [new, old]
    assert foreign.checkpoint_verify(home.read(CHECKPOINT).decode(), [new.vkey]).size == 4
    assert foreign.checkpoint_verify(aside(home).read(CHECKPOINT).decode(), [old.vkey]).size == 300


def test_what_was_read_of_the_streams_is_not_read_again(
    home: Home, settings: Settings, intake: Sender
) -> None:
    notify = Sender("notify")
    started(home, settings).append([*intake.say(5), *notify.say(2)])
    renamed(home, settings)
    ledger = home.ledger()
    assert (ledger.progress("intake").sequence, ledger.progress("notify").sequence) == (5, 2)
    assert ledger.progress("intake").head == intake.head


def test_what_others_put_into_a_lane_counts_as_read_and_moves_no_chain(
    home: Home, settings: Settings, intake: Sender
) -> None:
    notify = Sender("notify")
    forged = [Arrival("notify", 1, intake.message()), Arrival("notify", 2, b"junk")]
    started(home, settings).append([*forged, *intake.say(), *notify.say(2)])
    renamed(home, settings)
    progress = home.ledger().progress("notify")
    assert (progress.sequence, progress.head) == (4, notify.head)
    assert home.ledger().progress("intake").head == intake.head
    assert aside(home).read("lanes/0") == b"0 notify\n1 notify\n"


def test_the_new_log_has_all_the_indexes_of_the_old_one(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say())
    before = indexes(home)
    renamed(home, settings)
    assert indexes(home) == before
    assert len(before) == 4


def indexes(home: Home) -> set[str]:
    with home.ledger().database.reading() as tx:
        question = (
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'entries' AND sql <> ''"
        )
        return {row["name"] for row in tx.execute(question)}


def test_an_old_log_that_can_not_be_read_any_more_leaves_everything_to_the_new_one(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(3))
    bundle = home.folder / "tiles/tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    renamed(home, settings)
    assert home.ledger().progress("intake").sequence == 0
    assert [entry.anomaly for entry in started(home, settings).append(intake.sent)] == [None] * 3


def test_a_database_that_is_gone_is_no_obstacle(home: Home, settings: Settings, intake: Sender) -> None:
    started(home, settings).append(intake.say(3))
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()
    renamed(home, settings)
    started(home, settings).append(intake.say())
    assert len(all_of(home.tiles)) == 2


def test_how_far_the_streams_had_been_read_is_settled_once(
    either_home: Home, settings: Settings, intake: Sender
) -> None:
    started(either_home, settings).append(intake.say(3))
    assert either_home.ledger().floor("intake", 3) is None
    renamed(either_home, settings)
    assert either_home.ledger().floor("intake", 3) == 3
    assert either_home.ledger().floor("intake", 9) == 3


def test_both_ways_out_can_follow_each_other(home: Home, settings: Settings, intake: Sender) -> None:
    started(home, settings).append(intake.say(3))
    renamed(home, settings)
    started(home, settings).append(intake.say(3))
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(HaltError) as halted:
        started(home, settings)
    assert halted.value.reason is Reason.REGRESSION
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()
    assert refill(home.ledger(), home.tiles, keys_of(settings), home.clock, OFFICE) == 3
    assert Fsck(home.ledger(), home.tiles, keys_of(settings)).run().findings == []
    assert [entry.anomaly for entry in started(home, settings).append(intake.say())] == [None]
    renamed(home, settings, f"{NAME}/3")
    started(home, settings).append(intake.say())
    quotes = [quoted(all_of(tiles)[0]) for tiles in (aside(home, 2), home.tiles)]
    assert [(each.origin, each.size) for each in quotes if each is not None] == [(ORIGIN, 3), (NAME, 5)]
    names = [each.key.name for each in parse_policy(home.read(POLICY)).logs]
    assert names == [f"{NAME}/3", ORIGIN, NAME]


def test_each_log_has_a_name_of_its_own(home: Home, settings: Settings, intake: Sender) -> None:
    started(home, settings).append(intake.say())
    with pytest.raises(OriginError, match="a name of its own"):
        renamed(home, settings, ORIGIN)
    assert started(home, settings).append(intake.say())


def test_without_a_log_there_is_nothing_to_continue(home: Home, settings: Settings) -> None:
    with pytest.raises(OriginError, match="no published checkpoint"):
        renamed(home, settings)


def test_the_index_of_the_new_log_finds_nothing_wrong_with_its_beginning(
    home: Home, settings: Settings, intake: Sender, tmp_path: Path
) -> None:
    started(home, settings).append(intake.say(3))
    renamed(home, settings)
    index = Index(Database(tmp_path / "index.db"), OFFICE)
    index.open(NAME)
    started(home, settings)
    size = index.add(0, all_of(home.tiles))
    first, second, _, fourth = intake.say(4)
    index.add(size, [first.content, second.content])
    assert index.breaks() == []
    index.add(size + 2, [fourth.content])
    assert [(each.index, each.kind) for each in index.breaks()] == [(3, Break.MISSING)]
    index.database.close()


async def test_the_old_log_stays_readable_beside_the_new_one(
    web: Web, home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(300))
    last = home.read(CHECKPOINT)
    renamed(home, settings)
    started(home, settings).append(intake.say(3))
    assert (await web.get("/audit/log/origins/1/checkpoint")).content == last
    assert len((await web.get("/audit/log/origins/1/tile/0/001.p/44")).content) == 44 * 32
    assert (await web.get("/audit/log/origins/1/checkpoints/300")).content == last
    assert (await web.get("/audit/log/origins/1/tile/entries/000")).status_code == 401
    assert (await web.get("/audit/log/origins/1/tile/entries/000", web.auditor())).status_code == 200
    for number in ("2", "x", "0", "01", "-1", "1%2f", "9" * 300, "9" * 5000):
        assert (await web.get(f"/audit/log/origins/{number}/checkpoint")).status_code == 404
    assert (await web.get("/audit/log/origins/1/cosigned")).status_code == 404
    assert (await web.get("/audit/log/checkpoint")).content != last


def test_the_verifier_follows_from_the_old_log_into_the_new_one(
    home: Home, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sender = Sender("intake")
    started(home, settings).append([sender.send(message(sender)) for _ in range(300)])
    renamed(home, settings)
    started(home, settings).append([sender.send(message(sender)) for _ in range(10)])
    memory = ["--state", str(tmp_path / "memory")]
    both = ["--predecessor", str(aside(home).folder)]
    for more in ([], both):
        assert verify(["log", str(home.tiles.folder), *memory, *more]) == 0, capsys.readouterr().out
    started(home, settings).append([sender.send(message(sender)) for _ in range(2)][1:])
    assert verify(["log", str(home.tiles.folder), *memory, *both]) == 1


def message(sender: Sender) -> bytes:
    """With the versions of an aggregate, as the verifier follows them."""
    position = sender.head.position + 1
    aggregate = uuid5(NAMESPACE_DNS, f"case {position}")
    return sender.message(aggregate=str(aggregate), version=1, id=str(uuid5(aggregate, "1")))


def cuts(monkeypatch: pytest.MonkeyPatch, steps: int) -> Iterator[None]:
    """Lets so many renames pass, by which each step is done; the next one finds the machine off."""
    left, rename, replace = [steps], Path.rename, Path.replace

    def counted(real: object) -> object:
        def step(self: Path, target: Path) -> Path:
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return real(self, target)  # type: ignore[operator,no-any-return]

        return step

    monkeypatch.setattr(Path, "rename", counted(rename))
    monkeypatch.setattr(Path, "replace", counted(replace))
    yield
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("steps", range(14))
def test_an_interrupted_change_is_simply_repeated(
    home: Home, settings: Settings, intake: Sender, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    started(home, settings).append(intake.say(3))
    last = home.read(CHECKPOINT)
    interrupted = False
    for _ in cuts(monkeypatch, steps):
        try:
            renamed(home, settings)
        except Cut:
            interrupted = True
    assert interrupted == (steps < 12)
    if interrupted:
        renamed(home, settings)
    started(home, settings).append(intake.say(2))
    assert all_of(home.tiles) == [last, *(each.content for each in intake.sent[3:])]
    assert all_of(aside(home)) == [each.content for each in intake.sent[:3]]
    assert Fsck(home.ledger(), home.tiles, keys_of(settings)).run().findings == []


def test_a_change_that_was_begun_is_finished_under_its_name(
    home: Home, settings: Settings, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(home, settings).append(intake.say(3))
    for _ in cuts(monkeypatch, 4):
        with pytest.raises(Cut):
            renamed(home, settings)
    with pytest.raises(OriginError, match=NAME):
        renamed(home, settings, "zona.example/other")
