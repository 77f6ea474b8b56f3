"""Use cases of officials: evaluate, sign, override.

Every decision is made under the write lock, from all facts about officials and the business that have arrived by then, so that none
comes in between reading and deciding.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    ApproveOverride,
    AskData,
    AskOverride,
    HandOver,
    PassEvaluation,
    RefuseOverride,
    Reinstate,
    Reject,
    Release,
    Revoke,
    SendBack,
    Sign,
    Suspend,
    Take,
)
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.domain.ids import request_id_of
from zi_certificates.domain.impartiality import Known
from zi_certificates.domain.queue import Chosen, InHandError, next_for
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import interests_of
from zi_certificates.read.applications import (
    application,
    application_of,
    applications_in,
    parked_before,
    waiting,
)
from zi_certificates.read.appointments import appointment_of
from zi_certificates.read.decisions import held_of_company, taken_for
from zi_certificates.roles import SIGNING_BY_ROLE
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.use_cases.account_deciding import AccountDeciding, Findings
from zi_certificates.use_cases.amendment_time import amended_holds
from zi_certificates.use_cases.data_requests import is_explained, unnamed_documents, unsendable_documents
from zi_chassis.domain import Act, officials
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled
from zi_contracts.certificates import (
    OverrideReason,
    ReinstatementReason,
    ReleaseReason,
    SignedLetter,
    StandingReason,
)
from zi_contracts.intake import Items

NOTE = "note"
SYSTEM = "system:certificates"


@dataclass(frozen=True)
class SeenOverride:
    """The override that an official looked at before they decided; a program may leave out what that was."""

    official: str | None = None
    reason: OverrideReason | None = None


NOT_SAID = SeenOverride()
Decision = Callable[[Tx, UUID, Items], ApplicationCommands]


class Deciding(AccountDeciding):
    """`ticket` is the application's; `key` is an Idempotency-Key: the same act of the same person under it is done once.

    A `note` is for the applicant, in the official's own request_id; it lies in the vault.
    """

    # -- evaluators

    async def take_next(self, by: Act, key: UUID | None) -> Handled[Application]:
        """Take the application that has waited longest of those that this evaluator may take.

        Raises InHandError, NothingWaitsError, NothingForYouError.
        """
        request_id = request_id_of(key, by, "take-next")

        def found(tx: Tx) -> tuple[Any, UUID, ApplicationCommands]:
            chosen = self._chosen(tx, by, request_id)
            take = Take(
                **self._act(tx, chosen.application, by, request_id),
                overtaken=chosen.overtaken,
                parked=parked_before(tx, chosen.application),
            )
            return applications, chosen.application, take

        return await self._store.decide(found)

    def _chosen(self, tx: Tx, by: Act, request_id: UUID | None) -> Chosen:
        again = None if request_id is None else taken_for(tx, by.actor, request_id)
        if again is not None:
            return Chosen(again, ())
        if in_hand := applications_in(tx, (ApplicationStatus.EVALUATION,), by.actor, limit=1):
            raise InHandError(in_hand[0].ticket)
        return next_for(by.actor, waiting(tx), interests_of(tx, by.actor))

    async def release(
        self, ticket: str, by: Act, key: UUID | None, reason: ReleaseReason
    ) -> Handled[Application]:
        """Give it back to its old place in the queue; for a conflict also all else of this company that the evaluator has."""
        request_id = request_id_of(key, by, "release", [ticket, reason])
        released = await self._decide(
            ticket, lambda tx, id, _: Release(**self._act(tx, id, by, request_id), reason=reason)
        )
        if reason == "conflict":
            await self._release_others(ticket, by)
        return released

    async def _release_others(self, ticket: str, by: Act) -> None:
        """Take from whoever has recused themselves what else of the company they have, as the program does for a declaration."""
        system = Act(at=by.at, actor=SYSTEM, role=SYSTEM, causation=by.causation, correlation=by.correlation)
        for id in await self._store.query(lambda tx: held_of_company(tx, ticket, by.actor)):
            await self._store.handle(applications, id, HandOver(by=system, officer=by.actor))

    async def ask_data(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        wanted: Findings,
        note: str | None = None,
        revision: int | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "ask-data", [ticket, wanted, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            _, now = self._store.states(tx, {id: applications})[id]
            return AskData(
                **self._act(tx, id, by, request_id),
                wanted=wanted,
                unnamed=unnamed_documents(wanted, now.statement, self._rules.of(now, by.at)),
                unsendable=unsendable_documents(wanted, self._rules.document_kinds(now, by.at)),
                explained=is_explained(note),
                revision=revision,
                items=items,
            )

        return await self._decide(ticket, decision, note, request_id)

    async def pass_evaluation(
        self, ticket: str, by: Act, key: UUID | None, revision: int, refused: Findings = ()
    ) -> Handled[Application]:
        """Find it compliant, but for products that are refused one by one."""
        request_id = request_id_of(key, by, "pass", [ticket, revision, *refused])

        def decision(tx: Tx, id: UUID, _: Items) -> ApplicationCommands:
            return PassEvaluation(**self._act(tx, id, by, request_id), revision=revision, refused=refused)

        return await self._decide(ticket, decision)

    async def reject(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        reasons: Findings,
        note: str | None = None,
        revision: int | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "reject", [ticket, reasons, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            act = self._act(tx, id, by, request_id)
            return Reject(**act, revision=revision, reasons=reasons, items=items)

        return await self._decide(ticket, decision, note, request_id)

    # -- signers

    async def send_back(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        reasons: Findings,
        note: str | None = None,
        revision: int | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "send-back", [ticket, reasons, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            signing = self._signing(tx, id, by) | {"revision": revision}
            return SendBack(by=by, request=request_id, reasons=reasons, items=items, **signing)

        return await self._decide(ticket, decision, note, request_id)

    async def sign(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        revision: int,
        letters: tuple[SignedLetter, ...],
        refused: Iterable[int] = (),
    ) -> Handled[Application]:
        """Sign for letters whose contents lie in the vault already, without the products of these numbers."""
        request_id = request_id_of(key, by, "sign", [ticket, revision])
        return await self._decide(ticket, self._sign(by, request_id, revision, letters, frozenset(refused)))

    async def refuse_unless_signable(
        self, ticket: str, by: Act, key: UUID | None, revision: int, refused: Iterable[int] = ()
    ) -> None:
        """Raise what `sign` would raise, before anything is made for the letters."""
        id = await self.application_id(ticket)
        _, now = await self._store.fetch(applications, id)
        kinds = now.statement.kinds if now.statement is not None else ()
        letters = tuple(
            SignedLetter(letter=uuid4(), kind=kind, content="0" * 64, template="0" * 64) for kind in kinds
        )
        request_id = request_id_of(key, by, "sign", [ticket, revision])
        await self._would_change(id, self._sign(by, request_id, revision, letters, frozenset(refused)))

    def _sign(
        self,
        by: Act,
        request_id: UUID | None,
        revision: int,
        letters: tuple[SignedLetter, ...],
        refused: frozenset[int],
    ) -> Decision:
        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            _, now = self._store.states(tx, {id: applications})[id]
            holds = amended_holds(tx, now, self._rules, by.at)
            signing = self._signing(tx, id, by) | {"amended_holds": holds}
            stated = {"revision": revision, "refused": refused, "letters": letters}
            return Sign(by=by, request=request_id, **stated, **signing)

        return decision

    async def suspend(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        letter: UUID,
        reason: StandingReason,
        note: str | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "suspend", [letter, reason, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            signing = self._signing(tx, id, by)
            return Suspend(by=by, request=request_id, letter=letter, reason=reason, items=items, **signing)

        return await self._decide(ticket, decision, note, request_id)

    async def reinstate(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        letter: UUID,
        reason: ReinstatementReason,
        note: str | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "reinstate", [letter, reason, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            signing = self._signing(tx, id, by)
            return Reinstate(by=by, request=request_id, letter=letter, reason=reason, items=items, **signing)

        return await self._decide(ticket, decision, note, request_id)

    async def revoke(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        letter: UUID,
        reason: StandingReason,
        note: str | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "revoke", [letter, reason, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            signing = self._signing(tx, id, by)
            return Revoke(by=by, request=request_id, letter=letter, reason=reason, items=items, **signing)

        return await self._decide(ticket, decision, note, request_id)

    # -- supervisors

    async def ask_override(
        self,
        ticket: str,
        by: Act,
        key: UUID | None,
        official: str,
        reason: OverrideReason,
        note: str | None = None,
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "ask-override", [ticket, official, reason, note])

        def decision(tx: Tx, id: UUID, items: Items) -> ApplicationCommands:
            act = self._act(tx, id, by, request_id)
            return AskOverride(**act, official=official, reason=reason, items=items)

        return await self._decide(ticket, decision, note, request_id)

    async def approve_override(
        self, ticket: str, by: Act, key: UUID | None, override: SeenOverride = NOT_SAID
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "approve-override", [ticket])
        return await self._decide(
            ticket, lambda tx, id, _: ApproveOverride(**self._act(tx, id, by, request_id), **asdict(override))
        )

    async def refuse_override(
        self, ticket: str, by: Act, key: UUID | None, override: SeenOverride = NOT_SAID
    ) -> Handled[Application]:
        request_id = request_id_of(key, by, "refuse-override", [ticket])
        return await self._decide(
            ticket, lambda tx, id, _: RefuseOverride(**self._act(tx, id, by, request_id), **asdict(override))
        )

    # -- what is known

    async def application_id(self, ticket: str) -> UUID:
        row = await self._store.query(lambda tx: application_of(tx, ticket))
        if row is None:
            raise NoSuchApplicationError
        return row.application

    def known(self, tx: Tx, id: UUID) -> Known:
        """Return the known facts about all officials and this business; called under the write lock."""
        row = application(tx, id)
        return self._known(tx, row.businesses if row is not None else frozenset())

    def _act(self, tx: Tx, id: UUID, by: Act, request_id: UUID | None) -> dict[str, Any]:
        return {"by": by, "request": request_id, "known": self.known(tx, id)}

    def _signing(self, tx: Tx, id: UUID, by: Act) -> dict[str, Any]:
        """Return the known facts, and the appointment of an official who is no signer by role."""
        signs_by_role = by.role in officials(*SIGNING_BY_ROLE)
        return {
            "known": self.known(tx, id),
            "appointment": None if signs_by_role else appointment_of(tx, by.actor, by.at),
        }

    async def _decide(
        self, ticket: str, decision: Decision, note: str | None = None, request_id: UUID | None = None
    ) -> Handled[Application]:
        id = await self.application_id(ticket)
        items: Items = ()
        if note is not None and await self._would_change(id, decision):
            items = await self._vault_writer.keep(ticket, {NOTE: note}, request_id)
        return await self._store.decide(lambda tx: (applications, id, decision(tx, id, items)))

    async def _would_change(self, id: UUID, decision: Decision) -> bool:
        """Decide without storing: return whether an event would come of it, or raise before anything goes into the vault."""
        command = await self._store.query(lambda tx: decision(tx, id, ()))
        _, now = await self._store.fetch(applications, id)
        return bool(applications.decide(command, now))
