"""The addresses that forms are sent to. Each is another than that of its page, so that a browser whose line breaks still has the page to go
back to, with all that was typed; whoever opens such an address anew comes to the page. A form that was refused is sent to its second address,
and from there to the first again."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

AGAIN = "/again"

router = APIRouter(include_in_schema=False)


@router.get("/complaints")
@router.get("/consultations")
@router.get("/information-requests")
@router.get("/suggestions")
@router.get("/certificate-applications")
@router.get("/mentoring-requests")
@router.get("/consultations/again")
@router.get("/information-requests/again")
@router.get("/suggestions/again")
@router.get("/certificate-applications/again")
@router.get("/mentoring-requests/again")
async def empty_form(request: Request) -> Response:
    return _redirect(request, f"{request.url.path.removesuffix(AGAIN)}/new")


@router.get("/complaints/check/{turn}")
async def empty_complaint(request: Request, turn: str) -> Response:
    return _redirect(request, "/complaints/new")


@router.get("/track/{ticket}/reply")
@router.get("/track/{ticket}/reopen")
@router.get("/track/{ticket}/withdraw")
@router.get("/track/{ticket}/attachments")
@router.get("/track/{ticket}/nib")
@router.get("/track/{ticket}/contact")
@router.get("/track/{ticket}/leave")
@router.get("/track/{ticket}/words")
@router.get("/track/{ticket}/rating")
@router.get("/track/{ticket}/stop-codes")
@router.get("/track/{ticket}/web-push")
@router.get("/track/{ticket}/web-push/end")
async def case_of_form(request: Request, ticket: str) -> Response:
    return _redirect(request, f"/track/{ticket}")


def other_address(request: Request, address: str) -> str:
    """Return where the form is sent to: the one of its two addresses at which this page is not the answer."""
    return f"{address}{AGAIN}" if request.url.path == address else address


def to_go_back_to(answer: Response) -> Response:
    """Let the browser keep the page, and nobody else, so that it is there also without a line, and after another language was chosen: a page
    that varied with the cookie of the language would have to be sent for again, and a browser asks before it sends a form again."""
    answer.headers["Cache-Control"] = "private, no-cache"
    del answer.headers["Vary"]
    return answer


def _redirect(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path}{query}", 303)
