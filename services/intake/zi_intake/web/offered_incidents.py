"""The published incidents that somebody who complains about the same is offered to join. Nothing of what was typed is stored for it."""

from collections.abc import Sequence

from fastapi import Request

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.limits import client_address
from zi_chassis.web.page import pages_of
from zi_intake.bodies.filings import UNKNOWN
from zi_intake.container import Office
from zi_intake.domain.incident_match import Matter
from zi_intake.read.published_incidents import PublicationStatus, incidents_about


async def offered_incidents(request: Request, office: Office, form: Form) -> Sequence[tuple[str, str]]:
    """Return (id, title) to choose from. Whoever looks very often is offered nothing; filing goes on."""
    matter = _matter(form)
    if not matter.product and not matter.registration_number:
        return ()
    if not office.budgets.may_look_up(client_address(request)):
        return ()
    now = office.clock.now()
    found = await office.store.query(lambda tx: incidents_about(tx, matter, now))
    return [(str(each.words.incident), _title(request, each)) for each in found]


def _matter(form: Form) -> Matter:
    commodity = form.value("product.commodity")
    return Matter(
        form.value("district"),
        "" if commodity == UNKNOWN else commodity,
        form.value("product.name").strip(),
        form.value("product.registration_number").strip(),
    )


def _title(request: Request, status: PublicationStatus) -> str:
    return pages_of(request).say(request, msgid("Join: {title}"), title=status.words.title)
