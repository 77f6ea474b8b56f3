"""The HTTP interface to a case, for its business, its mentors, and those who verify and evaluate: every route is one command or one question."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Header, Path, Request
from pydantic import AfterValidator

from zi_chassis.domain import Act
from zi_chassis.identity import Staff, staff
from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.language import msgid
from zi_contracts.vault import ItemRef
from zi_umkm import roles
from zi_umkm.container import MentoringOffice
from zi_umkm.messaging.upstream import MentoringRequest as Asked
from zi_umkm.use_cases.dossier import dossier_of
from zi_umkm.use_cases.mentoring import ActionTexts, BusinessStated, ProductStated
from zi_umkm.use_cases.visiting import NO_FILE
from zi_umkm.web import answers
from zi_umkm.web import presenters as telling
from zi_umkm.web.answers import refusals
from zi_umkm.web.bodies import (
    AddDocumentForm,
    AgreeBody,
    AssignMentorBody,
    CloseMentoringBody,
    ConsentBody,
    EvidenceForm,
    ItemBody,
    LabelBody,
    MentoringNoteBody,
    ProductNumberBody,
    RecordNumberBody,
    ReopenActionBody,
    RestateBody,
    ReturnPermitBody,
    ReturnRegistrationBody,
)

KEY_HEADER = "Idempotency-Key"
PUBLIC = refusals(400, 404, 405, 413, 415, 422, 503)
OWN = PUBLIC | refusals(401, 403)
COMMAND = OWN | refusals(409)
UPLOAD = COMMAND | refusals(429)

router = APIRouter(prefix="/umkm/api")


def random_uuid(key: UUID | None) -> UUID | None:
    """Somebody else's intention must not be met by a guess."""
    if key is not None and key.version not in (4, 7):
        raise ValueError(msgid("Give a random UUID here (version 4 or 7), a new one for each intention."))
    return key


async def office_of(request: Request) -> MentoringOffice:
    office: MentoringOffice = request.app.state.office
    return office


TheOffice = Annotated[MentoringOffice, Depends(office_of)]
Ticket = Annotated[str, Path(description="As it stands on the receipt of the request.")]
Key = Annotated[UUID | None, AfterValidator(random_uuid), Header(alias=KEY_HEADER)]


async def business(request: Request, office: TheOffice, ticket: Ticket) -> tuple[Asked, Act]:
    """Whoever has the token of this case, or has asked for it signed in."""
    return await office.access.applicant(request, ticket)


async def party(request: Request, office: TheOffice, ticket: Ticket) -> tuple[Asked, Act]:
    """A mentor, or the business."""
    return await office.access.party(request, ticket)


async def reader(request: Request, office: TheOffice, ticket: Ticket) -> tuple[Asked, Act]:
    """An official, or the business."""
    return await office.access.party(request, ticket, roles.OFFICIALS)


async def admit_file(request: Request) -> None:
    """Before the file is read."""
    await party(request, await office_of(request), request.path_params["ticket"])


Business = Annotated[tuple[Asked, Act], Depends(business)]
Party = Annotated[tuple[Asked, Act], Depends(party)]
Reader = Annotated[tuple[Asked, Act], Depends(reader)]
Mentor = Annotated[Staff, Depends(staff(*roles.MENTORING))]
Assigner = Annotated[Staff, Depends(staff(*roles.ASSIGNING))]
Verifier = Annotated[Staff, Depends(staff(*roles.VERIFYING))]
Evaluator = Annotated[Staff, Depends(staff(*roles.EVALUATING))]


@router.get("/cases/{ticket}", responses=OWN, tags=["everybody of a case"])
async def case(request: Request, office: TheOffice, read: Reader) -> answers.MentoringCaseAnswer:
    """Where it stands, what comes next and what it costs, what is missing and why; nothing out of the vault."""
    asked, _ = read
    return await telling.case(request, office, await dossier_of(office, asked))


# -- the business and its mentors


@router.post("/cases/{ticket}/restate", responses=COMMAND, tags=["business and mentors"])
async def restate(
    office: TheOffice, own: Party, body: RestateBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Says anew what the business is and makes; a product that changed is triaged again."""
    asked, by = own
    products = tuple(ProductStated(**dict(each)) for each in body.products)
    stated = BusinessStated(district=body.district, kbli=body.kbli, products=products)
    return telling.done(asked.ticket, await office.mentoring.restate(asked, by, key, stated))


@router.post("/cases/{ticket}/return", responses=COMMAND, tags=["business and mentors"])
async def return_(
    office: TheOffice, own: Party, body: MentoringNoteBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Records that the health office sent the business back; its history is kept."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.return_(asked, by, key, body.note))


@router.post("/cases/{ticket}/add-document", status_code=201, responses=UPLOAD, tags=["business and mentors"])
@takes(MULTIPART, admit_file)
async def add_document(
    request: Request,
    office: TheOffice,
    own: Party,
    form: Annotated[AddDocumentForm, Form(media_type="multipart/form-data")],
    key: Key = None,
) -> answers.AddedFileAnswer:
    """Adds a document that the rules ask for: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB."""
    asked, by = own
    await office.mentoring.refuse_document(asked, by, form.document, NO_FILE, form.product)
    file = await _kept(request, office, own, await form.file.read(), key)
    done = await office.mentoring.add_document(asked, by, key, form.document, file, form.product)
    return answers.AddedFileAnswer(**dict(telling.done(asked.ticket, done)), item=file.item)


@router.post("/cases/{ticket}/agree", responses=COMMAND, tags=["business and mentors"])
async def agree(office: TheOffice, own: Party, body: AgreeBody, key: Key = None) -> answers.StepDoneAnswer:
    """Agrees on what is put right for a finding, and until when."""
    asked, by = own
    words = ActionTexts(cause=body.cause, correction=body.correction, plan=body.plan)
    done = await office.mentoring.agree(asked, by, key, body.item, body.due, words)
    return telling.done(asked.ticket, done)


@router.post(
    "/cases/{ticket}/give-evidence", status_code=201, responses=UPLOAD, tags=["business and mentors"]
)
@takes(MULTIPART, admit_file)
async def give_evidence(
    request: Request,
    office: TheOffice,
    own: Party,
    form: Annotated[EvidenceForm, Form(media_type="multipart/form-data")],
    key: Key = None,
) -> answers.AddedFileAnswer:
    """Shows what was put right: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB; somebody else verifies it."""
    asked, by = own
    await office.mentoring.refuse_evidence(asked, by, form.item)
    file = await _kept(request, office, own, await form.file.read(), key)
    done = await office.mentoring.give_evidence(asked, by, key, form.item, (file,), form.note)
    return answers.AddedFileAnswer(**dict(telling.done(asked.ticket, done)), item=file.item)


@router.post("/cases/{ticket}/apply-for-permit", responses=COMMAND, tags=["business and mentors"])
async def apply_for_permit(office: TheOffice, own: Party, key: Key = None) -> answers.StepDoneAnswer:
    """Applies for the permit (IP CPPOB); everything missing comes back at once (409), and an open critical finding blocks."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.apply_for_permit(asked, by, key))


@router.post("/cases/{ticket}/send-registration", responses=COMMAND, tags=["business and mentors"])
async def send_registration(
    office: TheOffice, own: Party, body: ProductNumberBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Records that the complete dossier of a product was sent to be registered."""
    asked, by = own
    done = await office.mentoring.send_registration(asked, by, key, body.product)
    return telling.done(asked.ticket, done)


@router.post("/cases/{ticket}/return-registration", responses=COMMAND, tags=["business and mentors"])
async def return_registration(
    office: TheOffice, own: Party, body: ReturnRegistrationBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Records that a registration was refused or given up; it can be sent again."""
    asked, by = own
    done = await office.mentoring.return_registration(asked, by, key, body.product, body.note)
    return telling.done(asked.ticket, done)


@router.post("/cases/{ticket}/record-number", responses=COMMAND, tags=["business and mentors"])
async def record_number(
    office: TheOffice, own: Party, body: RecordNumberBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Records the registration number (NIE) of a product; how it is written is checked."""
    asked, by = own
    done = await office.mentoring.record_number(asked, by, key, body.product, body.number)
    return telling.done(asked.ticket, done)


@router.post("/cases/{ticket}/resume", responses=COMMAND, tags=["business and mentors"])
async def resume(office: TheOffice, own: Party, key: Key = None) -> answers.StepDoneAnswer:
    """Wakes a case that sleeps; it goes on where it stood."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.resume(asked, by, key))


@router.post("/cases/{ticket}/close", responses=COMMAND, tags=["business and mentors"])
async def close(
    office: TheOffice, own: Party, body: CloseMentoringBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Ends the mentoring without graduation."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.close(asked, by, key, body.reason))


@router.post("/cases/{ticket}/give-consent", responses=COMMAND, tags=["business"])
async def give_consent(
    office: TheOffice, own: Business, body: ConsentBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Agrees that an application of the same business takes over what was said here."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.give_consent(asked, by, key, body.to))


@router.post("/cases/{ticket}/withdraw-consent", responses=COMMAND, tags=["business"])
async def withdraw_consent(
    office: TheOffice, own: Business, body: ConsentBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Does not agree any more; what was taken over before stays where it is."""
    asked, by = own
    return telling.done(asked.ticket, await office.mentoring.withdraw_consent(asked, by, key, body.to))


# -- mentors


@router.post("/cases/{ticket}/assign", responses=COMMAND, tags=["officials"])
async def assign(
    office: TheOffice, person: Assigner, ticket: Ticket, body: AssignMentorBody, key: Key = None
) -> answers.StepDoneAnswer:
    """A mentor takes the case, or a supervisor gives it to one; never to somebody who has evaluated the business."""
    takes_it = body.mentor == person.sub and person.roles.intersection(roles.MENTORING)
    allowed = roles.MENTORING if takes_it else roles.ASSIGNING
    asked, by = await office.access.request(ticket), office.access.official(person, allowed)
    return telling.done(asked.ticket, await office.mentoring.assign(asked, by, key, body.mentor))


@router.post("/cases/{ticket}/triage", responses=COMMAND, tags=["officials"])
async def triage(
    office: TheOffice, person: Mentor, ticket: Ticket, key: Key = None
) -> answers.StepDoneAnswer:
    """Says by the rules in force which way each product goes, and how risky it is."""
    asked, by = await _by(office, person, ticket, roles.MENTORING)
    return telling.done(asked.ticket, await office.mentoring.triage(asked, by, key))


@router.post("/cases/{ticket}/refer", responses=COMMAND, tags=["officials"])
async def refer(
    office: TheOffice, person: Mentor, ticket: Ticket, body: MentoringNoteBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Refers what the health office registers to it, with a letter; the note stands in it."""
    asked, by = await _by(office, person, ticket, roles.MENTORING)
    return telling.done(asked.ticket, await office.mentoring.refer(asked, by, key, body.note))


@router.post("/cases/{ticket}/check-label", responses=COMMAND, tags=["officials"])
async def check_label(
    office: TheOffice, person: Mentor, ticket: Ticket, body: LabelBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Says which of the required parts the label of a product has."""
    asked, by = await _by(office, person, ticket, roles.MENTORING)
    done = await office.mentoring.check_label(asked, by, key, body.product, body.parts)
    return telling.done(asked.ticket, done)


@router.post("/cases/{ticket}/graduate", responses=COMMAND, tags=["officials"])
async def graduate(
    office: TheOffice, person: Mentor, ticket: Ticket, key: Key = None
) -> answers.StepDoneAnswer:
    """Finds, after the last visit, that the business goes on by itself."""
    asked, by = await _by(office, person, ticket, roles.MENTORING)
    return telling.done(asked.ticket, await office.mentoring.graduate(asked, by, key))


# -- officials who are not its mentors


@router.post("/cases/{ticket}/verify", responses=COMMAND, tags=["officials"])
async def verify(
    office: TheOffice, person: Verifier, ticket: Ticket, body: ItemBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Finds that something was put right; never who agreed on it or gave its evidence."""
    asked, by = await _by(office, person, ticket, roles.VERIFYING)
    return telling.done(asked.ticket, await office.mentoring.verify(asked, by, key, body.item))


@router.post("/cases/{ticket}/reopen", responses=COMMAND, tags=["officials"])
async def reopen(
    office: TheOffice, person: Verifier, ticket: Ticket, body: ReopenActionBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Finds that something was not put right, or is not any more."""
    asked, by = await _by(office, person, ticket, roles.VERIFYING)
    return telling.done(asked.ticket, await office.mentoring.reopen(asked, by, key, body.item, body.note))


@router.post("/cases/{ticket}/return-permit", responses=COMMAND, tags=["officials"])
async def return_permit(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: ReturnPermitBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Finds that something has to be put right before the permit; never who has mentored the business."""
    asked, by = await _by(office, person, ticket, roles.EVALUATING)
    return telling.done(asked.ticket, await office.mentoring.return_permit(asked, by, key, body.note))


@router.post("/cases/{ticket}/issue-permit", responses=COMMAND, tags=["officials"])
async def issue_permit(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: MentoringNoteBody, key: Key = None
) -> answers.StepDoneAnswer:
    """Finds that the business keeps to CPPOB; never who has mentored it."""
    asked, by = await _by(office, person, ticket, roles.EVALUATING)
    return telling.done(asked.ticket, await office.mentoring.issue_permit(asked, by, key, body.note))


async def _by(
    office: MentoringOffice, person: Staff, ticket: str, roles: tuple[str, ...]
) -> tuple[Asked, Act]:
    return await office.access.request(ticket), office.access.official(person, roles)


async def _kept(
    request: Request, office: MentoringOffice, own: tuple[Asked, Act], content: bytes, key: UUID | None
) -> ItemRef:
    asked, by = own
    return await office.uploads.attach(request, asked.ticket, by, key or uuid4(), content)
