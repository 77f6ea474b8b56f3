"""A process that loses its lease stops leading, and leads again in the same process; what it knew before counts no more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.chassis.counter import add, counter
from tests.chassis.house import Policies, count, open_store, published, running, stored
from tests.chassis.sample_service import service
from tests.databases import end_session_of_holder, is_lease_waited_for
from tests.loopback_proxy import LoopbackProxy
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.outbox import Outbox
from zi_chassis.domain import UnavailableError
from zi_chassis.storage import lease as leases
from zi_chassis.storage import postgres as connections
from zi_chassis.storage.lease import FolderLease, LeaseLostError, RunnerEndedError, keep_leading
from zi_chassis.storage.postgres import PostgresLease


class ServerLease:
    """A lease at a server that a test takes away."""

    can_be_won_again = True
    reason: str | None = None

    def __init__(self) -> None:
        self.is_held = False
        self.times = 0
        self.lost = asyncio.Event()

    async def acquire(self, in_doubt: Callable[[], None] = lambda: None) -> None:
        self.is_held, self.times = True, self.times + 1

    async def keep(self) -> None:
        await self.lost.wait()
        self.lost.clear()
        raise LeaseLostError

    async def release(self) -> None:
        self.is_held = False


class Runner:
    """Counts how often it runs; raises what a test sets."""

    reason: str | None = None

    def __init__(self) -> None:
        self.began = self.ended = 0
        self.fault: Exception | None = None
        self.woken = asyncio.Event()

    async def run(self) -> None:
        self.began += 1
        try:
            await self.woken.wait()
            self.woken.clear()
            fault, self.fault = self.fault, None
            if fault is not None:
                raise fault
        finally:
            self.ended += 1

    def fail(self, fault: Exception | None) -> None:
        self.fault = fault
        self.woken.set()


async def test_whoever_loses_the_lease_ends_its_runners_and_leads_again() -> None:
    lease, runner, lost = ServerLease(), Runner(), list[tuple[int, int]]()
    leading = keep_leading(lease, runner.run, lost=lambda: lost.append((runner.began, runner.ended)))
    async with running(lambda: leading):
        await until(lambda: runner.began == 1)
        lease.lost.set()
        await until(lambda: runner.began == 2)
        assert runner.ended == 1
        assert lease.times == 2
    assert lost == [(1, 0), (1, 1)]  # at once, and when all has ended
    assert not lease.is_held


@pytest.mark.parametrize("fault", [OperationalError("away"), UnavailableError("full"), OSError("cut")])
async def test_runners_that_the_server_fails_begin_anew_under_the_lease_that_is_held(
    fault: Exception,
) -> None:
    """One slow query is no loss: commands are taken meanwhile."""
    lease, runner, other, lost = ServerLease(), Runner(), Runner(), list[bool]()
    leading = keep_leading(lease, runner.run, other.run, lost=lambda: lost.append(lease.is_held))
    async with running(lambda: leading):
        await until(lambda: other.began == 1)
        runner.fail(fault)
        await until(lambda: other.began == 2)
        assert (lease.times, lost, runner.began) == (1, [], 2)
        lease.lost.set()
        await until(lambda: other.began == 3)
        assert (lease.times, len(lost)) == (2, 2)


@pytest.mark.parametrize(("fault", "raised"), [(ValueError("a bug"), ValueError), (None, RunnerEndedError)])
async def test_whatever_else_fails_ends_the_process(fault: Exception | None, raised: type[Exception]) -> None:
    lease, runner = ServerLease(), Runner()
    runner.fail(fault)
    with pytest.raises(ExceptionGroup) as group:
        await keep_leading(lease, runner.run)
    assert group.group_contains(raised)
    assert not lease.is_held


async def test_under_the_lease_of_a_folder_a_fault_of_the_machine_ends_the_process(tmp_path: Path) -> None:
    runner = Runner()
    runner.fail(OperationalError("the disk is full"))
    with pytest.raises(ExceptionGroup) as group:
        await keep_leading(FolderLease(tmp_path), runner.run)
    assert group.group_contains(OperationalError)


async def test_nothing_runs_before_what_prepares_it_has_succeeded() -> None:
    lease, runner, tries = ServerLease(), Runner(), list[int]()

    async def prepare() -> None:
        tries.append(runner.began)
        if len(tries) == 1:
            raise OperationalError("away")

    async with running(lambda: keep_leading(lease, runner.run, prepare=[prepare])):
        await until(lambda: runner.began)
    assert tries == [0, 0]


async def test_a_service_prepares_before_it_leads_and_tells_when_it_stops(tmp_path: Path) -> None:
    made, lease, runner, order = service(tmp_path), ServerLease(), Runner(), list[str]()

    async def prepare() -> None:
        order.append("prepared")

    made.before_leading(prepare)
    made.after_leading(lambda: order.append("stopped"))
    made.lead(lease, {"outbox": runner})
    async with made.app.router.lifespan_context(made.app):
        await until(lambda: runner.began == 1)
        lease.reason = "the database does not answer"
        assert made.ready()["lease"] == lease.reason
        lease.lost.set()
        await until(lambda: runner.began == 2)
        assert made.watchdog.dead is None
    assert order == ["prepared", "stopped", "stopped", "prepared"]


async def test_a_runner_that_fails_again_and_again_is_told_on_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(leases, "LAST_PAUSE", 3600.0)
    made, lease, runner = service(tmp_path), ServerLease(), Runner()
    made.lead(lease, {"tick": runner})
    async with made.app.router.lifespan_context(made.app):
        await until(lambda: runner.began == 1)
        assert made.ready()["lease"] is None
        runner.fail(PermissionError("/secret/place"))
        await until(lambda: runner.began == 2)
        assert "PermissionError" in (made.ready()["lease"] or "")
        assert "secret" not in (made.ready()["lease"] or "")
        lease.lost.set()
        await until(lambda: runner.began == 3)
        assert made.ready()["lease"] is not None  # it has not worked for long since


async def test_what_failed_is_told_no_more_when_all_has_run_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(leases, "LAST_PAUSE", 0.01)
    runner, reasons = Runner(), list[str | None]()
    async with running(lambda: keep_leading(ServerLease(), runner.run, tell=reasons.append)):
        runner.fail(OSError("full"))
        await until(lambda: any(reasons))
        await until(lambda: runner.began == 2 and reasons[-1] is None)
        assert runner.ended == 1


class Session(PostgresLease):
    """A lease whose server answers as a test says, from the first to the last, and then as the last time."""

    def __init__(self, *answers: bool | Exception) -> None:
        super().__init__("", "sample")
        self.answers = list(answers)
        self.lost = asyncio.Event()

    async def _ask(self, sql: str, *values: object) -> bool:
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def keep(self) -> None:
        await self.lost.wait()


AWAY = psycopg.OperationalError("away")


@pytest.mark.parametrize(
    ("answers", "doubts"),
    [
        ([True], 0),
        ([False, False, True], 0),  # its own session went on all the time
        ([AWAY, True], 2),  # at once, and when the server is back, perhaps as an older copy
        ([False, AWAY, AWAY, False, True], 3),
    ],
)
async def test_what_was_compared_before_the_server_went_away_counts_for_nobody_who_waits(
    answers: list[bool | Exception], doubts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TRY_SECONDS", 0.0)
    lease, leading = Session(*answers), list[bool]()
    await lease.acquire(lambda: leading.append(lease.is_held))
    assert leading == [False] * doubts
    assert lease.is_held


@pytest.mark.parametrize("fault", [OSError("cut"), OperationalError("away")])
async def test_a_preparation_that_fails_is_tried_under_a_session_in_doubt(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "FIRST_PAUSE", 0.01)
    lease, runner, callbacks = Session(True), Runner(), list[str]()
    faults = [fault]

    async def prepare() -> None:
        callbacks.append("prepared")
        if faults:
            raise faults.pop()

    async with running(
        lambda: keep_leading(lease, runner.run, prepare=[prepare], lost=lambda: callbacks.append("in doubt"))
    ):
        await until(lambda: runner.began == 1)
    assert callbacks == ["prepared", "in doubt", "in doubt", "prepared"]


class Member:
    """A process of notify: it hears intake and publishes what it records because of that, while it leads."""

    def __init__(self, address: str, broker: Broker) -> None:
        self.store = open_store("notify", address)  # type: ignore[arg-type]
        self.lease = PostgresLease(address, "notify")
        self.outbox = Outbox(self.store, broker)
        self.inbox = Inbox(self.store, broker, "intake", Policies())
        self.at_work = 0

    async def run(self) -> None:
        await keep_leading(self.lease, self._counted(self.outbox.run), self._counted(self.inbox.run))

    def _counted(self, run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def counted() -> None:
            self.at_work += 1
            try:
                await run()
            finally:
                self.at_work -= 1

        return counted


@asynccontextmanager
async def member(address: str, nats: NatsServer) -> AsyncIterator[Member]:
    async with nats.broker("notify") as broker:
        made = Member(address, broker)
        try:
            yield made
        finally:
            made.store.close()


async def hand_over(address: str, to: Member) -> None:
    """End the session of whoever leads until `to` does."""
    while not to.lease.is_held:
        end_session_of_holder(address)
        await asyncio.sleep(0.2)


@pytest.mark.postgres
async def test_nothing_is_published_after_the_session_ended_until_the_lease_is_won_again(
    postgres: str, nats: NatsServer
) -> None:
    async with member(postgres, nats) as only, nats.broker("notify") as looking:
        async with running(only.run):
            await count(only.store, 3)
            await until(lambda: only.at_work and only.outbox.lag == 0)
            with psycopg.connect(postgres, autocommit=True) as rival:
                key = only.lease._key
                taking = asyncio.create_task(
                    asyncio.to_thread(rival.execute, "SELECT pg_advisory_lock(%s)", (key,))
                )
                await until(lambda: is_lease_waited_for(postgres))
                end_session_of_holder(postgres)
                await taking
                await until(lambda: not only.at_work)
                assert not only.lease.is_held
                await count(only.store, 2)
                assert len(await published(looking, "notify")) == 3
                assert not only.at_work
            await until(lambda: only.at_work == 2 and only.outbox.lag == 0)
        assert await published(looking, "notify") == stored(only.store)


@pytest.mark.postgres
async def test_processes_that_lead_in_turn_lose_and_double_nothing(
    postgres: str, nats: NatsServer, tmp_path: Path
) -> None:
    intake, rounds, each = open_store("intake", tmp_path / "intake.db"), 6, 5
    async with (
        nats.broker("intake") as sending,
        member(postgres, nats) as first,
        member(postgres, nats) as second,
    ):
        members, outbox = (first, second), Outbox(intake, sending)
        async with running(outbox.run, first.run, second.run):
            for done in range(1, rounds + 1):
                await count(intake, each)
                await asyncio.gather(*(count(member.store, 1) for member in members))
                await hand_over(postgres, members[done % 2])
                await until(
                    lambda done=done: first.store.received_position("intake") == done * each  # type: ignore[misc]
                )
            await until(lambda: any(member.lease.is_held and member.outbox.lag == 0 for member in members))
        totals = [first.store.load(counter, UUID(int=n))[1].total for n in range(1, rounds * each + 1)]
        assert totals == [1] * rounds * each
        assert len(stored(first.store)) == rounds * (each + 2)
        async with nats.broker("notify") as looking:
            assert await published(looking, "notify") == stored(second.store)
    intake.close()


@pytest.mark.postgres
async def test_a_lease_whose_line_is_cut_is_lost_and_won_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 1.5)
    for name in ("CHECK_SECONDS", "TRY_SECONDS"):
        monkeypatch.setattr(connections, name, 0.2)
    server = conninfo_to_dict(postgres)
    path = f"{server['host']}/.s.PGSQL.{server.get('port') or 5432}"
    runner = Runner()
    async with LoopbackProxy(lambda: asyncio.open_unix_connection(path)).listening() as proxy:
        lease = PostgresLease(make_conninfo(postgres, host="127.0.0.1", port=proxy.port), "notify")
        async with running(lambda: keep_leading(lease, runner.run)):
            await until(lambda: runner.began > runner.ended)
            proxy.cut()
            await until(lambda: runner.began == runner.ended and lease.reason)
            assert not lease.is_held
            assert "does not answer" in (lease.reason or "")
            end_session_of_holder(postgres)  # as its keepalives would, half a minute later
            proxy.mend()
            await until(lambda: runner.began > runner.ended and lease.is_held and lease.reason is None)


@pytest.mark.postgres
def test_a_store_that_came_back_with_another_history_of_the_same_length_is_read_anew(postgres: str) -> None:
    aggregate = uuid4()

    async def total(store, *amounts: int) -> int:  # type: ignore[no-untyped-def]
        for amount in amounts:
            handled = await store.handle(counter, aggregate, add(amount))
        return int(handled.state.total)

    open_since = open_store("intake", postgres)  # type: ignore[arg-type]
    assert asyncio.run(total(open_since, 1, 1)) == 2
    with psycopg.connect(postgres, autocommit=True) as admin:
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        admin.execute(f"TRUNCATE {', '.join(name for (name,) in tables)}".encode())
    other = open_store("intake", postgres)  # type: ignore[arg-type]
    assert asyncio.run(total(other, 3, 3)) == 6
    assert asyncio.run(total(open_since, 1)) == 7
    open_since.close()
    other.close()
