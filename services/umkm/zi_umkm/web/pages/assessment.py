"""A business looks at its own place, part by part in plain words and drawings; then it puts right what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zi_chassis.uploads import MULTIPART
from zi_chassis.web.body import takes
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_contracts.intake import Items
from zi_rules.mentoring.assessment import ChecklistAnswer
from zi_rules.mentoring.checklist import Aspect, Checklist, ChecklistItem
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.rule_evaluation import answers_of
from zi_umkm.domain.visit import ItemAnswered, Visit
from zi_umkm.read.projections import FileRow
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.use_cases.mentoring import ActionTexts
from zi_umkm.use_cases.vault_writer import CAUSE, CORRECTION, NOTE, PLAN
from zi_umkm.use_cases.visiting import FilledItem
from zi_umkm.web import labels
from zi_umkm.web.bodies import AgreeBody
from zi_umkm.web.form_fields import (
    PICK_ONE,
    ChoiceError,
    content_of,
    day_of,
    key_of,
    text_of,
    tried,
    uuid_of,
)
from zi_umkm.web.page_context import disclosed, pages_of, say_of
from zi_umkm.web.pages.case_owner import CaseOwner, CurrentOwner, changeable, part
from zi_umkm.web.rule_names import RuleNames, items_of

WORDS: Mapping[str, str] = {
    CAUSE: labels.CAUSE["cause"],
    CORRECTION: labels.CAUSE["correction"],
    PLAN: labels.CAUSE["plan"],
    NOTE: labels.EVIDENCE["note"],
}

router = APIRouter(include_in_schema=False)


# -- the list


@dataclass(frozen=True)
class OwnVisit:
    """The assessment that the business has in hand, with the checklist that it was begun with."""

    visit: UUID
    checklist: Checklist
    state: Visit

    @property
    def answers(self) -> Mapping[str, ChecklistAnswer]:
        return answers_of(self.state)


async def own_visit(own: CaseOwner, dossier: MentoringDossier) -> OwnVisit:
    """The one under way, or the next one; its id follows from how many there were, so that two windows begin one."""
    rows = [each for each in dossier.visits if each.assessor == "business"]
    under_way = next((each for each in rows if each.finished is None), None)
    if under_way is None:
        visit = uuid5(own.asked.mentoring, f"own assessment {len(rows) + 1}")
        return OwnVisit(visit, own.office.rules.checklist_in_force(own.office.clock.now()), Visit())
    state = await own.office.visiting.state(own.asked, under_way.visit)
    return OwnVisit(under_way.visit, own.office.rules.checklist(under_way.checklist), state)


def fillable(state: MentoringCase) -> bool:
    return changeable(state) and bool(on_track(state.triaged, "md"))


@router.get("/umkm/cases/{ticket}/assessment")
async def assessment_page(own: CurrentOwner) -> Response:
    return await _assessment_page(own, Form())


async def _assessment_page(own: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await own.dossier()
    mine = await own_visit(own, dossier)
    shown = part(own, dossier.state, form)
    answered = set(mine.answers)
    parts = [_listed(mine.checklist, each, answered, shown["names"]) for each in mine.checklist.aspects]
    last = dossier.state.last_self_assessment
    shown |= {
        "checklist": mine.checklist,
        "fillable": fillable(dossier.state),
        "own": last.result if last is not None else None,
        "answered": len(answered),
        "questions": len(mine.checklist.items),
        "aspects": parts,
        "disputes": disputes_of(mine.state),
        "first": next((each["code"] for each in parts if each["done"] < each["all"]), None),
    }
    return pages_of(own.web).render(own.web, "assessment.html", status, **shown)


@dataclass(frozen=True)
class Dispute:
    """Answers to one item that say different things: all are kept until somebody decides."""

    item: str
    answers: Sequence[ItemAnswered]


def disputes_of(visit: Visit) -> list[Dispute]:
    standing = visit.standing
    return [Dispute(item, standing[item]) for item in visit.in_dispute]


def _listed(checklist: Checklist, aspect: Aspect, answered: set[str], named: RuleNames) -> dict[str, Any]:
    items = items_of(checklist, aspect)
    done = sum(each.code in answered for each in items)
    return {"code": aspect.code, "name": named.text(aspect.name), "done": done, "all": len(items)}


@router.get("/umkm/cases/{ticket}/assessment/{code}")
async def aspect_page(own: CurrentOwner, code: str) -> Response:
    dossier = await own.dossier()
    mine = await own_visit(own, dossier)
    typed = {**await _last_answers(own, dossier, mine), **mine.answers}
    return await _aspect_page(own, dossier, mine, code, _form(typed))


def _form(answers: Mapping[str, ChecklistAnswer]) -> Form:
    said = {f"said.{item}": each.said for item, each in answers.items()}
    grades = {f"grade.{item}": each.grade for item, each in answers.items() if each.grade}
    return Form({**said, **grades})


async def _last_answers(
    own: CaseOwner, dossier: MentoringDossier, mine: OwnVisit
) -> Mapping[str, ChecklistAnswer]:
    """Whoever does it again sees what was said the last time; it counts once it is saved."""
    version = (mine.checklist.id, mine.checklist.version)
    done = [
        each
        for each in dossier.visits
        if each.assessor == "business"
        and each.finished is not None
        and (each.checklist.id, each.checklist.version) == version
    ]
    if not done:
        return {}
    last = max(done, key=lambda each: each.begun)
    return answers_of(await own.office.visiting.state(own.asked, last.visit))


async def _aspect_page(
    own: CaseOwner, dossier: MentoringDossier, mine: OwnVisit, code: str, form: Form, status: int = 200
) -> Response:
    if not fillable(dossier.state):
        return RedirectResponse(f"{own.here}/assessment", 303)
    number, aspect = _aspect(mine.checklist, code)
    shown = part(own, dossier.state, form)
    named: RuleNames = shown["names"]
    items = items_of(mine.checklist, aspect)
    shown |= {
        "aspect": {"code": aspect.code, "name": named.text(aspect.name)},
        "number": number,
        "all": len(mine.checklist.aspects),
        "items": [_asked(own, mine.checklist, each, named) for each in items],
        "field_labels": {f"said.{each.code}": named.text(each.text) for each in items},
    }
    return pages_of(own.web).render(own.web, "aspect.html", status, **shown)


def _aspect(checklist: Checklist, code: str) -> tuple[int, Aspect]:
    for number, each in enumerate(checklist.aspects, 1):
        if each.code == code:
            return number, each
    raise NotFoundError(DETAILS[404])


def _asked(own: CaseOwner, checklist: Checklist, item: ChecklistItem, named: RuleNames) -> dict[str, Any]:
    say = say_of(own.web)
    said = ("yes", "no", *(("not_applicable",) if item.may_not_apply else ()))
    grades = {each.code: each.name for each in checklist.grades}
    several = item.grades if len(item.grades) > 1 else ()
    return {
        "code": item.code,
        "text": item.text,
        "choices": [(each, say(labels.SAID[each])) for each in said],
        "grades": [(each, named.text(grades[each])) for each in several],
    }


@router.post("/umkm/cases/{ticket}/assessment/{code}")
async def save_aspect(own: CurrentOwner, code: str) -> Response:
    form = Form.of(await own.web.form())
    dossier = await own.dossier()
    mine = await own_visit(own, dossier)
    number, aspect = _aspect(mine.checklist, code)
    items = items_of(mine.checklist, aspect)

    async def again(refused: Form, status: int) -> Response:
        return await _aspect_page(own, dossier, mine, code, refused, status)

    onward = mine.checklist.aspects[number : number + 1]
    back = f"{own.here}/assessment" + (f"/{onward[0].code}" if onward else "")
    field = f"said.{items[0].code}"
    return await tried(own.web, form, field, again, _save(own, mine, items, form), back)


async def _save(own: CaseOwner, mine: OwnVisit, items: Sequence[ChecklistItem], form: Form) -> None:
    """What is left open stays open: somebody may have to look first."""
    filled = {
        each.code: _filled(mine.checklist, each, form) for each in items if form.value(f"said.{each.code}")
    }
    if not filled:
        return
    key = key_of(form) or uuid4()
    synced = await own.office.visiting.fill(own.asked, own.by, mine.visit, key, filled)
    for each in synced.fates:
        if each.refused is not None:
            raise each.refused


def _filled(checklist: Checklist, item: ChecklistItem, form: Form) -> FilledItem:
    said, grade = form.value(f"said.{item.code}"), form.value(f"grade.{item.code}")
    if said not in labels.SAID:
        raise ChoiceError(PICK_ONE, f"said.{item.code}")
    wrong = said not in (checklist.fulfilled, "not_applicable")
    if wrong and len(item.grades) > 1 and grade not in item.grades:
        raise ChoiceError(PICK_ONE, f"grade.{item.code}")
    return FilledItem.model_validate({"said": said, "grade": (grade or None) if wrong else None})


@router.post("/umkm/cases/{ticket}/finish-assessment")
async def finish_assessment(own: CurrentOwner) -> Response:
    form = Form.of(await own.web.form())
    dossier = await own.dossier()
    mine = await own_visit(own, dossier)

    async def again(refused: Form, status: int) -> Response:
        return await _assessment_page(own, refused, status)

    finished = own.office.visiting.finish(own.asked, own.by, mine.visit)
    return await tried(own.web, form, "finish", again, finished, f"{own.here}/assessment")


@router.post("/umkm/cases/{ticket}/settle-assessment")
async def settle_assessment(own: CurrentOwner) -> Response:
    """Of two phones that answered for one business and knew nothing of each other."""
    form = Form.of(await own.web.form())
    mine = await own_visit(own, await own.dossier())

    async def again(refused: Form, status: int) -> Response:
        return await _assessment_page(own, refused, status)

    settled = own.office.visiting.settle(
        own.asked, own.by, mine.visit, form.value("item"), uuid_of(form, "answer")
    )
    return await tried(own.web, form, "finish", again, settled, f"{own.here}/assessment")


# -- what was found


@router.get("/umkm/cases/{ticket}/findings")
async def findings_page(own: CurrentOwner) -> Response:
    dossier = await own.dossier()
    shown = part(own, dossier.state, Form())
    shown |= {
        "findings": heaviest_first(dossier.state.findings),
        "differences": dossier.differences,
    }
    return pages_of(own.web).render(own.web, "findings.html", 200, **shown)


def heaviest_first(findings: actions.TrackedFindings) -> list[actions.TrackedFinding]:
    return sorted(findings, key=lambda each: (not each.is_open, not each.critical, each.item))


@router.get("/umkm/cases/{ticket}/findings/{item}")
async def finding_page(own: CurrentOwner, item: str) -> Response:
    return await _finding_page(own, item, Form())


async def _finding_page(own: CaseOwner, item: str, form: Form, status: int = 200) -> Response:
    dossier = await own.dossier()
    finding = next((each for each in dossier.state.findings if each.item == item), None)
    if finding is None:
        raise NotFoundError(DETAILS[404])
    shown = part(own, dossier.state, form)
    rules, open_ = own.rules(dossier.state), finding.is_open and changeable(dossier.state)
    words, many = labels.period(rules.correction.period), rules.correction.period.amount
    shown |= {
        "finding": finding,
        "aspect_code": aspect_code(
            own.office.rules.checklists_for(dossier.state, own.office.clock.now()), item
        ),
        "said": await _said(own, dossier, item),
        "photos": [each for each in papers(dossier) if each.kind == "evidence" and each.code == item],
        "agreed": finding.progress is not actions.Progress.FOUND,
        "may_agree": open_,
        "may_evidence": open_ and finding.progress is not actions.Progress.FOUND,
        "correction": pages_of(own.web).catalogue.count(language_of(own.web), *words, many),
        "field_labels": {
            name: say_of(own.web)(label) for name, label in {**labels.EVIDENCE, **labels.CAUSE}.items()
        },
    }
    return pages_of(own.web).render(own.web, "finding.html", status, **shown)


def aspect_code(checklists: Sequence[Checklist], item: str) -> str:
    found = (each.aspect for list_ in checklists for each in list_.items if each.code == item)
    return next(found, "")


def papers(dossier: MentoringDossier) -> list[FileRow]:
    """Photos and documents, without the words that came with them."""
    return [each for each in dossier.files if each.file.field not in WORDS]


async def _said(own: CaseOwner, dossier: MentoringDossier, item: str) -> Sequence[tuple[str, str]]:
    """What was written about it, in the order in which it was; it lies in the vault."""
    items = words_about(dossier, item)
    told = await disclosed(own.office, own.asked.ticket, items, own.token)
    return [(WORDS[each.field], told[each.item]) for each in items if each.item in told]


def words_about(dossier: MentoringDossier, item: str) -> Items:
    said = (actions.ActionAgreed, actions.ActionEvidenced, actions.ActionReopened)
    about = [each for each in dossier.events if isinstance(each, said) and each.item == item]
    return tuple(kept for each in about for kept in each.items if kept.field in WORDS)


@router.post("/umkm/cases/{ticket}/findings/{item}/agree")
async def agree(own: CurrentOwner, item: str) -> Response:
    form = Form.of(await own.web.form())

    async def again(refused: Form, status: int) -> Response:
        return await _finding_page(own, item, refused, status)

    return await tried(own.web, form, "due", again, _agree(own, item, form), f"{own.here}/findings/{item}")


async def _agree(own: CaseOwner, item: str, form: Form) -> None:
    words = action_words(form)
    body = AgreeBody.model_validate({"item": item, "due": day_of(form, "due"), **words.model_dump()})
    await own.office.mentoring.agree(own.asked, own.by, key_of(form), body.item, body.due, words)


def action_words(form: Form) -> ActionTexts:
    return ActionTexts(**{name: text_of(form, name) for name in ("cause", "correction", "plan")})


@router.post("/umkm/cases/{ticket}/findings/{item}/evidence")
@takes(MULTIPART)
async def give_evidence(own: CurrentOwner, item: str) -> Response:
    data = await own.web.form()
    form = Form.of(data)

    async def again(refused: Form, status: int) -> Response:
        return await _finding_page(own, item, refused, status)

    given = _give_evidence(own, item, form, data)
    return await tried(own.web, form, "file", again, given, f"{own.here}/findings/{item}")


async def _give_evidence(own: CaseOwner, item: str, form: Form, data: FormData) -> None:
    """Nothing is uploaded for what would be refused."""
    note, content, key = text_of(form, "note"), await content_of(data, "file"), key_of(form)
    await own.office.mentoring.refuse_evidence(own.asked, own.by, item)
    file = await own.office.uploads.attach(own.web, own.asked.ticket, own.by, key or uuid4(), content)
    await own.office.mentoring.give_evidence(own.asked, own.by, key, item, (file,), note)
