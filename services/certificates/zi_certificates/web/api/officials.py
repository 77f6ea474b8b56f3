"""The HTTP interface for officials: every route is one command or one question; who may is a matter of the role, or of an appointment."""

from itertools import islice
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from zi_certificates import roles
from zi_certificates.container import CertificatesOffice
from zi_certificates.domain.account import NoAccountError
from zi_certificates.messaging.published import accounts
from zi_certificates.messaging.upstream import conflicts_of, interests_of
from zi_certificates.read.accounts import account_referred, accounts_to_verify
from zi_certificates.read.applications import application_of, counts, queued_before, waiting
from zi_certificates.read.appointments import appointments_made
from zi_certificates.read.letters import letter
from zi_certificates.use_cases.deciding import NOT_SAID
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.parameters import COMMAND, SIGNED_IN, After, Page, SearchText, TheOffice, Ticket
from zi_certificates.web.bodies import (
    AppointBody,
    OverrideBody,
    OverrideDecisionBody,
    PassBody,
    PersonalSignatureBody,
    ReasonsBody,
    RefuseAccountBody,
    ReinstatementBody,
    ReleaseBody,
    RevisionBody,
    SendBackBody,
    SignBody,
    StandingBody,
    WantedBody,
    findings,
)
from zi_chassis.access.identity import Staff, staff
from zi_chassis.storage.database import Tx
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.problem import NotFoundError

MOST_ROWS = 100

router = APIRouter(prefix="/certificates/api", tags=["officials"])

Official = Annotated[Staff, Depends(staff(*roles.OFFICIALS))]
Evaluator = Annotated[Staff, Depends(staff(*roles.EVALUATING))]
Releaser = Annotated[Staff, Depends(staff(*roles.RELEASING))]
Signer = Annotated[Staff, Depends(staff(*roles.SIGNING))]
Overrider = Annotated[Staff, Depends(staff(*roles.OVERRIDING))]
Verifier = Annotated[Staff, Depends(staff(*roles.VERIFYING))]
Head = Annotated[Staff, Depends(staff(*roles.APPOINTING))]


class UnknownLetterError(NotFoundError):
    """The office signed for no such letter."""

    def __init__(self) -> None:
        super().__init__("There is no such letter. Look at the application for its letters.")


# -- evaluators


@router.get("/queue", responses=SIGNED_IN)
async def queue(office: TheOffice, person: Official, after: After = None) -> answers.QueueAnswer:
    """Lists the waiting applications in their order, and those that this person would pass over; nothing personal."""

    def question(tx: Tx) -> answers.QueueAnswer:
        last = None if after is None else application_of(tx, after)
        rows = list(islice(waiting(tx, last, MOST_ROWS + 1), MOST_ROWS + 1))
        first = 1 if last is None else queued_before(tx, last) + 1
        return presenters.queue(
            person.sub, rows, interests_of(tx, person.sub), counts(tx), first=first, size=MOST_ROWS
        )

    return await office.store.query(question)


@router.post("/queue/take", responses=COMMAND)
async def take(
    office: TheOffice, person: Evaluator, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Takes the next application that this evaluator may evaluate; whoever is passed over is told why."""
    taken = await office.deciding.take_next(office.access.official(person, roles.EVALUATING), key)
    assert taken.state.draft is not None
    return presenters.done(taken.state.draft.ticket, taken)


@router.post("/applications/{ticket}/release", responses=COMMAND)
async def release(
    office: TheOffice, person: Releaser, ticket: Ticket, body: ReleaseBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Gives an application back to its old place in the queue; another's only as a supervisor or head who does not evaluate."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.RELEASING)
    return presenters.done(ticket, await office.deciding.release(ticket, by, key, body.reason))


@router.post("/applications/{ticket}/ask-data", responses=COMMAND)
async def ask_data(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: WantedBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Asks the applicant for all that is missing; the office's clock stands until it comes."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.EVALUATING)
    wanted = findings(body.wanted)
    handled = await office.deciding.ask_data(ticket, by, key, wanted, body.note, body.revision)
    return presenters.done(ticket, handled)


@router.post("/applications/{ticket}/pass", responses=COMMAND)
async def pass_evaluation(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: PassBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Finds this revision in order, but for products that are refused one by one; the letters name the others alone."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.EVALUATING)
    refused = findings(body.refused)
    passed = await office.deciding.pass_evaluation(ticket, by, key, body.revision, refused)
    return presenters.done(ticket, passed)


@router.post("/applications/{ticket}/reject", responses=COMMAND)
async def reject(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: ReasonsBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Rejects with reasons; it may be submitted again as often as the rules allow."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.EVALUATING)
    reasons = findings(body.reasons)
    rejected = await office.deciding.reject(ticket, by, key, reasons, body.note, body.revision)
    return presenters.done(ticket, rejected)


# -- signers


@router.post("/applications/{ticket}/send-back", responses=COMMAND)
async def send_back(
    office: TheOffice, person: Signer, ticket: Ticket, body: SendBackBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Does not sign, and gives it back to the evaluator with reasons."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.SIGNING)
    reasons = findings(body.reasons)
    back = await office.deciding.send_back(ticket, by, key, reasons, body.note, body.revision)
    return presenters.done(ticket, back)


@router.post("/applications/{ticket}/sign", responses=COMMAND)
async def sign(
    office: TheOffice, person: Signer, ticket: Ticket, body: SignBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Signs for all letters of this revision, without the products that were refused; numbers and files follow by themselves."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.SIGNING)
    signed = await office.signing.sign(ticket, by, key, body.revision, person, body.refused)
    return presenters.done(ticket, signed)


@router.post("/applications/{ticket}/personal-signature", responses=COMMAND)
async def sign_personally(
    office: TheOffice, person: Signer, ticket: Ticket, body: PersonalSignatureBody
) -> answers.ApplicationDoneAnswer:
    """Puts the personal signature of the official who has signed for them on the letters that promise it; the seal follows by itself. A
    repeat signs nothing twice."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.SIGNING)
    id = await office.deciding.application_id(ticket)
    signed = await office.personal.sign(id, by, body.passphrase.get_secret_value())
    return presenters.done(ticket, signed)


@router.post("/letters/{letter}/suspend", responses=COMMAND)
async def suspend(
    office: TheOffice, person: Signer, letter: UUID, body: StandingBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Makes an issued letter invalid until it is reinstated."""
    ticket, by = await _ticket(office, letter), office.access.official(person, roles.SIGNING)
    done = await office.deciding.suspend(ticket, by, key, letter, body.reason, body.note)
    return presenters.done(ticket, done)


@router.post("/letters/{letter}/reinstate", responses=COMMAND)
async def reinstate(
    office: TheOffice, person: Signer, letter: UUID, body: ReinstatementBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Makes a suspended letter valid again, with a reason; never by whoever suspended it."""
    ticket, by = await _ticket(office, letter), office.access.official(person, roles.SIGNING)
    done = await office.deciding.reinstate(ticket, by, key, letter, body.reason, body.note)
    return presenters.done(ticket, done)


@router.post("/letters/{letter}/revoke", responses=COMMAND)
async def revoke(
    office: TheOffice, person: Signer, letter: UUID, body: StandingBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Makes an issued letter invalid for good."""
    ticket, by = await _ticket(office, letter), office.access.official(person, roles.SIGNING)
    done = await office.deciding.revoke(ticket, by, key, letter, body.reason, body.note)
    return presenters.done(ticket, done)


async def _ticket(office: CertificatesOffice, id: UUID) -> str:
    row = await office.store.query(lambda tx: letter(tx, id))
    if row is None:
        raise UnknownLetterError
    return row.ticket


# -- supervisors


@router.post("/applications/{ticket}/ask-override", responses=COMMAND)
async def ask_override(
    office: TheOffice, person: Overrider, ticket: Ticket, body: OverrideBody, key: IdempotencyKey = None
) -> answers.ApplicationDoneAnswer:
    """Asks that a hindered official may act here all the same; somebody else decides."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.OVERRIDING)
    handled = await office.deciding.ask_override(ticket, by, key, body.official, body.reason, body.note)
    return presenters.done(ticket, handled)


@router.post("/applications/{ticket}/approve-override", responses=COMMAND)
async def approve_override(
    office: TheOffice,
    person: Overrider,
    ticket: Ticket,
    body: OverrideDecisionBody | None = None,
    key: IdempotencyKey = None,
) -> answers.ApplicationDoneAnswer:
    """Approves what another one has asked for; it is published and counted."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.OVERRIDING)
    override = NOT_SAID if body is None else body.override()
    return presenters.done(ticket, await office.deciding.approve_override(ticket, by, key, override))


@router.post("/applications/{ticket}/refuse-override", responses=COMMAND)
async def refuse_override(
    office: TheOffice,
    person: Overrider,
    ticket: Ticket,
    body: OverrideDecisionBody | None = None,
    key: IdempotencyKey = None,
) -> answers.ApplicationDoneAnswer:
    """Refuses what another one has asked for."""
    ticket, by = office.access.normalised(ticket), office.access.official(person, roles.OVERRIDING)
    override = NOT_SAID if body is None else body.override()
    return presenters.done(ticket, await office.deciding.refuse_override(ticket, by, key, override))


# -- accounts


@router.get("/accounts", responses=SIGNED_IN)
async def list_accounts(
    office: TheOffice, person: Verifier, response: Response, text: SearchText = "", after: After = None
) -> list[answers.ListedAccount]:
    """Those that wait for an officer, the longest first, whose references begin with `text`; nothing personal. `Total-Count` counts all
    of them, and `after` is the reference that a further page begins after."""
    page = await office.store.query(
        lambda tx: accounts_to_verify(tx, sorted(conflicts_of(tx, person.sub)), text, after)
    )
    response.headers["Total-Count"] = str(page.total)
    return [presenters.listed(row) for row in page.rows]


@router.get("/accounts/{reference}", responses=SIGNED_IN)
async def account(
    request: Request, office: TheOffice, person: Verifier, reference: str
) -> answers.VerifiableAccount:
    """An account and what the rules find missing or wrong in it; names and files lie in the vault."""
    reference = office.access.normalised(reference)
    row = await office.store.query(lambda tx: account_referred(tx, reference))
    if row is None:
        raise NotFoundError(NoAccountError.sentence)
    _, now = await office.store.fetch(accounts, row.account)
    opening = await office.access.request(reference)
    wanting = office.rules.account_findings(opening.series, now, office.clock.now())
    return presenters.verifiable(presenters.names(request, office), now, wanting)


@router.post("/accounts/{reference}/verify", responses=COMMAND)
async def verify_account(
    office: TheOffice, person: Verifier, reference: str, body: RevisionBody, key: IdempotencyKey = None
) -> answers.AccountDoneAnswer:
    """Finds an account in order; its applications may rest on it from then on."""
    by = office.access.official(person, roles.VERIFYING)
    return presenters.account_done(
        await office.deciding.verify_account(office.access.normalised(reference), by, key, body.revision)
    )


@router.post("/accounts/{reference}/refuse", responses=COMMAND)
async def refuse_account(
    office: TheOffice, person: Verifier, reference: str, body: RefuseAccountBody, key: IdempotencyKey = None
) -> answers.AccountDoneAnswer:
    """Finds an account not in order, with reasons; the company corrects it."""
    reference, by = office.access.normalised(reference), office.access.official(person, roles.VERIFYING)
    reasons = findings(body.reasons)
    return presenters.account_done(
        await office.deciding.refuse_account(reference, by, key, body.revision, reasons)
    )


# -- the head


@router.get("/appointments", responses=SIGNED_IN)
async def list_appointments(
    office: TheOffice, person: Official, response: Response, text: SearchText = "", page: Page = 1
) -> list[answers.AppointmentAnswer]:
    """Acting signers (Plh), the newest first, in whose names `text` stands. `Total-Count` counts all of them."""
    found = await office.store.query(lambda tx: appointments_made(tx, text, page))
    response.headers["Total-Count"] = str(found.total)
    return [presenters.appointment(row) for row in found.rows]


@router.post("/appointments", status_code=201, responses=COMMAND)
async def appoint(
    office: TheOffice, person: Head, body: AppointBody, key: IdempotencyKey = None
) -> answers.AppointmentDoneAnswer:
    """Appoints an official of the office to sign, for a time that is stated beforehand."""
    by = office.access.official(person, roles.APPOINTING)
    id, handled = await office.appointing.appoint(by, key, body.official, body.begins, body.ends)
    return presenters.appointed(id, handled)


@router.post("/appointments/{appointment}/end", responses=COMMAND)
async def end_appointment(
    office: TheOffice, person: Head, appointment: UUID
) -> answers.AppointmentDoneAnswer:
    """Ends an appointment before its time."""
    by = office.access.official(person, roles.APPOINTING)
    return presenters.appointed(appointment, await office.appointing.end_appointment(appointment, by))
