"""The pages of invitations to surveys: the citizen takes one, and everybody sees the keys and how many tokens were signed and spent."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.randomness import random_bytes
from zi_chassis.web.form import Form
from zi_chassis.web.page import YEAR, pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_integrity.domain.invitation import InvitationError
from zi_integrity.read.invitations import count_survey_keys, survey_keys_of
from zi_integrity.use_cases.inviting import SEED, KeyNotInLedgerError, OpenInvitation
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.invited_citizen import CurrentInvited, InvitedCitizen
from zi_integrity.web.paging import page_number, pages_for

HERE = "/integrity/surveys/invitation"
KEYS = "/integrity/surveys/keys"
SCRIPT = "survey_invitation.js"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
ROWS = 50

router = APIRouter(include_in_schema=False)


@router.get(f"{HERE}/{{ticket}}")
async def invitation(citizen: CurrentInvited) -> Response:
    return await _invitation_page(citizen)


async def _invitation_page(citizen: InvitedCitizen, refused: str = "", status: int = 200) -> Response:
    found = await citizen.office.inviting.invitation(citizen.case.ticket)
    today = citizen.office.days.day(citizen.office.clock.now())
    context = {
        "ticket": citizen.case.ticket,
        "found": found,
        "state": await _state(citizen, found, today),
        "smallest_group": citizen.office.invitation_rules[0].smallest_group,
        "seed": urlsafe_b64encode(random_bytes(SEED)).decode(),
        "script": script_path(),
        "refused": refused,
    }
    answer = pages_of(citizen.request).render(citizen.request, "invitation.html", status, **context)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


async def _state(citizen: InvitedCitizen, found: OpenInvitation | None, today: date) -> str:
    if found is None:
        return "waiting"
    if today > found.row.answer_until:
        return "over"
    if found.row.is_taken:
        return "taken"
    return "open" if await citizen.office.inviting.is_in_ledger(found.key.event) else "not_in_ledger"


@router.post(f"{HERE}/{{ticket}}")
async def hand_out(citizen: CurrentInvited) -> Response:
    """Make the token for whoever has no script; the seed in the form makes a repeat give the same one."""
    form = Form.of(await citizen.request.form())
    say = pages_of(citizen.request).say
    try:
        seed = _seed(form)
        token = await citizen.office.inviting.hand_out(citizen.case.ticket, citizen.by, seed)
    except (InvitationError, KeyNotInLedgerError) as error:
        sentence = say(citizen.request, *_sentence(error))
        return await _invitation_page(citizen, sentence, 503 if isinstance(error, UnavailableError) else 409)
    context: dict[str, Any] = {"token": token.text, "ticket": citizen.case.ticket}
    return pages_of(citizen.request).render(citizen.request, "invitation_token.html", 200, **context)


def _sentence(error: Exception) -> tuple[str]:
    return (error.msgid if isinstance(error, DomainError) else str(error),)


def _seed(form: Form) -> bytes:
    """Read the hidden seed. A form that was tampered with gets a fresh one."""
    try:
        seed = urlsafe_b64decode(form.value("seed"))
    except ValueError:
        seed = b""
    return seed if len(seed) == SEED else random_bytes(SEED)


@router.get(KEYS)
async def keys(request: Request, office: TheOffice) -> Response:
    page = page_number(request)
    number = await office.store.query(count_survey_keys)
    rows = await office.store.query(lambda tx: survey_keys_of(tx, ROWS, (page - 1) * ROWS))
    context = {
        "rows": rows,
        "number": number,
        "paging": pages_for(number, page, ROWS),
    }
    return pages_of(request).render(request, "invitation_keys.html", 200, **context)


@router.get(f"{KEYS}/")
async def with_slash() -> Response:
    return RedirectResponse(KEYS, 308)


@router.get(f"{HERE}/files/{{hash}}/{{name}}")
async def file(hash: str, name: str) -> Response:
    """Serve the script under its content's hash; under an older hash it must not be cached."""
    if name != SCRIPT:
        raise NotFoundError(DETAILS[404])
    current, content = _script()
    keep = f"public, max-age={YEAR}, immutable" if hash == current else "no-cache"
    return Response(content, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": keep})


def script_path() -> str:
    return f"{HERE}/files/{_script()[0]}/{SCRIPT}"


@cache
def _script() -> tuple[str, bytes]:
    content = (files("zi_integrity") / "static" / SCRIPT).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12], content
