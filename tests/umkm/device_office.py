"""The office as a device meets it: the page for visits and, behind it, visits that are decided by their own rules, in memory."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import uvicorn
from fastapi import APIRouter, Form, Request, Response

from zi_chassis.domain import Act, DomainError
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.web.body import takes
from zi_chassis.web.problem import NotFoundError, SignInNeededError
from zi_contracts.umkm import Assessor
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.assessment import Answer, AnswerError, score
from zi_rules.mentoring.checklist import Checklist, load_checklists
from zi_umkm import sync, visit, visits_page
from zi_umkm.judging import answers_of, version_of
from zi_umkm.uploads import MULTIPART
from zi_umkm.visit import Visit

SECONDS = 30
CASE = "3C7K9M2Q5"
OTHER = "7H4T2W9XA"
ANI, BUDI = "mentor-ani", "mentor-budi"
OFFICIAL: Assessor = "official"
WHO = "who"


class Office:
    """`gone` are cases that are there no more; `seen` counts what arrived, by id."""

    def __init__(self) -> None:
        self.checklist: Checklist = next(each for each in load_checklists() if each.id == "penilaian_cppob")
        self.visits: dict[UUID, Visit] = {}
        self.gone: set[str] = set()
        self.signed_out = False
        self.arrived: list[UUID] = []
        self.notes: dict[UUID, str] = {}
        self.files: dict[UUID, bytes] = {}
        self.loses_answers = 0

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/umkm/api/visits")
        router.add_api_route("", self.prepared)
        router.add_api_route("/{visit}", self.show)
        router.add_api_route("/{visit}/sync", self.take, methods=["POST"])
        router.add_api_route("/{visit}/files", self.keep, methods=["POST"])
        router.add_api_route("/{visit}/settle", self.decide, methods=["POST"])
        return router

    # -- routes

    async def prepared(self, request: Request) -> sync.VisitsAnswer:
        version = version_of(self.checklist)
        mine = [(id, each.begun) for id, each in self.visits.items() if each.begun is not None]
        return sync.VisitsAnswer(
            actor=self._who(request),
            visits=[
                sync.PreparedVisit(
                    visit=id, case=begun.ticket, district="tana_tidung", checklist=version, finished=False
                )
                for id, begun in mine
            ],
            cases=[sync.MentoredCase(case=CASE, district="tana_tidung", checklist=version)],
            checklists=[told(self.checklist)],
        )

    async def show(self, request: Request, visit: UUID, case: str) -> sync.VisitAnswer:
        self._meet(request, case)
        return sync.VisitAnswer(**self._told(visit, self._who(request)))

    async def take(self, request: Request, visit: UUID, body: sync.SyncBody) -> sync.SyncAnswer:
        who = self._meet(request, body.case)
        begin = _begin(visit, body, _act(who))
        self._tell(visit, begin)
        fates = [self._answer(visit, each, who) for each in body.answers]
        if self.loses_answers:
            self.loses_answers -= 1
            raise ConnectionError
        return sync.SyncAnswer(**self._told(visit, who), answers=fates)

    @takes(MULTIPART)
    async def keep(
        self,
        request: Request,
        visit: UUID,
        form: Annotated[sync.FileForm, Form(media_type="multipart/form-data")],
    ) -> sync.FileAnswer:
        who = self._meet(request, form.case)
        self.files[form.id] = await form.file.read()
        taken = self._tell(visit, _file(form, _act(who)))
        if taken:
            self.arrived.append(form.id)
        now = self._told(visit, who)
        return sync.FileAnswer(
            id=form.id, fate="taken" if taken else "known", signed=now["signed"], photos=now["photos"]
        )

    async def decide(self, request: Request, visit: UUID, body: sync.SettleBody) -> sync.VisitAnswer:
        who = self._meet(request, body.case)
        self._tell(visit, _settle(body, _act(who)))
        return sync.VisitAnswer(**self._told(visit, who))

    # -- behind them

    def _who(self, request: Request) -> str:
        who = request.cookies.get(WHO)
        if who is None or self.signed_out:
            raise SignInNeededError("Your sign-in has expired. Please sign in again.")
        return who

    def _meet(self, request: Request, case: str) -> str:
        who = self._who(request)
        if case in self.gone:
            raise NotFoundError("There is no such case.")
        return who

    def _tell(self, id: UUID, command: visit.VisitCommands) -> bool:
        now = self.visits.get(id, visit.initial)
        events = visit.decide(command, now)
        for event in events:
            now = visit.evolve(now, event)
        self.visits[id] = now
        return bool(events)

    def _answer(self, id: UUID, sent: sync.SentAnswer, who: str) -> sync.SentAnswerFate:
        try:
            score(self.checklist, {sent.item: Answer(said=sent.outcome, grade=sent.grade)})
            taken = self._tell(id, _answering(sent, _act(who)))
        except (DomainError, AnswerError) as error:
            return sync.SentAnswerFate(id=sent.id, fate="refused", reason="refused", detail=str(error))
        if taken:
            self.arrived.append(sent.id)
            self.notes |= {sent.id: sent.note} if sent.note else {}
        return sync.SentAnswerFate(id=sent.id, fate="taken" if taken else "known")

    def _told(self, id: UUID, who: str) -> dict[str, object]:
        now = self.visits[id]
        assert now.begun is not None
        signed = {each.side for each in now.sent.values() if isinstance(each, visit.VisitSigned)}
        return {
            "visit": id,
            "case": now.begun.ticket,
            "checklist": now.begun.checklist,
            "standing": [
                sync.StandingAnswer(
                    id=each.answer,
                    item=item,
                    outcome=each.said,
                    grade=each.grade,
                    own=each.by.actor == who,
                    device_time=each.claimed_at,
                )
                for item, answers in now.standing.items()
                for each in answers
            ],
            "in_dispute": list(now.in_dispute),
            "unanswered": [
                each
                for each in score(self.checklist, answers_of(now)).unanswered
                if each not in now.in_dispute
            ],
            "unsigned": list(now.unsigned),
            "signed": sorted(signed),
            "photos": sum(isinstance(each, visit.PhotoAdded) for each in now.sent.values()),
            "finished": False,
        }


def told(checklist: Checklist) -> sync.ChecklistAnswer:
    return sync.ChecklistAnswer(
        id=checklist.id,
        version=checklist.version,
        title=checklist.title,
        fulfilled=checklist.fulfilled,
        grades=[sync.NamedPart(code=each.code, name=each.name) for each in checklist.grades],
        aspects=[sync.NamedPart(code=each.code, name=each.name) for each in checklist.aspects],
        items=[
            sync.ChecklistItem(
                **each.model_dump(include={"code", "aspect", "text", "grades", "may_not_apply"})
            )
            for each in checklist.items
        ],
    )


def _act(who: str) -> Act:
    return Act(at=datetime.now(UTC), actor=who, role="staff:mentor")


def _begin(id: UUID, body: sync.SyncBody, by: Act) -> visit.Begin:
    return visit.Begin(
        by=by, visit=id, case=id, ticket=body.case, assessor=OFFICIAL, checklist=body.checklist
    )


def _answering(sent: sync.SentAnswer, by: Act) -> visit.AnswerItem:
    return visit.AnswerItem(
        by=by,
        answer=sent.id,
        item=sent.item,
        said=sent.outcome,
        grade=sent.grade,
        replaces=sent.replaces,
        claimed_at=sent.device_time,
    )


def _file(form: sync.FileForm, by: Act) -> visit.AddPhoto | visit.Sign:
    file = ItemRef(item=form.id, field="attachment", digest="0" * 64)
    if form.kind == "photo":
        return visit.AddPhoto(by=by, photo=form.id, item=form.item, claimed_at=form.device_time, file=file)
    assert form.side is not None
    return visit.Sign(
        by=by,
        signature=form.id,
        side=form.side,
        answers=form.answers,
        claimed_at=form.device_time,
        file=file,
    )


def _settle(body: sync.SettleBody, by: Act) -> visit.Settle:
    return visit.Settle(by=by, item=body.item, answer=body.answer)


class Host:
    def __init__(self, folder: Path) -> None:
        self.office = Office()
        service = Service(Settings(service="umkm", data=folder))
        service.app.include_router(self.office.router())
        service.app.include_router(visits_page.router)
        service.app.add_api_route("/sign-in", self._sign_in)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(service.app, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    async def _sign_in(self, next: str) -> Response:
        """As the provider would: signed in again at once, and back."""
        self.office.signed_out = False
        return Response(status_code=303, headers={"Location": next})

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(SECONDS)


@contextmanager
def hosted(folder: Path) -> Iterator[Host]:
    host = Host(folder)
    host.start()
    try:
        yield host
    finally:
        host.stop()
