"""The commands about the permit of a case (IP CPPOB): from the business, and from officials who never mentored it.

Every command is made under the write lock. Who applies gets the promises by the office's rules of that moment.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.intake import Items
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.case import permit, permit_errors
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.mentorships import mentors_of
from zi_umkm.use_cases.assessed_score import AssessedScores
from zi_umkm.use_cases.decisions import CaseDecisions
from zi_umkm.use_cases.mentoring import note_fields

RevokeCommand = Callable[[Mapping[str, Any]], MentoringCommands]


class Permits:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once. Notes lie in the vault. `step` is the number of steps
    that the permit had had when an official looked at it; without it they decide about it as it is now."""

    def __init__(
        self, store: Store, rules: MentoringRulebook, vault_writer: VaultWriter, scores: AssessedScores
    ) -> None:
        self._rules = rules
        self._terms = rules.permits
        self._scores = scores
        self._decisions = CaseDecisions(store, vault_writer)

    async def apply(self, request: MentoringRequest, by: Act, key: UUID | None) -> Handled[MentoringCase]:
        """Apply for the permit, or for the one after it; raise with everything that is missing, or where a critical finding is open."""
        request_id = request_id_of(key, by, "apply-for-permit")

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            rules = self._rules.of(now, by.at)
            return permit.ApplyForPermit(
                by=by,
                request=request_id,
                rules=rule_evaluation.pin_of(rules, self._rules.decree_pin(now, by.at)),
                missing=self._missing(tx, request, now, by),
                promise=self._terms.promise_to_applicant(now.permit, by.at),
                opens_at=self._terms.renewable_from(now.permit.certificate),
            )

        return await self._decisions.decide(request, decision)

    def _missing(self, tx: Tx, request: MentoringRequest, now: MentoringCase, by: Act) -> tuple[str, ...]:
        rules, scored = self._rules.of(now, by.at), self._scores.read(tx, request.mentoring, now)
        return rule_evaluation.missing_for_permit(now, scored, rules, self._rules.self_enough(now))

    async def verify_account(
        self, request: MentoringRequest, by: Act, key: UUID | None, step: int | None = None
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "verify-account")

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return permit.VerifyPermitAccount(
                by=by,
                request=request_id,
                mentors=mentors_of(tx, now.business_ref),
                step=step,
                promise=self._terms.promise_of_evaluation(now.permit, by.at),
            )

        return await self._decisions.decide(request, decision)

    async def return_(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str, step: int | None = None
    ) -> Handled[MentoringCase]:
        """Give the application back with words: the clock stops until the business applies again."""
        request_id = request_id_of(key, by, "return-permit", [note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            mentors = mentors_of(tx, now.business_ref)
            return permit.ReturnPermit(by=by, request=request_id, mentors=mentors, step=step, items=items)

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    async def find_fit(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        note: str | None = None,
        step: int | None = None,
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "find-fit", [note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return permit.FindFit(
                by=by,
                request=request_id,
                mentors=mentors_of(tx, now.business_ref),
                step=step,
                items=items,
                promise=self._terms.promise("permit_issue", by.at),
                missing=self._missing(tx, request, now, by),
            )

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    # -- the end of a permit

    async def propose_revocation(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        reason: str,
        note: str,
        step: int | None = None,
    ) -> Handled[MentoringCase]:
        """Propose it for a reason that the office has laid down, with words for whoever decides and for the business."""
        if reason not in self._terms.now.reasons:
            raise permit_errors.UnknownRevocationReasonError

        def command(fields: Mapping[str, Any]) -> MentoringCommands:
            return permit.ProposeRevocation(**fields, reason=reason)

        return await self._revoke(request, by, key, "propose-revocation", note, step, command, reason)

    async def announce_revocation(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str, step: int | None = None
    ) -> Handled[MentoringCase]:
        """Decide for it. The business may object as long as the office's rules say; where they say nothing it takes effect at once."""

        def command(fields: Mapping[str, Any]) -> MentoringCommands:
            until = self._terms.objection_until(by.at)
            return permit.AnnounceRevocation(**fields, objection_until=until, rules=self._terms.pin)

        return await self._revoke(request, by, key, "announce-revocation", note, step, command)

    async def drop_revocation(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str, step: int | None = None
    ) -> Handled[MentoringCase]:
        """Decide that the permit stays."""

        def command(fields: Mapping[str, Any]) -> MentoringCommands:
            return permit.DropRevocation(**fields)

        return await self._revoke(request, by, key, "drop-revocation", note, step, command)

    async def confirm_revocation(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str, step: int | None = None
    ) -> Handled[MentoringCase]:
        """Decide against an objection."""

        def command(fields: Mapping[str, Any]) -> MentoringCommands:
            return permit.ConfirmRevocation(**fields)

        return await self._revoke(request, by, key, "confirm-revocation", note, step, command)

    async def contest(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str
    ) -> Handled[MentoringCase]:
        """Object to a revocation, as the business."""
        request_id = request_id_of(key, by, "object-to-revocation", [note])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return permit.ObjectToRevocation(by=by, request=request_id, items=items)

        return await self._decisions.decide(request, decision, request_id, note_fields(note))

    async def _revoke(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        act: str,
        note: str,
        step: int | None,
        command: RevokeCommand,
        *values: object,
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, act, [note, *values])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            mentors = mentors_of(tx, now.business_ref)
            return command(
                {"by": by, "request": request_id, "mentors": mentors, "step": step, "items": items}
            )

        return await self._decisions.decide(request, decision, request_id, note_fields(note))
