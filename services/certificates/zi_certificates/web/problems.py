"""Refusals of the API with more than a sentence: the findings of the rules, unreadable lines, the problem that intake found in a file."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.application.errors import IncompleteError
from zi_certificates.messaging.published import applications
from zi_certificates.use_cases.importing import UnusableImportError
from zi_certificates.use_cases.trade_lists import UnlistedProductsError
from zi_certificates.web import presenters
from zi_certificates.web.answers import FindingAnswer, ProblemAnswer
from zi_chassis.domain import DomainError
from zi_chassis.web import problem
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FieldError, RefusedError, json_pointer
from zi_chassis.web.refusals import describe, extended
from zi_rules.certificate.item_list import ItemReport
from zi_rules.version import NoVersionError

BEARER = (
    "For applicants the token of their case, which intake gives for ticket and code, or that of a company's sign-in; for "
    "officials that of theirs."
)


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
    problem.install_lost(app, NoVersionError)
    describe(app, ProblemAnswer, BEARER)
    app.add_exception_handler(IncompleteError, incomplete)
    app.add_exception_handler(UnreadableListError, unreadable)
    app.add_exception_handler(UnlistedProductsError, unlisted)
    app.add_exception_handler(UnusableImportError, unusable)


async def incomplete(request: Request, error: Exception) -> Response:
    """Answer with all findings at once, each with the source of its rule, which the decider's findings lack."""
    assert isinstance(error, IncompleteError)
    if problem.wants_page(request):
        return problem.response(request, error)
    findings = [each.model_dump(mode="json") for each in await _findings(request, error)]
    return extended(request, error, findings=findings)


async def _findings(request: Request, error: IncompleteError) -> list[FindingAnswer]:
    office: CertificatesOffice = request.app.state.office
    requested = await office.access.request(request.path_params["ticket"])
    _, state = await office.store.fetch(applications, requested.application)
    names = presenters.names(request, office, state)
    wanted = {(each.reason, each.where, each.item) for each in error.findings}
    examined = await office.applying.examination(requested)
    sourced = [each for each in examined.wanting if (each.reason, each.where, each.item) in wanted]
    return [presenters.finding(names, each) for each in sourced or error.findings]


async def unlisted(request: Request, error: Exception) -> Response:
    """Answer with every field of the products that the office's lists lack."""
    assert isinstance(error, UnlistedProductsError)
    if problem.wants_page(request):
        return problem.response(request, error)
    faults = [(("items", str(each.place), each.field), each.error) for each in error.parts]
    return extended(request, error, errors=_pointed(request, faults))


async def unusable(request: Request, error: Exception) -> Response:
    """Answer with everything that is wrong in what another system sent."""
    assert isinstance(error, UnusableImportError)
    faults = [(each.path, each.error) for each in error.faults]
    return extended(request, error, errors=_pointed(request, faults))


def _pointed(request: Request, faults: Sequence[tuple[Sequence[str], DomainError]]) -> list[dict[str, str]]:
    say = pages_of(request).say
    found = (
        FieldError("body", ".".join(path), say(request, error.msgid, **error.values), json_pointer(path))
        for path, error in faults
    )
    return [each.document() for each in found]


async def unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnreadableListError)
    names = presenters.names(request, request.app.state.office)
    lines = [presenters.line(names, each).model_dump(mode="json") for each in error.report.problems]
    return extended(request, error, lines=lines)
