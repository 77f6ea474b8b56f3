"""The HTTP interface to permits (IP CPPOB): what the business and officials do about one, and the public register of all."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.web.idempotency import IdempotencyKey
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import NotFoundError
from zi_umkm import roles
from zi_umkm.domain.case.permit_decisions import ACTING
from zi_umkm.domain.case.permit_state import PermitStage
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.permit_queue import permit_clock_counts
from zi_umkm.read.permit_register import (
    PAGE,
    PermitFilter,
    count_permits,
    permit_numbered,
    permit_page,
    permit_standings,
)
from zi_umkm.web import answers, permit_answers, presenters
from zi_umkm.web.api.cases import COMMAND, PUBLIC, Business, Party, Ticket
from zi_umkm.web.bodies import (
    DecideRevocationBody,
    FindFitBody,
    ObjectionBody,
    PermitStepBody,
    ProposeRevocationBody,
    ReturnPermitBody,
)
from zi_umkm.web.current_office import TheOffice

LAST_PAGE = 100_000

router = APIRouter(prefix="/umkm/api")

Checker = Annotated[Staff, Depends(staff(*roles.CHECKING))]
Evaluator = Annotated[Staff, Depends(staff(*roles.EVALUATING))]
Signer = Annotated[Staff, Depends(staff(*roles.SIGNING))]
Decider = Annotated[Staff, Depends(staff(*roles.DECIDING))]


@router.post("/cases/{ticket}/apply-for-permit", responses=COMMAND, tags=["business and mentors"])
async def apply_for_permit(
    office: TheOffice, caller: Party, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Applies for the permit, again after it was returned, or for the next one; everything missing comes back at once (409)."""
    request, by = caller
    return presenters.done(request.ticket, await office.permits.apply(request, by, key))


@router.post("/cases/{ticket}/verify-account", responses=COMMAND, tags=["officials"])
async def verify_account(
    office: TheOffice,
    person: Checker,
    ticket: Ticket,
    body: PermitStepBody | None = None,
    key: IdempotencyKey = None,
) -> answers.StepDoneAnswer:
    """Verifies the applicant's account, so that the evaluation begins; never who has mentored the business."""
    request, by = await _by(office, person, ticket, roles.CHECKING)
    return presenters.done(
        ticket, await office.permits.verify_account(request, by, key, None if body is None else body.step)
    )


@router.post("/cases/{ticket}/return-permit", responses=COMMAND, tags=["officials"])
async def return_permit(
    office: TheOffice, person: Decider, ticket: Ticket, body: ReturnPermitBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Finds that something has to be put right before the permit; the clock stops until the business applies again."""
    request = await office.access.request(ticket)
    stage = (await office.mentoring.state(request)).permit.stage
    by = office.access.official(person, acting(person, stage))
    return presenters.done(ticket, await office.permits.return_(request, by, key, body.note, body.step))


@router.post("/cases/{ticket}/find-fit", responses=COMMAND, tags=["officials"])
async def find_fit(
    office: TheOffice, person: Evaluator, ticket: Ticket, body: FindFitBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Finds that the business keeps to CPPOB; never who has mentored it. Somebody else signs the permit."""
    request, by = await _by(office, person, ticket, roles.EVALUATING)
    return presenters.done(ticket, await office.permits.find_fit(request, by, key, body.note, body.step))


@router.post("/cases/{ticket}/issue-permit", responses=COMMAND, tags=["officials"])
async def issue_permit(
    office: TheOffice,
    person: Signer,
    ticket: Ticket,
    body: PermitStepBody | None = None,
    key: IdempotencyKey = None,
) -> answers.StepDoneAnswer:
    """Signs the permit, which gets its number; never who has mentored the business or found it fit."""
    request, by = await _by(office, person, ticket, roles.SIGNING)
    issued = await office.permit_issuing.issue(request, by, person, key, None if body is None else body.step)
    return presenters.done(ticket, issued)


@router.post("/cases/{ticket}/propose-revocation", responses=COMMAND, tags=["officials"])
async def propose_revocation(
    office: TheOffice,
    person: Checker,
    ticket: Ticket,
    body: ProposeRevocationBody,
    key: IdempotencyKey = None,
) -> answers.StepDoneAnswer:
    """Proposes to revoke the permit, for a reason that the office has laid down; somebody else decides."""
    request, by = await _by(office, person, ticket, roles.CHECKING)
    done = await office.permits.propose_revocation(request, by, key, body.reason, body.note, body.step)
    return presenters.done(ticket, done)


@router.post("/cases/{ticket}/announce-revocation", responses=COMMAND, tags=["officials"])
async def announce_revocation(
    office: TheOffice, person: Signer, ticket: Ticket, body: DecideRevocationBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Decides to revoke the permit. It holds while the business may object, if the office has laid down such a time."""
    request, by = await _by(office, person, ticket, roles.SIGNING)
    done = await office.permits.announce_revocation(request, by, key, body.note, body.step)
    return presenters.done(ticket, done)


@router.post("/cases/{ticket}/drop-revocation", responses=COMMAND, tags=["officials"])
async def drop_revocation(
    office: TheOffice, person: Signer, ticket: Ticket, body: DecideRevocationBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Decides that the permit stays."""
    request, by = await _by(office, person, ticket, roles.SIGNING)
    done = await office.permits.drop_revocation(request, by, key, body.note, body.step)
    return presenters.done(ticket, done)


@router.post("/cases/{ticket}/confirm-revocation", responses=COMMAND, tags=["officials"])
async def confirm_revocation(
    office: TheOffice, person: Signer, ticket: Ticket, body: DecideRevocationBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Decides against an objection; neither who proposed the revocation nor who decided about it first."""
    request, by = await _by(office, person, ticket, roles.SIGNING)
    done = await office.permits.confirm_revocation(request, by, key, body.note, body.step)
    return presenters.done(ticket, done)


@router.post("/cases/{ticket}/object-to-revocation", responses=COMMAND, tags=["business and mentors"])
async def object_to_revocation(
    office: TheOffice, caller: Business, body: ObjectionBody, key: IdempotencyKey = None
) -> answers.StepDoneAnswer:
    """Objects to a revocation in time, as the business: somebody else decides anew."""
    request, by = caller
    return presenters.done(request.ticket, await office.permits.contest(request, by, key, body.note))


# -- for everybody


async def permit_filter_without_year(
    show: Annotated[str, Query(max_length=12)] = "holding",
    number: Annotated[str, Query(max_length=40)] = "",
    district: Annotated[str, Query(max_length=64)] = "",
    path: Annotated[str, Query(max_length=12)] = "",
) -> PermitFilter:
    """`show` is `holding`, `all`, or one of the ways in which a permit stands."""
    return PermitFilter("" if show == "all" else show, number.strip(), district, path)


WantedOfAnyYear = Annotated[PermitFilter, Depends(permit_filter_without_year)]


async def permit_filter(
    filtered: WantedOfAnyYear, year: Annotated[int | None, Query(ge=2000, le=9999)] = None
) -> PermitFilter:
    return replace(filtered, year=year)


Wanted = Annotated[PermitFilter, Depends(permit_filter)]


@router.get("/permits", responses=PUBLIC, tags=["everybody"])
async def permits(
    office: TheOffice, wanted: Wanted, page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1
) -> permit_answers.PermitsAnswer:
    """Lists permits, the newest first, with how each stands today; of no business."""

    def question(tx: Tx) -> permit_answers.PermitsAnswer:
        total = count_permits(tx, wanted)
        return permit_answers.PermitsAnswer(
            permits=[
                permit_answers.permit(each) for each in permit_page(tx, wanted, PAGE, (page - 1) * PAGE)
            ],
            total=total,
            pages=max(1, -(-total // PAGE)),
            standings=permit_standings(tx),
            promises=permit_answers.promises(permit_clock_counts(tx)),
        )

    return await office.store.query(question)


@router.get("/permits/{number}", responses=PUBLIC, tags=["everybody"])
async def permit(office: TheOffice, number: str) -> permit_answers.PermitAnswer:
    """Says how one permit stands today."""
    row = await office.store.query(lambda tx: permit_numbered(tx, number[:40].upper()))
    if row is None:
        raise NotFoundError(msgid("This office has issued no permit with this number."))
    return permit_answers.permit(row)


def acting(person: Staff, stage: PermitStage) -> tuple[str, ...]:
    """Return the roles of the step; where the person has none of them, those of any step, so that the refusal says so."""
    wanted = ACTING.get(stage, roles.DECIDING)
    return wanted if person.roles.intersection(wanted) else roles.DECIDING


async def _by(
    office: TheOffice, person: Staff, ticket: str, wanted: tuple[str, ...]
) -> tuple[MentoringRequest, Act]:
    return await office.access.request(ticket), office.access.official(person, wanted)
