"""Over the gateway, what should not be sent: each gets a clear sentence and keeps nothing."""

import gzip
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.intake.sample_files import pdf_with_stream, photo, png_that_claims, zeros
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, code
from tests.journeys.house import House

pytestmark = pytest.mark.journey

ENGLISH = {"Accept-Language": "en"}
GOOD = Citizen(1, "input").body
MEGABYTE = 1_000_000
HUGE = 200 * MEGABYTE
CUT_EARLY = HUGE // 2  # kernels and the gateway take more before the refusal is read on a busy machine
NOWHERE = "No case has this ticket and this code. Check both; they stand on your receipt."


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        client.headers.update(ENGLISH)
        yield client


@pytest.fixture(scope="module")
def filed(house: House) -> Filed:
    with house.client() as client:
        return Door(client, house.staff).file(GOOD)


def file(client: httpx.Client, body: object, **headers: str) -> httpx.Response:
    return client.post("/intake/api/complaints", json=body, headers=headers)


def problem(answer: httpx.Response, status: int) -> Any:
    """Refused with this status in the one form of all refusals."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert len(document["detail"]) > 20
    return document


# -- fields


def test_every_wrong_field_is_named_at_once(client: httpx.Client) -> None:
    wrong: Mapping[str, Any] = GOOD | {
        "kind": "rumour",
        "district": "atlantis",
        "text": " ",
        "reporter": {"email": "nobody", "phone": "none"},
        "product": {"commodity": "gold", "expiry": "tomorrow"},
        "wish": 1,
    }
    document = problem(file(client, wrong), 422)
    assert {error["field"] for error in document["errors"]} == {
        "kind",
        "district",
        "text",
        "reporter.name",
        "reporter.email",
        "reporter.phone",
        "product.commodity",
        "product.expiry",
        "wish",
    }
    assert all(error["detail"] for error in document["errors"])


def test_every_missing_field_is_named_at_once(client: httpx.Client) -> None:
    document = problem(file(client, {}), 422)
    assert {error["field"] for error in document["errors"]} >= {"kind", "district", "text", "reporter"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 10_000])
def test_what_is_no_complaint_at_all_is_refused(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    problem(client.post("/intake/api/complaints", content=content, headers=headers), 422)


def test_a_text_over_the_limit_is_refused_and_one_at_the_limit_is_taken(client: httpx.Client) -> None:
    document = problem(file(client, GOOD | {"text": "x" * 20_001}), 422)
    assert document["errors"] == [
        {
            "in": "body",
            "field": "text",
            "detail": "Write at most 20000 characters; there are 20001 now.",
            "pointer": "/text",
        }
    ]
    assert file(client, GOOD | {"text": "x" * 20_000}).status_code == 201


def test_a_refusal_does_not_repeat_what_was_sent(client: httpx.Client) -> None:
    wrong = GOOD | {"district": GOOD["text"], "reporter": GOOD["reporter"] | {"email": "Sari Rahasia"}}
    answer = file(client, wrong)
    assert GOOD["text"] not in answer.text
    assert "Rahasia" not in answer.text


# -- sizes


def test_two_hundred_megabytes_are_refused_long_before_they_arrived(house: House, filed: Filed) -> None:
    status, taken = pour(house, filed, HUGE)
    assert status == 413
    assert taken < CUT_EARLY


def pour(house: House, filed: Filed, size: int) -> tuple[int, int]:
    """Sends until the other side answers or hangs up: (status, bytes that were taken)."""
    head = [
        f"POST /intake/api/cases/{filed['ticket']}/attachments HTTP/1.1",
        f"Host: 127.0.0.1:{house.port}",
        f"X-Case-Code: {filed['code']}",
        "Content-Type: multipart/form-data; boundary=b",
        "Transfer-Encoding: chunked",
    ]
    begun = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    piece = bytes(64 * 1024)
    sent = 0
    with socket.create_connection(("127.0.0.1", house.port), timeout=60) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + chunk(begun))
        try:
            while sent < size and not answered(line):
                line.sendall(chunk(piece))
                sent += len(piece)
        except OSError:
            pass  # hung up on; what it said before is still to be read
        return int(line.recv(12).split()[1]), sent


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


def answered(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return bool(line.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        line.setblocking(True)


@pytest.mark.parametrize("megabytes", [10.2, 12, 30])
def test_a_large_upload_that_says_its_size_is_refused(
    client: httpx.Client, house: House, filed: Filed, megabytes: float
) -> None:
    """Below and above what the gateway itself lets through, in the reader's language."""
    for language, word in (("id", "besar"), ("en", "large")):
        client.headers["Accept-Language"] = language
        answer = Door(client, house.staff).upload(filed, bytes(int(megabytes * MEGABYTE)))
        assert word in problem(answer, 413)["detail"]


def test_a_complaint_of_a_megabyte_is_refused(client: httpx.Client) -> None:
    problem(file(client, GOOD | {"text": "x" * MEGABYTE}), 413)


def test_a_packed_body_is_not_unpacked(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    bomb = gzip.compress(bytes(50 * MEGABYTE))
    document = problem(client.post("/intake/api/complaints", content=bomb, headers=headers), 415)
    assert document["detail"] == "Compressed content is not accepted. Send it as it is."


# -- files


HOSTILE = {
    "an executable called photo.jpg": (b"MZ" + bytes(1000), "something else, whatever its name says"),
    "a page": (b"<html><script>alert(1)</script>", "something else, whatever its name says"),
    "nothing": (b"", "an empty one of 0 bytes"),
    "half a picture": (photo()[:400], "damaged or incomplete"),
    "a picture of many pixels": (png_that_claims(60_000, 60_000), "50 megapixels"),
    "a document that swells": (pdf_with_stream(zeros(400)), "unpacks to more than 100 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_wrong_or_hostile_file_is_refused_by_what_it_is(
    client: httpx.Client, house: House, filed: Filed, name: str
) -> None:
    content, sentence = HOSTILE[name]
    answer = Door(client, house.staff).upload(filed, content, "photo.jpg")
    assert sentence in problem(answer, 409)["detail"]
    assert Door(client, house.staff).track(filed)["state"] == "filed"


def test_a_file_without_its_form_is_refused(client: httpx.Client, filed: Filed) -> None:
    where = f"/intake/api/cases/{filed['ticket']}/attachments"
    problem(client.post(where, content=photo(), headers=code(filed) | {"Content-Type": "image/jpeg"}), 422)


# -- tickets and codes


def attempt(client: httpx.Client, ticket: str, tried: str) -> httpx.Response:
    return client.get(f"/intake/api/cases/{ticket}", headers=ENGLISH | {"X-Case-Code": tried})


def comparable(answer: httpx.Response) -> tuple[int, dict[str, Any], set[str]]:
    """All that an answer tells, but for its own number and the time."""
    document = {name: value for name, value in answer.json().items() if name != "request"}
    return answer.status_code, document, set(answer.headers) - {"date", "x-request-id"}


def test_a_wrong_ticket_and_a_wrong_code_get_the_same_answer(house: House, filed: Filed) -> None:
    wrong_code = "0000-0000-0000"
    with house.client("127.0.0.2") as client:
        answers = [
            attempt(client, filed["ticket"], wrong_code),
            attempt(client, other_ticket(house), filed["code"]),
            attempt(client, "ABC", filed["code"]),
            attempt(client, filed["ticket"], "short"),
        ]
    assert comparable(answers[0])[1]["detail"] == NOWHERE
    assert [comparable(answer) for answer in answers] == [comparable(answers[0])] * len(answers)
    assert answers[0].status_code == 404


def other_ticket(house: House) -> str:
    """One that is well formed and whose code is another."""
    with house.client() as client:
        return str(Door(client, house.staff).file(Citizen(2, "input").body)["ticket"])


def test_guessing_is_slowed_down_for_who_guesses_and_for_nobody_else(house: House, filed: Filed) -> None:
    with house.client("127.0.0.3") as client:
        answers = [attempt(client, f"{number:08d}0", "0000-0000-0000") for number in range(40)]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [404] * statuses.index(429) + [429] * (40 - statuses.index(429))
        document = problem(answers[-1], 429)
        assert "Too many wrong tries" in document["detail"]
        assert int(answers[-1].headers["Retry-After"]) > 0
        # The right code is no guess: strangers behind the same address lock nobody out.
        assert attempt(client, filed["ticket"], filed["code"]).status_code == 200
        assert attempt(client, filed["ticket"], "0000-0000-0000").status_code == 429
    with house.client("127.0.0.4") as client:
        assert attempt(client, filed["ticket"], filed["code"]).status_code == 200


def test_a_forwarded_address_is_not_believed(house: House) -> None:
    with house.client("127.0.0.5") as client:
        for number in range(40):
            client.headers["X-Forwarded-For"] = f"192.0.2.{number}"
            last = attempt(client, f"{number:08d}1", "0000-0000-0000")
        assert last.status_code == 429


# -- keys


def test_a_repeated_key_gets_the_same_bytes_and_files_once(client: httpx.Client) -> None:
    key = str(uuid4())
    answers = {file(client, GOOD, **{"Idempotency-Key": key}).content for _ in range(3)}
    assert len(answers) == 1


def test_another_text_under_a_used_key_is_refused(client: httpx.Client) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    assert file(client, GOOD, **key).status_code == 201
    document = problem(file(client, GOOD | {"text": "Something else."}, **key), 409)
    assert (
        document["detail"]
        == "This Idempotency-Key was used for another text: send the new text under a new key."
    )


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "order-17",
        str(UUID(int=1)),
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",  # version 1: time and machine
        "74738ff5-5367-5958-9aee-98fffdcd1876",  # version 5: hash of a name
    ],
)
def test_a_key_that_can_be_guessed_is_refused(client: httpx.Client, key: str) -> None:
    document = problem(file(client, GOOD, **{"Idempotency-Key": key}), 422)
    assert document["errors"][0]["in"] == "header"
    assert "random UUID" in document["errors"][0]["detail"]


# -- addresses


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/intake/api/nothing", 404),
        ("/intake/api/cases/../../../etc/passwd", 404),
        ("/audit/log/tile/../../../ledger.db", 404),
        ("/audit/log/tile/0/%2e%2e/%2e%2e/ledger.db", 404),
        ("/intake/metrics", 404),
        ("/notify/metrics", 404),
    ],
)
def test_what_is_not_to_be_had_is_not_found(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(httpx.URL(client.base_url, raw_path=path.encode()))
    assert answer.status_code == status
    assert b"Traceback" not in answer.content


def test_a_form_from_another_site_is_refused(client: httpx.Client) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert "another website" in problem(file(client, GOOD, **headers), 403)["detail"]
