"""The pages of the self-assessment and of the corrective actions of a business."""

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
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.language import language_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_chassis.web.refused_form import ChoiceError, file_content
from zi_contracts.intake import Items
from zi_rules.mentoring.assessment import ChecklistAnswer
from zi_rules.mentoring.checklist import Aspect, Checklist, ChecklistItem
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.rule_evaluation import answers_of
from zi_umkm.domain.visit import ItemAnswered, Visit
from zi_umkm.read.case_files import FileRow
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.use_cases.statements import ActionTexts
from zi_umkm.use_cases.vault_fields import CAUSE, CORRECTION, NOTE, PLAN
from zi_umkm.use_cases.visiting import FilledItem
from zi_umkm.web import labels
from zi_umkm.web.bodies import AgreeBody
from zi_umkm.web.form_fields import PICK_ONE, day_of, text_of, try_command, uuid_of
from zi_umkm.web.page_context import disclosed, say_of
from zi_umkm.web.pages.case_owner import CaseOwner, CurrentOwner, changeable, workspace_context
from zi_umkm.web.rule_names import RuleNames, items_of

TEXT_LABELS: Mapping[str, str] = {
    CAUSE: labels.CAUSE["cause"],
    CORRECTION: labels.CAUSE["correction"],
    PLAN: labels.CAUSE["plan"],
    NOTE: labels.EVIDENCE["note"],
}

router = APIRouter(include_in_schema=False)


# -- the list


@dataclass(frozen=True)
class SelfAssessment:
    """The assessment that the business has in hand, with the checklist that it was begun with."""

    visit: UUID
    checklist: Checklist
    state: Visit

    @property
    def answers(self) -> Mapping[str, ChecklistAnswer]:
        return answers_of(self.state)


async def current_self_assessment(owner: CaseOwner, dossier: MentoringDossier) -> SelfAssessment:
    """Return the self-assessment under way, or the next one; its id follows from their number, so that two windows begin the same one."""
    rows = [each for each in dossier.visits if each.assessor == "business"]
    under_way = next((each for each in rows if each.finished is None), None)
    if under_way is None:
        visit = uuid5(owner.mentoring_request.mentoring, f"own assessment {len(rows) + 1}")
        return SelfAssessment(visit, owner.office.rules.checklist_in_force(owner.office.clock.now()), Visit())
    state = await owner.office.visiting.state(owner.mentoring_request, under_way.visit)
    return SelfAssessment(under_way.visit, owner.office.rules.checklist(under_way.checklist), state)


def fillable(state: MentoringCase) -> bool:
    return changeable(state) and bool(on_track(state.triaged, "md"))


@router.get("/umkm/cases/{ticket}/assessment")
async def assessment_page(owner: CurrentOwner) -> Response:
    return await _assessment_page(owner, Form())


async def _assessment_page(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    visit = await current_self_assessment(owner, dossier)
    context = workspace_context(owner, dossier.state, form)
    answered = set(visit.answers)
    parts = [_listed(visit.checklist, each, answered, context["names"]) for each in visit.checklist.aspects]
    last = dossier.state.last_self_assessment
    context |= {
        "checklist": visit.checklist,
        "fillable": fillable(dossier.state),
        "self_assessment": last.result if last is not None else None,
        "answered": len(answered),
        "questions": len(visit.checklist.items),
        "aspects": parts,
        "disputes": disputes_of(visit.state),
        "first": next((each["code"] for each in parts if each["done"] < each["all"]), None),
    }
    return pages_of(owner.request).render(owner.request, "assessment.html", status, **context)


@dataclass(frozen=True)
class Dispute:
    """Different answers to one item; all are stored until somebody decides."""

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
async def aspect_page(owner: CurrentOwner, code: str) -> Response:
    dossier = await owner.dossier()
    visit = await current_self_assessment(owner, dossier)
    typed = {**await _last_answers(owner, dossier, visit), **visit.answers}
    return await _aspect_page(owner, dossier, visit, code, _form(typed))


def _form(answers: Mapping[str, ChecklistAnswer]) -> Form:
    answered = {f"said.{item}": each.said for item, each in answers.items()}
    grades = {f"grade.{item}": each.grade for item, each in answers.items() if each.grade}
    return Form({**answered, **grades})


async def _last_answers(
    owner: CaseOwner, dossier: MentoringDossier, visit: SelfAssessment
) -> Mapping[str, ChecklistAnswer]:
    """Return the answers of the last self-assessment, to be shown until new ones are saved."""
    version = (visit.checklist.id, visit.checklist.version)
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
    return answers_of(await owner.office.visiting.state(owner.mentoring_request, last.visit))


async def _aspect_page(
    owner: CaseOwner,
    dossier: MentoringDossier,
    visit: SelfAssessment,
    code: str,
    form: Form,
    status: int = 200,
) -> Response:
    if not fillable(dossier.state):
        return RedirectResponse(f"{owner.here}/assessment", 303)
    number, aspect = _aspect(visit.checklist, code)
    context = workspace_context(owner, dossier.state, form)
    named: RuleNames = context["names"]
    items = items_of(visit.checklist, aspect)
    context |= {
        "aspect": {"code": aspect.code, "name": named.text(aspect.name)},
        "number": number,
        "all": len(visit.checklist.aspects),
        "items": [_question(owner, visit.checklist, each, named) for each in items],
        "field_labels": {f"said.{each.code}": named.text(each.text) for each in items},
    }
    return pages_of(owner.request).render(owner.request, "aspect.html", status, **context)


def _aspect(checklist: Checklist, code: str) -> tuple[int, Aspect]:
    for number, each in enumerate(checklist.aspects, 1):
        if each.code == code:
            return number, each
    raise NotFoundError(DETAILS[404])


def _question(
    owner: CaseOwner, checklist: Checklist, item: ChecklistItem, named: RuleNames
) -> dict[str, Any]:
    say = say_of(owner.request)
    choices = ("yes", "no", *(("not_applicable",) if item.may_not_apply else ()))
    grades = {each.code: each.name for each in checklist.grades}
    several = item.grades if len(item.grades) > 1 else ()
    return {
        "code": item.code,
        "text": item.text,
        "choices": [(each, say(labels.ANSWERS[each])) for each in choices],
        "grades": [(each, named.text(grades[each])) for each in several],
    }


@router.post("/umkm/cases/{ticket}/assessment/{code}")
async def save_aspect(owner: CurrentOwner, code: str) -> Response:
    form = Form.of(await owner.request.form())
    dossier = await owner.dossier()
    visit = await current_self_assessment(owner, dossier)
    number, aspect = _aspect(visit.checklist, code)
    items = items_of(visit.checklist, aspect)

    async def render_again(refused: Form, status: int) -> Response:
        return await _aspect_page(owner, dossier, visit, code, refused, status)

    onward = visit.checklist.aspects[number : number + 1]
    back = f"{owner.here}/assessment" + (f"/{onward[0].code}" if onward else "")
    field = f"said.{items[0].code}"
    return await try_command(owner.request, form, field, render_again, _save(owner, visit, items, form), back)


async def _save(owner: CaseOwner, visit: SelfAssessment, items: Sequence[ChecklistItem], form: Form) -> None:
    """Save the answered items; the others stay open."""
    filled = {
        each.code: _filled(visit.checklist, each, form) for each in items if form.value(f"said.{each.code}")
    }
    if not filled:
        return
    key = key_of(form) or uuid4()
    synced = await owner.office.visiting.fill(owner.mentoring_request, owner.by, visit.visit, key, filled)
    for each in synced.fates:
        if each.refused is not None:
            raise each.refused


def _filled(checklist: Checklist, item: ChecklistItem, form: Form) -> FilledItem:
    answer, grade = form.value(f"said.{item.code}"), form.value(f"grade.{item.code}")
    if answer not in labels.ANSWERS:
        raise ChoiceError(PICK_ONE, f"said.{item.code}")
    wrong = answer not in (checklist.fulfilled, "not_applicable")
    if wrong and len(item.grades) > 1 and grade not in item.grades:
        raise ChoiceError(PICK_ONE, f"grade.{item.code}")
    return FilledItem.model_validate({"outcome": answer, "grade": (grade or None) if wrong else None})


@router.post("/umkm/cases/{ticket}/finish-assessment")
async def finish_assessment(owner: CurrentOwner) -> Response:
    form = Form.of(await owner.request.form())
    dossier = await owner.dossier()
    visit = await current_self_assessment(owner, dossier)

    async def render_again(refused: Form, status: int) -> Response:
        return await _assessment_page(owner, refused, status)

    finished = owner.office.visiting.finish(owner.mentoring_request, owner.by, visit.visit)
    return await try_command(
        owner.request, form, "finish", render_again, finished, f"{owner.here}/assessment"
    )


@router.post("/umkm/cases/{ticket}/settle-assessment")
async def settle_assessment(owner: CurrentOwner) -> Response:
    """Settle the answers of two phones that answered for one business."""
    form = Form.of(await owner.request.form())
    visit = await current_self_assessment(owner, await owner.dossier())

    async def render_again(refused: Form, status: int) -> Response:
        return await _assessment_page(owner, refused, status)

    settled = owner.office.visiting.settle(
        owner.mentoring_request, owner.by, visit.visit, form.value("item"), uuid_of(form, "answer")
    )
    return await try_command(owner.request, form, "finish", render_again, settled, f"{owner.here}/assessment")


# -- what was found


@router.get("/umkm/cases/{ticket}/findings")
async def findings_page(owner: CurrentOwner) -> Response:
    dossier = await owner.dossier()
    context = workspace_context(owner, dossier.state, Form())
    context |= {
        "findings": heaviest_first(dossier.state.findings),
        "differences": dossier.differences,
    }
    return pages_of(owner.request).render(owner.request, "findings.html", 200, **context)


def heaviest_first(findings: actions.TrackedFindings) -> list[actions.TrackedFinding]:
    return sorted(findings, key=lambda each: (not each.is_open, not each.critical, each.item))


@router.get("/umkm/cases/{ticket}/findings/{item}")
async def finding_page(owner: CurrentOwner, item: str) -> Response:
    return await _finding_page(owner, item, Form())


async def _finding_page(owner: CaseOwner, item: str, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    finding = next((each for each in dossier.state.findings if each.item == item), None)
    if finding is None:
        raise NotFoundError(DETAILS[404])
    context = workspace_context(owner, dossier.state, form)
    rules = owner.rules(dossier.state)
    forms, many = labels.period(rules.correction.period), rules.correction.period.amount
    context |= {
        "finding": finding,
        "aspect_code": aspect_code(
            owner.office.rules.checklists_for(dossier.state, owner.office.clock.now()), item
        ),
        "texts": await _texts(owner, dossier, item),
        "photos": [each for each in papers(dossier) if each.kind == "evidence" and each.code == item],
        "agreed": finding.progress is not actions.Progress.FOUND,
        "correction": pages_of(owner.request).catalogue.count(language_of(owner.request), *forms, many),
        "field_labels": {
            name: say_of(owner.request)(label) for name, label in {**labels.EVIDENCE, **labels.CAUSE}.items()
        },
    }
    return pages_of(owner.request).render(owner.request, "finding.html", status, **context)


def aspect_code(checklists: Sequence[Checklist], item: str) -> str:
    found = (each.aspect for list_ in checklists for each in list_.items if each.code == item)
    return next(found, "")


def papers(dossier: MentoringDossier) -> list[FileRow]:
    """Return photos and documents, without the texts that came with them."""
    return [each for each in dossier.files if each.file.field not in TEXT_LABELS]


async def _texts(owner: CaseOwner, dossier: MentoringDossier, item: str) -> Sequence[tuple[str, str]]:
    """Return the texts about a finding in the order in which they were written, from the vault."""
    items = text_items(dossier, item)
    texts = await disclosed(owner.office, owner.mentoring_request.ticket, items, owner.token)
    return [(TEXT_LABELS[each.field], texts[each.item]) for each in items if each.item in texts]


def text_items(dossier: MentoringDossier, item: str) -> Items:
    kinds = (
        *(actions.ActionAgreed, actions.ActionEvidenced),
        *(actions.ActionVerified, actions.ActionReopened),
    )
    about = [each for each in dossier.events if isinstance(each, kinds) and each.item == item]
    return tuple(stored for each in about for stored in each.items if stored.field in TEXT_LABELS)


@router.post("/umkm/cases/{ticket}/findings/{item}/agree")
async def agree(owner: CurrentOwner, item: str) -> Response:
    form = Form.of(await owner.request.form())

    async def render_again(refused: Form, status: int) -> Response:
        return await _finding_page(owner, item, refused, status)

    return await try_command(
        owner.request, form, "due", render_again, _agree(owner, item, form), f"{owner.here}/findings/{item}"
    )


async def _agree(owner: CaseOwner, item: str, form: Form) -> None:
    texts = action_texts(form)
    body = AgreeBody.model_validate({"item": item, "due": day_of(form, "due"), **texts.model_dump()})
    await owner.office.mentoring.agree(
        owner.mentoring_request, owner.by, key_of(form), body.item, body.due, texts
    )


def action_texts(form: Form) -> ActionTexts:
    return ActionTexts(**{name: text_of(form, name) for name in ("cause", "correction", "plan")})


@router.post("/umkm/cases/{ticket}/findings/{item}/evidence")
@takes(MULTIPART)
async def give_evidence(owner: CurrentOwner, item: str) -> Response:
    data = await owner.request.form()
    form = Form.of(data)

    async def render_again(refused: Form, status: int) -> Response:
        return await _finding_page(owner, item, refused, status)

    command = _give_evidence(owner, item, form, data)
    return await try_command(
        owner.request, form, "file", render_again, command, f"{owner.here}/findings/{item}"
    )


async def _give_evidence(owner: CaseOwner, item: str, form: Form, data: FormData) -> None:
    """Upload evidence; refuse it before the upload where it can't be accepted."""
    note, content, key = text_of(form, "note"), await file_content(data, "file"), key_of(form)
    await owner.office.mentoring.refuse_evidence(owner.mentoring_request, owner.by, item)
    file = await owner.office.uploads.attach(
        owner.request, owner.mentoring_request.ticket, owner.by, key or uuid4(), content
    )
    await owner.office.mentoring.give_evidence(owner.mentoring_request, owner.by, key, item, (file,), note)
