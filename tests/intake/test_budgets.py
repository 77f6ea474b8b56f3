"""The limits of what one client may bring on a day, what a case takes, and what is refused when the disk is nearly full."""

import io
import random
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from tests.intake.front import COMPLAINT, CONSULTATION, Front, code, opened
from tests.intake.test_uploads import attach, photo

KEY = "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"
WITHOUT_EMAIL = COMPLAINT | {"reporter": COMPLAINT["reporter"] | {"email": None}}
ANOTHER = {"X-Forwarded-For": "198.51.100.9"}
DISK = 10**9  # megabytes that no disk has


async def filed(front: Front, body: Any = COMPLAINT, headers: dict[str, str] | None = None) -> httpx.Response:
    return await front.client.post("/intake/api/complaints", json=body, headers=headers or {})


def noise(side: int = 900) -> bytes:
    """A picture of about a megabyte after cleaning."""
    drawn = random.Random(1).randbytes(side * side * 3)
    buffer = io.BytesIO()
    Image.frombytes("RGB", (side, side), drawn).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


async def test_one_client_files_as_often_a_day_as_the_office_allows(tmp_path: Path) -> None:
    async with opened(tmp_path, filings_a_day=3) as front:
        codes = [(await filed(front)).status_code for _ in range(5)]
        assert codes == [201] * 3 + [429] * 2
        assert (await filed(front, headers=ANOTHER)).status_code == 201
        front.clock.pass_days(1)
        assert (await filed(front)).status_code == 201


async def test_a_client_without_budget_gets_the_answer_to_what_is_kept_again(tmp_path: Path) -> None:
    async with opened(tmp_path, filings_a_day=1) as front:
        answers = [await filed(front, headers={"Idempotency-Key": KEY}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201] * 3
        assert len({answer.json()["ticket"] for answer in answers}) == 1


async def test_what_is_refused_costs_no_budget(tmp_path: Path) -> None:
    async with opened(tmp_path, filings_a_day=1) as front:
        assert (await filed(front, {**COMPLAINT, "text": ""})).status_code == 422
        assert (await filed(front)).status_code == 201


async def test_what_is_filed_stays_counted_although_its_answer_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("The key of promises went away after the filing.")

    keys = [{"Idempotency-Key": str(uuid4())} for _ in range(2)]
    async with opened(tmp_path, filings_a_day=2) as front:
        with monkeypatch.context() as failing:
            failing.setattr(front.office.promises, "over", fail)
            for key in (keys[0], keys[0], keys[0], keys[1]):
                assert (await filed(front, headers=key)).status_code == 500
                front.clock.pass_by(seconds=1)
        assert (await filed(front)).status_code == 429
        assert [(await filed(front, headers=key)).status_code for key in keys] == [201, 201]


async def test_what_is_not_filed_costs_no_budget_whatever_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("The disk went away.")

    used = {"Idempotency-Key": KEY}
    async with opened(tmp_path, filings_a_day=2) as front:
        with monkeypatch.context() as failing:
            failing.setattr(front.office.store, "handle", fail)
            assert [(await filed(front)).status_code for _ in range(2)] == [500, 500]
        assert (await filed(front, headers=used)).status_code == 201
        changed = COMPLAINT | {"text": "Another."}
        assert [(await filed(front, changed, used)).status_code for _ in range(2)] == [409, 409]
        with monkeypatch.context() as failing:
            for method in ("handle", "fetch"):
                failing.setattr(front.office.store, method, fail)
            assert (await filed(front)).status_code >= 500
        assert [(await filed(front)).status_code for _ in range(2)] == [201, 429]


async def test_who_named_many_addresses_still_files_without_one(tmp_path: Path) -> None:
    async with opened(tmp_path, mail_filings_a_day=2) as front:
        codes = [(await filed(front)).status_code for _ in range(3)]
        assert codes == [201, 201, 429]
        assert (await filed(front, WITHOUT_EMAIL)).status_code == 201


@pytest.mark.parametrize("path", ["complaints", "consultations"])
async def test_a_form_without_budget_keeps_all_that_was_typed(tmp_path: Path, path: str) -> None:
    async with opened(tmp_path, filings_a_day=1) as front:
        await filed(front)
        typed = {"text": "Yang saya tulis", "kind": "service", "topic": "registration"}
        typed |= {"confidentiality": "anonymous", "district": "tarakan"}
        answer = await front.client.post(f"/{path}/new?lang=id", data=typed, headers={"Accept": "text/html"})
        assert answer.status_code == 429
        assert "Yang saya tulis" in answer.text
        assert "sangat banyak yang disampaikan" in answer.text


async def test_requests_for_other_desks_count_too(tmp_path: Path) -> None:
    async with opened(tmp_path, filings_a_day=2) as front:
        await front.request()
        await front.mentored()
        assert (await front.ask_for_mentoring()).status_code == 429


async def test_a_case_takes_little_until_an_official_has_taken_it(tmp_path: Path) -> None:
    async with opened(tmp_path, case_mb_untaken=1, case_mb=2) as front:
        case, picture = await front.file(), noise()
        sent = [await attach(front, case, picture, code(case)) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [201, 409]
        assert sent[1].json()["type"] == "urn:zona:problem:case_full_until_taken"
        await front.handled(case, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
        sent = [await attach(front, case, picture, code(case)) for _ in range(3)]
        assert sent[-1].json()["type"] == "urn:zona:problem:case_full"
        assert [answer.status_code for answer in sent].count(201) >= 1


async def test_one_client_sends_as_many_megabytes_a_day_as_the_office_allows(tmp_path: Path) -> None:
    async with opened(tmp_path, upload_mb_a_day=1) as front:
        cases = [await front.file() for _ in range(3)]
        codes = [(await attach(front, case, noise(1400), code(case))).status_code for case in cases]
        assert codes == [201, 429, 429]
        assert (await attach(front, cases[1], photo(), code(cases[1]) | ANOTHER)).status_code == 201
        assert (await attach(front, cases[2], photo(), front.staff())).status_code == 201


async def test_a_file_that_is_refused_was_work_and_counts(tmp_path: Path) -> None:
    async with opened(tmp_path, upload_mb_a_day=1) as front:
        case = await front.file()
        hostile = b"\xff\xd8\xff" + bytes(1_500_000)
        codes = [(await attach(front, case, hostile, code(case))).status_code for _ in range(2)]
        assert codes == [409, 429]


async def test_on_a_nearly_full_disk_files_are_refused_and_everything_else_goes_on(tmp_path: Path) -> None:
    async with opened(tmp_path, free_disk_mb=DISK) as front:
        case = await front.file()
        refused = await attach(front, case, photo(), code(case))
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:zona:problem:disk_full")
        await front.handled(case, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
        await front.handled(case, ("ask", {"text": "Kapan?"}))
        reply = await front.act(case, "reply", {"text": "Kemarin."}, code(case))
        assert (reply.status_code, (await front.track(case))["state"]) == (200, "assigned")
        assert (await front.client.post("/intake/api/consultations", json=CONSULTATION)).status_code == 201


async def test_what_an_erasure_left_unreadable_is_emptied_with_its_event(front: Front) -> None:
    case, other_case = await front.file(), await front.file()
    for each in (case, other_case):
        await attach(front, each, photo(), code(each))
    await front.act(case, "withdraw", None, code(case))
    await front.handled(case, ("ask-erasure", {"reason": "no_longer_needed"}))
    await front.act(case, "approve-erasure", None, front.staff("supervisor-siti", "supervisor"))
    with front.office.store.database.reading() as tx:
        rows = tx.execute("SELECT data_subject, LENGTH(sealed) AS size FROM vault_items")
    erased = str(front.office.names.data_subject(case["ticket"]))
    assert {row["data_subject"] for row in rows if row["size"] == 0} == {erased}
    assert (await front.client.get(f"/intake/api/cases/{case['ticket']}", headers=code(case))).json()[
        "words"
    ] == "erased"
