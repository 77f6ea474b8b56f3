"""The HTTP interface for visits, made for devices that were without connection: whatever is sent again is known, nothing is lost."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.exceptions import RequestValidationError

from zi_chassis.domain import Act
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.uploads import MULTIPART
from zi_chassis.web import problem
from zi_chassis.web.body import takes
from zi_contracts.umkm import RuleVersion, Side
from zi_rules.mentoring.assessment import score
from zi_rules.mentoring.checklist import Checklist
from zi_umkm.container import MentoringOffice
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.errors import NoVisitError
from zi_umkm.domain.visit import PhotoAdded, Visit, VisitSigned, speaker
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.board import CaseFilter, case_rows
from zi_umkm.read.cases import MentoringRow
from zi_umkm.read.trips import TripRow, trips_ahead
from zi_umkm.read.visits import VisitRow, visits_among
from zi_umkm.use_cases.sync import (
    CarriedTrip,
    FileAnswer,
    FileForm,
    MentoredCase,
    NamedPart,
    PreparedVisit,
    SentAnswerFate,
    SettleBody,
    StandingAnswer,
    SyncAnswer,
    SyncBody,
    SyncedChecklist,
    SyncedChecklistItem,
    VisitAnswer,
    VisitsAnswer,
)
from zi_umkm.use_cases.visiting import SentFate, SentFile
from zi_umkm.web import answers, presenters
from zi_umkm.web.api.cases import COMMAND, PROTECTED, UPLOAD, Mentor
from zi_umkm.web.bodies import CaseBody
from zi_umkm.web.current_office import TheOffice, office_of

MOST_CARRIED = 5_000  # cases that a device takes along

router = APIRouter(prefix="/umkm/api", tags=["visits"])

Ticket = Annotated[str, Query(alias="case", max_length=32)]


@router.get("/visits", responses=PROTECTED)
async def visits(office: TheOffice, person: Mentor) -> VisitsAnswer:
    """Returns a mentor's open cases, their visits under way, whoever began them, the trips ahead, and every checklist that they need."""

    today = office.clock.now().astimezone(office_zone()).date()

    def question(tx: Tx) -> tuple[list[MentoringRow], list[VisitRow], list[CarriedTrip]]:
        rows = case_rows(tx, CaseFilter(mentor=person.sub), limit=MOST_CARRIED)
        return rows, visits_among(tx, person.sub), _carried(trips_ahead(tx, person.sub, today))

    cases, under_way, trips = await office.store.query(question)
    mentored = {each.ticket: each for each in cases}
    current = office.rules.checklist_in_force(office.clock.now())
    version = rule_evaluation.version_of(current)
    needed = {(each.checklist.id, each.checklist.version): each.checklist for each in under_way}
    needed[version.id, version.version] = version
    return VisitsAnswer(
        actor=person.sub,
        visits=[_prepared(each, mentored[each.ticket]) for each in under_way],
        cases=[
            MentoredCase(case=each.ticket, nickname=each.nickname, district=each.district, checklist=version)
            for each in cases
        ],
        checklists=[_checklist(office.rules.checklist(each)) for each in needed.values()],
        trips=trips,
    )


def _carried(trips: Iterable[tuple[TripRow, list[str]]]) -> list[CarriedTrip]:
    return [
        CarriedTrip(trip=row.trip, district=row.district, begins=row.begins, ends=row.ends, cases=tickets)
        for row, tickets in trips
        if tickets
    ]


@router.post("/visits/{visit}/sync", responses=COMMAND)
async def sync(request: Request, office: TheOffice, visit: UUID, body: SyncBody) -> SyncAnswer:
    """Takes what a device brings home. Begins the visit if nobody has; each answer is taken, known or refused by itself."""
    mentoring_request, by = await office.access.party(request, body.case)
    synced = await office.visiting.sync(mentoring_request, by, visit, body.checklist, body.answers)
    stands = _stands(office, mentoring_request, visit, synced.state, by)
    return SyncAnswer(**dict(stands), answers=[_fate(request, each) for each in synced.fates])


@router.get("/visits/{visit}", responses=PROTECTED)
async def stands(request: Request, office: TheOffice, visit: UUID, case: Ticket) -> VisitAnswer:
    """Returns the answers that count, those in dispute until a person decides, and what is missing."""
    mentoring_request, by = await office.access.party(request, case)
    state = await office.visiting.state(mentoring_request, visit)
    if state.begun is None:
        raise problem.NotFoundError(NoVisitError.sentence)
    return _stands(office, mentoring_request, visit, state, by)


async def admit_file(request: Request) -> None:
    """Check the caller before the file, and the case that it names, is read."""
    office = await office_of(request)
    await office.access.refuse_strangers(request)


@router.post("/visits/{visit}/files", responses=UPLOAD)
@takes(MULTIPART, admit_file)
async def add_file(
    request: Request,
    office: TheOffice,
    visit: UUID,
    form: Annotated[FileForm, Form(media_type="multipart/form-data")],
) -> FileAnswer:
    """Takes a photo, or the signature of a side: JPEG, PNG, WebP or HEIC of up to 10 MB."""
    mentoring_request, by = await office.access.party(request, form.case)
    sent = _sent(form)
    await office.visiting.refuse_file(mentoring_request, by, visit, sent)
    file = await office.uploads.attach(request, mentoring_request.ticket, by, form.id, await form.file.read())
    handled = await office.visiting.add_file(mentoring_request, by, visit, sent, file)
    return FileAnswer(
        id=form.id,
        fate="taken" if handled.recorded else "known",
        signed=_signed(handled.state),
        photos=_photos(handled.state),
    )


@router.post("/visits/{visit}/settle", responses=COMMAND)
async def settle(request: Request, office: TheOffice, visit: UUID, body: SettleBody) -> VisitAnswer:
    """Decides which of several answers to an item counts; the others are kept."""
    mentoring_request, by = await office.access.party(request, body.case)
    handled = await office.visiting.settle(mentoring_request, by, visit, body.item, body.answer)
    return _stands(office, mentoring_request, visit, handled.state, by)


@router.post("/visits/{visit}/finish", responses=COMMAND)
async def finish(request: Request, office: TheOffice, visit: UUID, body: CaseBody) -> answers.StepDoneAnswer:
    """Everything is answered, nothing is in dispute, both sides have signed: its result is the case's assessment."""
    mentoring_request, by = await office.access.party(request, body.case)
    return presenters.done(
        mentoring_request.ticket, await office.visiting.finish(mentoring_request, by, visit)
    )


def _sent(form: FileForm) -> SentFile:
    if (form.kind == "signature") != (form.side is not None):
        kind = "missing" if form.side is None else "extra_forbidden"
        raise RequestValidationError([{"type": kind, "loc": ("body", "side")}])
    return SentFile(
        id=form.id, item=form.item, side=form.side, answers=form.answers, claimed_at=form.device_time
    )


def _fate(request: Request, fate: SentFate) -> SentAnswerFate:
    if fate.refused is None:
        return SentAnswerFate(id=fate.id, fate=fate.fate)
    why = problem.problem_of(request, fate.refused)
    return SentAnswerFate(id=fate.id, fate=fate.fate, reason=why.kind, detail=why.detail)


def _stands(
    office: MentoringOffice, mentoring_request: MentoringRequest, visit: UUID, state: Visit, reader: Act
) -> VisitAnswer:
    assert state.begun is not None
    form = office.rules.checklist(state.begun.checklist)
    open_, disputed = score(form, rule_evaluation.answers_of(state)).unanswered, state.in_dispute
    return VisitAnswer(
        visit=visit,
        case=mentoring_request.ticket,
        checklist=state.begun.checklist,
        standing=list(_standing(state, reader)),
        in_dispute=list(disputed),
        unanswered=[each for each in open_ if each not in disputed],
        unsigned=list(state.unsigned),
        signed=_signed(state),
        photos=_photos(state),
        finished=state.result is not None,
    )


def _standing(state: Visit, reader: Act) -> Iterable[StandingAnswer]:
    for each in (answer for item in state.standing.values() for answer in item):
        yield StandingAnswer(
            id=each.answer,
            item=each.item,
            outcome=each.said,
            grade=each.grade,
            own=speaker(each.by) == speaker(reader),
            device_time=each.claimed_at,
        )


def _signed(state: Visit) -> list[Side]:
    return sorted({each.side for each in state.sent.values() if isinstance(each, VisitSigned)})


def _photos(state: Visit) -> int:
    return sum(isinstance(each, PhotoAdded) for each in state.sent.values())


def _prepared(row: VisitRow, mentored: MentoringRow) -> PreparedVisit:
    return PreparedVisit(
        visit=row.visit,
        case=row.ticket,
        nickname=mentored.nickname,
        district=mentored.district,
        checklist=row.checklist,
        finished=row.finished is not None,
    )


def _checklist(form: Checklist) -> SyncedChecklist:
    version: RuleVersion = rule_evaluation.version_of(form)
    return SyncedChecklist(
        id=version.id,
        version=version.version,
        title=form.title,
        fulfilled=form.fulfilled,
        grades=[NamedPart(code=each.code, name=each.name) for each in form.grades],
        aspects=[NamedPart(code=each.code, name=each.name) for each in form.aspects],
        items=[
            SyncedChecklistItem(
                code=each.code,
                aspect=each.aspect,
                text=each.text,
                grades=list(each.grades),
                may_not_apply=each.may_not_apply,
            )
            for each in form.items
        ],
    )
