"""The limits of the framework: the same body checked and an answer of the same shape given, with nothing kept.

`bare` is FastAPI alone; `shell` is the chassis around it: headers, limits, measurements, readiness.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import uvicorn
from fastapi import FastAPI

from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_intake.bodies.filings import ComplaintBody
from zi_intake.web.answers import FiledAnswer, FiledLinks

ANSWER = FiledAnswer(
    ticket="0" * 9,
    code="0000-0000-0000",
    event_id=UUID(int=1),
    due=datetime(2026, 1, 1, tzinfo=UTC),
    promise="x" * 320,
    links=FiledLinks(track="x" * 40, receipt="x" * 80),
)


async def answer(body: ComplaintBody) -> FiledAnswer:
    return ANSWER


def application(kind: str) -> FastAPI:
    if kind == "bare":
        return FastAPI(openapi_url=None)
    return Service(Settings(service="intake", data=Path(tempfile.mkdtemp()))).app


if __name__ == "__main__":
    app = application(sys.argv[1])
    app.add_api_route("/intake/api/complaints", answer, methods=["POST"], status_code=201)
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop", http="httptools", log_level="error"
    )
