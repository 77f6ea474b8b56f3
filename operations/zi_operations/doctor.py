"""`zona doctor`: everything that stands still, why, and the command that mends it."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from zi_audit.files.status import read_status
from zi_audit.files.tile_folder import CHECKPOINT
from zi_chassis.bucket import BucketAwayError
from zi_chassis.process.waiting import NOT_APPLIED, NOT_COMPARED, UNREADABLE
from zi_chassis.settings import addresses
from zi_operations import remedies
from zi_operations.archive import archive_state
from zi_operations.cluster_servers import of_nats, of_postgres
from zi_operations.drill_note import last_drill
from zi_operations.drill_scratch import left_databases, left_folders, places
from zi_operations.house import FETCHED, SCHEDULER, SERVICES, STAGING, WRITER, HouseOfData
from zi_operations.moment import database_faults
from zi_operations.outcome import OperationError
from zi_operations.retention import backups, is_whole, newest_whole, taken_at
from zi_operations.sealing import read_house_key
from zi_operations.standing_still import StandingStill
from zi_operations.unsettled import unsettled
from zi_verify.verdict import Sentence

PATIENCE = 5.0
OLD_AFTER = timedelta(hours=26)
FAR_BEHIND = 4 * 2**30  # bytes: half of what the server keeps for its archive
DRILL_GRACE = timedelta(days=10)
BUS_CHECKS = ("broker", "nats")
NEED_BUS = ("outbox", "unpublished", "lanes", "tail")


def answers(house: HouseOfData) -> dict[str, dict[str, Any] | None]:
    """Return what /<service>/ready of each process says, or None where nobody answers. One of several has its host beside its service."""
    return {
        service if len(urls) == 1 else f"{service} at {urlsplit(url).hostname}": _answer_of(url, service)
        for service in (*SERVICES, WRITER)
        for urls in [house.urls(service)]
        for url in urls
    }


def _answer_of(url: str, service: str) -> dict[str, Any] | None:
    try:
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            checks: dict[str, Any] = client.get(f"{url}/{service}/ready").json()["checks"]
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
            if check["reason"] is not None and not _follows(name, checks):
                yield StandingStill(
                    f"{service} {name}", str(check["reason"]), _remedy(house, name, check["reason"])
                )


def _follows(name: str, checks: dict[str, Any]) -> bool:
    """Tell whether another check says why this one fails: nobody skips a message or restores anything for it."""
    reasons = {each: check["reason"] for each, check in checks.items()}
    if name != "published" and reasons[name] == reasons.get("published"):
        return True
    without_bus = any(reasons.get(each) is not None for each in BUS_CHECKS)
    return without_bus and (name in NEED_BUS or name.startswith("hears "))


def of_backups(house: HouseOfData, now: datetime) -> Iterator[StandingStill]:
    """Of the folder of backups, where the operator has set one."""
    if house.backups is None:
        return
    try:
        key = read_house_key(house.backup_key)
    except OperationError:
        yield StandingStill("backup", "there is no key of the backups", remedies.MAKE_KEY)
        return
    newest = newest_whole(house.backups, now, key)
    if newest is None or newest < now - OLD_AFTER:
        last = f"{newest:%Y-%m-%d %H:%M} UTC" if newest else "none"
        yield StandingStill(
            "backup",
            f"the newest whole backup is {last}",
            Sentence(f"zona backup {house.backups}", f"zona backup {house.backups}"),
        )
    for path in backups(house.backups):
        if taken_at(path) > now or not is_whole(path, key):
            yield StandingStill(
                "backup", f"{path} is not whole, of another key or of the future", remedies.UNSOUND_BACKUP
            )
    drilled = last_drill(house)
    if house.backup_times.drill_is_due(now, drilled, DRILL_GRACE):
        last = f"{drilled:%Y-%m-%d}" if drilled else "none"
        yield StandingStill("drill", f"the last drill that found all well is {last}", remedies.PRACTISE)


def left_by_drills(house: HouseOfData) -> Iterator[StandingStill]:
    """Name the leftovers of killed drills, where drills usually work: keys lie open in them."""
    try:
        databases = left_databases(house)
    except database_faults():
        databases = []  # a finding of its own
    for left in (*map(str, left_folders(places(house))), *databases):
        yield StandingStill("drill", f"{left} was left by a drill that was killed", remedies.DRILL)


def findings(house: HouseOfData, now: datetime) -> Iterator[StandingStill]:
    """Everything that stands still or will soon; of a house that was stopped, too."""
    staged = house.data / STAGING
    if staged.is_dir() and any(staged.iterdir()):
        yield StandingStill("restore", f"a restore was interrupted: {staged}", remedies.RESTORE_AGAIN)
    fetched = house.data / FETCHED
    if fetched.is_dir():
        yield StandingStill(
            "restore", f"a backup from a bucket was left in {fetched}", remedies.LEFT_OF_BUCKET
        )
    yield from _of_servers(house)
    yield from _of_published_log(house)
    yield from of_archive(house)
    answered = answers(house)
    if not any(answered.values()):
        yield StandingStill("house", "no process of it answers", remedies.START_HOUSE)
    yield from standing_still(house, answered)
    scheduler = _answer_of(house.urls(SCHEDULER)[0], SCHEDULER)
    yield from standing_still(house, {SCHEDULER: scheduler} if scheduler else {})
    for service in unsettled(house):
        yield StandingStill(
            service, "personal data is locked: nobody knows yet who was erased", remedies.ERASURES
        )
    yield from _of_disks(house)
    warning = house.settings_of("intake").warning
    if warning is not None:
        yield StandingStill("settings", warning, remedies.SET_AND_RESTART)
    yield from of_backups(house, now)
    yield from left_by_drills(house)


def _of_servers(house: HouseOfData) -> Iterator[StandingStill]:
    """Of a cluster whose PostgreSQL has no leader, that is all there is to say of the databases."""
    servers = list(of_postgres(house))
    yield from servers
    if not any(each.remedy is remedies.NO_LEADER for each in servers):
        yield from _of_databases(house)
    yield from of_nats(addresses(house.settings_of("intake").nats_url))


def _of_databases(house: HouseOfData) -> Iterator[StandingStill]:
    for each in house.databases:
        try:
            if not each.exists():
                yield StandingStill(
                    each.name, f"there is no database at {_without_password(each.place)}", remedies.MISSING
                )
        except database_faults() as fault:
            yield StandingStill(each.name, " ".join(str(fault).split()), remedies.ROOM)


def _of_published_log(house: HouseOfData) -> Iterator[StandingStill]:
    """Name a bucket that is away, and a setting that leads to where the log is not."""
    try:
        if not house.tiles.has(CHECKPOINT) and (size := _entries(house)):
            why = f"the ledger has {size:,} entries, and no checkpoint of it is in {house.tiles.place}"
            yield StandingStill("published log", why, remedies.LOG_ELSEWHERE)
    except BucketAwayError as away:
        yield StandingStill("published log", str(away), remedies.LOG_IN_BUCKET)


def _entries(house: HouseOfData) -> int:
    """Return how many the ledger's database has; none of one that can't be read, which is a finding of its own."""
    try:
        with house.ledger.reading() as tx:
            return sum(int(row["size"]) for row in tx.execute("SELECT size FROM log_state"))
    except database_faults():
        return 0


def of_archive(house: HouseOfData) -> Iterator[StandingStill]:
    try:
        state = archive_state(house)
    except database_faults():
        return  # a finding of its own
    if state is not None and not state.receives:
        yield StandingStill("archive", "nothing receives what PostgreSQL writes", remedies.ARCHIVE)
    elif state is not None and state.behind > FAR_BEHIND:
        yield StandingStill(
            "archive", f"{state.behind // 2**20:,} MiB behind what PostgreSQL writes", remedies.ARCHIVE
        )


def _without_password(place: str) -> str:
    address = urlsplit(place)
    return address._replace(netloc=address.netloc.rpartition("@")[2]).geturl() if address.scheme else place


def _of_disks(house: HouseOfData) -> Iterator[StandingStill]:
    for folder in (house.data, *([house.backups] if house.backups else [])):
        if folder.is_dir() and (free := shutil.disk_usage(folder).free) < house.least_free:
            yield StandingStill("disk", f"{folder} has {free // 2**20:,} MiB free", remedies.FREE_SPACE)


def _remedy(house: HouseOfData, check: str, reason: str) -> Sentence:
    if reason in (NOT_COMPARED, NOT_APPLIED):
        return remedies.WAIT
    if reason.startswith(UNREADABLE):
        return remedies.DATABASE
    if f"{house.tiles.place} is away" in reason:
        return remedies.LOG_IN_BUCKET
    try:
        status = read_status(house.tiles) if check == "log" else None
    except BucketAwayError:
        return remedies.LOG_IN_BUCKET
    if status is not None and status.stopped is not None:
        return remedies.REASONS[status.stopped]
    return remedies.of_check(check)
