"""The public key of the office for notices to browsers, by which a browser makes an address that nobody else can send to."""

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.channels.web_push_encryption import public_text
from zi_notify.sending.sender import Sender

router = APIRouter(include_in_schema=False)


@router.get("/notify/web-push/key")
async def key(request: Request) -> Response:
    """There is none where the office sends no notices to browsers."""
    sender: Sender = request.app.state.sender
    keys: RecipientKeys = request.app.state.keys
    if "web_push" not in sender.lanes:
        raise NotFoundError(DETAILS[404])
    return PlainTextResponse(public_text(keys.web_push), headers={"Cache-Control": "no-cache"})
