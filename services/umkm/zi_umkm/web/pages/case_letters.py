"""The sealed letters of a case, for its business and for the desk, and a new code for the one that waits for its answer."""

from base64 import b64decode
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from zi_chassis.domain import ErasedError
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import REFUSED
from zi_letters.content import digest
from zi_letters.vault_fields import FILE
from zi_umkm.domain.referral_code import printed_code
from zi_umkm.letters.office import LETTERS
from zi_umkm.letters.verifying import typed_number
from zi_umkm.read.letters import count_letters, listed_letters, mentoring_letter_numbered
from zi_umkm.roles import MENTORING
from zi_umkm.web.form_fields import refused, status_of, uuid_of
from zi_umkm.web.official import CurrentOfficial
from zi_umkm.web.page_context import UNREAD
from zi_umkm.web.pages.case_owner import CurrentOwner
from zi_umkm.web.pages.desk_case import render_case_page
from zi_umkm.web.pages.desk_lists import LISTS, SIZE, ListPage, page_asked, rendered_list, skipped
from zi_umkm.web.pages.files import HARMLESS
from zi_umkm.web.pages.letters import KINDS, LONGEST_NUMBER
from zi_umkm.web.pages.vault_reader import Reader, UnreadableNowError, reader_of_official, reader_of_owner

BEING_MADE = msgid("The file of this letter is being sealed: look again in a minute.")

router = APIRouter(include_in_schema=False)


@router.get("/umkm/cases/{ticket}/letters/{number}")
async def own_sealed_letter(owner: CurrentOwner, number: str) -> Response:
    return await _file(reader_of_owner(owner), number)


@router.post("/umkm/desk/cases/{ticket}/letters/{number}")
async def sealed_letter_at_the_desk(official: CurrentOfficial, ticket: str, number: str) -> Response:
    """It names the business, so that opening it is recorded at the vault first."""
    return await _file(await reader_of_official(official, ticket), number)


@router.post("/umkm/desk/cases/{ticket}/renew-referral-code")
async def renew_code(official: CurrentOfficial, ticket: str) -> Response:
    """Show the new code once, as the answer to the form: it is stored nowhere and in no address."""
    form, office = Form.of(await official.request.form()), official.office
    request = await office.access.request(ticket)
    by = official.act(*MENTORING)
    try:
        done, code = await office.letters.answering.renew(request, by, key_of(form), uuid_of(form, "letter"))
    except REFUSED as error:
        sentence = refused(official.request, form, error, "command")
        return await render_case_page(official, request, sentence, status_of(error))
    letter = done.state.referral
    assert letter is not None
    context: dict[str, Any] = {
        "ticket": request.ticket,
        "number": letter.number,
        "code": printed_code(code),
        "open_until": letter.open_until,
        "address": f"{office.settings.public_url}{LETTERS}answer",
    }
    response = pages_of(official.request).render(official.request, "referral_renewed.html", 200, **context)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get(f"{LISTS}letters")
async def letter_list(official: CurrentOfficial) -> Response:
    """Show the letters of mentoring, the newest first; they name nobody."""
    text = official.request.query_params.get("number", "").strip()[:LONGEST_NUMBER]
    page, wanted = page_asked(official.request), typed_number(text) or text.upper()

    def question(tx: Tx) -> dict[str, Any]:
        query = f"{urlencode({'number': wanted})}&" if wanted else ""
        paging = ListPage(page, count_letters(tx, wanted), query)
        return {"rows": listed_letters(tx, wanted, SIZE, skipped(page)), "paging": paging}

    context = await official.office.store.query(question)
    return await rendered_list(
        official, "desk_letters.html", context | {"form": Form({"number": text}), "kinds": KINDS}
    )


async def _file(reader: Reader, number: str) -> Response:
    row = await reader.office.store.query(
        lambda tx: mentoring_letter_numbered(tx, typed_number(number[:LONGEST_NUMBER]))
    )
    if row is None or row.ticket != reader.mentoring_request.ticket:
        raise NotFoundError(DETAILS[404])
    if row.file_item is None:
        raise NotFoundError(BEING_MADE)
    try:
        fields = await reader.office.vault.read(
            row.ticket, [FILE], reader.purpose, token=reader.token, items=[row.file_item.item]
        )
    except ErasedError:
        raise
    except UNREAD as error:
        raise UnreadableNowError from error
    pdf = b64decode(fields[FILE])
    if digest(pdf) != row.file:
        raise UnreadableNowError
    disposition = f'inline; filename="{row.number}.pdf"'
    return Response(
        pdf, media_type="application/pdf", headers={**HARMLESS, "Content-Disposition": disposition}
    )
