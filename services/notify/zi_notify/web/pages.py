"""The page of the link in every mail: its reader confirms the address or stops all mail to it. Opening the page changes nothing, because
programs that scan mail open its links."""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_chassis.web.limits import Buckets
from zi_chassis.web.page import Pages
from zi_chassis.web.problem import NotFoundError, TooManyRequestsError
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.domain.recipient import ChooseFrequency, ConfirmRecipient, Consent, StopRecipient
from zi_notify.messaging.published import recipients
from zi_notify.notices.official_notices import OfficialNotices

LINK = "/notify/mail/{token}"
ONE_CLICK = "List-Unsubscribe"  # the field of RFC 8058, sent by the mail program itself
Choice: TypeAlias = ConfirmRecipient | StopRecipient | ChooseFrequency
CHOICES: Mapping[object, Callable[[Act], Choice]] = {
    "confirm": lambda by: ConfirmRecipient(by=by),
    "stop": lambda by: StopRecipient(by=by),
}
CHOICES_OF_OFFICIALS: Mapping[object, Callable[[Act], Choice]] = {
    "at_once": lambda by: ChooseFrequency(by=by, frequency="at_once"),
    "daily": lambda by: ChooseFrequency(by=by, frequency="daily"),
    "stop": CHOICES["stop"],
}

router = APIRouter(include_in_schema=False)
changes = Buckets(size=10, drain=60)  # each change of mind is an event for ever


class NoSuchLinkError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("This link is not complete. Open it from our message again.")


@router.get(LINK)
async def show(request: Request, token: str) -> Response:
    recipient = _recipient(request, token)
    _, state = await _store(request).fetch(recipients, recipient)
    pages: Pages = request.app.state.pages
    if _is_official(request, recipient):
        chosen = "stop" if state.consent is Consent.STOPPED else state.frequency.value
        return pages.render(request, "official_recipient.html", chosen=chosen)
    return pages.render(request, "recipient.html", consent=state.consent.value)


@router.post(LINK)
async def choose(request: Request, token: str) -> Response:
    recipient = _recipient(request, token)
    form = await request.form()
    if ONE_CLICK in form:
        await _record(request, recipient, CHOICES["stop"])
        return Response(status_code=200)
    choices = CHOICES_OF_OFFICIALS if _is_official(request, recipient) else CHOICES
    if choice := choices.get(form.get("choice")):
        await _record(request, recipient, choice)
    return RedirectResponse(request.url.path, 303)


async def _record(request: Request, recipient: UUID, choice: Callable[[Act], Choice]) -> None:
    if wait := changes.wait(str(recipient)):
        raise TooManyRequestsError(
            "This was changed too often. Try again in a minute.", retry_after=int(wait) + 1
        )
    clock: Clock = request.app.state.clock
    by = Act(at=clock.now(), actor=str(recipient), role="public")
    if (await _store(request).handle(recipients, recipient, choice(by))).recorded:
        changes.add(str(recipient))


def _recipient(request: Request, token: str) -> UUID:
    keys: RecipientKeys = request.app.state.keys
    recipient = keys.of_token(token)
    if recipient is None:
        raise NoSuchLinkError
    return recipient


def _is_official(request: Request, recipient: UUID) -> bool:
    """Return whether the office's data has this address as that of one of its own people."""
    officials: OfficialNotices = request.app.state.officials
    return recipient in officials.addresses.recipients


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
