"""The writes of a writer to its folder, as a process whose system calls can be recorded: starts, batches small and large, copies of the
database's log into the database, junk in a lane, kept checkpoints, a clearing of old tiles. After each batch it says how far it is.

`python -m tests.audit.ledger_life FOLDER`"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.audit.log_home import OFFICE, URL, Home, Sender

from zi_audit.domain.arrival import Arrival
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.storage import database
from zi_chassis.storage.database import Database

STARTS = ((3, 260, 20, 9), (20, 1, 40), (5, 12))
PAGES = 16  # of the database's log before it is copied: a house's are many more, in the same order of calls
Batch = Sequence[Arrival]


def story() -> list[list[Batch]]:
    """The messages that come, start by start and batch by batch."""
    intake = Sender()
    return [[[*intake.say(count), *junk(len(intake.sent))] for count in counts] for counts in STARTS]


def junk(count: int) -> list[Arrival]:
    return [Arrival("notify", count, b"junk %d" % count)] if count % 2 else []


def lived(home: Home) -> None:
    for batches in story():
        place = Database(home.folder / "ledger.db")
        log = TransparencyLog(Ledger(place, OFFICE), home.tiles, home.keys, home.clock)
        log.open(URL)
        for batch in batches:
            home.clock.pass_by(61)
            log.append(batch)
            os.write(1, b"%d\n" % log.size)
        home.tiles.clear_partials(log.size)
        place.close()


if __name__ == "__main__":
    database.PRAGMAS = (*database.PRAGMAS, f"PRAGMA wal_autocheckpoint={PAGES}")
    lived(Home(Path(sys.argv[1])))
