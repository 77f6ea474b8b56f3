"""The letters by which the office bound itself: their register, and each of them, as the code on its page leads to it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import NotFoundError
from zi_integrity.letters.issuing import sealed_file
from zi_integrity.read.office_letters import (
    PAGE,
    OfficeLetterRow,
    letter_by_number,
    letter_count,
    letter_page,
)
from zi_integrity.read.standards import standard_of_letter
from zi_integrity.web.current_office import TheOffice
from zi_integrity.web.paging import page_number, pages_for
from zi_letters.shown_code import genuine_code

HERE = "/integrity/letters"
LETTER_KINDS = {
    "service_standard": msgid("Decision on a service standard"),
    "maklumat": msgid("Service pledge (maklumat)"),
    "berita_acara": msgid("Minutes of the public consultation forum"),
}
LONGEST_NUMBER, LONGEST_QUERY = 40, 4_000

router = APIRouter(include_in_schema=False)


@router.get(f"{HERE}/")
async def with_slash() -> Response:
    return RedirectResponse(HERE, 308)


@router.get(HERE)
async def letters(request: Request, office: TheOffice) -> Response:
    page = page_number(request)
    rows = await office.store.query(lambda tx: letter_page(tx, page))
    count = await office.store.query(letter_count)
    return pages_of(request).render(
        request,
        "office_letters.html",
        rows=rows,
        count=count,
        kinds=LETTER_KINDS,
        paging=pages_for(count, page, PAGE),
    )


@router.get(f"{HERE}/authority")
async def authority(office: TheOffice) -> Response:
    """The certificate of the authority that certified the seal; compare it with another place before you trust it."""
    return Response(office.office_letters.keys.authority, media_type="application/x-pem-file")


@router.get(f"{HERE}/{{number}}")
async def letter(request: Request, office: TheOffice, number: str, c: str | None = None) -> Response:
    """Show the letter: `c` is the code in the picture on its page, and nothing leads on to another page with it."""
    row = await _row(office, number)
    standard = await office.store.query(lambda tx: standard_of_letter(tx, row.letter))
    code = c and genuine_code(
        office.office_letters.keys, row.number, row.kind, row.content, c[:LONGEST_QUERY]
    )
    response = pages_of(request).render(
        request,
        "office_letter.html",
        row=row,
        standard=standard,
        kinds=LETTER_KINDS,
        code=code,
        is_scanned=c is not None,
    )
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@router.get(f"{HERE}/{{number}}/file")
async def letter_file(office: TheOffice, number: str) -> Response:
    row = await _row(office, number)
    if row.file_item is None:
        raise NotFoundError(msgid("The file of this letter is being sealed: look again in a minute."))
    pdf = await office.store.query(lambda _: sealed_file(office.store, office.vault, row))
    headers = {"Content-Disposition": f'inline; filename="{row.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _row(office: TheOffice, number: str) -> OfficeLetterRow:
    row = await office.store.query(lambda tx: letter_by_number(tx, number[:LONGEST_NUMBER]))
    if row is None:
        raise NotFoundError(
            msgid(
                "This office has issued no letter of this number. If it stands on a paper, do not rely on the paper, and tell us."
            )
        )
    return row
