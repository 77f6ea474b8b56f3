import asyncio
import io
import subprocess
import threading
from base64 import b64decode
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.intake.front import Front, code


def photo(color: str = "red") -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Rumah Bunga"
    Image.new("RGB", (40, 30), color).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


async def attach(front: Front, filed: Any, content: bytes, headers: dict[str, str]) -> httpx.Response:
    where = f"/intake/api/cases/{filed['ticket']}/attachments"
    return await front.client.post(where, files={"file": ("x.jpg", content, "image/jpeg")}, headers=headers)


async def test_a_photo_is_added_without_what_the_camera_told(front: Front) -> None:
    filed = await front.file()
    done = await attach(front, filed, photo(), code(filed))
    assert done.status_code == 201
    assert done.json()["event_id"] in done.json()["promise"]
    opened = await front.act(filed, "personal-data", {"purpose": "handling"})
    [file] = [each for each in opened.json()["fields"] if each["field"] == "attachment"]
    assert (file["media_type"], file["text"]) == ("image/jpeg", None)
    assert b"Rumah Bunga" not in b64decode(file["content"])


async def test_a_file_of_another_kind_is_refused_by_its_content(front: Front) -> None:
    filed = await front.file()
    refused = await attach(front, filed, b"MZ\x90\x00" + b"\0" * 500, code(filed))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:unknown_attachment")
    assert len(await front.office.steps(filed["ticket"])) == 1


async def test_a_file_over_ten_megabytes_is_refused(front: Front) -> None:
    filed = await front.file()
    large = await attach(front, filed, b"\xff\xd8\xff" + b"\0" * 10_000_001, code(filed))
    huge = await attach(front, filed, b"\xff\xd8\xff" + b"\0" * 12_000_000, code(filed))
    assert (large.status_code, huge.status_code) == (409, 413)


async def test_a_case_takes_five_files(front: Front) -> None:
    filed = await front.file()
    codes = [(await attach(front, filed, photo(), code(filed))).status_code for _ in range(6)]
    assert codes == [201] * 5 + [409]


async def test_a_file_sent_twice_under_one_key_is_kept_once(front: Front) -> None:
    filed = await front.file()
    once = code(filed) | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    for _ in range(2):
        assert (await attach(front, filed, photo(), once)).status_code == 201
    assert len(await front.office.steps(filed["ticket"])) == 2


async def test_the_office_may_add_a_file_and_strangers_may_not(front: Front) -> None:
    filed = await front.file()
    assert (await attach(front, filed, photo(), front.staff())).status_code == 201
    assert (await attach(front, filed, photo(), {})).status_code == 401
    assert (await attach(front, filed, photo(), {"X-Case-Code": "0000-0000-0000"})).status_code == 404


async def test_another_file_under_a_used_key_is_kept_too(front: Front) -> None:
    filed = await front.file()
    once = code(filed) | {"Idempotency-Key": "0b9f1b5e-3c35-4f0e-9a57-0d1f6f3f9a10"}
    for color in ("red", "blue"):
        assert (await attach(front, filed, photo(color), once)).json()["event_id"]


async def test_a_case_is_followed_without_reading_its_files(front: Front) -> None:
    filed = await front.file()
    assert (await attach(front, filed, photo(), code(filed))).status_code == 201
    with front.office.store.database.transaction() as tx:
        tx.execute("DELETE FROM vault_items WHERE field = 'attachment'")
    assert len((await front.track(filed))["messages"]) == 1


async def test_files_that_take_their_time_hold_up_nobody_else_and_too_many_are_sent_away(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = [await front.file() for _ in range(12)]
    going = threading.Event()
    start = subprocess.Popen

    def slow(*command: Any, **options: Any) -> Any:
        going.wait()
        return start(*command, **options)

    monkeypatch.setattr(subprocess, "Popen", slow)
    sending = [asyncio.create_task(attach(front, case, photo(), code(case))) for case in filed]
    try:
        refused, under_way = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 6:
            more, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            refused |= more
        assert {task.result().status_code for task in refused} == {503}
        async with asyncio.timeout(20):
            assert (await front.track(filed[0]))["state"] == "filed"
    finally:
        going.set()
    assert {(await task).status_code for task in under_way} == {201}
