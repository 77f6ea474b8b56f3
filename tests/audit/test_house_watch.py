"""The state of the house: in plain words for everybody, with its numbers for operators."""

import asyncio
import json
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web
from tests.chassis.test_bus_tls import certified
from tests.until import PATIENCE

from zi_audit.files.halt import Reason
from zi_audit.files.status import WriterStatus, write_status
from zi_audit.messaging import house_watch
from zi_audit.messaging.house_numbers import WaitingLane, numbers_of, read_numbers
from zi_audit.messaging.house_watch import HouseWatch, PartState
from zi_audit.web import house_pages
from zi_audit.web.log_status import LogStatus
from zi_chassis.bucket import BucketAddress, BucketAwayError
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings

BEGUN = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
SECRET = "outbox: intake 7 zi.intake.x: ValueError"
METRICS = f"""# TYPE zi_build_info gauge
zi_build_info{{service="intake",version="0.1.0"}} 1.0
process_start_time_seconds {BEGUN.timestamp()}
zi_outbox_lag{{service="intake"}} 7.0
zi_inbox_pending{{sender="notify",service="intake"}} 3.0
zi_inbox_blocked{{sender="notify",service="intake"}} 1.0
zi_disk_free_bytes{{service="intake"}} NaN
zi_requests_total{{method="GET",route="/x",status="200"}} 5.0
"""


class Answers:
    """Stands where the services do; a reason by check, or none who answers."""

    def __init__(self) -> None:
        self.reasons: dict[str, Mapping[str, str] | None] = {}

    async def __call__(self, address: str) -> bytes | None:
        service = address.split("/")[-2]
        if address.endswith("/metrics"):
            return METRICS.encode() if service == "intake" else None
        reasons = self.reasons.get(service, {})
        if reasons is None:
            return None
        checks = {name: {"ok": False, "reason": why} for name, why in reasons.items()}
        checks["broker"] = {"ok": True, "reason": None}
        return json.dumps({"service": service, "since": BEGUN.isoformat(), "checks": checks}).encode()


@pytest.fixture
def answers() -> Answers:
    return Answers()


def watching(answers: Answers, clock: Clock) -> HouseWatch:
    return HouseWatch(Settings(service="audit", data=Path("/nowhere")), clock, answers)


class Later(Clock):
    """A clock that a test moves."""

    at = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


async def test_a_service_is_in_its_state_since_it_changed(answers: Answers) -> None:
    clock = Later()
    watch = watching(answers, clock)
    await watch.look()
    assert (watch.parts["intake"].state, watch.parts["intake"].since) == (PartState.WORKS, BEGUN)
    for state, reasons in (
        (PartState.DELAYED, {"unpublished": SECRET}),
        (PartState.CLOSED, {"store": SECRET, "unpublished": SECRET}),
        (PartState.CLOSED, None),
        (PartState.WORKS, {}),
    ):
        answers.reasons["intake"] = reasons
        former, clock.at = watch.parts["intake"], clock.at + timedelta(minutes=1)
        await watch.look()
        await watch.look()
        since = former.since if former.state is state else clock.at
        assert (watch.parts["intake"].state, watch.parts["intake"].since) == (state, since)
        assert watch.parts["umkm"].since == BEGUN


async def test_one_answer_that_does_not_come_is_no_fault_and_the_next_look_is_soon(answers: Answers) -> None:
    watch = watching(answers, Later())
    await watch.look()
    states = [(watch.parts["intake"].state, watch.pause)]
    for reasons in (None, None, {}, None):
        answers.reasons["intake"] = reasons
        await watch.look()
        states.append((watch.parts["intake"].state, watch.pause))
    assert states == [
        (PartState.WORKS, house_watch.EVERY),
        (PartState.WORKS, house_watch.SOON),
        (PartState.CLOSED, house_watch.SOON),
        (PartState.WORKS, house_watch.EVERY),
        (PartState.WORKS, house_watch.SOON),
    ]


async def test_a_look_that_hangs_ends_and_another_follows(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that sends its answer drop by drop would stop the watch for ever."""
    monkeypatch.setattr(house_watch, "WHOLE_LOOK", 0.01)

    async def hanging(address: str) -> bytes | None:
        if "/umkm/" in address:
            await asyncio.Event().wait()
        return await answers(address)

    watch = HouseWatch(Settings(service="audit", data=Path("/nowhere")), Later(), hanging)
    await watch.look()
    await watch.look()
    assert watch.parts["umkm"].state is PartState.CLOSED
    assert watch.parts["intake"].state is PartState.WORKS


async def test_what_is_no_readiness_is_no_answer(answers: Answers) -> None:
    async def page(address: str) -> bytes:
        return b"<html>"

    watch = HouseWatch(Settings(service="audit", data=Path("/nowhere")), Later(), page)
    await watch.look()
    assert {part.state for part in watch.parts.values()} == {PartState.CLOSED}


async def test_numbers_are_read_of_who_answers(answers: Answers) -> None:
    found = await numbers_of({"intake": "http://x", "umkm": "http://y"}, answers)
    intake, umkm = found["intake"], found["umkm"]
    assert (intake.version, intake.value("zi_outbox_lag")) == ("0.1.0", 7)
    assert intake.time("process_start_time_seconds") == BEGUN
    assert intake.lanes == [WaitingLane("notify", 3, is_blocked=True)]
    assert intake.value("zi_disk_free_bytes") is None
    assert intake.value("zi_requests_total") is None
    assert (umkm.version, umkm.lanes, list(umkm.samples)) == (None, [], [])
    assert list(read_numbers(b"zi_outbox_lag{ no metric").samples) == []


async def test_the_end_of_a_certificate_is_seen_where_it_holds_and_nothing_elsewhere(tmp_path: Path) -> None:
    end, chain = datetime.now(UTC) + timedelta(days=8), certified(tmp_path)
    server_side, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=chain)
    server_side.load_cert_chain(chain, tmp_path / "bus.key")
    server = await asyncio.start_server(
        lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=server_side
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await house_watch.certificate_end("127.0.0.1", port, trusting)
        assert found is not None
        assert abs(found - end) < timedelta(days=1)
        assert await house_watch.certificate_end("127.0.0.1", port) is None  # nobody vouches for it
    assert await house_watch.certificate_end("127.0.0.1", 1) is None
    assert await house_watch.certificate_end("\udc80", 443) is None


async def test_everybody_reads_what_works_and_nobody_reads_why(web: Web, answers: Answers) -> None:
    answers.reasons |= {"intake": None, "notify": {"outbox": SECRET}}
    watch = web.app.state.house_watch = watching(answers, web.app.state.clock)
    begun = (await web.get("/status", {"Accept-Language": "en"})).text
    assert "This page has just started" in begun
    await watch.look()
    english = (await web.get("/status", {"Accept-Language": "en"})).text
    assert "Some things do not work as usual" in english
    assert english.count("does not work at the moment") == 1
    assert (
        english.count("works, but some things take longer") == 2
    )  # the mails, and a record that nobody writes
    assert SECRET not in english
    assert "tidak berjalan saat ini" in (await web.get("/status")).text


async def test_all_works_is_said_when_all_does(
    web: Web, home: Home, intake: Sender, answers: Answers
) -> None:
    home.opened().append(intake.say(1))
    write_status(home.tiles, WriterStatus(at=web.app.state.clock.now()))
    watch = web.app.state.house_watch = watching(answers, web.app.state.clock)
    await watch.look()
    assert "All services work" in (await web.get("/status", {"Accept-Language": "en"})).text
    watch.looked_at = web.app.state.clock.now() - timedelta(seconds=61)
    old = (await web.get("/status", {"Accept-Language": "en"})).text
    assert "All services work" not in old
    assert "We do not know what works at the moment" in old
    watch.looked_at = web.app.state.clock.now()
    write_status(home.tiles, WriterStatus(at=web.app.state.clock.now(), stopped=Reason.DISK_FULL))
    assert "All services work" not in (await web.get("/status", {"Accept-Language": "en"})).text


async def test_a_bucket_that_does_not_answer_keeps_nobody_from_the_page(
    web: Web, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = web.app.state.house_watch = watching(answers, web.app.state.clock)
    await watch.look()
    begun: list[float] = []
    answered = threading.Event()

    def hanging(*_: object) -> LogStatus:
        begun.append(1)
        answered.wait(PATIENCE)
        raise BucketAwayError(BucketAddress("log", "office"), SECRET)

    monkeypatch.setattr(house_pages, "LOG_PATIENCE", 0.01)
    web.app.state.log_status_reader._read = hanging
    for _ in range(3):
        page = await web.get("/status", {"Accept-Language": "en"})
        assert (page.status_code, SECRET in page.text) == (200, False)
        assert page.text.count("works, but some things take longer") == 1
    assert len(begun) == 1
    answered.set()
    monkeypatch.setattr(house_pages, "LOG_PATIENCE", 60.0)
    assert (await web.get("/status")).status_code == 200


async def test_operators_alone_read_the_numbers(
    web: Web, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house_pages, "fetched", answers)
    answers.reasons |= {"intake": {"outbox": SECRET}}
    watch = web.app.state.house_watch = watching(answers, web.app.state.clock)
    await watch.look()
    assert (await web.get("/audit/house")).status_code in (303, 401)
    assert (await web.get("/audit/house", web.auditor())).status_code == 403
    page = (await web.get("/audit/house", web.auditor("ops") | {"Accept-Language": "en"})).text
    for text in (SECRET, "0.1.0", "notify: 3", "stands still", "Nobody makes backups here", "without TLS"):
        assert text in page
    assert "Keadaan sistem" in (await web.get("/audit/house", web.auditor("ops"))).text


def test_what_is_late_is_marked() -> None:
    now = BEGUN + timedelta(days=1)
    numbers = read_numbers(
        f"zi_backup_last_seconds {BEGUN.timestamp()}\nzi_drill_last_seconds 0.0\n".encode()
    )
    late = house_pages._late(numbers, now + timedelta(days=3), now)
    assert late == {"backup": False, "copy": False, "drill": True, "certificate": True}
    assert house_pages._late(numbers, None, now + timedelta(days=1))["backup"]


@pytest.mark.parametrize(("period", "age", "is_late"), [(365, 200, False), (30, 50, True), (90, 99, False)])
def test_a_drill_is_old_by_the_period_of_the_office(period: int, age: int, is_late: bool) -> None:
    numbers = read_numbers(
        f"zi_drill_last_seconds {BEGUN.timestamp()}\nzi_drill_period_seconds {period * 86400}\n".encode()
    )
    assert house_pages._late(numbers, None, BEGUN + timedelta(days=age))["drill"] is is_late


def test_what_the_office_does_not_want_is_not_late() -> None:
    numbers = read_numbers(b"zi_drill_last_seconds NaN\nzi_backup_copied_seconds NaN\n")
    late = house_pages._late(numbers, None, BEGUN)
    assert (late["drill"], late["copy"]) == (False, False)
    assert house_pages._late(read_numbers(b"zi_backup_copied_seconds 0.0\n"), None, BEGUN)["copy"]


async def test_operators_read_of_the_copy_and_the_archive(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = "zi_drill_last_seconds NaN\nzi_backup_copied_seconds 0.0\nzi_archive_receives 0.0\nzi_archive_behind_bytes 5242880\n"

    async def fetch(address: str) -> bytes | None:
        return numbers.encode() if "/backups/" in address else None

    monkeypatch.setattr(house_pages, "fetched", fetch)
    page = (await web.get("/audit/house", web.auditor("ops") | {"Accept-Language": "en"})).text
    for text in ("not wanted", "Newest copy in the bucket", "receives nothing", "5 MiB"):
        assert text in page
