"""Faults that a house meets in its life: each fault gets a clear sentence, loses nothing, and is over once its cause is gone."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4, uuid5

import httpx
import nats
import orjson
import pytest
from tests.chassis.provider import OwnProvider
from tests.journeys import records
from tests.journeys.citizens import Citizen
from tests.journeys.collector import Collector, collecting, steps
from tests.journeys.door import Door, good
from tests.journeys.house import PLAIN, ROOT, SERVICES, House, await_, environment
from tests.journeys.tools import audit, verify_log
from tests.ports import free_range
from tests.proofs import proof

from zi_audit.domain.senders import SENDERS

pytestmark = pytest.mark.journey

NOT_RECORDED = "What you sent was not recorded. Please try again in a minute."
OFFICE = "balai-pom-tarakan"
ENGLISH = {"Accept-Language": "en"}
# Who hears intake, and so skips its message.
HEARERS = ("notify", "certificates", "umkm", "integrity")


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[House]:
    """A house for these tests alone, begun as `make up` begins it: each leaves it whole, running or stopped in order. It sends traces."""
    house = House(tmp_path_factory.mktemp("rough") / "var", ZI_OTLP_ENDPOINT=collector.url)
    house.is_executed = True
    yield house
    house.abandon()


@pytest.fixture
def shaken(rough: House) -> House:
    if not rough.alive():
        rough.start()
    return rough


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def no_room(pid: int) -> Iterator[None]:
    """No byte can be written to any file, as on a full disk."""
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def ready(house: House) -> bool:
    return all(house.unready(name) == {} for name in SERVICES)


def mailed(house: House, citizen: Citizen) -> Callable[[], bool]:
    return lambda: citizen.texts["email"] in {mail["To"] for mail in records.mails(house.data)}


# -- a complaint without a fault

FILED, DELIVERY_REQUESTED = "zi.intake.complaint_filed", "zi.notify.delivery_requested"
# Each hop behind the one before it: who does what.
HOPS = {
    ("", "intake: POST /intake/api/complaints"),
    ("intake: POST /intake/api/complaints", "intake: store append"),
    ("intake: store append", f"intake: {FILED} publish"),
    *((f"intake: {FILED} publish", f"{hearer}: {FILED} process") for hearer in HEARERS),
    (f"intake: {FILED} publish", "audit-writer: ledger append"),
    (f"notify: {FILED} process", f"notify: {DELIVERY_REQUESTED} publish"),
    (f"notify: {DELIVERY_REQUESTED} publish", "audit-writer: ledger append"),
    (f"notify: {DELIVERY_REQUESTED} publish", f"intake: {DELIVERY_REQUESTED} process"),
    (f"notify: {FILED} process", "notify: deliver"),
    ("notify: deliver", "notify: ask vault read"),
    ("notify: ask vault read", "intake: vault read"),
    ("intake: vault read", "intake: store append"),
    ("intake: store append", "intake: zi.intake.personal_data_opened publish"),
    ("notify: deliver", "notify: store append"),
    ("notify: deliver", "notify: send email"),
    ("notify: store append", "notify: zi.notify.delivery_handed_over publish"),
    ("notify: zi.notify.delivery_handed_over publish", "audit-writer: ledger append"),
}


def test_a_trace_of_a_complaint_shows_every_hop_and_nothing_of_its_citizen(
    shaken: House, collector: Collector
) -> None:
    citizen, stranger = Citizen(8, "traced"), "5d" * 16
    with shaken.client() as client:
        headers = {"Idempotency-Key": str(uuid4()), "traceparent": f"00-{stranger}-{'5e' * 8}-01"}
        answer = client.post("/intake/api/complaints", json=citizen.body, headers=headers)
        filed, request = good(answer, 201), answer.headers["x-request-id"]
        await_(mailed(shaken, citizen))
        assert Door(client, shaken.staff).track(filed)["state"] == "filed"
        assert "Yang berjalan saat ini" in client.get("/status").text  # answered by audit
    await_(lambda: not HOPS - steps(collector.trace_of(request)))
    trace = collector.trace_of(request)
    assert "unknown" not in dict(steps(trace))
    assert stranger not in {hop.span.trace_id.hex() for hop in collector.hops}
    [published] = [hop.span.span_id for hop in trace if hop.label == f"intake: {FILED} publish"]
    await_(lambda: published in collector.linked("zi.intake.> create"))  # by FastStream's own middleware
    sent = b"\n".join(collector.bodies)
    assert [
        each for each in (*citizen.texts.values(), filed["ticket"], filed["code"]) if each.encode() in sent
    ] == []


def test_all_that_a_complaint_causes_carries_the_id_of_its_request(shaken: House) -> None:
    citizen = Citizen(10, "joined")
    with shaken.client() as client:
        headers = {"Idempotency-Key": str(uuid4())}
        answer = client.post("/intake/api/complaints", json=citizen.body, headers=headers)
        request = answer.headers["x-request-id"]
        await_(mailed(shaken, citizen))
        await_(lambda: records.settled(shaken))
    logged = [records.parse(entry) for entry in records.logged(shaken.data)]
    joined = [str(entry["type"]) for entry in logged if entry.get("request") == request]
    assert {
        FILED,
        "zi.intake.personal_data_opened",
        DELIVERY_REQUESTED,
        "zi.notify.delivery_handed_over",
    } <= set(joined)


# -- machines and networks


def test_complaints_are_taken_while_nats_is_away_and_published_when_it_is_back(shaken: House) -> None:
    before, after = Citizen(1, "away"), Citizen(2, "away")
    with shaken.client() as client, standing_still(shaken.pid("nats")):
        Door(client, shaken.staff).file(before.body)
        await_(lambda: "can't be written" in shaken.unready("intake").get("outbox", ""))
        Door(client, shaken.staff).file(after.body)
    await_(mailed(shaken, before))
    await_(mailed(shaken, after))
    await_(lambda: records.settled(shaken))
    assert records.published(shaken, "intake") == records.stored(shaken.data, "intake")
    await_(lambda: ready(shaken))


def test_a_full_disk_is_told_and_leaves_nothing_half_done(shaken: House) -> None:
    citizen, key = Citizen(3, "full"), {"Idempotency-Key": str(uuid4())}
    with shaken.client() as client:
        filed = Door(client, shaken.staff).file(Citizen(4, "full").body)
        with no_room(shaken.pid("intake")):
            for _ in range(3):
                refused = client.post("/intake/api/complaints", json=citizen.body, headers=key | ENGLISH)
                assert refused.status_code == 503
                assert refused.json()["detail"] == NOT_RECORDED
                assert "Retry-After" in refused.headers
            assert Door(client, shaken.staff).track(filed)["state"] == "filed"
        taken = client.post("/intake/api/complaints", json=citizen.body, headers=key)
        assert taken.status_code == 201
    await_(lambda: records.settled(shaken) and ready(shaken))
    assert times_filed(shaken, taken.json()["event_id"]) == 1
    result = audit(shaken.data, "reconcile", "--service", "intake")
    assert result.code == 0, result.text


def times_filed(house: House, event_id: str) -> int:
    return [records.parse(message)["id"] for message in records.stored(house.data, "intake")].count(event_id)


# -- runs and their ends


def test_a_second_run_on_one_data_folder_is_refused(shaken: House) -> None:
    again = run(environment(shaken.data, free_range()))
    assert again.returncode == 1
    assert f"Zona already runs on {shaken.data}" in again.stderr
    assert ready(shaken)


def test_a_second_run_on_the_same_ports_is_refused(shaken: House, tmp_path: Path) -> None:
    again = run(environment(tmp_path / "var", shaken.port))
    assert again.returncode == 1
    assert "Another program listens on" in again.stderr
    assert ready(shaken)


def run(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "deploy.embedded"]
    return subprocess.run(line, env=settings, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_what_a_killed_runner_left_is_ended_by_the_next_one_and_nothing_outlives_sigterm(
    shaken: House,
) -> None:
    with shaken.client() as client:
        filed = Door(client, shaken.staff).file(Citizen(5, "runner").body)
    left = shaken.alive()
    shaken.runner.kill()
    shaken.runner.wait()
    assert shaken.alive() == left
    shaken.start()
    assert "left these behind" in shaken.runner_output()
    assert not set(left.values()) & set(shaken.alive().values())
    with shaken.client() as client:
        assert Door(client, shaken.staff).track(filed)["state"] == "filed"
    assert orphans(shaken)  # seen while they live
    assert shaken.stop() == 0
    assert shaken.alive() == {}
    await_(lambda: orphans(shaken) == [], patience=10)  # one that is just ending may still be seen


def orphans(house: House) -> list[str]:
    """Command lines of all processes that have this data folder in them or in their settings."""
    mark = str(house.data).encode()
    return [
        _of(process, "cmdline").decode()
        for process in Path("/proc").glob("[0-9]*")
        if process.name != str(os.getpid()) and mark in _of(process, "cmdline") + _of(process, "environ")
    ]


def _of(process: Path, what: str) -> bytes:
    try:
        return (process / what).read_bytes()
    except OSError:
        return b""


# -- a poison message


def test_a_message_that_nobody_can_handle_blocks_its_lane_until_an_operator_skips_it(shaken: House) -> None:
    citizen = Citizen(6, "poison")
    with shaken.client() as client:
        Door(client, shaken.staff).file(Citizen(7, "poison").body)
    await_(mailed(shaken, Citizen(7, "poison")))
    shaken.stop()
    position = plant_poison(shaken.data)
    shaken.begin()
    for hears in HEARERS:
        await_(blocked(shaken, hears, f"intake {position} zi.intake.complaint_filed"))
    with shaken.client() as client:
        Door(client, shaken.staff).file(citizen.body)
        await_(lambda: client.get("/sign-in").status_code == 303)
        lane = client.get("/notify/api/lanes", headers=shaken.staff("ops")).json()[0]
        assert (lane["sender"], lane["blocked_at"]) == ("intake", position)
        assert not mailed(shaken, citizen)()
        skip = {"position": position, "reason": "planted by a test"}
        for hears in HEARERS:
            where = f"/{hears}/api/lanes/intake/skip"
            assert client.post(where, json=skip, headers=shaken.staff("officer")).status_code == 403
            assert client.post(where, json=skip, headers=shaken.staff("ops")).status_code == 200
    await_(mailed(shaken, citizen))
    await_(lambda: ready(shaken) and records.settled(shaken))
    types = [records.parse(message)["type"] for message in records.logged(shaken.data)]
    assert [types.count(f"zi.{hears}.message_skipped") for hears in HEARERS] == [1] * len(HEARERS)


def blocked(house: House, hears: str, message: str) -> Callable[[], bool]:
    """Return whether `hears` names this message as the one that its lane from intake stands at."""
    return lambda: message in house.unready(hears).get("hears intake", "")


def plant_poison(data: Path) -> int:
    """A message that intake publishes like any other and whose data breaks the contract: as if an earlier release had a fault."""
    with closing(sqlite3.connect(data / "intake" / "store.db")) as store, store:
        store.row_factory = sqlite3.Row
        last = store.execute("SELECT position, hash FROM messages ORDER BY position DESC LIMIT 1").fetchone()
        row = dict(
            store.execute(
                "SELECT m.*, e.state FROM messages m JOIN stored_events e ON e.rowid = m.position"
                " WHERE m.type = 'zi.intake.complaint_filed' ORDER BY m.position DESC LIMIT 1"
            ).fetchone()
        )
        position, aggregate = last["position"] + 1, uuid4()
        event = str(uuid5(aggregate, "1"))
        fields = orjson.loads(row["message"])
        fields |= {"id": event, "aggregate": str(aggregate), "position": position, "previous": last["hash"]}
        fields["data"]["language"] = "none that anybody reads"
        message = orjson.dumps(fields)
        store.execute(
            "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) VALUES (?, ?, 1, ?, ?)",
            [position, aggregate.hex, row["type"], row["state"]],
        )
        store.execute(
            "INSERT INTO messages (position, event_id, type, aggregate, version, subject, message, hash)"
            " VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
            [
                position,
                event,
                row["type"],
                str(aggregate),
                row["subject"],
                message,
                sha256(message).hexdigest(),
            ],
        )
    return int(position)


# -- a forgery


def test_what_no_sender_proved_stops_nobody_and_becomes_an_entry(shaken: House) -> None:
    before, after = (Citizen(number, "unproven") for number in (11, 12))
    with shaken.client() as client:
        Door(client, shaken.staff).file(before.body)
        await_(lambda: mailed(shaken, before)() and records.settled(shaken))
        planted = forged(records.stored(shaken.data, "intake"))
        plant(shaken, "intake", planted, proven=False)
        Door(client, shaken.staff).file(after.body)
    await_(mailed(shaken, after))
    number = records.published(shaken, "intake").index(planted) + 1
    passed_over = {
        "sender": "intake",
        **{"first": number, "last": number, "count": 1},
        "digest": sha256(planted).hexdigest(),
    }
    await_(
        lambda: (
            passed_over
            in [each["data"] for each in map(records.parse, records.stored(shaken.data, "intake"))]
        )
    )
    await_(lambda: ready(shaken) and records.settled(shaken))
    assert planted not in records.logged(shaken.data)


def test_a_forgery_stops_its_sender_until_two_people_have_looked_at_it(shaken: House) -> None:
    before, during, after = (Citizen(number, "forgery") for number in (8, 9, 10))
    with shaken.client() as client:
        Door(client, shaken.staff).file(before.body)
    await_(lambda: mailed(shaken, before)() and records.settled(shaken))
    planted = forged(records.stored(shaken.data, "intake"))
    plant(shaken, "intake", planted)
    plant(shaken, "intake", b"in nobody's name", proven=False)
    await_(lambda: planted in records.logged(shaken.data))
    in_anothers_name = orjson.dumps({**orjson.loads(planted), "id": str(uuid4())})
    plant(shaken, "notify", in_anothers_name)
    with shaken.client() as client:
        Door(client, shaken.staff).file(during.body)
        await_(lambda: "contradicts the store" in shaken.unready("intake").get("outbox", ""))
        assert planted in records.published(shaken, "intake")
        settle_on_pages(shaken, client, "intake")
        await_(lambda: "contradicts the store" in shaken.unready("notify").get("outbox", ""))
        settle_as_programs(shaken, client, "notify")
        await_(mailed(shaken, during))
        Door(client, shaken.staff).file(after.body)
    await_(mailed(shaken, after))
    await_(lambda: ready(shaken) and forgeries(shaken) == Counter([planted, in_anothers_name]))
    mails = Counter(mail["To"] for mail in records.mails(shaken.data))
    assert [mails[citizen.texts["email"]] for citizen in (before, during, after)] == [1, 1, 1]
    for service in ("intake", "notify"):
        result = audit(shaken.data, "reconcile", "--service", service)
        assert result.code == 0, result.text
    result = verify_log(shaken.data / records.TILES)
    assert result.code == 0, result.text
    assert result.text.count("Recorded anomaly: entry") == 2
    assert "not acknowledged" not in result.text


def forged(stored: list[bytes]) -> bytes:
    """Forge the next message of intake, as intake's key could sign it and intake never did."""
    filing = next(
        each for each in map(records.parse, reversed(stored)) if each["type"] == "zi.intake.complaint_filed"
    )
    aggregate = uuid4()
    place = {"position": len(stored) + 1, "previous": sha256(stored[-1]).hexdigest()}
    return orjson.dumps({**filing, **place, "aggregate": str(aggregate), "id": str(uuid5(aggregate, "1"))})


def plant(house: House, service: str, message: bytes, *, proven: bool = True) -> None:
    """`proven`: by whoever has the seed of the service's key, and not only a way onto its stream."""
    asyncio.run(_plant(house, service, message, proven))


async def _plant(house: House, service: str, message: bytes, proven: bool) -> None:
    client = await nats.connect(
        house.nats_url, nkeys_seed=str(house.seed(service)), inbox_prefix=f"_INBOX.{service}"
    )
    headers = proof(house.seed(service), message, f"/zi/{OFFICE}/{service}") if proven else None
    await client.jetstream().publish(f"zi.{service}.complaint_filed.{uuid4()}", message, headers=headers)
    await client.close()


def settle_on_pages(house: House, client: httpx.Client, service: str) -> None:
    """As docs/operations.md has it: an auditor looks into the messages, an operator lets the service go on."""
    page = f"/audit/senders/{service}?lang=en"
    auditor, operator = house.staff("auditor"), house.staff("ops")
    await_(lambda: "First official" in client.get(page, headers=auditor).text)
    assert "stopped" in client.get("/audit/anomalies?lang=en", headers=operator).text
    send(client, page, "acknowledge", auditor, {"reason": "Planted by a test."})
    decision = {"decision": "The key was changed.", "confirm.nothing_restored": "yes"}
    send(client, page, "continue", operator, decision)
    await_(lambda: "outbox" not in house.unready(service))


def send(client: httpx.Client, page: str, step: str, who: dict[str, str], fields: dict[str, str]) -> None:
    form = client.get(page, headers=who).text
    version = form.partition('name="seen" value="')[2].partition('"')[0]
    address = page.partition("?")[0]
    answer = client.post(f"{address}/{step}", data={"seen": version} | fields, headers=who)
    assert answer.status_code == 303, answer.text


def settle_as_programs(house: House, client: httpx.Client, service: str) -> None:
    """The same over the API."""
    state = await_(lambda: stopped(client, house, service))
    [planted] = state["messages"]
    reason = {"reason": "Planted by a test."}
    where = f"/audit/api/anomalies/{planted['index']}/acknowledge"
    good(client.post(where, json=reason, headers=house.staff("auditor")))
    messages = [{"sequence": planted["sequence"], "hash": planted["hash"]}]
    body = {"after_position": state["after_position"], "head": state["head"], "messages": messages} | reason
    good(client.post(f"/audit/api/senders/{service}/continue", json=body, headers=house.staff("ops")))
    await_(lambda: "outbox" not in house.unready(service))


def stopped(client: httpx.Client, house: House, service: str) -> Any:
    state = good(client.get(f"/audit/api/senders/{service}", headers=house.staff("ops")))
    return state if state["messages"] and state["messages"][0]["index"] is not None else None


def forgeries(house: House) -> Counter[bytes]:
    """Count what the log holds beyond a single entry for each message of each store."""
    stores = [message for sender in SENDERS for message in records.stored(house.data, sender)]
    logged, expected = Counter(records.logged(house.data)), Counter(stores)
    return logged - expected if expected <= logged else Counter()


# -- who may


def test_an_expired_token_is_told_apart(shaken: House) -> None:
    answer = desk(shaken, expired_token(shaken))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Your sign-in has expired. Please sign in again."


def test_a_foreign_token_is_refused(shaken: House) -> None:
    stranger = OwnProvider()
    stranger.issuer = shaken.issuer
    answer = desk(shaken, stranger.token(roles=["officer"]))
    stranger.close()
    assert answer.status_code == 401
    assert answer.json()["detail"] == "This sign-in is not valid here. Please sign in again."


def test_an_account_without_the_role_is_told_so(shaken: House) -> None:
    answer = desk(shaken, shaken.token("auditor"))
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Your account does not have the role for this. Ask your supervisor."


def test_without_a_token_a_sign_in_is_asked_for(shaken: House) -> None:
    with shaken.client() as client:
        answer = client.get("/intake/api/cases", headers=ENGLISH)
        assert answer.status_code == 401
        assert answer.json()["detail"] == "This needs a sign-in. Please sign in with your office account."
        page = client.get("/desk/", headers={"Accept": "text/html"})
        assert page.headers["location"].startswith("/sign-in")


def desk(house: House, token: str) -> httpx.Response:
    with house.client() as client:
        return client.get("/intake/api/cases", headers=ENGLISH | {"Authorization": f"Bearer {token}"})


def expired_token(house: House) -> str:
    """From the house's own provider, for a person whose tokens expired before they were given out."""
    back = f"{house.public_url}/sign-in/callback"
    query = {"client_id": "zi", "redirect_uri": back, "response_type": "code", "scope": "openid"}
    with httpx.Client(base_url=house.issuer, **PLAIN, timeout=60) as provider:
        late = {"roles": ["officer"], "exp": 1_000_000_000}
        assert provider.put("/users/late", json=late).status_code < 300
        chosen = provider.post("/oauth2/authorize", params=query, data={"sub": "late"})
        code = httpx.URL(chosen.headers["location"]).params["code"]
        exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        answer = provider.post("/oauth2/token", data=exchange | {"client_id": "zi", "client_secret": "demo"})
        return str(answer.json()["id_token"])
