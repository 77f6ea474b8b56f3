"""The power goes at every step that the writer takes on its disk: the log comes back with all that was committed, and contradicts
nothing that anybody saw before. The ledger's database is at each step what its last commit left; what a cut leaves of the database's own
files is test_recorded_cut.py's affair."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from tests.audit.log_home import OFFICE, URL, Home, Sender
from tests.audit.power_cut import Disk, State, written

from zi_audit.domain.arrival import Arrival
from zi_audit.files.tile_folder import CHECKPOINT
from zi_audit.tools.fsck import Fsck
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database, Tx
from zi_tlog.checkpoint import Checkpoint, open_checkpoint
from zi_tlog.tile import TileHashes
from zi_tlog.tree import tree_root

SEED = 7


class CopiedDatabase(Database):
    """Each commit leaves a copy of the files as they are then."""

    def __init__(self, place: Path, copies: Path) -> None:
        super().__init__(place)
        self._place, self._copies, self._number = place, copies, count()
        self.copy: Path | None = None

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            yield tx
        self.copy = self._copies / str(next(self._number))
        self.copy.mkdir(parents=True)
        for file in (self._place, self._place.with_name(f"{self._place.name}-wal")):
            shutil.copy(file, self.copy)


@dataclass
class Cuts:
    """The remains after each step, without what was left before as well: files, database, and what people had seen."""

    disk: Disk
    database: CopiedDatabase
    home: Home
    checkpoints: list[Checkpoint] = field(default_factory=list)
    left: dict[tuple[object, ...], tuple[State, Path | None, int]] = field(default_factory=dict)

    def take(self) -> None:
        note = self.disk.read(f"tiles/{CHECKPOINT}")
        if note is not None:
            checkpoint = open_checkpoint(note, *self.home.keys.known)
            self.checkpoints += [checkpoint] if checkpoint not in self.checkpoints else []
        for state in self.disk.states(SEED):
            key = (*sorted(state.items()), self.database.copy)
            self.left.setdefault(key, (state, self.database.copy, len(self.checkpoints)))


@pytest.fixture
def cuts(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cuts]:
    database = CopiedDatabase(home.folder / "ledger.db", tmp_path_factory.mktemp("copies"))
    made = Cuts(Disk(home.folder), database, home)
    made.disk.step = made.take
    yield made
    database.close()


def lived(cuts: Cuts, intake: Sender) -> None:
    """Starts, small and large batches over a tile's end, kept checkpoints, a clearing of old tiles, one more start."""
    home = cuts.home
    for batches in ((3, 260), (20, 1), (5,)):
        log = TransparencyLog(Ledger(cuts.database, OFFICE), home.tiles, home.keys, home.clock)
        log.open(URL)
        for batch in batches:
            home.clock.pass_by(61)
            log.append(intake.say(batch))
        home.tiles.clear_partials(log.size)


def test_every_state_that_a_power_cut_leaves_is_gone_on_from(
    cuts: Cuts, intake: Sender, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with cuts.disk.recording():
        lived(cuts, intake)
    assert len(cuts.checkpoints) > 5
    assert len(cuts.left) > 200
    for state, database, checkpoints in cuts.left.values():
        folder = tmp_path_factory.mktemp("cut")
        written(state, folder)
        if database is not None:
            shutil.copytree(database, folder, dirs_exist_ok=True)
        recovered(Home(folder, clock=cuts.home.clock), intake.sent, cuts.checkpoints[:checkpoints])
        shutil.rmtree(folder)


def recovered(home: Home, arrivals: Sequence[Arrival], checkpoints: Sequence[Checkpoint]) -> None:
    """A start of the writer on what was left; `said` is all that came and comes, in order."""
    committed = home.opened().size
    assert Fsck(home.ledger(), home.tiles, home.keys).run().findings == []
    for checkpoint in checkpoints:
        assert checkpoint.size <= committed
        assert tree_root(checkpoint.size, TileHashes(committed, home.tiles.read)) == checkpoint.root
    home.opened().append(arrivals[committed:])
    assert home.ledger().entries(0, len(arrivals) + 1) == [each.content for each in arrivals]
    home.close()


def test_a_commit_of_the_ledger_is_synced_when_it_returns(home: Home) -> None:
    with home.ledger().database.transaction() as tx:
        assert tx.execute("PRAGMA synchronous")[0]["synchronous"] == 2  # FULL
        assert tx.execute("PRAGMA journal_mode")[0]["journal_mode"] == "wal"


def test_the_log_key_is_never_half_there_and_stays_once_it_was_given_out(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    before: list[State] = []
    disk.step = lambda: before.extend(disk.states(SEED))
    with disk.recording():
        key = Settings(service="audit-writer", data=tmp_path / "var").secret("log-key")
    name = Path("var/audit-writer/secrets/log-key")
    assert {state.get(name) for state in before} <= {None, key}
    assert {state.get(name) for state in disk.states(SEED)} == {key}
