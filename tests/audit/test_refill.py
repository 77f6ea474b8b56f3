"""A ledger database that is older than the published log gets back what it lacks, and the log goes on as the same log."""

import shutil

import pytest
from tests.audit.log_home import OFFICE, Home, Sender

from zi_audit.domain.arrival import Arrival
from zi_audit.files.halt import HaltError, Reason
from zi_audit.tools.fsck import Fsck
from zi_audit.tools.refill import refill


def refilled(home: Home) -> int:
    return refill(home.ledger(), home.tiles, home.keys, home.clock, OFFICE)


def lose_database(home: Home) -> None:
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()


def test_a_lost_database_comes_back_whole(home: Home, intake: Sender) -> None:
    notify = Sender("notify")
    log = home.opened()
    log.append([*intake.say(300), *notify.say(10)])
    log.append([Arrival("intake", 301, b"no message")])
    lose_database(home)
    assert refilled(home) == 311
    assert Fsck(home.ledger(), home.tiles, home.keys).run().findings == []
    assert home.ledger().progress("notify").sequence == 10
    again = home.opened()
    assert again.append([*intake.sent[-2:], *notify.sent]) == []
    assert [entry.anomaly for entry in again.append(intake.say(2))] == [None, None]


def test_a_restored_backup_gets_what_came_after_it(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say(200))
    home.close()
    shutil.copy(home.folder / "ledger.db", home.folder / "backup")
    home.opened().append(intake.say(200))
    lose_database(home)
    shutil.move(home.folder / "backup", home.folder / "ledger.db")
    with pytest.raises(HaltError):
        home.opened()
    assert refilled(home) == 200
    assert home.opened().size == 400


def test_a_whole_database_needs_nothing(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    assert refilled(home) == 0


def test_a_database_of_another_history_is_left_as_it_is(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    published = home.read("checkpoint")
    lose_database(home)
    shutil.move(home.folder / "tiles", home.folder / "genuine")
    home.opened().append(Sender("intake", case="ANOTHER00").say(2))
    home.close()
    shutil.rmtree(home.folder / "tiles")
    shutil.move(home.folder / "genuine", home.folder / "tiles")
    with pytest.raises(HaltError) as halted:
        refilled(home)
    assert halted.value.reason is Reason.DAMAGED
    assert (home.ledger().state().size, home.read("checkpoint")) == (2, published)


def test_damaged_bundles_refill_nothing(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    lose_database(home)
    bundle = home.folder / "tiles/tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    with pytest.raises(HaltError):
        refilled(home)
    assert home.ledger().state().size == 0


def test_without_published_files_there_is_nothing_to_refill_from(home: Home) -> None:
    with pytest.raises(HaltError):
        refilled(home)
