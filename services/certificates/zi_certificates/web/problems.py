"""Refusals of the API with more than a sentence: the findings of the rules, unreadable lines, the problem that intake found in a file."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter
from starlette.requests import Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.application.errors import IncompleteError
from zi_certificates.messaging.published import applications
from zi_certificates.web import presenters
from zi_certificates.web.answers import FindingAnswer, ProblemAnswer
from zi_chassis.uploads import FileRefusedError
from zi_chassis.web import problem
from zi_chassis.web.problem import RefusedError
from zi_rules.certificate.item_list import ItemReport

PROBLEM = "application/problem+json"
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "For applicants the token of their case, which intake gives for ticket and code, or that of a company's sign-in; for "
    "officials that of theirs.",
}
PARTS = "#/components/schemas/{model}"


class UnreadableListError(RefusedError):
    """Nothing of the list was taken; `report` names everything in it that can't be read."""

    status = 422

    def __init__(self, report: ItemReport) -> None:
        super().__init__(
            "Nothing of the list was taken, because {count} things in it can't be read: correct them and send the whole list again.",
            count=len(report.problems),
        )
        self.report = report


def install(app: FastAPI) -> None:
    """Handle these refusals, and describe all of them and the sign-in in the API description."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        parts = TypeAdapter(ProblemAnswer).json_schema(ref_template=PARTS)
        document["components"]["schemas"] |= {**parts.pop("$defs"), ProblemAnswer.__name__: parts}
        document["components"]["securitySchemes"] = {"bearer": BEARER}
        for operation in (each for path in document["paths"].values() for each in path.values()):
            if "401" in operation["responses"]:
                operation["security"] = [{"bearer": []}]
        return document

    app.openapi = described  # type: ignore[method-assign]
    app.add_exception_handler(IncompleteError, incomplete)
    app.add_exception_handler(UnreadableListError, unreadable)
    app.add_exception_handler(FileRefusedError, refused_by_intake)


async def incomplete(request: Request, error: Exception) -> Response:
    """Answer with all findings at once, each with the source of its rule, which the decider's findings lack."""
    assert isinstance(error, IncompleteError)
    if problem.wants_page(request):
        return problem.response(request, error)
    findings = [each.model_dump(mode="json") for each in await _findings(request, error)]
    return _document(request, error, findings=findings)


async def _findings(request: Request, error: IncompleteError) -> list[FindingAnswer]:
    office: CertificatesOffice = request.app.state.office
    requested = await office.access.request(request.path_params["ticket"])
    _, state = await office.store.fetch(applications, requested.application)
    names = presenters.names(request, office, state)
    wanted = {(each.reason, each.where, each.item) for each in error.findings}
    examined = await office.applying.examination(requested)
    sourced = [each for each in examined.wanting if (each.reason, each.where, each.item) in wanted]
    return [presenters.finding(names, each) for each in sourced or error.findings]


async def unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnreadableListError)
    names = presenters.names(request, request.app.state.office)
    lines = [presenters.line(names, each).model_dump(mode="json") for each in error.report.problems]
    return _document(request, error, lines=lines)


async def refused_by_intake(request: Request, error: Exception) -> Response:
    """Pass on the answer of intake."""
    assert isinstance(error, FileRefusedError)
    answer = JSONResponse(dict(error.document), error.status, media_type=PROBLEM)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = error.retry_after
    return answer


def _document(request: Request, error: Exception, **more: Any) -> Response:
    described = problem.problem_of(request, error)
    document = described.document(getattr(request.state, "request_id", ""))
    return JSONResponse(document | more, described.status, media_type=PROBLEM)
