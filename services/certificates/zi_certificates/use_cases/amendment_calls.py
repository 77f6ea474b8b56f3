"""Officials call for the amendment of a letter on which they found an error; its company makes it."""

from uuid import UUID

from zi_certificates.domain.application.commands import ApplicationCommands, CallForAmendment
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of
from zi_certificates.use_cases.deciding import Deciding
from zi_chassis.database import Tx
from zi_chassis.domain import Act
from zi_chassis.store import Handled
from zi_contracts.intake import Items


class AmendmentCalls(Deciding):
    async def call(
        self, ticket: str, by: Act, key: UUID | None, letter: UUID, note: str
    ) -> Handled[Application]:
        """The `note` says what is wrong; it is for the applicant, and lies in the vault."""
        request_id = request_id_of(key, by, "call-for-amendment", [letter, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            known = self.known(tx, id)
            return CallForAmendment(by=by, request=request_id, known=known, letter=letter, items=items)

        return await self._decide(ticket, decision, note, request_id)
