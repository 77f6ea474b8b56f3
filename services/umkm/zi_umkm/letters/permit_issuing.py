"""Issue a permit: its number, and the decision that it shows, are one transaction; a refusal leaves neither.

The names that it shows are opened with the signer's own token, which the vault records; they lie in the content of the letter alone.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid5

from pydantic import ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_contracts.intake import Items
from zi_umkm.domain.case import permit
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.permit import PermitCertificate
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.errors import MentoringError
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.letter import IssueMentoringLetter, printed_number
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.letters.permit_content import PermitDraft, PermitHolder, holder_of, permit_content
from zi_umkm.letters.writing import MentoringLetterWriting
from zi_umkm.messaging.letters_data import letter_registers
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.mentorships import mentors_of
from zi_umkm.use_cases.decisions import CaseDecisions, Decision, refuse_interested

KIND: Final = "cppob_permit"
FIELDS = ("business.name", "business.address", "place")
PURPOSE = "mentoring"


class HolderUnreadableError(MentoringError):
    sentence = "The name of the business can't be opened now: try again in a minute."


class HolderUnnamedError(MentoringError):
    sentence = (
        "The permit needs the name of the business and the place of production: ask the business for them."
    )


class UnprintablePermitError(MentoringError):
    sentence = "The permit can't show the name or the place of the business as they are written: ask the business to write them anew."


class BusinessChangedMeanwhileError(MentoringError):
    sentence = "The business has just changed what is known about it: read its case again before you sign."


class PermitIssuing:
    def __init__(
        self,
        store: Store,
        rules: MentoringRulebook,
        writing: MentoringLetterWriting,
        vault: Callable[[], VaultClient],
    ) -> None:
        self._store, self._rules, self._writing, self._vault = store, rules, writing, vault
        self._decisions = CaseDecisions(store, VaultWriter(vault))

    async def issue(
        self, request: MentoringRequest, by: Act, person: Staff, key: UUID | None, step: int | None = None
    ) -> Handled[MentoringCase]:
        """Sign the permit as this person, who looked at it after so many steps; nothing is opened for a signature that would be refused."""
        request_id = request_id_of(key, by, "issue-permit")
        now = await self._decisions.state(request)
        letter = self._letter_id(request, now)
        draft = self._deciding(by, request_id, self._certificate(by, now, letter, "-"), step)
        if not await self._decisions.would_record(request, draft):
            return await self._decisions.decide(request, draft)
        holder = await self._holder(request, person)
        written = await self._written(request, by, now, letter, holder, person)
        return await self._numbered(request, by, request_id, written, now, step)

    def _letter_id(self, request: MentoringRequest, now: MentoringCase) -> UUID:
        """Return the same id until the application is decided."""
        promise = now.permit.promise
        return uuid5(request.mentoring, f"permit {None if promise is None else promise.since.isoformat()}")

    def _certificate(self, by: Act, now: MentoringCase, letter: UUID, number: str) -> PermitCertificate:
        terms = self._rules.permits
        assert now.business is not None
        return PermitCertificate(
            letter=letter,
            number=number,
            path=terms.path(now),
            district=now.business.district,
            valid_until=terms.valid_until(by.at),
            rules=terms.pin,
            renews=now.permit.renews,
        )

    @staticmethod
    def _deciding(
        by: Act, request_id: UUID | None, certificate: PermitCertificate, step: int | None
    ) -> Decision:
        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            mentors = mentors_of(tx, now.business_ref)
            return permit.IssuePermit(
                by=by, request=request_id, mentors=mentors, step=step, certificate=certificate
            )

        return decision

    async def _holder(self, request: MentoringRequest, person: Staff) -> PermitHolder:
        try:
            fields = await self._vault().read(request.ticket, FIELDS, PURPOSE, token=person.token)
        except VAULT_ERRORS as fault:
            raise HolderUnreadableError from fault
        holder = holder_of(fields)
        if holder is None:
            raise HolderUnnamedError
        return holder

    async def _written(
        self,
        request: MentoringRequest,
        by: Act,
        now: MentoringCase,
        letter: UUID,
        holder: PermitHolder,
        person: Staff,
    ) -> IssueMentoringLetter:
        terms, issuer, salt = self._rules.permits, self._writing.issuer, self._writing.salt(letter)
        signer, renews = person.name or person.sub, now.permit.renews
        draft = PermitDraft(holder, terms.path(now), terms.valid_until(by.at), renews, signer)
        try:
            rendered = permit_content(draft, terms.now.letter, issuer, salt).render()
        except ValidationError as fault:
            raise UnprintablePermitError from fault
        return await self._writing.write(by, request.ticket, letter, KIND, terms.day(by.at).year, rendered)

    async def _numbered(
        self,
        request: MentoringRequest,
        by: Act,
        request_id: UUID | None,
        issue: IssueMentoringLetter,
        printed: MentoringCase,
        step: int | None,
    ) -> Handled[MentoringCase]:
        """Number it and record the decision, of the case as it is under the write lock: nobody signs what says something else."""
        register, case = self._writing.register_of(issue), request.mentoring

        def found(tx: Tx) -> list[Reaction]:
            states = self._store.states(tx, {register: letter_registers, case: cases})
            now = states[case][1]
            refuse_interested(tx, by, now.business_ref)
            if (now.business, now.triaged) != (printed.business, printed.triaged):
                raise BusinessChangedMeanwhileError
            number = printed_number(issue.series, issue.year, states[register][1].next)
            certificate = self._certificate(by, now, issue.letter, number)
            command = self._deciding(by, request_id, certificate, step)(tx, now, ())
            return [Reaction(cases, case, command), Reaction(letter_registers, register, issue)]

        decided, _ = await self._store.decide_all(found)
        return decided
