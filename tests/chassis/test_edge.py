import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response
from tests.chassis.sample_service import service

THINGS = "/sample/api/things/TICKET-7"
GOOD = {"text": "ok", "kind": "red"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(service(tmp_path).app, headers={"Accept-Language": "en"}) as client:
        yield client


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for answer in (client.get("/sample/health"), client.get("/none"), client.post(THINGS, json=GOOD)):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers


def test_a_head_is_answered_as_its_page(client: TestClient) -> None:
    """Monitors and previews of links ask so; of a command there is none."""
    for address in ("/sample/health", "/sample/api/docs", "/none"):
        page, head = client.get(address), client.head(address)
        assert (head.status_code, head.headers["content-type"]) == (
            page.status_code,
            page.headers["content-type"],
        )
    assert client.head(THINGS).status_code == client.get(THINGS).status_code


@pytest.mark.parametrize(
    ("address", "robots"),
    [
        (THINGS, "noindex"),
        ("/sample/health?lang=en&ticket=7KQ4ZR2XD", "noindex"),
        ("/sample/health?c=code", "noindex"),
        ("/none?token=secret", "noindex"),
        ("/sample/health?lang=en&basic=yes&tickets=no", None),
        ("/none", None),
    ],
)
def test_no_search_engine_lists_what_an_address_with_a_ticket_or_a_secret_leads_to(
    client: TestClient, address: str, robots: str | None
) -> None:
    assert client.get(address).headers.get("x-robots-tag") == robots


def test_strict_transport_is_asked_for_only_where_the_origin_is_https(tmp_path: Path) -> None:
    with TestClient(service(tmp_path, public_url="https://zona.example").app) as client:
        assert "max-age" in client.get("/sample/health").headers["strict-transport-security"]


def test_a_slash_too_many_leads_to_this_origin_whatever_host_was_named(client: TestClient) -> None:
    for path in ("/sample/health/", "/sample/api/docs/?a=//b"):
        answer = client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, path.replace("/?", "?").rstrip("/"))


def test_no_odd_path_leads_elsewhere(client: TestClient) -> None:
    for path in ("//evil.example/", "///evil.example/sample/health/", "/\\evil.example/", "//sample/health/"):
        answer = client.get(f"http://testserver{path}", follow_redirects=False)
        assert not answer.headers.get("location", "/x").startswith(("//", "/\\", "http")), path


def test_a_refusal_is_one_line_without_a_trace(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a stranger sends on purpose."""
    caplog.set_level(logging.INFO)
    bearer = {"Authorization": "Bearer a.b.c"}
    answers = [
        client.get("/none"),
        client.post(THINGS, json={}),
        client.post(THINGS, content=b"{", headers={"Content-Type": "application/json"}),
        client.post(THINGS, content=b"x", headers={"Content-Encoding": "gzip"}),
        client.post(THINGS, json=GOOD, headers={"Origin": "http://evil.example"}),
        client.put(THINGS),
        client.post("/desk/act", headers=bearer),
        client.get("/sign-in/callback?code=a&state=b"),
    ]
    assert {answer.status_code // 100 for answer in answers} <= {4, 5}
    ours = [record for record in caplog.records if record.name.startswith(("zi", "uvicorn", "asyncio"))]
    assert all(record.levelno <= logging.WARNING and not record.exc_info for record in ours)
    assert sum(record.name == "zi.access" for record in ours) == len(answers)


def test_compressed_bodies_are_refused_before_they_are_read(client: TestClient) -> None:
    answer = client.post(THINGS, content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415
    assert answer.json()["detail"] == "Compressed content is not accepted. Send it as it is."


def test_a_body_over_the_limit_is_refused_by_its_declared_size(client: TestClient) -> None:
    answer = client.post(
        THINGS, content=b"x" * (256 * 1024 + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert "256 KB" in answer.json()["detail"]
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "What you sent is larger than the 256 KB"), ("id", "Kiriman Anda lebih besar dari 256 KB")],
)
def test_a_body_over_the_limit_is_refused_in_the_readers_language(
    client: TestClient, language: str, sentence: str
) -> None:
    answer = client.post(THINGS, content=b"x" * (256 * 1024 + 1), headers={"Accept-Language": language})
    assert answer.json()["detail"].startswith(sentence)


def test_an_endless_body_without_a_declared_size_is_cut_off_early(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(3200):
            sent += 65536
            yield b"x" * 65536

    answer = client.post(THINGS, content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_route_may_take_more_than_the_others(client: TestClient) -> None:
    assert client.post("/sample/api/files", files={"file": b"x" * 900_000}).json() == {"size": 900_000}
    refused = client.post("/sample/api/files", files={"file": b"x" * 1_100_000})
    assert refused.status_code == 413
    assert "1024 KB" in refused.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
    ],
)
def test_a_form_sent_from_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post(THINGS, json=GOOD, headers=headers)
    assert answer.status_code == 403
    assert "another website" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://testserver"},
        {"Origin": "https://elsewhere.example", "Authorization": "Bearer something"},
    ],
)
def test_our_own_forms_bearers_and_programs_may_send(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post(THINGS, json=GOOD, headers=headers).status_code == 201


def test_no_two_requests_have_one_name_although_processes_may_begin_as_forks_of_one(tmp_path: Path) -> None:
    """What is read before the fork is the same in all of them; an application is made after it."""
    named = []
    for folder in ("one", "two"):
        with TestClient(service(tmp_path / folder).app) as client:
            named += [client.get("/sample/health").headers["x-request-id"] for _ in range(2)]
    assert len(set(named)) == 4


def test_what_failed_is_logged_by_its_route_with_nothing_of_the_request(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="zi.access")
    client.post(f"{THINGS}?code=SECRET", json=GOOD)
    answer = client.post(f"{THINGS}?code=SECRET", json={})
    client.get("/elsewhere/SECRET")
    logged = [record.__dict__["fields"] for record in caplog.records if record.name == "zi.access"]
    assert [(f["route"], f["status"]) for f in logged] == [("/sample/api/things/{ticket}", 422), ("-", 404)]
    assert logged[0]["request"] == answer.headers["x-request-id"]
    assert "TICKET" not in str(logged)
    assert "SECRET" not in str(logged)


def test_an_endpoint_right_behind_the_edge_is_refused_and_counted_like_any_other(tmp_path: Path) -> None:
    async def length(request: Request) -> Response:
        return Response(str(len(await request.body())), 201)

    sample = service(tmp_path)
    sample.direct("POST", "/sample/api/length", length)
    with TestClient(sample.app) as client:
        answer = client.post("/sample/api/length", content=b"abc")
        assert (answer.status_code, answer.text) == (201, "3")
        assert answer.headers["x-content-type-options"] == "nosniff"
        large = client.post("/sample/api/length", content=b"x" * (256 * 1024 + 1))
        assert large.status_code == 413
        assert large.headers["content-type"] == "application/problem+json"
        assert client.get("/sample/api/length").status_code == 404
        counted = client.get("/sample/metrics").text
    assert 'zi_requests_total{method="POST",route="/sample/api/length",status="201"} 1.0' in counted
    assert 'zi_requests_total{method="POST",route="/sample/api/length",status="413"} 1.0' in counted


async def test_whoever_waits_when_the_process_ends_is_told_to_send_it_again(tmp_path: Path) -> None:
    """A server that stops cancels what it waits for; without an answer of ours it sends a bare 500."""
    waits = asyncio.Event()

    async def hang(request: Request) -> Response:
        waits.set()
        return await asyncio.Future()

    stopping = service(tmp_path)
    stopping.app.add_route("/sample/api/hangs", hang)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/sample/api/hangs", "raw_path": b"/sample/api/hangs", "root_path": "",
        "query_string": b"", "scheme": "http", "http_version": "1.1", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost"), (b"accept-language", b"id")],
    }  # fmt: skip
    request = asyncio.ensure_future(stopping.app(scope, receive, send))
    await waits.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    start, body = sent[0], b"".join(each.get("body", b"") for each in sent)
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"5")
    document = json.loads(body)
    assert document["type"] == "urn:zona:problem:restarting"
    assert "dimulai ulang" in document["detail"]
