"""The steps by which a case is erased in the tests: closed by an officer, asked for, approved by a supervisor."""

from typing import Any

import httpx
from tests.intake.front import Front

ENDING = (
    ("acknowledge", None),
    ("assign", {"officer": "officer-ani"}),
    ("answer", {"text": "Dear Bunga, it is off the shelf."}),
    ("close", None),
)
ASK_ERASURE = ("ask-erasure", {"reason": "subject_request"})
BOSS = ("supervisor-budi", "supervisor")


async def closed(front: Front) -> Any:
    filed = await front.file()
    await front.handled(filed, *ENDING)
    return filed


async def with_erasure_request(front: Front) -> Any:
    filed = await closed(front)
    await front.handled(filed, ASK_ERASURE)
    return filed


async def approve(front: Front, filed: Any) -> httpx.Response:
    return await front.act(filed, "approve-erasure", None, front.staff(*BOSS))


async def erased(front: Front) -> Any:
    filed = await with_erasure_request(front)
    answer = await approve(front, filed)
    assert answer.status_code == 200, answer.text
    return filed
