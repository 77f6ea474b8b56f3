"""The forms of a case at the desk besides questions and answers: incidents, visits, referrals, drafts; `command` is the last part of the
address."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID, uuid4

from zi_chassis.domain import Act
from zi_chassis.web.form import Form
from zi_intake.bodies.handling import DraftBody, LinkBody, ReferBody, ReturnDraftBody, UnlinkBody, VisitBody
from zi_intake.container import Office
from zi_intake.domain.case.refusals import UnknownIncidentError
from zi_intake.read.incidents import incident_of
from zi_intake.read.visibility import CaseReader
from zi_intake.use_cases.case_actions import HandledCase, request_id_of

Handler = Callable[[Office, str, Act, UUID | None, Form], Awaitable[HandledCase]]
NEW = "new"


async def _link(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = LinkBody.model_validate(form.nested(*LinkBody.model_fields))
    return await link_case(office, ticket, by, key, body)


async def link_case(office: Office, ticket: str, by: Act, key: UUID | None, body: LinkBody) -> HandledCase:
    """Put the case into the incident that is named, or into a new one. Raises UnknownIncidentError."""
    if body.incident is not None:
        await _refuse_unknown(office, by, body.incident)
    incident = body.incident or _new_incident(ticket, by, key, body.title)
    return await office.handling.link(ticket, by, key, incident, body.link_reason, body.title)


def _new_incident(ticket: str, by: Act, key: UUID | None, title: str | None) -> UUID:
    """Return the id of the incident that a title begins; the same on a repeat. The key alone would name any incident that is there."""
    return request_id_of(key, by, "incident", f"{ticket} {title}".encode()) or uuid4()


async def _refuse_unknown(office: Office, by: Act, incident: UUID) -> None:
    """Raise UnknownIncidentError for an incident in which this official may read no case: its title would be shown from then on."""
    taken = office.people.topics_taken if by.role == "staff:head" else None
    roles = frozenset({by.role.removeprefix("staff:")})
    reader = CaseReader(by.actor, roles, office.people.topics_of(by.actor), taken)
    if await office.store.query(lambda tx: incident_of(tx, incident, reader)) is None:
        raise UnknownIncidentError


async def _unlink(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = UnlinkBody.model_validate(form.nested("unlink_reason"))
    return await office.handling.unlink(ticket, by, key, body.unlink_reason)


async def _visit(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = VisitBody.model_validate(form.nested(*VisitBody.model_fields))
    return await office.handling.record_visit(ticket, by, key, body)


async def _refer(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = ReferBody.model_validate(form.nested(*ReferBody.model_fields), context=office.codes)
    return await office.handling.refer(ticket, by, key, body)


async def _approve(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = DraftBody.model_validate(form.nested("draft"))
    return await office.handling.approve_draft(ticket, by, key, body.draft)


async def _return(office: Office, ticket: str, by: Act, key: UUID | None, form: Form) -> HandledCase:
    body = ReturnDraftBody.model_validate(form.nested("draft", "draft_reason"))
    return await office.handling.return_draft(ticket, by, key, body.draft, body.draft_reason)


FORMS: Mapping[str, Handler] = {
    "link": _link,
    "unlink": _unlink,
    "visit": _visit,
    "refer": _refer,
    "approve-draft": _approve,
    "return-draft": _return,
}
# The field at which each form shows why it was refused.
FIELD_OF: Mapping[str, str] = {
    "link": "link_reason",
    "unlink": "unlink_reason",
    "visit": "findings",
    "refer": "referral_body",
    "approve-draft": "draft",
    "return-draft": "draft_reason",
}
