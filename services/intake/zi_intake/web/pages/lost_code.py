"""The pages of a lost code. Whoever asks for a new one gets the same answer whatever the ticket is; the link goes to the address or the number that was given
at filing, if its reader has confirmed it. Opening the link changes nothing, because programs that scan mail open links: the code is made by a
button, is shown in that browser for half an hour, and the one before it is dead. The same form sent again within a minute leads there too."""

from datetime import timedelta
from math import ceil
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from zi_chassis.access.case_token import TTL
from zi_chassis.domain import ErasedError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.limits import client_address
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import TooManyRequestsError
from zi_chassis.web.refused_form import sentence_of
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError
from zi_intake.domain.case.state import Case
from zi_intake.web.api.filing import set_case_cookie
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.pages.citizen import OwnCase, to_the_case
from zi_intake.web.sent_forms import to_go_back_to

SHOWN_FOR = timedelta(seconds=TTL)
LINK = "/lost-code/{ticket}/{token}"

router = APIRouter(include_in_schema=False)


@router.get("/lost-code")
async def lost_code(request: Request, office: TheOffice, ticket: str = "") -> Response:
    return to_go_back_to(_form(request, office, Form({"ticket": ticket[:20]})))


@router.post("/lost-codes")
async def ask(request: Request, office: TheOffice) -> Response:
    """Answer before the case is looked for: neither the answer nor its time says whether there is one."""
    form = Form.of(await request.form())
    ticket = form.value("ticket")
    client = client_address(request)
    if not ticket.strip():
        sentence = pages_of(request).say(
            request, msgid("Write the ticket; it stands on your receipt and in our mails.")
        )
        return _form(request, office, form.refused({"ticket": sentence}), 422)
    wait = office.code_actions.requests.wait(client)
    if wait > 0:
        raise TooManyRequestsError(
            "New codes were asked for too often from your connection. Try again in {minutes} min.",
            retry_after=ceil(wait),
            minutes=ceil(wait / 60),
        )
    office.code_actions.requests.add(client)
    background = BackgroundTask(office.code_actions.ask, ticket)
    return RedirectResponse("/lost-code/sent", 303, background=background)


@router.get("/lost-codes")
async def empty_form(request: Request) -> Response:
    query = f"?{urlencode(request.query_params.multi_items())}" if request.url.query else ""
    return RedirectResponse(f"/lost-code{query}", 303)


@router.get("/lost-code/sent")
async def sent(request: Request, office: TheOffice) -> Response:
    return pages_of(request).render(request, "lost_code_sent.html", by_phone=_by_phone(office))


def _form(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    by_phone = _by_phone(office)
    return pages_of(request).render(request, "lost_code.html", status, form=form, by_phone=by_phone)


def _by_phone(office: Office) -> bool:
    return "phone" in office.code_actions.ways


# -- the link in the message


@router.get(LINK)
async def link(request: Request, office: TheOffice, ticket: str, token: str) -> Response:
    known, asking, state = await office.code_actions.asked_by_link(ticket, token)
    return _link_page(request, office, known, asking, state)


@router.post(LINK)
async def choose(request: Request, office: TheOffice, ticket: str, token: str) -> Response:
    known, asking, state = await office.code_actions.asked_by_link(ticket, token)
    form = Form.of(await request.form())
    choice = form.value("choice")
    here = RedirectResponse(request.url.path, 303)
    try:
        if choice == "make":
            return await _made(office, known, asking, key_of(form))
        if choice == "stop" and state.code.waiting_as(asking, office.clock.now()) is not None:
            await office.code_actions.stop(known)
    except (CaseError, ErasedError) as error:
        sentence = sentence_of(request, error)
        return _link_page(request, office, known, asking, await office.state(known), sentence, 409)
    return here


async def _made(office: Office, ticket: str, asking: UUID, key: UUID | None) -> Response:
    state = await office.code_actions.replace(ticket, asking, key)
    answer = RedirectResponse(f"/track/{ticket}/code", 303)
    set_case_cookie(office, answer, office.tokens.issue(ticket, code=state.code.number))
    return answer


def _link_page(
    request: Request,
    office: Office,
    ticket: str,
    asking: UUID,
    state: Case,
    refusal: str = "",
    status: int = 200,
) -> Response:
    waiting = None if state.erased else state.code.waiting_as(asking, office.clock.now())
    context = {
        "ticket": ticket,
        "key": str(uuid4()),
        "waiting": waiting,
        "is_early": waiting is not None and office.clock.now() < waiting.opens_at,
        "is_stopped": state.code.is_stopped,
        "refusal": refusal,
    }
    return pages_of(request).render(request, "lost_code_link.html", status, **context)


@router.get("/track/{ticket}/code")
async def new_code(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    """Show the new code for half an hour after it was made: a token of that age must not become the code for ever."""
    state = await office.state(ticket)
    replaced_at = state.code.replaced_at
    if replaced_at is None or office.clock.now() > replaced_at + SHOWN_FOR:
        return RedirectResponse(f"/track/{ticket}", 303)
    code = office.names.code(ticket, state.code.number)
    return pages_of(request).render(request, "new_code.html", ticket=ticket, code=code)


@router.post("/track/{ticket}/stop-codes")
async def stop(request: Request, office: TheOffice, ticket: OwnCase) -> Response:
    form = Form.of(await request.form())
    await office.code_actions.stop(ticket, office.actions.citizen(ticket), key_of(form))
    return to_the_case(ticket, "code_replacement_stopped")
