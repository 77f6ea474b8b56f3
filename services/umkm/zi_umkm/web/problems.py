"""Refusals of the API that have more to say than a sentence: everything that is missing, the step left out, what intake said of a file."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter
from starlette.requests import Request

from zi_chassis.uploads import FileRefusedError
from zi_chassis.web import problem
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.errors import (
    CriticalOpenError,
    InDisputeError,
    MissingRequirementsError,
    SkippedStepError,
    UnansweredError,
)
from zi_umkm.web import presenters
from zi_umkm.web.answers import MentoringProblemAnswer

PROBLEM = "application/problem+json"
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "For businesses the token of their case, which intake gives for ticket and code, or that of their sign-in; for "
    "officials that of theirs.",
}
PARTS = "#/components/schemas/{model}"
OF_ITEMS = (CriticalOpenError, InDisputeError, UnansweredError)


def install(app: FastAPI) -> None:
    """Install the problem documents, and describe them in OpenAPI."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        parts = TypeAdapter(MentoringProblemAnswer).json_schema(ref_template=PARTS)
        document["components"]["schemas"] |= {**parts.pop("$defs"), MentoringProblemAnswer.__name__: parts}
        document["components"]["securitySchemes"] = {"bearer": BEARER}
        for operation in (each for path in document["paths"].values() for each in path.values()):
            if "401" in operation["responses"]:
                operation["security"] = [{"bearer": []}]
        return document

    app.openapi = described  # type: ignore[method-assign]
    app.add_exception_handler(MissingRequirementsError, incomplete)
    app.add_exception_handler(SkippedStepError, skipped)
    for kind in OF_ITEMS:
        app.add_exception_handler(kind, of_items)
    app.add_exception_handler(FileRefusedError, refused_by_intake)


async def incomplete(request: Request, error: Exception) -> Response:
    """Answer with everything that is missing, each with the source of its rule."""
    assert isinstance(error, MissingRequirementsError)
    if problem.wants_page(request):
        return problem.response(request, error)
    office: MentoringOffice = request.app.state.office
    state = await office.mentoring.state(await office.access.request(request.path_params["ticket"]))
    named = presenters.names(request, office, state)
    wanted = presenters.requirements(named, office.rules.of(state, office.clock.now()), error.missing)
    return _document(request, error, missing=[each.model_dump(mode="json") for each in wanted])


async def skipped(request: Request, error: Exception) -> Response:
    assert isinstance(error, SkippedStepError)
    return _answer(request, error, step=error.step)


async def of_items(request: Request, error: Exception) -> Response:
    assert isinstance(error, CriticalOpenError | InDisputeError | UnansweredError)
    return _answer(request, error, items=list(error.items))


async def refused_by_intake(request: Request, error: Exception) -> Response:
    """Answer a refused file as intake answered it."""
    assert isinstance(error, FileRefusedError)
    answer = JSONResponse(dict(error.document), error.status, media_type=PROBLEM)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = error.retry_after
    return answer


def _answer(request: Request, error: Exception, **more: Any) -> Response:
    if problem.wants_page(request):
        return problem.response(request, error)
    return _document(request, error, **more)


def _document(request: Request, error: Exception, **more: Any) -> Response:
    plain_problem = problem.problem_of(request, error)
    document = plain_problem.document(getattr(request.state, "request_id", ""))
    return JSONResponse(document | more, plain_problem.status, media_type=PROBLEM)
