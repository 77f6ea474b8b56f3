"""The letters to be printed: a list for officers, the letter as a page to print, and what became of it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.clock import Clock
from zi_chassis.domain import DomainError
from zi_chassis.storage.store import Store
from zi_chassis.web.form import Form
from zi_chassis.web.language import day, moment, msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError
from zi_notify.domain.printed_letter import (
    PrintedLetter,
    PrintedLetterStatus,
    SettleLetter,
    Settlement,
)
from zi_notify.messaging.published import letters
from zi_notify.notices.official_notices import OfficialNotices
from zi_notify.read.printed_letters import (
    LetterReader,
    ListedPrintedLetter,
    PrintedLetterPage,
    is_seen,
    letter_page,
)
from zi_notify.roles import CASE_STAFF
from zi_notify.texts.letter import Templates, Wording

LIST, API = "/notify/desk/letters", "/notify/api/letters"
PAGE, LAST_PAGE = 40, 10_000
SETTLEMENTS: dict[Settlement, str] = {
    "posted": msgid("The letter was sent"),
    "no_postal_address": msgid("There is no postal address"),
    "reached_otherwise": msgid("The person was reached otherwise"),
    "came_back": msgid("The letter came back"),
}
OUTCOMES: Mapping[str, str] = {
    **{str(code): label for code, label in SETTLEMENTS.items()},
    "erased": msgid("The data of the person was erased"),
}
WAY_IN = msgid(
    "Open {address} and type in the ticket and the code. Both are on your receipt. Without internet, come to our counter or call us, and have the receipt at hand."
)

router = APIRouter()
Officer = Annotated[Staff, Depends(staff(*CASE_STAFF))]


class LetterFilter(BaseModel):
    """`ticket` is how it begins."""

    model_config = ConfigDict(extra="ignore")

    show: PrintedLetterStatus = PrintedLetterStatus.WAITING
    ticket: Annotated[str, Field(max_length=20)] = ""
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1

    def path(self, where: str, page: int) -> str:
        chosen = {"show": self.show.value, "ticket": self.ticket, "page": str(page)}
        return f"{where}?{urlencode({name: value for name, value in chosen.items() if value})}"


class LetterSettlementBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    settlement: Settlement


class NoSuchPrintedLetterError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("There is no such letter. Go back to the list and choose one.")


@router.get(API)
async def letters_to_print(
    request: Request, person: Officer, query: Annotated[LetterFilter, Query()]
) -> list[ListedPrintedLetter]:
    """List the letters to be printed, the oldest first. X-Total-Count counts all of them; Link leads to the next page."""
    page = await _page(request, person, query)
    headers = {"X-Total-Count": str(page.total)}
    if query.page * PAGE < page.total:
        headers["Link"] = f'<{query.path(API, query.page + 1)}>; rel="next"'
    return JSONResponse([each.model_dump(mode="json") for each in page.rows], headers=headers)  # type: ignore[return-value]


@router.post(f"{API}/{{letter}}", status_code=204)
async def settle(request: Request, person: Officer, letter: UUID, body: LetterSettlementBody) -> None:
    """Record that a letter was sent, or why it was not."""
    await _settle(request, person, letter, body.settlement)


@router.get(LIST, include_in_schema=False)
async def letter_list(request: Request, person: Officer, query: Annotated[LetterFilter, Query()]) -> Response:
    page = await _page(request, person, query)
    context = {
        "page": page,
        "query": query,
        "form": Form({"ticket": query.ticket}),
        "outcomes": OUTCOMES,
        "previous": query.path(LIST, query.page - 1) if query.page > 1 else None,
        "next": query.path(LIST, query.page + 1) if query.page * PAGE < page.total else None,
    }
    return pages_of(request).render(request, "letters.html", 200, **context)


@router.get(f"{LIST}/{{letter}}", include_in_schema=False)
async def letter_to_print(request: Request, person: Officer, letter: UUID) -> Response:
    return await _letter_page(request, person, letter)


@router.post(f"{LIST}/{{letter}}", include_in_schema=False)
async def settle_on_page(request: Request, person: Officer, letter: UUID) -> Response:
    choice = (await request.form()).get("settlement")
    settlement = next((each for each in SETTLEMENTS if each == choice), None)
    if settlement is None:
        return await _letter_page(request, person, letter, 422)
    try:
        await _settle(request, person, letter, settlement)
    except DomainError:
        return await _letter_page(request, person, letter, 422)
    return RedirectResponse(LIST, 303)


async def _letter_page(request: Request, person: Staff, letter: UUID, status: int = 200) -> Response:
    state = await _letter(request, person, letter)
    assert state.request is not None
    templates: Templates = request.app.state.templates
    wording = templates.worded(state.request.template_version, state.request.template, state.request.language)
    language, pages = state.request.language, pages_of(request)
    subject, text = _filled(wording, state)
    context = {
        "letter": letter,
        "ticket": state.request.ticket,
        "letter_language": language,
        "written_on": day(state.request.by.at, language),
        "subject": subject,
        "text": text,
        "way_in": pages.translator(language)(WAY_IN, address=f"{pages.settings.public_url}/track"),
        "settlement": state.settlement,
        "settlements": [each for each in SETTLEMENTS if state.may_be(each)],
        "outcomes": OUTCOMES,
        "is_wrong": status != 200,
    }
    return pages.render(request, "letter.html", status, **context)


def _filled(wording: Wording, state: PrintedLetter) -> tuple[str, str]:
    assert state.request is not None
    until = state.request.until
    fields = {
        "ticket": state.request.ticket,
        "until": moment(until, state.request.language) if until else "",
    }
    return wording.subject.format(**fields), wording.text.strip().format(**fields)


async def _settle(request: Request, person: Staff, letter: UUID, settlement: Settlement) -> None:
    await _letter(request, person, letter)
    clock: Clock = request.app.state.clock
    by = act(person, person.role(*CASE_STAFF), clock)
    await _store(request).handle(letters, letter, SettleLetter(by=by, settlement=settlement))


async def _letter(request: Request, person: Staff, letter: UUID) -> PrintedLetter:
    """Return a letter that this official sees; any other one does not exist for them."""
    _, state = await _store(request).fetch(letters, letter)
    if state.request is None:
        raise NoSuchPrintedLetterError
    reader, ticket = _reader(request, person), state.request.ticket
    if not await _store(request).query(lambda tx: is_seen(tx, reader, ticket)):
        raise NoSuchPrintedLetterError
    return state


async def _page(request: Request, person: Staff, query: LetterFilter) -> PrintedLetterPage:
    reader, skip = _reader(request, person), (query.page - 1) * PAGE
    return await _store(request).query(
        lambda tx: letter_page(tx, reader, query.show, query.ticket, skip, PAGE)
    )


def _reader(request: Request, person: Staff) -> LetterReader:
    officials: OfficialNotices = request.app.state.officials
    return LetterReader(person.sub, officials.audience)


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
