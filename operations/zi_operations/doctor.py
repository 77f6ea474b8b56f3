"""`zona check`, of a house that runs: everything that stands still, why, and the command that mends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from zi_audit.files.status import read_status
from zi_operations import remedies
from zi_operations.backup import backups, taken_at
from zi_operations.drill_scratch import left_databases, left_folders, places
from zi_operations.house import SERVICES, WRITER, HouseOfData
from zi_verify.verdict import Sentence

PATIENCE = 5.0
OLD_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class StandingStill:
    """A part of the house, why it stands still in its own words, and the way out."""

    part: str
    why: str
    remedy: Sentence


def answers(house: HouseOfData) -> dict[str, dict[str, Any] | None]:
    """Return what /<service>/ready of each service says, or None where nobody answers."""
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        return {service: _answer(client, house, service) for service in (*SERVICES, WRITER)}


def _answer(client: httpx.Client, house: HouseOfData, service: str) -> dict[str, Any] | None:
    try:
        checks: dict[str, Any] = client.get(f"{house.url(service)}/{service}/ready").json()["checks"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return checks


def standing_still(house: HouseOfData, answered: dict[str, dict[str, Any] | None]) -> Iterator[StandingStill]:
    """In the order of the services; nothing of a house of which no part answers, which was stopped."""
    if not any(answered.values()):
        return
    for service, checks in answered.items():
        if checks is None:
            yield StandingStill(service, "no answer", remedies.START)
            continue
        for name, check in checks.items():
            if check["reason"] is not None:
                yield StandingStill(f"{service} {name}", str(check["reason"]), _remedy(house, name))


def stale_backups(house: HouseOfData, now: datetime) -> Iterator[StandingStill]:
    """Of the folder of backups, where the operator has set one."""
    if house.backups is None:
        return
    known = backups(house.backups)
    if not known or taken_at(known[-1]) < now - OLD_AFTER:
        last = known[-1].name if known else "none"
        yield StandingStill(
            "backup",
            f"the newest backup is {last}",
            Sentence(f"zona backup {house.backups}", f"zona backup {house.backups}"),
        )


def left_by_drills(house: HouseOfData) -> Iterator[StandingStill]:
    """Name the leftovers of killed drills, where drills usually work: keys lie open in them."""
    for left in (*map(str, left_folders(places(house))), *left_databases(house)):
        yield StandingStill("drill", f"{left} was left by a drill that was killed", remedies.DRILL)


def _remedy(house: HouseOfData, check: str) -> Sentence:
    status = read_status(house.tiles) if check == "log" else None
    if status is not None and status.stopped is not None:
        return remedies.REASONS[status.stopped]
    return remedies.of_check(check)
