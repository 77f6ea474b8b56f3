"""Refusals of an API: how its description shows them, and those whose problem document says more than a sentence."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import Request

from zi_chassis.uploads import FileRefusedError
from zi_chassis.web import problem

PROBLEM = "application/problem+json"
PARTS = "#/components/schemas/{model}"
REFUSALS: Mapping[int, str] = {
    400: "The request can't be read",
    401: "No case token and no sign-in, or one that has expired",
    403: "This role may not do it",
    404: "There is no such thing",
    405: "Not a method of this address",
    409: "A rule says no, and what to do instead",
    413: "Too large",
    415: "A kind of content that is not accepted",
    422: "Bad fields, all of them named",
    429: "Too many attempts",
    503: "Not now; nothing was recorded",
}


class BadFieldAnswer(BaseModel):
    place: Annotated[Literal["body", "query", "path", "header", "cookie"], Field(alias="in")]
    field: str
    detail: str
    pointer: str | None = None


class ProblemFields(BaseModel):
    """The fields of every problem document; a service's own class adds those of its refusals."""

    type: str
    title: str
    status: int
    detail: str
    request: str | None = None
    errors: list[BadFieldAnswer] | None = None


def refusals(
    answer: type[ProblemFields], *statuses: int, described: Mapping[int, str] = REFUSALS
) -> dict[int | str, dict[str, Any]]:
    """Describe these refusals of a route, whose problem documents are an `answer`."""
    content = {PROBLEM: {"schema": {"$ref": PARTS.format(model=answer.__name__)}}}
    return {status: {"description": described[status], "content": content} for status in statuses}


def describe(app: FastAPI, answer: type[ProblemFields], bearer: str) -> None:
    """Add to the description of the API the schema of its problem documents, and the bearer token of routes that may answer 401."""
    plain = app.openapi
    scheme = {"type": "http", "scheme": "bearer", "description": bearer}

    def described() -> dict[str, Any]:
        document = plain()
        parts = TypeAdapter(answer).json_schema(ref_template=PARTS)
        document["components"]["schemas"] |= {**parts.pop("$defs"), answer.__name__: parts}
        document["components"]["securitySchemes"] = {"bearer": scheme}
        for operation in (each for path in document["paths"].values() for each in path.values()):
            if "401" in operation["responses"]:
                operation["security"] = [{"bearer": []}]
        return document

    app.openapi = described  # type: ignore[method-assign]
    app.add_exception_handler(FileRefusedError, _file_refused)


def extended(request: Request, error: Exception, **fields: Any) -> Response:
    """The problem document of an error with further fields."""
    found = problem.problem_of(request, error)
    document = found.document(getattr(request.state, "request_id", ""))
    return JSONResponse(document | fields, found.status, media_type=PROBLEM)


async def _file_refused(request: Request, error: Exception) -> Response:
    """Pass the refusal of the service that has the files on, unchanged."""
    assert isinstance(error, FileRefusedError)
    answer = JSONResponse(dict(error.document), error.status, media_type=PROBLEM)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = error.retry_after
    return answer
