"""The official in front of the desk: the roles that work on letters, and acting signers."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.messaging.upstream import conflicts_of
from zi_certificates.read.appointments import appointment_of
from zi_certificates.read.desk_lists import ListReader
from zi_certificates.roles import OFFICIALS, SIGNING
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.web.api.parameters import office_of
from zi_chassis.access.identity import Staff, staff
from zi_chassis.domain import Act
from zi_rules.ticket import normalise_ticket


@dataclass(frozen=True)
class Official:
    """A person of the office who works on letters, with the request that they sent."""

    request: Request
    office: CertificatesOffice
    person: Staff
    is_acting: bool
    conflicts: frozenset[str]

    def act(self, *roles: str) -> Act:
        return self.office.access.official(self.person, roles)

    def has(self, *roles: str) -> bool:
        return not self.person.roles.isdisjoint(roles)

    @property
    def may_sign(self) -> bool:
        return self.is_acting or self.has("signer", "head")

    def as_signer(self) -> Act:
        """Act as signer or head, or in any role of an acting signer."""
        return self.act(*SIGNING)

    @property
    def list_reader(self) -> ListReader:
        """Return this official as a reader of lists, to whom some companies may be closed."""
        return ListReader(self.person.sub, self.conflicts)


async def signed_in_official(request: Request) -> Official:
    """Let in the roles that work on letters, and acting signers, who may have any role of the staff."""
    office = await office_of(request)
    person = await staff(*SIGNING)(request)
    await office.officials.note(office.store.database, person.sub, person.roles)
    now = office.clock.now()
    appointed, conflicts = await office.store.query(
        lambda tx: (appointment_of(tx, person.sub, now), conflicts_of(tx, person.sub))
    )
    if appointed is None and person.roles.isdisjoint(OFFICIALS):
        await staff(*OFFICIALS)(request)
    return Official(request, office, person, appointed is not None, conflicts)


SomeOfficial = Annotated[Official, Depends(signed_in_official)]


def ticket_of(ticket: str) -> str:
    try:
        return normalise_ticket(ticket)
    except ValueError:
        raise NoSuchApplicationError from None
