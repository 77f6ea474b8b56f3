import asyncio
from collections.abc import Iterator, MutableMapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.witness.log import Log

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import open_note, parse_note
from zi_tlog.witness import MAX_REQUEST_BYTES, AddCheckpoint, parse_cosignatures, parse_size
from zi_witness import web
from zi_witness.key import make_key
from zi_witness.record import WitnessRecord
from zi_witness.watched import Watched
from zi_witness.web import WitnessSite

LOG = Log()
FORK = Log(fork=3)
OTHER_LOG = Log(origin="witness.example")
NAME = "witness.example/w1"
PATH = sha256(LOG.origin.encode()).hexdigest()


@pytest.fixture
def cosigner(tmp_path: Path) -> Cosigner:
    return make_key(tmp_path, NAME)


@pytest.fixture
def witness(tmp_path: Path, cosigner: Cosigner) -> Iterator[WitnessSite]:
    record = WitnessRecord(tmp_path, cosigner, lambda: 1767000000)
    yield WitnessSite(record, Watched([LOG.vkey, OTHER_LOG.vkey], []), cosigner.verifier)
    record.close()


@pytest.fixture
def client(witness: WitnessSite) -> TestClient:
    return TestClient(witness.application())


def add(client: TestClient, request: AddCheckpoint) -> Any:
    return client.post("/add-checkpoint", content=request.format())


def test_a_cosignature_is_answered_with_200_and_a_line(client: TestClient, cosigner: Cosigner) -> None:
    answer = add(client, LOG.request(0, 5))
    assert answer.status_code == 200
    assert parse_cosignatures(answer.content, LOG.checkpoint(5), [cosigner.verifier])


def test_another_old_size_is_answered_with_409_and_the_size_in_its_own_type(client: TestClient) -> None:
    add(client, LOG.request(0, 5))
    answer = add(client, LOG.request(0, 7))
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/x.tlog.size")
    assert parse_size(answer.content) == 5


def test_the_told_size_leads_to_a_cosignature(client: TestClient) -> None:
    add(client, LOG.request(0, 5))
    size = parse_size(add(client, LOG.request(0, 7)).content)
    assert add(client, LOG.request(size, 7)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (AddCheckpoint(6, (), LOG.checkpoint(5)).format(), 400),
        (AddCheckpoint(0, (), Log(seed=bytes(32)).checkpoint(5)).format(), 403),
        (Log(origin="unknown.example").request(0, 5).format(), 404),
        (b"x" * (MAX_REQUEST_BYTES + 1), 413),
        (FORK.request(5, 7).format(), 422),
        (FORK.request(5, 5).format(), 422),
    ],
)
def test_a_refusal_has_its_status_and_a_sentence(client: TestClient, body: bytes, status: int) -> None:
    add(client, LOG.request(0, 5))
    answer = client.post("/add-checkpoint", content=body)
    assert answer.status_code == status
    assert answer.text.endswith(".\n")


def test_only_a_post_adds_a_checkpoint(client: TestClient) -> None:
    assert client.get("/add-checkpoint").status_code == 405


async def test_a_body_that_does_not_arrive_is_not_waited_for(
    witness: WitnessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SECONDS_FOR_A_BODY", 0)
    sent: list[MutableMapping[str, Any]] = []

    async def never() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def keep(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/add-checkpoint", "headers": [], "query_string": b""}
    await witness.application()(scope, never, keep)
    assert sent[0]["status"] == 408


def test_a_monitor_reads_the_last_cosigned_checkpoint(client: TestClient, cosigner: Cosigner) -> None:
    assert client.get(f"/{PATH}/checkpoint").status_code == 404
    add(client, LOG.request(0, 5))
    note = parse_note(client.get(f"/{PATH}/checkpoint").content)
    assert len(open_note(note, [LOG.signer.verifier, cosigner.verifier])) == 2


def test_a_fork_can_be_taken_away_as_its_proof(client: TestClient) -> None:
    add(client, LOG.request(0, 5))
    assert client.get(f"/{PATH}/forks").status_code == 404
    add(client, FORK.request(5, 5))
    assert client.get(f"/{PATH}/forks").content.endswith(FORK.checkpoint(5))
    assert f'href="{PATH}/forks"' in client.get("/").text


def test_the_page_says_in_two_languages_what_it_is_and_which_logs(
    client: TestClient, cosigner: Cosigner
) -> None:
    page = client.get("/").text
    assert "Saksi ini" in page
    assert "This witness" in page
    assert all(key in page for key in (cosigner.key.vkey, LOG.vkey, OTHER_LOG.vkey))
    assert page.count("Not signed so far") == 2
    add(client, LOG.request(0, 5))
    page = client.get("/").text
    assert f'<a href="{PATH}/checkpoint">5 entri' in page
    assert "2025-12-29T09:20:00Z" in page


def test_the_page_says_which_log_stands_in_the_same_house(client: TestClient) -> None:
    before, after = client.get("/").text.split(f"<code>{OTHER_LOG.origin}</code>")
    assert "proves nothing yet" not in before
    assert "proves nothing yet" in after


def test_a_witness_without_logs_says_so(tmp_path: Path, cosigner: Cosigner) -> None:
    record = WitnessRecord(tmp_path, cosigner, lambda: 1767000000)
    client = TestClient(
        WitnessSite(record, Watched([], [tmp_path / "policy"]), cosigner.verifier).application()
    )
    assert "None yet" in client.get("/").text
    record.close()


def test_behind_a_gateway_everything_is_under_a_prefix(witness: WitnessSite) -> None:
    client = TestClient(witness.application("/witness"))
    answer = client.post("/witness/add-checkpoint", content=LOG.request(0, 5).format())
    assert answer.status_code == 200
    assert client.get("/witness").url.path == "/witness/"
    assert client.get(f"/witness/{PATH}/checkpoint").status_code == 200
    assert client.get("/").status_code == 404


def test_a_record_that_can_not_be_written_gives_no_cosignature(tmp_path: Path, cosigner: Cosigner) -> None:
    record = WitnessRecord(tmp_path, cosigner, lambda: 1767000000)
    record._database.execute("PRAGMA query_only = ON")
    client = TestClient(WitnessSite(record, Watched([LOG.vkey], []), cosigner.verifier).application())
    assert add(client, LOG.request(0, 5)).status_code == 503
    record._database.execute("PRAGMA query_only = OFF")
    assert add(client, LOG.request(0, 5)).status_code == 200
    record.close()
