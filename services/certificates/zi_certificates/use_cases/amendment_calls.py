"""Officials call for the amendment of a letter on which they found an error; its company makes it."""

from collections.abc import Sequence
from uuid import UUID

from zi_certificates.domain.application.commands import ApplicationCommands, CallForAmendment
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import request_id_of
from zi_certificates.messaging.published import applications
from zi_certificates.read.amendments import open_successor
from zi_certificates.use_cases.deciding import Deciding
from zi_certificates.use_cases.rulebook import Rulebook
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled
from zi_contracts.intake import Items
from zi_rules.certificate.amendments import AmendableField
from zi_rules.certificate.kind import CertificateKind, Goods


class AmendmentCalls(Deciding):
    async def call(
        self, ticket: str, by: Act, key: UUID | None, letter: UUID, note: str, fields: Sequence[str] = ()
    ) -> Handled[Application]:
        """The `note` says what is wrong in the fields; it is for the applicant, and lies in the vault."""
        wrong = tuple(sorted(set(fields)))
        request_id = request_id_of(key, by, "call-for-amendment", [letter, note, *wrong])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            _, now = self._store.states(tx, {id: applications})[id]
            numbers = [each.number for each in now.letters if each.id == letter and each.number]
            return CallForAmendment(
                **self._act(tx, id, by, request_id),
                letter=letter,
                fields=wrong,
                items=items,
                amendable=frozenset(map(str, amendable_on(now, letter, self._rules))),
                is_at_work=any(open_successor(tx, number, id) for number in numbers),
            )

        return await self._decide(ticket, decision, note, request_id)


def amendable_on(application: Application, letter: UUID, rules: Rulebook) -> frozenset[AmendableField]:
    """Return the fields of this letter that the office's rules let change now."""
    stated = application.statement
    kinds = [CertificateKind(each.kind) for each in application.letters if each.id == letter]
    if stated is None or not kinds:
        return frozenset()
    rule = rules.amendments[0].rule_of(kinds[0], Goods(stated.goods))
    return frozenset() if rule is None else rule.fields
