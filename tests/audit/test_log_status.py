"""The status of the log, as the public page and the page of its health tell it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from tests.audit.log_home import OFFICE, ORIGIN, URL, Home, Sender
from tests.chassis.house import running
from tests.until import until

from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.status import Fault, WitnessStatus, WriterStatus, write_status
from zi_audit.web.log_status import LogStatus, WitnessState, log_status
from zi_audit.writer.log import TransparencyLog
from zi_audit.writer.main import Writer
from zi_audit.writer.witness_client import FAULT
from zi_chassis.bus.broker import Broker
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Database
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import parse_note
from zi_tlog.policy import Policy, Witness

SECOND = 1_795_000_000
INSTANT = datetime.fromtimestamp(SECOND, UTC)
LATER = datetime.fromtimestamp(SECOND + 60, UTC)
HOUSE = f"{ORIGIN}/witness-in-the-same-house"
OMBUDSMAN = "ombudsman.example/witness"


def witnessed(home: Home, *key_names: str) -> tuple[TransparencyLog, list[Cosigner]]:
    """A log whose policy names witnesses w0, w1... with these key names, any of them being the quorum."""
    cosigners = [Cosigner(name, bytes([n]) * 32) for n, name in enumerate(key_names, 1)]
    known = [Witness(f"w{n}", each.verifier.key, f"http://w{n}.example") for n, each in enumerate(cosigners)]
    home.witnesses = Policy((), tuple(known), (), "w0")
    log = home.log()
    log.open(URL)
    return log, cosigners


def cosigned(home: Home, log: TransparencyLog, *cosigners: Cosigner, at: int = SECOND) -> None:
    note = parse_note(home.read("checkpoint"))
    log.cosign(note.signed(*(each.cosign(note.text, at) for each in cosigners)).format())


def shown_status(home: Home) -> LogStatus:
    return log_status(PublishedLog(home.tiles), home.clock)


def test_a_witness_that_signed_is_shown_with_what_and_when(home: Home, intake: Sender) -> None:
    log, [ombudsman, _newsroom] = witnessed(home, OMBUDSMAN, "newsroom.example/w")
    log.append(intake.say(3))
    cosigned(home, log, ombudsman)
    log.append(intake.say(2))
    found = shown_status(home)
    assert (found.size, found.witnessed_size, found.cosigned_at) == (5, 3, INSTANT)
    assert found.witnesses == [
        WitnessState(name="w0", in_the_house=False, size=3, at=INSTANT),
        WitnessState(name="w1", in_the_house=False),
    ]


def test_what_the_writer_heard_since_counts_and_so_does_its_fault(home: Home, intake: Sender) -> None:
    log, cosigners = witnessed(home, OMBUDSMAN)
    log.append(intake.say(3))
    cosigned(home, log, *cosigners)
    word = WitnessStatus(name="w0", url="http://w.example", at=LATER, size=5, fault=Fault.SILENT)
    write_status(home.tiles, WriterStatus(at=home.clock.now(), witnesses=(word,)))
    assert shown_status(home).witnesses == [
        WitnessState(name="w0", in_the_house=False, size=5, at=LATER, fault=Fault.SILENT)
    ]


@pytest.mark.parametrize(
    ("names", "alone"),
    [((HOUSE,), True), ((HOUSE, OMBUDSMAN), False), ((OMBUDSMAN,), False), (("plain",), False)],
)
def test_a_witness_named_after_the_log_stands_in_the_same_house(
    home: Home, names: tuple[str, ...], alone: bool
) -> None:
    witnessed(home, *names)
    assert shown_status(home).only_in_the_house is alone


def test_without_witnesses_nobody_is_said_to_stand_anywhere(home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(1))
    found = shown_status(home)
    assert (found.only_in_the_house, found.cosigned_at, found.witnesses) == (False, None, [])


def test_files_that_contradict_themselves_are_a_failure_that_hides_no_stop(home: Home) -> None:
    home.opened()
    (home.folder / "tiles/checkpoint").write_bytes(b"no note")
    assert shown_status(home).failure


async def test_a_writer_that_leads_no_more_raises_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(service="audit-writer", office=OFFICE, data=tmp_path)
    database = Database(settings.folder / "ledger.db")
    writer = Writer(settings, Clock(), Broker("audit-writer", settings.nats_url), database)

    async def doubt() -> None:
        FAULT.labels("w0").set(1)
        raise HaltError(Reason.DISK_FULL, "There is no room.")

    monkeypatch.setattr(writer, "_grow", doubt)
    async with running(writer.run):
        await until(lambda: writer.reason == "There is no room.")
        assert _alarms() == (1, 1)
    assert _alarms() == (0, None)
    database.close()


def _alarms() -> tuple[float | None, float | None]:
    value = REGISTRY.get_sample_value
    return value("zi_log_stopped"), value("zi_log_witness_fault", {"witness": "w0"})
