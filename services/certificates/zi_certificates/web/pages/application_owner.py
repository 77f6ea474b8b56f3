"""The applicant in front of the pages of one application, and what these pages have in common."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from zi_certificates.container import CertificatesOffice
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases.dossier import Dossier
from zi_certificates.use_cases.taking_over import OPEN, MentoringFields
from zi_certificates.web import labels
from zi_certificates.web.api.parameters import office_of
from zi_certificates.web.form_errors import refused_form, status_of
from zi_certificates.web.page_context import country_names, rules_context
from zi_certificates.web.presenters import say_of
from zi_chassis.access import case_token, identity
from zi_chassis.access.identity import APPLICANT, presented
from zi_chassis.domain import Act
from zi_chassis.web.form import Form
from zi_chassis.web.idempotency import key_of
from zi_chassis.web.refused_form import REFUSED
from zi_rules.certificate.rule_set import CertificateRules

Again = Callable[[Form, int], Awaitable[Response]]


@dataclass(frozen=True)
class ApplicationOwner:
    """The applicant whose application a page shows: the request at intake, the act that they may do, and their token."""

    request: Request
    office: CertificatesOffice
    intake_request: IntakeRequest
    by: Act
    token: str | None

    @property
    def address(self) -> str:
        """Of the application's first page."""
        return f"/certificates/applications/{self.intake_request.ticket}"


async def application_owner(request: Request, ticket: str) -> ApplicationOwner:
    """Raise for everybody else than the applicant."""
    office = await office_of(request)
    intake_request, by = await office.access.applicant(request, ticket)
    if by.role == APPLICANT:
        request.state.staff = await office.access.signed_in(request)
    else:
        request.state.is_case_open = True
    cookie = identity.COOKIE if by.role == APPLICANT else case_token.COOKIE
    return ApplicationOwner(request, office, intake_request, by, presented(request, cookie))


Owner = Annotated[ApplicationOwner, Depends(application_owner)]


async def take_over(owner: ApplicationOwner, form: Form, field: str) -> MentoringFields:
    """Read a field of the mentoring case, each time anew from the vault."""
    return await owner.office.taking_over.read_fields(
        owner.intake_request, form.value("case"), owner.token, field
    )


def part_context(
    owner: ApplicationOwner, dossier: Dossier, form: Form, rules: CertificateRules
) -> dict[str, Any]:
    """Return the template variables of every part of the workspace."""
    return {
        **rules_context(owner.request, owner.office, rules),
        "ticket": owner.intake_request.ticket,
        "series": owner.intake_request.series,
        "state": dossier.state,
        "changeable": dossier.state.status in OPEN,
        "mentoring": dossier.mentoring if dossier.state.status in OPEN else (),
        "form": form,
        "country": country_names(owner.request),
        "field_labels": translated_labels(owner, {**labels.UPLOAD, **labels.FIELDS}),
        "key": str(key_of(form) or uuid4()),
    }


def translated_labels(owner: ApplicationOwner, fields: Mapping[str, str]) -> dict[str, str]:
    """Translate the labels for the list of mistakes, in the order of the form."""
    return {name: say_of(owner.request)(label) for name, label in fields.items()}


async def submit_form(
    owner: ApplicationOwner,
    form: Form,
    field: str,
    again: Again,
    action: Awaitable[object],
    back: str,
    error_fields: Mapping[str, str] | None = None,
) -> Response:
    """Do it and redirect to `back`, or show the page again with everything that was typed."""
    try:
        await action
    except REFUSED as error:
        return await again(
            refused_form(owner.request, form, error, field, error_fields or {}), status_of(error)
        )
    return RedirectResponse(back, 303)
