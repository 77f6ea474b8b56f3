"""Pages that closed and sign-ins that ended: the person is asked for the code or to sign in. The text that they typed meanwhile
stays in the window, to be sent again from there, also where it could not be stored; it is said that a file has to be chosen again;
a passphrase is typed again.
"""

from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER

from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.domain import UnavailableError
from zi_chassis.web import problem
from zi_chassis.web.form import Form
from zi_chassis.web.page import Pages
from zi_chassis.web.problem import SignInNeededError, wants_page

TYPED = "application/x-www-form-urlencoded"
WITH_A_FILE = "multipart/form-data"


def install(app: FastAPI) -> None:
    for kind in (CaseTokenError, SignInNeededError):
        app.add_exception_handler(kind, closed)
    app.add_exception_handler(UnavailableError, not_stored)


async def closed(request: Request, error: Exception) -> Response:
    if not wants_page(request):
        return problem.response(request, error)
    sign_in = f"/sign-in?next={quote(_page_to_come_back_to(request), safe='')}"
    track = _form_for_the_code(request) if isinstance(error, CaseTokenError) else None
    pages: Pages = request.app.state.pages
    sent = request.headers.get("content-type", "")
    if sent.startswith(WITH_A_FILE):
        return pages.render(request, "closed_file.html", 401, track=track, sign_in=sign_in)
    if sent != TYPED:
        return RedirectResponse(track or sign_in, HTTP_303_SEE_OTHER)
    form = Form.of(await request.form()).without_secrets()
    return pages.render(request, "closed.html", 401, form=form, track=track, sign_in=sign_in)


async def not_stored(request: Request, error: Exception) -> Response:
    """A full disk takes no reply: whoever goes back would find the page without it, as no browser stores the page of a case."""
    if not wants_page(request) or request.headers.get("content-type") != TYPED:
        return problem.response(request, error)
    refusal, pages = problem.problem_of(request, error), request.app.state.pages
    form = Form.of(await request.form()).without_secrets()
    answer: Response = pages.render(request, "not_stored.html", refusal.status, problem=refusal, form=form)
    answer.headers.update(refusal.headers)
    return answer


def _form_for_the_code(request: Request) -> str:
    return f"/track?ticket={quote(str(request.path_params.get('ticket', ''))[:20])}"


def _page_to_come_back_to(request: Request) -> str:
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = request.headers.get("referer", "").removeprefix(request.app.state.settings.public_url)
    return came_from if came_from.startswith("/") else "/"
