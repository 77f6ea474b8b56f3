"""Files of cases in a bucket: nobody sees a difference while it answers, and a sentence says so while it does not."""

import io
import random
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from tests.bucket_store import Store
from tests.intake.erasures import ASK_ERASURE, ENDING, approve
from tests.intake.front import TEXT, Front, code, opened
from tests.intake.test_uploads import attach

from zi_chassis.vault.files import VaultFiles
from zi_intake.uploads.attachments import MEGABYTE

PAGE = {"Accept": "text/html", "Accept-Language": "id"}
NOT_STORED = "Berkas tidak dapat disimpan sekarang"
NOT_OPENED = "Ada berkas yang tidak dapat dibuka sekarang"


def large_photo() -> bytes:
    """Of noise, which a picture file can't make small."""
    buffer = io.BytesIO()
    noise = random.Random(7).randbytes(3 * 600 * 600)
    Image.frombytes("RGB", (600, 600), noise).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


@pytest.fixture
async def front(bucket: Store, tmp_path: Path) -> AsyncIterator[Front]:
    async with opened(tmp_path, files=bucket.url, upload_mb_a_day=1) as inside:
        yield inside


async def opened_again(front: Front) -> int:
    """Return how often an official looked at what was open to them already."""
    question = "SELECT COALESCE(SUM(count), 0) AS looks FROM repeated_looks"
    return await front.office.store.query(lambda tx: int(tx.execute(question)[0]["looks"]))


async def test_a_photo_lies_in_the_bucket_and_opens_for_citizen_and_office(
    front: Front, bucket: Store
) -> None:
    filed = await front.file()
    assert (await attach(front, filed, large_photo(), code(filed))).status_code == 201
    assert len(bucket.sent()) == 1
    answer = await front.act(filed, "personal-data", {"purpose": "handling"})
    [file] = [each for each in answer.json()["fields"] if each["field"] == "attachment"]
    photo = b64decode(file["content"])
    to_citizen = await front.act(filed, f"files/{file['item']}", {"purpose": "handling"}, code(filed))
    assert (to_citizen.status_code, to_citizen.content) == (200, photo)
    assert photo[:2] == b"\xff\xd8"


async def test_while_the_bucket_is_away_files_are_refused_with_a_sentence_and_all_else_goes_on(
    front: Front, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await front.file()
    added = await attach(front, filed, large_photo(), code(filed))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    front.office.vault.files = VaultFiles(bucket.address)

    for _ in range(2):  # the first one took nothing of the megabyte of the day
        refused = await attach(
            front, filed, large_photo() + bytes(MEGABYTE), code(filed) | {"Accept-Language": "id"}
        )
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
        assert (refused.json()["type"], added.status_code) == ("urn:zona:problem:files_away", 201)
        assert refused.json()["detail"].startswith(NOT_STORED)
    assert len(await front.office.steps(filed["ticket"])) == 2
    assert (await front.track(await front.file()))["state"] == "filed"
    assert len((await front.track(filed))["messages"]) == 1

    whole = (await front.act(filed, "personal-data", {"purpose": "handling"})).json()
    assert (TEXT in {each["text"] for each in whole["fields"]}, len(whole["missing"])) == (True, 1)
    assert not {"attachment"} & {each["field"] for each in whole["fields"]}
    assert await opened_again(front) == 0
    page = await front.client.post(
        f"/desk/cases/{filed['ticket']}/open", data={"purpose": "handling"}, headers=PAGE | front.staff()
    )
    assert page.status_code == 200
    assert NOT_OPENED in page.text
    assert TEXT in page.text
    assert await opened_again(front) == 1

    await front.handled(filed, *ENDING, ASK_ERASURE)
    assert (await approve(front, filed)).status_code == 200
    opening = await front.act(filed, "personal-data", {"purpose": "handling"})
    assert (opening.status_code, opening.json()["type"]) == (409, "urn:zona:problem:erased")
