"""The pages on which anybody verifies a letter, also the one that a phone opens from the code on it, and the public register."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.verification import VerificationOutcome, stands
from zi_certificates.read.checks import checked_since
from zi_certificates.read.public_register import Line, RegisterFilter, register_page, tallies
from zi_certificates.use_cases.verifying import Checked
from zi_certificates.web import presenters
from zi_certificates.web.api.parameters import TheOffice
from zi_certificates.web.api.register_filter import register_filter, register_filter_without_year
from zi_certificates.web.api.verify import LONGEST_CODE, MULTIPART
from zi_certificates.web.page_context import country_names
from zi_chassis.office_clock import office_zone
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.page import Pages
from zi_chassis.web.refused_form import EMPTY_FILE
from zi_letters.claimed_number import LARGEST_FILE
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.letter_number import number_in

COLUMNS = ("number", "kind", "goods", "countries", "issued", "valid_until", "stands", "one_shipment")
PIECE = 500  # letters that are read at once for the table
COUNTED = timedelta(days=30)
LONGEST_NUMBER = 40
YEAR = re.compile("[0-9]{4}", re.ASCII)
NO_YEAR = msgid(
    "Write the year with its four digits, for example 2026. The list shows the letters of every year."
)
NOTHING = msgid("Give the number of the letter, or what a reader of codes shows for the code on it.")
NO_FILE = msgid("Choose the file of the letter.")
TOO_LONG = msgid("That is longer than the code on any letter. Send the file of the letter instead.")
TOO_LARGE = msgid("No letter is larger than 10 MB.")
OUTCOMES = {
    VerificationOutcome.GENUINE: msgid("Genuine and valid"),
    VerificationOutcome.ISSUED: msgid("Valid by its number"),
    VerificationOutcome.NOT_VALID: msgid("Not valid"),
    VerificationOutcome.CHANGED: msgid("Not as it was issued"),
    VerificationOutcome.UNKNOWN: msgid("No such letter"),
    VerificationOutcome.NO_LETTER: msgid("Not a letter"),
}
STANDINGS = {
    "valid": msgid("Valid"),
    "ended": msgid("Ended"),
    "suspended": msgid("Suspended"),
    "superseded": msgid("Replaced"),
    "revoked": msgid("Revoked"),
}

router = APIRouter(include_in_schema=False)


@router.get("/certificates/verify")
async def ask(request: Request, office: TheOffice) -> Response:
    return _verify_page(request, office, Form())


@router.post("/certificates/verify")
@takes(MULTIPART)
async def verify_letter(request: Request, office: TheOffice) -> Response:
    """Redirect a number to its own address; judge a code or a file here and store nothing."""
    data = await request.form()
    form, upload = Form.of(data), data.get("file")
    if upload is not None:
        return await _verify_file(request, office, form, upload)
    text = form.value("letter").strip()
    if not text or len(text) > LONGEST_CODE:
        return _refused(request, office, form, "letter", TOO_LONG if text else NOTHING)
    number = number_in(text)
    if number is not None:
        return RedirectResponse(f"/certificates/verify/{number}", 303)
    return _verify_page(request, office, form, await office.verifying.by_text(text))


async def _verify_file(
    request: Request, office: CertificatesOffice, form: Form, upload: UploadFile | str
) -> Response:
    if isinstance(upload, str) or not upload.filename:
        return _refused(request, office, form, "file", NO_FILE)
    data = await upload.read()
    if not data or len(data) > LARGEST_FILE:
        return _refused(request, office, form, "file", TOO_LARGE if data else EMPTY_FILE)
    return _verify_page(request, office, Form(), await office.verifying.by_file(data))


@router.get("/certificates/verify/{number}")
async def verify(request: Request, office: TheOffice, number: str, c: str | None = None) -> Response:
    """Show the letter that the code on it leads to: `c` is the code itself, and nothing leads on to another page with it."""
    place = number[:LONGEST_NUMBER]
    if c is None:
        return _verify_page(request, office, Form(), await office.verifying.by_number(place))
    checked = await office.verifying.by_code(place, c[:LONGEST_CODE])
    response = _verify_page(request, office, Form(), checked)
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@router.get("/certificates/register")
async def register(
    request: Request,
    office: TheOffice,
    filtered: Annotated[RegisterFilter, Depends(register_filter_without_year)],
    year: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Show the register; of a year that can't be read the form says so, and the list is that of all years."""
    today, (wanted, form) = office.verifying.today, _with_year(request, filtered, year.strip())
    page, counted, checks = await office.store.query(
        lambda tx: (
            register_page(tx, wanted, after, today),
            tallies(tx, today),
            checked_since(tx, today - COUNTED),
        )
    )
    names = presenters.names(request, office)
    context = {
        "names": names,
        "letters": [
            (each, stands(each, today).today.value, presenters.ends_with_shipment(office, each))
            for each in page.letters
        ],
        "total": page.total,
        "filter": wanted,
        "query": _query(wanted),
        "after": page.after,
        "form": form,
        "field_labels": {"year": presenters.say_of(request)("Year")},
        "kind_choices": [(each.value, names.kind(each.value)) for each in CertificateKind],
        "goods_choices": [(each.value, names.goods(each.value)) for each in Goods],
        "tallies": counted,
        "checks": {OUTCOMES[each.outcome]: each.many for each in checks},
        "standings": STANDINGS,
        "country": country_names(request),
    }
    return _pages(request).render(request, "verify_register.html", 422 if form.errors else 200, **context)


def _with_year(request: Request, filtered: RegisterFilter, typed: str) -> tuple[RegisterFilter, Form]:
    wanted = replace(filtered, year=int(typed)) if YEAR.fullmatch(typed) else filtered
    form = Form(_query(wanted) | {"year": typed})
    if not typed or wanted.year is not None:
        return wanted, form
    return wanted, form.refused({"year": presenters.say_of(request)(NO_YEAR)})


@router.get("/certificates/register.csv")
async def register_table(
    office: TheOffice, wanted: Annotated[RegisterFilter, Depends(register_filter)]
) -> Response:
    """Send everything that the filter finds as one table, in English codes, read from the store piece by piece."""
    today = office.verifying.today

    async def lines() -> AsyncIterator[str]:
        yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
        after: str | None = None
        while True:
            page = await office.store.query(
                partial(register_page, wanted=wanted, after=after, day=today, size=PIECE)
            )
            yield "".join(f"{_table_line(office, each, today)}\r\n" for each in page.letters)
            after = page.after
            if after is None:
                return

    return StreamingResponse(
        lines(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="register.csv"'},
    )


def _table_line(office: CertificatesOffice, letter: Line, today: date) -> str:
    """Only codes, numbers and days, none of which needs quotation marks or begins a formula."""
    until = "" if letter.valid_until is None else letter.valid_until.isoformat()
    fields = (letter.number, letter.kind, letter.goods, " ".join(letter.countries))
    days = (letter.issued_at.astimezone(office_zone()).date().isoformat(), until)
    one_shipment = "yes" if presenters.ends_with_shipment(office, letter) else "no"
    return ",".join((*fields, *days, stands(letter, today).today.value, one_shipment))


def _query(wanted: RegisterFilter) -> dict[str, str]:
    fields = {name: "" if value is None else str(value) for name, value in vars(wanted).items()}
    return {name: value for name, value in fields.items() if value}


def _refused(request: Request, office: CertificatesOffice, form: Form, field: str, sentence: str) -> Response:
    say = presenters.say_of(request)
    return _verify_page(request, office, form.refused({field: say(sentence)}), status=422)


def _verify_page(
    request: Request,
    office: CertificatesOffice,
    form: Form,
    checked: Checked | None = None,
    status: int = 200,
) -> Response:
    context = {
        "form": form,
        "checked": checked,
        "names": presenters.names(request, office),
        "country": country_names(request),
        "address": office.keys.address,
        "signatories": bool(office.keys.signatories),
        "longest": LONGEST_CODE,
        "validity": _validity(request, office, checked),
        "ends_with_shipment": _ends_with_shipment(office, checked),
    }
    return _pages(request).render(request, "verify.html", status, **context)


def _validity(request: Request, office: CertificatesOffice, checked: Checked | None) -> str:
    """Word the validity of a letter without a last day; as on the letter, an unknown one is not decided here."""
    letter = None if checked is None else checked.letter
    if letter is None or letter.valid_until is not None:
        return ""
    stated = office.wording.validity_of(CertificateKind(letter.kind), Goods(letter.goods))
    text = office.wording.labels.validity_undecided if stated is None else stated.text
    return text.id if language_of(request) == "id" else text.en


def _ends_with_shipment(office: CertificatesOffice, checked: Checked | None) -> bool:
    letter = None if checked is None else checked.letter
    return letter is not None and presenters.ends_with_shipment(office, letter)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages
