"""The page of acting signers, whom the head appoints."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from zi_certificates.domain.appointment import UnknownOfficialError, YourselfError
from zi_certificates.read.appointments import APPOINTMENTS, appointments_made
from zi_certificates.roles import APPOINTING
from zi_certificates.web import labels
from zi_certificates.web.bodies import AppointBody
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.form_fields import filled_in, page_number
from zi_certificates.web.official import Official, SomeOfficial
from zi_certificates.web.pages.desk import DESK
from zi_certificates.web.presenters import say_of
from zi_chassis.office_clock import office_zone, zone_name
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import unread_moment
from zi_chassis.web.refused_form import REFUSED, ChoiceError

router = APIRouter(include_in_schema=False)

ADDRESS = f"{DESK}appointments"
LONGEST = 120


@router.get(ADDRESS)
async def appointments(official: SomeOfficial) -> Response:
    return await _appointments(official, Form())


async def _appointments(official: Official, form: Form, status: int = 200) -> Response:
    query = official.request.query_params
    text, number = query.get("text", "").strip()[:LONGEST], page_number(query.get("page", ""))
    found = await official.office.store.query(lambda tx: appointments_made(tx, text, number))
    context = {
        "labels": labels,
        "appointments": found.rows,
        "total": found.total,
        "search": Form({"text": text}),
        "previous": number > 1 and _address(text, number - 1),
        "next": number * APPOINTMENTS < found.total and _address(text, number + 1),
        "field_labels": {name: say_of(official.request)(label) for name, label in labels.APPOINTMENT.items()},
        "is_head": official.has(*APPOINTING),
        "rules": official.office.appointing.rules,
        "candidates": await _candidates(official),
        "now": official.office.clock.now(),
        "zone": zone_name(official.office.clock.now()),
        "form": form,
        "key": str(key_of(form) or uuid4()),
    }
    return pages_of(official.request).render(official.request, "appointments.html", status, **context)


def _address(text: str, page: int) -> str:
    return f"{ADDRESS}?{urlencode({'text': text, 'page': page} if text else {'page': page})}"


async def _candidates(official: Official) -> list[tuple[str, str]]:
    """List the officials to choose from, each with the roles that fit."""
    say, found = say_of(official.request), await official.office.appointing.candidates(official.person.sub)
    roles = ((each, [say(labels.role(f"staff:{role}")) for role in fitting]) for each, fitting in found)
    return [(each, f"{each} ({', '.join(names)})") for each, names in roles]


@router.post(ADDRESS)
async def appoint(official: SomeOfficial) -> Response:
    form = Form.of(await official.request.form())
    try:
        body = AppointBody.model_validate(
            filled_in(
                official=form.value("official").strip(),
                begins=_at_the_office(form, "begins"),
                ends=_at_the_office(form, "ends"),
            )
        )
        by = official.act(*APPOINTING)
        await official.office.appointing.appoint(by, key_of(form), body.official, body.begins, body.ends)
    except REFUSED as error:
        field = "official" if isinstance(error, YourselfError | UnknownOfficialError) else "ends"
        return await _appointments(
            official, refused_form(official.request, form, error, field), status_of(error)
        )
    return RedirectResponse(ADDRESS, 303)


def _at_the_office(form: Form, name: str) -> str:
    """Read a field for a local time by the office's clock."""
    text = form.value(name).strip()
    try:
        return text and datetime.fromisoformat(text).replace(tzinfo=office_zone()).isoformat()
    except ValueError:
        raise ChoiceError(unread_moment(text), name) from None


@router.post(ADDRESS + "/{appointment}/end")
async def end_appointment(official: SomeOfficial, appointment: UUID) -> Response:
    form = Form.of(await official.request.form())
    try:
        await official.office.appointing.end_appointment(appointment, official.act(*APPOINTING))
    except REFUSED as error:
        return await _appointments(
            official, refused_form(official.request, form, error, "official"), status_of(error)
        )
    return RedirectResponse(ADDRESS, 303)
