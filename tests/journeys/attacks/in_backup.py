"""Attacks by putting a backup back: a part of it, all of it, or all of it rewritten and signed anew by an office that holds every key;
the house's own programs build the rest from it."""

import asyncio
import shutil

from tests.journeys.attacks.attack import Attack
from tests.journeys.attacks.bus import Restarted, restart
from tests.journeys.attacks.in_store import event_with_all_that_follows
from tests.journeys.attacks.left import Left


def part_put_back(left: Left, attack: Attack) -> None:
    """A service's store (its sequence is cut off then), or the ledger with its published files."""
    match attack:
        case Attack.TRUNCATE:
            shutil.copy(left.backup / "intake" / "store.db", left.store)
        case Attack.ROLL_BACK:
            _put_back(left, "audit-writer")
        case _:
            raise AssertionError(attack)


def house_put_back(left: Left, attack: Attack) -> None:
    """Rolled back with its bus, or rewritten from the first message to the last; a fork is shown to some only."""
    match attack:
        case Attack.ROLL_BACK:
            for part in ("intake", "notify", "audit-writer", "nats"):
                _put_back(left, part)
        case Attack.FORK:
            elsewhere = left.copy(left.folder / "elsewhere")
            _rewrite(elsewhere, Attack.EDIT)
            elsewhere.log.rename(left.folder / "shown")
        case _:
            _rewrite(left, attack)


def _rewrite(left: Left, attack: Attack) -> None:
    event_with_all_that_follows(left, attack)
    for path in (*left.ledger.parent.glob("ledger.db*"), left.log, left.data / "nats" / "jetstream"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    refused = asyncio.run(restart(left, fresh=True))
    assert refused == Restarted()


def _put_back(left: Left, part: str) -> None:
    shutil.rmtree(left.data / part)
    shutil.copytree(left.backup / part, left.data / part)
