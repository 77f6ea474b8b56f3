"""The HTTP interface to a case, for its business, its mentors, and those who verify and evaluate: every route is one command or one question."""

from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Path, Request

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import Act
from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.choice import refuse_unlisted
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.refusals import refusals as describe_refusals
from zi_contracts.vault import ItemRef
from zi_umkm import roles
from zi_umkm.container import MentoringOffice
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.statements import ActionTexts, BusinessStated, ProductStated
from zi_umkm.use_cases.visiting import NO_FILE
from zi_umkm.web import answers, presenters
from zi_umkm.web.bodies import (
    AddDocumentForm,
    AgreeBody,
    AssignMentorBody,
    CloseMentoringBody,
    ConsentBody,
    EvidenceForm,
    MentoringNoteBody,
    NicknameBody,
    ProductNumberBody,
    RemoveNicknameBody,
    ReopenActionBody,
    RestateBody,
    ReturnRegistrationBody,
    VerifyBody,
)
from zi_umkm.web.current_office import TheOffice, office_of

refusals = partial(describe_refusals, answers.MentoringProblemAnswer)
PUBLIC = refusals(400, 404, 405, 413, 415, 422, 503)
PROTECTED = PUBLIC | refusals(401, 403)
COMMAND = PROTECTED | refusals(409)
UPLOAD = COMMAND | refusals(429)

router = APIRouter(prefix="/umkm/api")


Ticket = Annotated[str, Path(description="As it stands on the receipt of the request.")]


async def business(request: Request, office: TheOffice, ticket: Ticket) -> tuple[MentoringRequest, Act]:
    """Return the business with the token of this case or signed in as its requester."""
    return await office.access.applicant(request, ticket)


async def party(request: Request, office: TheOffice, ticket: Ticket) -> tuple[MentoringRequest, Act]:
    """Return a mentor, or the business."""
    return await office.access.party(request, ticket)


async def reader(request: Request, office: TheOffice, ticket: Ticket) -> tuple[MentoringRequest, Act]:
    """Return an official, or the business."""
    return await office.access.party(request, ticket, roles.OFFICIALS)


async def admit_file(request: Request) -> None:
    """Check the caller before the file is read."""
    await party(request, await office_of(request), request.path_params["ticket"])


Business = Annotated[tuple[MentoringRequest, Act], Depends(business)]
Party = Annotated[tuple[MentoringRequest, Act], Depends(party)]
Reader = Annotated[tuple[MentoringRequest, Act], Depends(reader)]
Mentor = Annotated[Staff, Depends(staff(*roles.MENTORING))]
Assigner = Annotated[Staff, Depends(staff(*roles.ASSIGNING))]
Overseer = Annotated[Staff, Depends(staff(*roles.SUPERVISING))]
Verifier = Annotated[Staff, Depends(staff(*roles.VERIFYING))]


@router.get("/cases/{ticket}", responses=PROTECTED, tags=["everybody of a case"])
async def case(request: Request, office: TheOffice, read: Reader) -> answers.MentoringCaseAnswer:
    """Returns the state, the next step and its cost, and what is missing and why; nothing out of the vault."""
    mentoring_request, _ = read
    return await presenters.case(request, office, await office.dossiers.of(mentoring_request))


# -- the business and its mentors


@router.post("/cases/{ticket}/restate", responses=COMMAND, tags=["business and mentors"])
async def restate(
    office: TheOffice, caller: Party, body: RestateBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Says anew what the business is and makes; a product that changed is triaged again."""
    mentoring_request, by = caller
    refuse_unlisted("district", body.district, (*office.rules.district_codes, mentoring_request.district))
    products = tuple(ProductStated(**dict(each)) for each in body.products)
    stated = BusinessStated(district=body.district, kbli=body.kbli, products=products)
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.restate(mentoring_request, by, key, stated)
    )


@router.post("/cases/{ticket}/return", responses=COMMAND, tags=["business and mentors"])
async def return_(
    office: TheOffice, caller: Party, body: MentoringNoteBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records that the health office sent the business back; its history is kept."""
    mentoring_request, by = caller
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.return_(mentoring_request, by, key, body.note)
    )


@router.post("/cases/{ticket}/add-document", status_code=201, responses=UPLOAD, tags=["business and mentors"])
@takes(MULTIPART, admit_file)
async def add_document(
    request: Request,
    office: TheOffice,
    caller: Party,
    form: Annotated[AddDocumentForm, Form(media_type="multipart/form-data")],
    key: IdempotencyKey = None,
) -> answers.AddedFileAnswer:
    """Adds a document that the rules ask for: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB."""
    mentoring_request, by = caller
    await office.mentoring.refuse_document(mentoring_request, by, form.document, NO_FILE, form.product)
    file = await _store_file(request, office, caller, await form.file.read(), key)
    done = await office.mentoring.add_document(mentoring_request, by, key, form.document, file, form.product)
    return answers.AddedFileAnswer(**dict(presenters.done(mentoring_request.ticket, done)), item=file.item)


@router.post("/cases/{ticket}/agree", responses=COMMAND, tags=["business and mentors"])
async def agree(
    office: TheOffice, caller: Party, body: AgreeBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Agrees on what is put right for a finding, and until when."""
    mentoring_request, by = caller
    texts = ActionTexts(cause=body.cause, correction=body.correction, plan=body.plan)
    done = await office.mentoring.agree(mentoring_request, by, key, body.item, body.due, texts)
    return presenters.done(mentoring_request.ticket, done)


@router.post(
    "/cases/{ticket}/give-evidence", status_code=201, responses=UPLOAD, tags=["business and mentors"]
)
@takes(MULTIPART, admit_file)
async def give_evidence(
    request: Request,
    office: TheOffice,
    caller: Party,
    form: Annotated[EvidenceForm, Form(media_type="multipart/form-data")],
    key: IdempotencyKey = None,
) -> answers.AddedFileAnswer:
    """Shows what was put right: JPEG, PNG, WebP, HEIC or PDF of up to 10 MB; somebody else verifies it."""
    mentoring_request, by = caller
    await office.mentoring.refuse_evidence(mentoring_request, by, form.item)
    file = await _store_file(request, office, caller, await form.file.read(), key)
    done = await office.mentoring.give_evidence(mentoring_request, by, key, form.item, (file,), form.note)
    return answers.AddedFileAnswer(**dict(presenters.done(mentoring_request.ticket, done)), item=file.item)


@router.post("/cases/{ticket}/send-registration", responses=COMMAND, tags=["business and mentors"])
async def send_registration(
    office: TheOffice, caller: Party, body: ProductNumberBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records that the complete dossier of a product was sent to be registered."""
    mentoring_request, by = caller
    done = await office.mentoring.send_registration(mentoring_request, by, key, body.product)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/return-registration", responses=COMMAND, tags=["business and mentors"])
async def return_registration(
    office: TheOffice, caller: Party, body: ReturnRegistrationBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Records that a registration was refused or given up; it can be sent again."""
    mentoring_request, by = caller
    done = await office.mentoring.return_registration(mentoring_request, by, key, body.product, body.note)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/resume", responses=COMMAND, tags=["business and mentors"])
async def resume(office: TheOffice, caller: Party, key: IdempotencyKey = None) -> answers.StepDoneAnswer:
    """Wakes a case that sleeps; it goes on where it stood."""
    mentoring_request, by = caller
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.resume(mentoring_request, by, key)
    )


@router.post("/cases/{ticket}/close", responses=COMMAND, tags=["business and mentors"])
async def close(
    office: TheOffice, caller: Party, body: CloseMentoringBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Ends the mentoring without graduation."""
    mentoring_request, by = caller
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.close(mentoring_request, by, key, body.reason)
    )


@router.post("/cases/{ticket}/nickname", responses=COMMAND, tags=["business"])
async def nickname(
    office: TheOffice, caller: Business, body: NicknameBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Gives the business a name for the office's lists, or takes it back; never published, and gone with the data of the business."""
    mentoring_request, by = caller
    done = await office.naming.name(mentoring_request, by, key, body.nickname)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/give-consent", responses=COMMAND, tags=["business"])
async def give_consent(
    office: TheOffice, caller: Business, body: ConsentBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Agrees that an application of the same business takes over what was said here."""
    mentoring_request, by = caller
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.give_consent(mentoring_request, by, key, body.to)
    )


@router.post("/cases/{ticket}/withdraw-consent", responses=COMMAND, tags=["business"])
async def withdraw_consent(
    office: TheOffice, caller: Business, body: ConsentBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Does not agree any more; what was taken over before stays where it is."""
    mentoring_request, by = caller
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.withdraw_consent(mentoring_request, by, key, body.to)
    )


# -- mentors


@router.post("/cases/{ticket}/assign", responses=COMMAND, tags=["officials"])
async def assign(
    office: TheOffice, person: Assigner, ticket: Ticket, body: AssignMentorBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """A mentor takes the case, or a supervisor gives it to one; never to somebody who has evaluated it or checked its numbers."""
    takes_it = body.mentor == person.sub and person.roles.intersection(roles.MENTORING)
    allowed = roles.MENTORING if takes_it else roles.ASSIGNING
    mentoring_request, by = await office.access.request(ticket), office.access.official(person, allowed)
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.assign(mentoring_request, by, key, body.mentor)
    )


@router.post("/cases/{ticket}/triage", responses=COMMAND, tags=["officials"])
async def triage(
    office: TheOffice, person: Mentor, ticket: Ticket, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Says by the rules in force which way each product goes, and how risky it is."""
    mentoring_request, by = await _by(office, person, ticket, roles.MENTORING)
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.triage(mentoring_request, by, key)
    )


@router.post("/cases/{ticket}/refer", responses=COMMAND, tags=["officials"])
async def refer(
    office: TheOffice, person: Mentor, ticket: Ticket, body: MentoringNoteBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Refers what the health office registers to it, with a sealed letter that has a number; the note stands in it."""
    mentoring_request, by = await _by(office, person, ticket, roles.MENTORING)
    done = await office.letters.referring.refer(mentoring_request, by, key, body.note, person)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/graduate", responses=COMMAND, tags=["officials"])
async def graduate(
    office: TheOffice, person: Mentor, ticket: Ticket, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Finds, after the last visit, that the business goes on by itself."""
    mentoring_request, by = await _by(office, person, ticket, roles.MENTORING)
    return presenters.done(
        mentoring_request.ticket, await office.mentoring.graduate(mentoring_request, by, key)
    )


@router.post("/cases/{ticket}/remove-nickname", responses=COMMAND, tags=["officials"])
async def remove_nickname(
    office: TheOffice, person: Overseer, ticket: Ticket, body: RemoveNicknameBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Takes away the name that the business gave itself, because it names a person or insults somebody; it may give another one."""
    mentoring_request, by = await _by(office, person, ticket, roles.SUPERVISING)
    return presenters.done(
        mentoring_request.ticket, await office.naming.remove(mentoring_request, by, key, body.reason)
    )


# -- officials who are not its mentors


@router.post("/cases/{ticket}/verify", responses=COMMAND, tags=["officials"])
async def verify(
    office: TheOffice, person: Verifier, ticket: Ticket, body: VerifyBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Finds that something was put right; never who agreed on it or gave its evidence, nor who raised it where it is critical."""
    mentoring_request, by = await _by(office, person, ticket, roles.VERIFYING)
    done = await office.mentoring.verify(mentoring_request, by, key, body.item, body.means, body.note)
    return presenters.done(mentoring_request.ticket, done)


@router.post("/cases/{ticket}/reopen", responses=COMMAND, tags=["officials"])
async def reopen(
    office: TheOffice, person: Verifier, ticket: Ticket, body: ReopenActionBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Finds that something was not put right, or is not any more."""
    mentoring_request, by = await _by(office, person, ticket, roles.VERIFYING)
    return presenters.done(
        mentoring_request.ticket,
        await office.mentoring.reopen(mentoring_request, by, key, body.item, body.note),
    )


async def _by(
    office: MentoringOffice, person: Staff, ticket: str, roles: tuple[str, ...]
) -> tuple[MentoringRequest, Act]:
    return await office.access.request(ticket), office.access.official(person, roles)


async def _store_file(
    request: Request,
    office: MentoringOffice,
    caller: tuple[MentoringRequest, Act],
    content: bytes,
    key: UUID | None,
) -> ItemRef:
    mentoring_request, by = caller
    return await office.uploads.attach(request, mentoring_request.ticket, by, key or uuid4(), content)
