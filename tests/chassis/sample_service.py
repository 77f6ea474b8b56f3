"""A service that exists only to try the chassis: one command, one page, one upload."""

from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Request, UploadFile
from pydantic import Field
from starlette.responses import Response

from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import DomainError, UnavailableError, Value
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.web import sign_in
from zi_chassis.web.body import takes
from zi_chassis.web.problem import NotFoundError


class BoxIsClosedError(DomainError):
    """The box takes nothing any more."""


class Maker(Value):
    name: str = Field(min_length=1, max_length=5)


class Thing(Value):
    text: str = Field(max_length=10)
    kind: Literal["red", "green"]
    maker: Maker | None = None
    key: UUID | None = None


def settings(data: Path, **more: object) -> Settings:
    return Settings.model_validate({"service": "sample", "data": data, **more})


def service(data: Path, **more: object) -> Service:
    made = Service(settings(data, **more), package="zi_chassis.web")
    made.app.include_router(sign_in.router)
    add_routes(made.app)
    return made


def add_routes(app: FastAPI) -> None:
    @app.post("/sample/api/things/{ticket}", status_code=201)
    async def put(ticket: str, thing: Thing) -> dict[str, str]:
        if thing.text == "closed":
            raise BoxIsClosedError("The box {box} is closed. Open another one.", box="B-1")
        if thing.text == "full":
            raise UnavailableError("disk full at /secret/place")
        if thing.text == "broken":
            raise ValueError(f"cannot read {ticket}")
        return {"ticket": ticket}

    @app.get("/sample/api/things/{ticket}")
    async def get(ticket: str) -> None:
        raise NotFoundError("There is no such thing. Check the ticket.")

    @app.post("/sample/api/files")
    @takes(1024 * 1024)
    async def upload(file: UploadFile) -> dict[str, int]:
        return {"size": len(await file.read())}

    @app.get("/desk/")
    async def desk(request: Request, person: Annotated[Staff, Depends(staff("officer"))]) -> Response:
        pages = request.app.state.pages
        problem = {"title": "Desk", "detail": "Work", "errors": [], "kind": ""}
        answer: Response = pages.render(request, "problem.html", problem=problem)
        return answer

    @app.post("/desk/act")
    async def do(person: Annotated[Staff, Depends(staff("officer", "supervisor"))]) -> dict[str, str]:
        return {"sub": person.sub}

    @app.api_route("/sample/full", methods=["GET", "POST"], include_in_schema=False)
    async def refuse_full() -> None:
        raise UnavailableError("disk full at /secret/place")

    @app.api_route("/sample/cases/{ticket}", methods=["GET", "POST"], include_in_schema=False)
    async def refuse_token(ticket: str) -> None:
        raise CaseTokenError
