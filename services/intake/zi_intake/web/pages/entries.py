"""The pages on which officials enter cases for others, and on which a supervisor brings in reports of LAPOR!."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import DomainError
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.refused_form import sentence_of
from zi_intake.bodies.filings import UNKNOWN, ComplaintBody, ConsultationBody
from zi_intake.bodies.handling import EnteredRoad, RoadBody
from zi_intake.bodies.information import InformationBody, SuggestionBody
from zi_intake.bodies.lapor_lines import (
    COLUMN_OF,
    COLUMNS,
    LONGEST_FILE,
    MOST_LINES,
    LaporFileError,
    read_lapor,
)
from zi_intake.container import Office
from zi_intake.domain.case.refusals import CaseError, IllnessOfNoProductError
from zi_intake.read import labels
from zi_intake.roles import OFFICERS, SUPERVISOR
from zi_intake.use_cases.filing import Body, CounterEntry
from zi_intake.web.dependencies import TheOffice
from zi_intake.web.entries import ENTERED_ROADS, LineOutcome, enter, enter_lapor
from zi_intake.web.forms import (
    OF_A_TOPIC,
    as_refused,
    chosen_topic,
    districts,
    named,
    topics,
    with_switches,
)
from zi_intake.web.receipt_code import picture_of
from zi_rules.standard import ServiceKind

router = APIRouter(include_in_schema=False)

Entering = Annotated[Staff, Depends(staff(*OFFICERS))]
Importing = Annotated[Staff, Depends(staff(SUPERVISOR))]
COMMON = ("district", "text", "reporter", "language")
INFORMATION = "information"
# What each kind of case is read as, and the fields that it has besides the common ones.
READ_AS: Mapping[str, tuple[type[Body], tuple[str, ...]]] = {
    "product": (ComplaintBody, ("kind", "protection", "product", "place", "illness")),
    "service": (ComplaintBody, ("kind", "protection", "place")),
    "consultation": (ConsultationBody, ("protection", "topic")),
    INFORMATION: (InformationBody, ("protection", "purpose")),
    "suggestion": (SuggestionBody, ("protection", "wants_answer")),
}


@router.get("/desk/entries/new")
async def new_entry(request: Request, office: TheOffice, person: Entering) -> Response:
    return _entry_page(request, office, Form())


@router.post("/desk/entries")
async def enter_case(request: Request, office: TheOffice, person: Entering) -> Response:
    """Show the receipt as the answer to the form: it has the code, and no address leads to it."""
    form = Form.of(await request.form())
    try:
        road, body = _road(form), _body(office, form)
        by = office.act(person, OFFICERS)
        confirmation = await enter(office, CounterEntry(by, road), key_of(form) or uuid4(), body)
    except ValidationError as error:
        return _entry_page(request, office, _all_refused(request, office, form, error), 422)
    except CaseError as error:
        return _entry_page(request, office, as_refused(request, form, error), 422)
    state = await office.state(confirmation.ticket)
    filing = state.filing
    assert filing is not None
    address = f"{office.settings.public_url}/track?ticket={confirmation.ticket}"
    context = {
        "receipt": confirmation,
        "filing": filing,
        "code_way": office.code_actions.way_of(state),
        "of_citizen": pages_of(request).translator(filing.language),
        "picture": picture_of(address),
        "address": address,
        "lost_code": f"{office.settings.public_url}/lost-code",
        "labels": labels,
    }
    answer = pages_of(request).render(request, "entered.html", 200, **context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _road(form: Form) -> EnteredRoad:
    return RoadBody.model_validate(form.nested("road")).road


def _all_refused(request: Request, office: Office, form: Form, error: ValidationError) -> Form:
    """Return the form with what is wrong in its filing, too, where the road is what was refused."""
    refused = as_refused(request, form, error)
    try:
        _body(office, form)
    except (ValidationError, CaseError) as further:
        return form.refused({**as_refused(request, form, further).errors, **refused.errors})
    return refused


def _body(office: Office, form: Form) -> Body:
    """Read what was chosen; without a kind a complaint, whose refusal says that it is missing. Protection that a request for information
    can't have is refused, and not left out in silence, and so is an illness of no product. Raises IllnessOfNoProductError."""
    if form.value("illness") and form.value("kind") not in ("product", ""):
        raise IllnessOfNoProductError
    topic = chosen_topic(office, form)
    kind = form.value("kind") if topic is None else "service"
    body, fields = READ_AS.get(kind, READ_AS["product"])
    chosen = with_switches(form.nested(*COMMON, *fields))
    if topic is not None:
        chosen |= {"kind": kind, "appointed_topic": topic.code}
    if body is InformationBody:
        chosen = {"reporter": {}, **chosen}
    return body.model_validate(chosen, context=office.codes)


def _entry_page(request: Request, office: Office, form: Form, status: int = 200) -> Response:
    context = {
        "form": form,
        "key": str(key_of(form) or uuid4()),
        "roads": {road: labels.ROADS[road] for road in ENTERED_ROADS},
        "kinds": _kinds(request, office),
        "districts": districts(request, office),
        "topics": topics(request, office),
        "commodities": labels.COMMODITIES,
        "unknown": UNKNOWN,
        "switches": labels.SWITCHES,
        "labels": labels,
    }
    return pages_of(request).render(request, "entry.html", status, **context)


def _kinds(request: Request, office: Office) -> dict[str, str]:
    """Return the names of what can be entered; the topics for appointed officials stand among the complaints."""
    say = partial(pages_of(request).say, request)
    offered = {kind: say(labels.KINDS[kind]) for kind in READ_AS}
    if not _offers_information(office):
        del offered[INFORMATION]
    return offered | {OF_A_TOPIC + code: name for code, name in named(request, office.lists.appointed_topics)}


def _offers_information(office: Office) -> bool:
    offered = office.terms.offers(office.clock.now())
    return any(each.service is ServiceKind.PUBLIC_INFORMATION for each in offered)


@router.get("/desk/lapor")
async def lapor(request: Request, office: TheOffice, person: Importing) -> Response:
    return _lapor_page(request, office, Form())


@router.post("/desk/lapor")
async def bring_in(request: Request, office: TheOffice, person: Importing) -> Response:
    """Enter the lines and show what became of each. Sent again, only what was refused before is entered."""
    form = Form.of(await request.form())
    try:
        lines = read_lapor(form.value("file"))
    except LaporFileError as error:
        return _lapor_page(request, office, form.refused({"file": sentence_of(request, error)}), 422)
    outcomes = await enter_lapor(office, office.act(person, (SUPERVISOR,)), lines)
    return _lapor_page(request, office, Form(), 200, outcomes)


def _lapor_page(
    request: Request, office: Office, form: Form, status: int = 200, outcomes: Sequence[LineOutcome] = ()
) -> Response:
    context = {
        "form": form,
        "topics": ", ".join(each.code for each in office.lists.appointed_topics),
        "columns": ", ".join(COLUMNS),
        "limit": MOST_LINES,
        "characters": LONGEST_FILE,
        "outcomes": [(each, _reasons(request, each)) for each in outcomes],
        "entered": sum(each.outcome == "entered" for each in outcomes),
        "known": sum(each.outcome == "known" for each in outcomes),
        "refused": sum(each.outcome == "refused" for each in outcomes),
    }
    return pages_of(request).render(request, "lapor.html", status, **context)


def _reasons(request: Request, line: LineOutcome) -> Sequence[tuple[str, str]]:
    """Return why a line was refused, by the column to mend."""
    match line.refusal:
        case ValidationError() as error:
            errors = as_refused(request, Form(), error, COLUMN_OF).errors
            return list(errors.items())
        case DomainError() as error:
            return [("id", sentence_of(request, error))]
        case _:
            return []
