"""The public pages of a letter: what was sealed, for whoever has the paper, and the health office's answer with the code on it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.domain import UnavailableError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.limits import client_address, refuse_wrong_codes
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, FIELDS, NotFoundError
from zi_chassis.web.refused_form import REFUSED, ChoiceError
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.errors import WrongReferralCodeError
from zi_umkm.letters.answering import OpenedReferral
from zi_umkm.letters.office import LETTERS
from zi_umkm.letters.referral_content import ReferralContent
from zi_umkm.letters.verifying import LetterStanding, ShownEvidence, typed_number
from zi_umkm.read.permit_register import permit_numbered
from zi_umkm.web import permit_labels
from zi_umkm.web.current_office import TheOffice
from zi_umkm.web.form_fields import refused, status_of, text_of
from zi_umkm.web.page_context import names_of

LONGEST_NUMBER, LONGEST_CODE, LONGEST_QUERY = 40, 40, 4_000
ANSWER = f"{LETTERS}answer"
KINDS: Mapping[str, str] = {
    "pirt_referral": msgid("Letter to the health office (P-IRT)"),
    "cppob_permit": msgid("Permit of good production (IP CPPOB)"),
    "trip_assignment": msgid("Letter of assignment for a trip"),
}
STANDINGS: Mapping[str, str] = {
    LetterStanding.WAITING: msgid("It waits for the answer of the health office."),
    LetterStanding.ANSWERED: msgid("Each of its products has its answer."),
    LetterStanding.OVER: msgid("It asks for nothing any more: the referral has ended."),
    LetterStanding.HOLDS: msgid("It holds: the trip takes place as the letter says."),
    LetterStanding.WITHDRAWN: msgid("It was withdrawn: the trip was changed or cancelled."),
}
NOT_READ = msgid("What the letter says can't be read just now. You can answer by the numbers on the paper.")
T = TypeVar("T")

router = APIRouter(include_in_schema=False)


@router.get(LETTERS)
async def find_letter(request: Request, number: str = "") -> Response:
    """Lead a typed number to the page of its letter."""
    wanted = typed_number(number[:LONGEST_NUMBER])
    if wanted:
        return RedirectResponse(f"{LETTERS}{wanted}", 303)
    form = Form({"number": number[:LONGEST_NUMBER]})
    if number:
        say = pages_of(request).translator(language_of(request))
        form = form.refused({"number": say(msgid("Type the number as it stands on the letter."))})
    return pages_of(request).render(
        request, "letter_find.html", 422 if number else 200, form=form, longest=LONGEST_NUMBER
    )


@router.get(f"{LETTERS}authority")
async def letter_authority(office: TheOffice) -> Response:
    """The certificates of those who certified the seal and the timestamps; compare them with another place before you trust them."""
    return Response(office.letters.keys.authority, media_type="application/x-pem-file")


@router.get(ANSWER)
async def answer_form(request: Request, number: str = "") -> Response:
    return _code_form(request, Form({"number": typed_number(number[:LONGEST_NUMBER])}))


@router.post(ANSWER)
async def answer(request: Request, office: TheOffice) -> Response:
    """Open the letter with its code, or record an answer; the code comes in the form alone, and leads to no address."""
    form = Form.of(await request.form())
    try:
        opened = await with_code(request, office, lambda: _opened(office, form))
        if not form.value("act"):
            opened.refuse_answered()
    except REFUSED as error:
        field = error.field if isinstance(error, ChoiceError) else "code"
        return _code_form(request, refused(request, form, error, field or "code"), status_of(error))
    act = form.value("act")
    if not act:
        return await _referral_page(request, office, opened, form)
    if act not in ACTS:
        raise NotFoundError(DETAILS[404])
    place, done, sentence = ACTS[act]
    field = place.format(product=form.value("product"))
    try:
        await done(office, opened, form)
    except REFUSED as error:
        return await _referral_page(
            request, office, opened, refused(request, form, error, field), status_of(error)
        )
    return await _after(request, office, form, sentence)


async def _after(request: Request, office: MentoringOffice, form: Form, sentence: str) -> Response:
    """Show the letter again as long as something of it waits; else that everything is answered."""
    known = Form({name: form.value(name) for name in ("number", "code")})
    try:
        opened = await _opened(office, known)
        opened.refuse_answered()
    except REFUSED:
        return pages_of(request).render(request, "referral_done.html", 200, sentence=sentence)
    return await _referral_page(request, office, opened, known, done=sentence)


@router.get(f"{LETTERS}{{number}}")
async def letter_page(request: Request, office: TheOffice, number: str, c: str | None = None) -> Response:
    """Show what was sealed: `c` is the code in the picture on the page, and nothing leads on to another page with it."""
    place = number[:LONGEST_NUMBER]
    verified = await office.letters.verifying.verify(place, None if c is None else c[:LONGEST_QUERY])
    response = pages_of(request).render(
        request,
        "letter_verified.html",
        404 if verified.evidence is ShownEvidence.UNKNOWN else 200,
        verified=verified,
        number=verified.row.number if verified.row else typed_number(place) or place,
        kinds=KINDS,
        standings=STANDINGS,
        answer=ANSWER,
        permit=await office.store.query(lambda tx: permit_numbered(tx, typed_number(place))),
        permit_labels=permit_labels,
        names=names_of(request, office, office.rules.in_force(office.clock.now())),
    )
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


async def with_code(request: Request, office: MentoringOffice, command: Callable[[], Awaitable[T]]) -> T:
    """Run what needs a code. Wrong ones are counted by the connection that they come from and never by the letter, and the right one (80 bits)
    is taken at any time, so that no stranger keeps its holder out."""
    try:
        return await command()
    except WrongReferralCodeError:
        connection = client_address(request)
        refuse_wrong_codes(office.wrong_codes, connection)
        office.wrong_codes.add(connection)
        raise


async def _opened(office: MentoringOffice, form: Form) -> OpenedReferral:
    for name in ("number", "code"):
        if not form.value(name).strip():
            raise ChoiceError(FIELDS["missing"], name)
    number = typed_number(form.value("number")[:LONGEST_NUMBER])
    return await office.letters.answering.open(number, form.value("code")[:LONGEST_CODE])


def _code_form(request: Request, form: Form, status: int = 200) -> Response:
    return pages_of(request).render(
        request, "referral_code.html", status, form=form, here=ANSWER, longest=LONGEST_CODE
    )


@dataclass(frozen=True)
class AnsweredProduct:
    number: int
    text: str | None
    is_open: bool


def answered_products(
    letter: Referral, still_open: frozenset[int], names: Sequence[str | None]
) -> list[AnsweredProduct]:
    """Return the products as they stand on the letter; `names` are in the order of the letter, which need not be that of the numbers."""
    return [
        AnsweredProduct(number, name, number in still_open)
        for number, name in zip(letter.products, names, strict=True)
    ]


async def _content(office: MentoringOffice, opened: OpenedReferral) -> ReferralContent | None:
    """Return what was sealed, or None while the vault is away: whoever has the paper can answer without it."""
    try:
        return await office.letters.answering.content(opened)
    except UnavailableError:
        return None


async def _referral_page(
    request: Request,
    office: MentoringOffice,
    opened: OpenedReferral,
    form: Form,
    status: int = 200,
    done: str | None = None,
) -> Response:
    content = await _content(office, opened)
    names = [each.product for each in content.products] if content else [None] * len(opened.letter.products)
    context: dict[str, Any] = {
        "form": form,
        "here": ANSWER,
        "content": content,
        "unread": NOT_READ,
        "letter": opened.letter,
        "products": answered_products(opened.letter, opened.open_products, names),
        "done": done,
        "key": str(key_of(form) or uuid4()),
        "field_labels": {},
    }
    return pages_of(request).render(request, "referral_answer.html", status, **context)


# -- what is answered


async def _receive(office: MentoringOffice, opened: OpenedReferral, form: Form) -> None:
    await office.letters.answering.receive(opened, key_of(form))


async def _question(office: MentoringOffice, opened: OpenedReferral, form: Form) -> None:
    await office.letters.answering.question(opened, key_of(form), text_of(form, "question"))


async def _refuse(office: MentoringOffice, opened: OpenedReferral, form: Form) -> None:
    product = _product(opened, form)
    await office.letters.answering.refuse(opened, key_of(form), product, text_of(form, f"reason.{product}"))


async def _give_number(office: MentoringOffice, opened: OpenedReferral, form: Form) -> None:
    product = _product(opened, form)
    number = text_of(form, f"given.{product}", lines=False)
    if number is None:
        raise ChoiceError(FIELDS["missing"], f"given.{product}")
    await office.letters.answering.give_number(opened, key_of(form), product, number[:LONGEST_NUMBER])


def _product(opened: OpenedReferral, form: Form) -> int:
    known = {str(each): each for each in opened.letter.products}
    if form.value("product") not in known:
        raise NotFoundError(DETAILS[404])
    return known[form.value("product")]


Answered = Callable[[MentoringOffice, OpenedReferral, Form], Awaitable[None]]
# For each answer the field at which a refusal is shown, what is done, and what is told then.
ACTS: Mapping[str, tuple[str, Answered, str]] = {
    "received": ("received", _receive, msgid("It is noted that the letter arrived.")),
    "question": ("question", _question, msgid("Your question is with the business and its mentor.")),
    "refuse": ("reason.{product}", _refuse, msgid("Your reason is with the business and its mentor.")),
    "number": (
        "given.{product}",
        _give_number,
        msgid("The number is recorded. An officer looks it up before it counts."),
    ),
}
