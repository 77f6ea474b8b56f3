"""The limit of the framework: the same body checked and an answer of the same shape given, with nothing kept."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import uvicorn
from fastapi import FastAPI

from zi_intake.answers import FiledAnswer, FiledLinks
from zi_intake.bodies import ComplaintBody

app = FastAPI(openapi_url=None)
ANSWER = FiledAnswer(
    ticket="0" * 9,
    code="0000-0000-0000",
    event_id=UUID(int=1),
    due=datetime(2026, 1, 1, tzinfo=UTC),
    promise="x" * 320,
    links=FiledLinks(track="x" * 40, receipt="x" * 80),
)


@app.post("/intake/api/complaints", status_code=201)
async def answer(body: ComplaintBody) -> FiledAnswer:
    return ANSWER


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="error"
    )
