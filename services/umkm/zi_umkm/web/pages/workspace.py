"""The pages for everybody and for a business: what mentoring is and came to, and the workspace of one case with its one next step."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.access.identity import APPLICANT
from zi_chassis.domain import ErasedError
from zi_chassis.office_clock import office_zone
from zi_chassis.small_groups import LEAST
from zi_chassis.storage.database import Tx
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import DETAILS, NotFoundError
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.messages import ConsentGiven
from zi_umkm.domain.case.state import OVER, MentoringCase, MentoringStatus
from zi_umkm.domain.next_step import way
from zi_umkm.messaging.upstream import MentoringRequest, requests_by
from zi_umkm.read import outcomes
from zi_umkm.read.state_question_times import question_times
from zi_umkm.read.trainings import ParticipantRow, TrainingRow, participants, trainings, trainings_held
from zi_umkm.read.trips import AnnouncedVisit, announced_visits
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web import labels
from zi_umkm.web.bodies import ObjectionBody
from zi_umkm.web.current_office import TheOffice
from zi_umkm.web.form_fields import chosen, text_of, ticket_of, try_command, uuid_of
from zi_umkm.web.letter_answers import answer_items, letters_of
from zi_umkm.web.next_steps import described_step
from zi_umkm.web.page_context import (
    disclosed_unless_erased,
    history_of,
    listed_stops,
    names_of,
    ruled,
    say_of,
    whole_way,
)
from zi_umkm.web.pages import assessment as assessment_pages
from zi_umkm.web.pages import business, handover, papers, products, referral_letter, registration_dossier
from zi_umkm.web.pages import files as own_files
from zi_umkm.web.pages.case_owner import (
    CaseOwner,
    CurrentOwner,
    products_of,
    workspace_context,
)
from zi_umkm.web.permit_context import permit_part
from zi_umkm.web.permit_texts import permit_items, permit_texts, words_for_business

router = APIRouter(include_in_schema=False)


# -- for everybody


@router.get("/umkm")
async def without_slash() -> Response:
    return RedirectResponse("/umkm/", 308)


@router.get("/umkm/")
async def home(request: Request, office: TheOffice) -> Response:
    rules = office.rules.in_force(office.clock.now())
    context = {
        **ruled(request, office, rules),
        "stops": whole_way(rules),
        "cases": await _own_cases(request, office),
    }
    return pages_of(request).render(request, "home.html", 200, **context)


async def _own_cases(request: Request, office: MentoringOffice) -> list[MentoringRequest] | None:
    """Return the cases of the signed-in person of a business; None for everybody else."""
    person = await office.access.signed_in(request)
    if person is None:
        return None
    request.state.staff = person
    return await office.store.query(lambda tx: requests_by(tx, person.sub, APPLICANT))


@router.get("/umkm/statistics")
async def statistics(request: Request, office: TheOffice) -> Response:
    now = office.clock.now()
    rules = office.rules.in_force(now)
    named, say = names_of(request, office, rules), say_of(request)
    counted, durations, stuck, trainings, questions = await office.store.query(
        lambda tx: (
            outcomes.outcomes(tx),
            outcomes.durations(tx),
            outcomes.public_stuck(tx, now),
            trainings_held(tx),
            question_times(tx),
        )
    )
    results, numbers = outcomes.public_outcomes(counted), sum(each.numbers for each in counted)
    learned = outcomes.public_learned(trainings)
    context = {
        **ruled(request, office, rules),
        "kinds": outcomes.KINDS,
        "fills": outcomes.FILLS,
        "outcomes": results,
        "numbers": numbers if numbers >= LEAST else None,
        "drawn": outcomes.KINDS
        | ({outcomes.FEW: outcomes.FEW_WORDS} if any(each.few for each in results) else {}),
        "chart": outcomes.chart(results, named.district),
        "stuck": stuck,
        "stuck_chart": outcomes.stuck_chart(stuck, lambda status: say(labels.group_of(status))),
        "durations": outcomes.public_durations(durations, results),
        "state_questions": questions,
        "least": LEAST,
        "learned": learned,
        "learned_chart": outcomes.learned_chart(learned, named.district),
    }
    return pages_of(request).render(request, "statistics.html", 200, **context)


# -- the whole of one case


@router.get("/umkm/cases/{ticket}")
async def overview(owner: CurrentOwner) -> Response:
    return await _overview(owner, Form())


async def _overview(owner: CaseOwner, form: Form, status: int = 200) -> Response:
    dossier = await owner.dossier()
    state, rules = dossier.state, owner.rules(dossier.state)
    context = workspace_context(owner, state, form, dossier.missing)
    named = context["names"]
    products = await products_of(owner.office, dossier, owner.token, named)
    permit_missing = dossier.missing if _asks_permit(state) else ()
    own_result = state.last_self_assessment
    context |= {
        "step": described_step(dossier, rules, named, say_of(owner.request)),
        "until": _until(state),
        "way": listed_stops(way(state), rules),
        "products": products,
        "permit_missing": permit_missing,
        "self_assessment": own_result.result if own_result else None,
        "open_findings": sum(each.is_open for each in state.findings),
        "has_letter": bool(state.referred),
        "coming": await _coming(owner),
        **await _written(owner, dossier),
        "trainings": await _attended(owner, dossier),
        "open_trainings": await _open_trainings(owner, dossier),
        "consents": _consents(dossier),
        "history": await history_of(owner.request, owner.office, dossier.messages, named),
        **permit_part(owner.request, owner.office, dossier),
    }
    return pages_of(owner.request).render(owner.request, "case.html", status, **context)


async def _coming(owner: CaseOwner) -> list[AnnouncedVisit]:
    today = owner.office.clock.now().astimezone(office_zone()).date()
    case = owner.mentoring_request.mentoring
    return await owner.office.store.query(lambda tx: announced_visits(tx, case, today))


async def _written(owner: CaseOwner, dossier: MentoringDossier) -> Mapping[str, Any]:
    """Return the letters with what was answered to them, and what was written about the permit."""
    words = words_for_business(dossier.events)
    items = (*answer_items(dossier), *permit_items(words))
    ticket, is_erased = owner.mentoring_request.ticket, False
    try:
        texts = await disclosed_unless_erased(owner.office, ticket, items, owner.token)
    except ErasedError:
        texts, is_erased = {}, True
    return {
        "texts_erased": is_erased,
        "letters": letters_of(dossier, texts),
        "permit_texts": permit_texts(words, texts),
    }


@dataclass(frozen=True)
class Attended:
    """A training that the business takes part in, and what it knew before and after."""

    row: TrainingRow
    participation: ParticipantRow


async def _attended(owner: CaseOwner, dossier: MentoringDossier) -> list[Attended]:
    id = owner.mentoring_request.mentoring

    def question(tx: Tx) -> list[Attended]:
        groups = [(row, participants(tx, row.training)) for row in dossier.trainings]
        return [Attended(row, each) for row, group in groups for each in group if each.case == id]

    return await owner.office.store.query(question)


async def _open_trainings(owner: CaseOwner, dossier: MentoringDossier) -> list[TrainingRow]:
    """Return trainings with free places in the district of the business, the next first."""
    state, now = dossier.state, owner.office.clock.now()
    if state.business is None or state.status in OVER:
        return []
    known, district = {each.training for each in dossier.trainings}, state.business.district
    coming = [
        each
        for each in await owner.office.store.query(lambda tx: trainings(tx, district=district))
        if each.begins > now and each.held_at is None and each.enrolled < each.places
    ]
    return sorted((each for each in coming if each.training not in known), key=lambda each: each.begins)


def _consents(dossier: MentoringDossier) -> list[ConsentGiven]:
    """Return the consents that hold, in the order in which they were given."""
    consents = {each.to: each for each in dossier.events if isinstance(each, ConsentGiven)}
    return [each for each in consents.values() if each.to in dossier.state.consents]


def _asks_permit(state: MentoringCase) -> bool:
    return state.status in (
        MentoringStatus.TRIAGED,
        MentoringStatus.ASSESSED,
        MentoringStatus.CORRECTING,
        MentoringStatus.CORRECTED,
    )


def _until(state: MentoringCase) -> datetime | None:
    """Return the first due date of an agreed action."""
    if state.status is not MentoringStatus.CORRECTING:
        return None
    return min((each.due for each in state.findings if each.is_under_way and each.due), default=None)


# -- parts of it; before the commands, which take any name

router.include_router(assessment_pages.router)
router.include_router(business.router)
router.include_router(papers.router)
router.include_router(products.router)
router.include_router(handover.router)
router.include_router(own_files.router)
router.include_router(referral_letter.router)
router.include_router(registration_dossier.router)


# -- on its way


async def _return(owner: CaseOwner, form: Form) -> None:
    await owner.office.mentoring.return_(
        owner.mentoring_request, owner.by, key_of(form), text_of(form, "note")
    )


async def _apply_for_permit(owner: CaseOwner, form: Form) -> None:
    await owner.office.permits.apply(owner.mentoring_request, owner.by, key_of(form))


async def _object(owner: CaseOwner, form: Form) -> None:
    body = ObjectionBody.model_validate(
        {"note": text} if (text := text_of(form, "objection")) is not None else {}
    )
    await owner.office.permits.contest(owner.mentoring_request, owner.by, key_of(form), body.note)


async def _resume(owner: CaseOwner, form: Form) -> None:
    await owner.office.mentoring.resume(owner.mentoring_request, owner.by, key_of(form))


async def _close(owner: CaseOwner, form: Form) -> None:
    await owner.office.mentoring.close(owner.mentoring_request, owner.by, key_of(form), "business_asked")


async def _enrol(owner: CaseOwner, form: Form) -> None:
    await owner.office.teaching.enrol(uuid_of(form, "training"), owner.mentoring_request, owner.by)


async def _give_consent(owner: CaseOwner, form: Form) -> None:
    await owner.office.mentoring.give_consent(
        owner.mentoring_request, owner.by, key_of(form), ticket_of(form, "to")
    )


async def _withdraw_consent(owner: CaseOwner, form: Form) -> None:
    consents = tuple((await owner.state()).consents)
    to = chosen(form, "to", consents)
    await owner.office.mentoring.withdraw_consent(owner.mentoring_request, owner.by, key_of(form), to)


# For each command the field at which a refusal is shown, and what is done.
COMMANDS: Mapping[str, tuple[str, Callable[[CaseOwner, Form], Awaitable[None]]]] = {
    "return": ("command", _return),
    "apply-for-permit": ("command", _apply_for_permit),
    "object-to-revocation": ("objection", _object),
    "resume": ("command", _resume),
    "close": ("command", _close),
    "enrol": ("command", _enrol),
    "give-consent": ("to", _give_consent),
    "withdraw-consent": ("to", _withdraw_consent),
}


@router.post("/umkm/cases/{ticket}/{command}")
async def act(owner: CurrentOwner, command: str) -> Response:
    form = Form.of(await owner.request.form())
    if command not in COMMANDS:
        raise NotFoundError(DETAILS[404])
    field, done = COMMANDS[command]

    async def render_again(refused: Form, status: int) -> Response:
        return await _overview(owner, refused, status)

    back, places = owner.here, {"note": field}
    return await try_command(owner.request, form, field, render_again, done(owner, form), back, places)
