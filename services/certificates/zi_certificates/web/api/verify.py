"""The HTTP interface to verify letters, which needs no sign-in, with the keys that a verification rests on; and a letter's file for
those who may have it."""

from base64 import b64decode
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, UploadFile
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.verification import PresentedItem, Today, VerificationOutcome, stands
from zi_certificates.read.letters import LetterRow, PersonalSignatureStep, letter
from zi_certificates.read.public_register import Line, RegisterFilter, register_page, tallies
from zi_certificates.roles import (
    OFFICIALS,
)
from zi_certificates.use_cases.verifying import Checked
from zi_certificates.web import presenters
from zi_certificates.web.api.parameters import PUBLIC, SIGNED_IN, TheOffice
from zi_certificates.web.api.register_filter import register_filter
from zi_chassis.access.case_token import COOKIE as CASE
from zi_chassis.access.case_token import CaseTokenError
from zi_chassis.access.identity import APPLICANT, COOKIE, presented, staff
from zi_chassis.domain import UnavailableError
from zi_chassis.vault.requests import VAULT_ERRORS
from zi_chassis.web.body import takes
from zi_chassis.web.problem import NotFoundError
from zi_letters.claimed_number import LARGEST_FILE
from zi_letters.content import digest
from zi_letters.vault_fields import FILE, PURPOSE

MULTIPART = LARGEST_FILE + 64 * 1024
LONGEST_CODE = 4_000
PEM = "application/x-pem-file"

router = APIRouter(prefix="/certificates/api", tags=["verification"])


class NoSuchFileError(NotFoundError):
    """No such letter, or one that is not sealed."""

    def __init__(self) -> None:
        super().__init__(
            "There is no file of such a letter. One that was signed just now is there in a minute."
        )


class CodeBody(BaseModel):
    """The text that a reader of codes makes of the code on a letter, or only the letter's number or address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)]


class IssuedLetter(BaseModel):
    number: str
    kind: str
    goods: str
    countries: tuple[str, ...]
    issued_at: datetime | None
    valid_until: date | None
    event_id: UUID | None
    receipt: str | None
    personal_signature: PersonalSignatureStep | None


class SealedProduct(BaseModel):
    """One line of the list that was sealed."""

    product: str
    batch: str
    quantity: str


class VerdictAnswer(BaseModel):
    """Three answers apart, and `outcome` as their sum.

    `untouched` is null where only a number was shown. `letter` and its `standing` are of the letter that really has the number, even
    where what was shown is another one. `holder` and `products` are what a genuine code says: a copied code on another list is genuine too,
    so compare them, and `product_count`, with the paper. `one_shipment`: the letter holds for that of its invoice alone and ends with it,
    whatever day it is; null without a letter.
    """

    outcome: VerificationOutcome
    shown: PresentedItem
    untouched: bool | None
    issued: bool
    valid_today: bool | None
    one_shipment: bool | None
    number: str | None
    standing: Today | None
    since: datetime | date | None
    reason: str | None
    by_number: str | None
    holder: str | None
    products: list[SealedProduct] | None
    product_count: int | None
    letter: IssuedLetter | None
    page: str


class RegisterLine(BaseModel):
    """`one_shipment`: it holds for that of its invoice alone and ends with it, whatever its standing."""

    number: str
    kind: str
    goods: str
    countries: tuple[str, ...]
    issued_at: datetime
    valid_until: date | None
    one_shipment: bool
    standing: Today
    since: datetime | date | None
    by_number: str | None


class TallyAnswer(BaseModel):
    kind: str
    issued: int
    valid: int
    ended: int
    suspended: int
    superseded: int
    revoked: int


class RegisterAnswer(BaseModel):
    """The newest first; `after` of the next page is null on the last one."""

    letters: list[RegisterLine]
    tallies: list[TallyAnswer]
    after: str | None
    total: int


@router.get("/verify/{number}", responses=PUBLIC)
async def verify_number(office: TheOffice, number: Annotated[str, Path(max_length=40)]) -> VerdictAnswer:
    """Says if this office has issued a letter with this number, and how it stands today; nothing about the paper it stands on."""
    return verdict(office, await office.verifying.by_number(number))


@router.post("/verify", responses=PUBLIC)
@takes(MULTIPART)
async def verify_file(office: TheOffice, file: UploadFile) -> VerdictAnswer:
    """Says if this PDF of up to 10 MB is, to the byte, a letter that this office has sealed. It is not stored."""
    return verdict(office, await office.verifying.by_file(await file.read()))


@router.post("/verify-code", responses=PUBLIC)
async def verify_code(office: TheOffice, body: CodeBody) -> VerdictAnswer:
    """Says if the code on a letter is signed by this office, leads to its own address and belongs to an issued letter."""
    return verdict(office, await office.verifying.by_text(body.code))


@router.get("/register", responses=PUBLIC)
async def read_register(
    office: TheOffice,
    wanted: Annotated[RegisterFilter, Depends(register_filter)],
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> RegisterAnswer:
    """Every sealed letter without its company, 40 a page: the valid ones, or all; by number or a part of it, kind, goods, country and
    year. `total` counts what the filter finds, `tallies` all letters."""
    today = office.verifying.today
    page = await office.store.query(lambda tx: register_page(tx, wanted, after, today))
    counted = await office.store.query(lambda tx: tallies(tx, today))
    return RegisterAnswer(
        letters=[_line(office, each, today) for each in page.letters],
        tallies=[TallyAnswer(issued=each.issued, **each.__dict__) for each in counted],
        after=page.after,
        total=page.total,
    )


@router.get("/authority", responses=PUBLIC | {200: {"content": {PEM: {}}}}, response_class=Response)
async def authority(office: TheOffice) -> Response:
    """The certificates of the authorities that certified the office's seal and its timestamps; compare them with another place before you
    trust them."""
    return Response(office.keys.authority, media_type=PEM)


@router.get(
    "/authority/signatories", responses=PUBLIC | {200: {"content": {PEM: {}}}}, response_class=Response
)
async def signatories(office: TheOffice) -> Response:
    """The certificates of who certifies the officials that sign letters personally, and nothing else; empty where none do."""
    return Response(office.keys.signatories, media_type=PEM)


@router.get("/code-key", responses=PUBLIC, response_class=PlainTextResponse)
async def code_key(office: TheOffice) -> str:
    """The public key of the codes on letters, as a verifier key of signed notes."""
    return office.keys.code.key.vkey + "\n"


@router.get(
    "/letters/{letter_id}/file",
    responses=SIGNED_IN | {200: {"content": {"application/pdf": {}}}},
    response_class=Response,
    tags=["applicants", "officials"],
)
async def letter_file(request: Request, office: TheOffice, letter_id: UUID) -> Response:
    """The sealed file, for whoever applied for it and for officials, whose opening of it is recorded first."""
    row = await office.store.query(lambda tx: letter(tx, letter_id))
    if row is None or row.file_item is None:
        raise NoSuchFileError
    token, purpose = await _token(request, office, row)
    pdf = await _read(office, row, token, purpose)
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _token(request: Request, office: CertificatesOffice, row: LetterRow) -> tuple[str, str]:
    """Return the token and the purpose of reading; the vault checks the token again, so that access does not rest on this service alone."""
    try:
        _, by = await office.access.applicant(request, row.ticket)
    except (CaseTokenError, NotFoundError):
        person = await staff(*OFFICIALS)(request)
        return person.token, PURPOSE
    cookie = COOKIE if by.role == APPLICANT else CASE
    return presented(request, cookie) or "", "own_copy"


async def _read(office: CertificatesOffice, row: LetterRow, token: str, purpose: str) -> bytes:
    assert row.file_item is not None
    items = [row.file_item.item]
    try:
        fields = await office.vault.read(row.ticket, [FILE], purpose, token=token, items=items)
    except VAULT_ERRORS as fault:
        raise UnavailableError(str(fault)) from fault
    pdf = b64decode(fields.get(FILE, ""))
    if digest(pdf) != row.file:
        raise UnavailableError("The vault does not have the file that was sealed.")
    return pdf


def verdict(office: CertificatesOffice, checked: Checked) -> VerdictAnswer:
    judged, row, public = checked.verdict, checked.letter, office.settings.public_url
    stood = judged.stands
    place = f"/{checked.number}" if checked.number else ""
    return VerdictAnswer(
        outcome=judged.outcome,
        shown=judged.evidence,
        untouched=judged.untouched,
        issued=judged.issued,
        valid_today=None if stood is None or judged.untouched is False else stood.today is Today.VALID,
        one_shipment=None if row is None else presenters.ends_with_shipment(office, row),
        number=checked.number,
        standing=stood and stood.today,
        since=stood and stood.since,
        reason=stood and stood.reason,
        by_number=stood and stood.by_number,
        holder=checked.holder,
        products=checked.goods and [SealedProduct(**asdict(each)) for each in checked.goods.products],
        product_count=checked.goods and checked.goods.count,
        letter=None if row is None else _issued(row, public),
        page=f"{public}/certificates/verify{place}",
    )


def _issued(row: LetterRow, public: str) -> IssuedLetter:
    return IssuedLetter(
        number=row.number or "",
        kind=row.kind,
        goods=row.goods,
        countries=row.countries,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        event_id=row.event_id,
        receipt=row.event_id and f"{public}/audit/api/receipts/{row.event_id}",
        personal_signature=row.signature,
    )


def _line(office: CertificatesOffice, each: Line, today: date) -> RegisterLine:
    stood = stands(each, today)
    return RegisterLine(
        number=each.number,
        kind=each.kind,
        goods=each.goods,
        countries=each.countries,
        issued_at=each.issued_at,
        valid_until=each.valid_until,
        one_shipment=presenters.ends_with_shipment(office, each),
        standing=stood.today,
        since=stood.since,
        by_number=stood.by_number,
    )
