"""Erasures that are brought to intake after a restore: those that intake said by its own lane, in this log and those before it."""

import pytest
from tests.audit.log_home import OFFICE, ORIGIN, Home, Sender
from tests.audit.test_origins import renamed, started

from zi_audit.domain.arrival import Arrival
from zi_audit.files.halt import HaltError, Reason
from zi_audit.tools.erasures import erasures
from zi_audit.tools.refill import refill
from zi_audit.writer.ledger import Ledger
from zi_chassis.settings import Settings

ERASED = "zi.intake.data_subject_erased"
REQUESTED = "zi.intake.erasure_requested"


@pytest.fixture
def settings(home: Home) -> Settings:
    return Settings(service="audit-writer", office=OFFICE, data=home.folder, log_origin=ORIGIN)


def counted(home: Home) -> list[bytes]:
    return [each.encode() for each in erasures(home.ledger(), home.tiles, OFFICE).counted]


def erased(intake: Sender) -> list[Arrival]:
    """One official asks, another approves: the erasure is the last."""
    request = intake.send(intake.message(type=REQUESTED, actor="ani", actorrole="staff:officer"))
    approved = {"actor": "budi", "actorrole": "staff:supervisor", "data": {"asked_by": "ani"}}
    return [request, intake.send(intake.message(type=ERASED, **approved))]


def forged(intake: Sender, sequence: int) -> list[Arrival]:
    """notify says that intake was asked to erase somebody and did."""
    request = intake.message(type=REQUESTED, actor="ani", actorrole="staff:officer")
    approved = {"actor": "nobody", "actorrole": "staff:supervisor", "data": {"asked_by": "ani"}}
    forgery = intake.message(type=ERASED, version=intake.head.position + 2, **approved)
    return [Arrival("notify", sequence, request), Arrival("notify", sequence + 1, forgery)]


def lose_database(home: Home) -> None:
    home.close()
    for path in home.folder.glob("ledger.db*"):
        path.unlink()


def test_what_intake_said_is_told_and_what_another_said_in_its_name_is_not(
    either_home: Home, intake: Sender
) -> None:
    log = either_home.opened()
    log.append(intake.say(600))
    log.append(forged(intake, 1))
    log.append([*erased(intake), *intake.say(2), *erased(intake)])
    other = intake.message(type=ERASED, source="/zi/another-office/intake")
    log.append([Arrival("intake", 999, other)])
    assert counted(either_home) == [intake.sent[601].content, intake.sent[605].content]


def test_a_database_that_was_refilled_still_knows_who_said_it(home: Home, intake: Sender) -> None:
    home.opened().append([*forged(intake, 1), *erased(intake)])
    lose_database(home)
    refill(home.ledger(), home.tiles, home.keys, home.clock, OFFICE)
    assert counted(home) == [intake.sent[1].content]


def test_a_database_that_lacks_entries_could_miss_one(home: Home, intake: Sender) -> None:
    home.opened().append(erased(intake))
    lose_database(home)
    with pytest.raises(HaltError, match="0 of 2 entries") as halted:
        counted(home)
    assert halted.value.reason is Reason.REGRESSION


def test_a_house_without_a_log_has_none(home: Home) -> None:
    assert counted(home) == []


def test_logs_that_were_set_aside_have_their_say(
    either_home: Home, settings: Settings, intake: Sender
) -> None:
    started(either_home, settings).append([*forged(intake, 1), *erased(intake)])
    renamed(either_home, settings)
    started(either_home, settings).append([*erased(intake), intake.sent[0]])
    assert counted(either_home) == [intake.sent[1].content, intake.sent[3].content]


def test_a_log_that_was_set_aside_without_its_database_is_read_from_its_files(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append([*forged(intake, 1), *intake.say(2), *erased(intake)])
    lose_database(home)
    renamed(home, settings)
    started(home, settings).append(erased(intake))
    assert not has_rows_aside(home.ledger())
    assert counted(home) == [intake.sent[3].content, intake.sent[5].content]


def has_rows_aside(ledger: Ledger) -> bool:
    return ledger.database.has("entries_1")


def test_an_erasure_that_nobody_asked_for_is_left_out_and_named(home: Home, intake: Sender) -> None:
    alone = intake.send(intake.message(type=ERASED, actor="budi", actorrole="staff:supervisor"))
    home.opened().append([alone, *erased(intake)])
    found = erasures(home.ledger(), home.tiles, OFFICE)
    assert [each.encode() for each in found.counted] == [intake.sent[2].content]
    assert found.refused == [str(intake.event_id(1))]


def test_one_that_was_asked_for_in_the_log_before_counts(
    either_home: Home, settings: Settings, intake: Sender
) -> None:
    request, erasure = erased(intake)
    started(either_home, settings).append([request])
    renamed(either_home, settings)
    started(either_home, settings).append([erasure])
    assert counted(either_home) == [erasure.content]
