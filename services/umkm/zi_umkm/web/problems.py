"""Refusals of the API that have more to say than a sentence: everything that is missing, the step left out, what intake said of a file."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from zi_chassis.web import problem
from zi_chassis.web.refusals import describe, extended
from zi_rules.version import NoVersionError
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

BEARER = (
    "For businesses the token of their case, which intake gives for ticket and code, or that of their sign-in; for "
    "officials that of theirs."
)
OF_ITEMS = (CriticalOpenError, InDisputeError, UnansweredError)


def install(app: FastAPI) -> None:
    problem.install_lost(app, NoVersionError)
    describe(app, MentoringProblemAnswer, BEARER)
    app.add_exception_handler(MissingRequirementsError, incomplete)
    app.add_exception_handler(SkippedStepError, skipped)
    for kind in OF_ITEMS:
        app.add_exception_handler(kind, of_items)


async def incomplete(request: Request, error: Exception) -> Response:
    """Answer with everything that is missing, each with the source of its rule."""
    assert isinstance(error, MissingRequirementsError)
    if problem.wants_page(request):
        return problem.response(request, error)
    office: MentoringOffice = request.app.state.office
    state = await office.mentoring.state(await office.access.request(request.path_params["ticket"]))
    named = presenters.names(request, office, state)
    wanted = presenters.requirements(named, office.rules.of(state, office.clock.now()), error.missing)
    return extended(request, error, missing=[each.model_dump(mode="json") for each in wanted])


async def skipped(request: Request, error: Exception) -> Response:
    assert isinstance(error, SkippedStepError)
    return _answer(request, error, step=error.step)


async def of_items(request: Request, error: Exception) -> Response:
    assert isinstance(error, CriticalOpenError | InDisputeError | UnansweredError)
    return _answer(request, error, items=list(error.items))


def _answer(request: Request, error: Exception, **more: Any) -> Response:
    if problem.wants_page(request):
        return problem.response(request, error)
    return extended(request, error, **more)
