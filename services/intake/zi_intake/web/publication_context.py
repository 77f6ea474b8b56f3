"""The publication of an incident for its page at the desk, and what this official can do about it."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Request

from zi_chassis.access.identity import Staff
from zi_chassis.web.page import pages_of
from zi_intake.container import Office
from zi_intake.domain.publication import FEWEST
from zi_intake.read import labels
from zi_intake.read.incidents import unjudged_of, untaken_of
from zi_intake.read.published_incidents import publication_of, reports_of
from zi_intake.roles import HEAD, OFFICERS, SUPERVISOR
from zi_intake.web.forms import districts


async def publication_context(
    request: Request, office: Office, person: Staff, incident: UUID
) -> dict[str, Any]:
    reader, now = office.reader(person), office.clock.now()
    status, reports, untaken, unjudged = await office.store.query(
        lambda tx: (
            publication_of(tx, incident, now),
            reports_of(tx, incident),
            untaken_of(tx, incident, reader),
            unjudged_of(tx, incident, reader),
        )
    )
    say = partial(pages_of(request).say, request)
    is_second = not person.roles.isdisjoint((SUPERVISOR, HEAD))
    waits = status is not None and not status.is_published
    return {
        "publication": status,
        "reports": reports,
        "fewest": FEWEST,
        "untaken": len(untaken),
        "unjudged": unjudged,
        "may_propose": not person.roles.isdisjoint(OFFICERS),
        "may_publish": waits and is_second and status is not None and status.proposed_by != person.sub,
        "districts": districts(request, office),
        "commodities": [(code, say(name)) for code, name in labels.COMMODITIES.items()],
        "days": [(code, say(name)) for code, name in labels.PUBLICATION_DAYS.items()],
        "endings": [(code, say(name)) for code, name in labels.PUBLICATION_ENDINGS.items()],
    }
