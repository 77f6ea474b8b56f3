"""Propose, publish and end the publication of an incident; the words are written in the transaction of their event."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from zi_chassis.domain import Act, Command, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_contracts.intake import PublicationEnding
from zi_intake.bodies.publication import PublicationBody
from zi_intake.domain.publication import (
    EndPublication,
    ProposePublication,
    Publication,
    PublishIncident,
    publication,
)
from zi_intake.read.published_incidents import PublicationWords, reports_of, write_publication_words


class PublicationActions:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def propose(self, incident: UUID, by: Act, body: PublicationBody) -> None:
        """The time ends on a whole hour, so that a form which is sent twice proposes the same."""
        until = by.at.replace(minute=0, second=0, microsecond=0) + timedelta(days=int(body.days))
        words = PublicationWords(
            incident=incident,
            title=body.public_title,
            product=body.public_product or "",
            registration_number=body.public_number or "",
            district=body.district,
            commodity=body.commodity,
            open_until=until,
        )
        command = ProposePublication(
            by=by,
            district=body.district,
            commodity=body.commodity,
            digest=words.digest,
            open_until=until,
        )

        def around(tx: Tx, decide: Callable[[], Handled[Publication]]) -> Handled[Publication]:
            handled = decide()
            if handled.recorded:
                write_publication_words(tx, words)
            return handled

        await self._store.handle(publication, incident, command, around=around)

    async def publish(self, incident: UUID, by: Act, digest: str) -> None:
        """Count the reports under the write lock."""

        def found(tx: Tx) -> tuple[Decider[Publication], UUID, Command]:
            reports = reports_of(tx, incident)
            return publication, incident, PublishIncident(by=by, digest=digest, reports=reports)

        await self._store.decide(found)

    async def end(self, incident: UUID, by: Act, reason: PublicationEnding) -> None:
        await self._store.handle(publication, incident, EndPublication(by=by, reason=reason))
