"""The steps of a service standard up to its adoption, and those after it, each decided beside the other versions of the service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from zi_chassis.domain import Act, Command, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_contracts.integrity.standards import (
    ConsultationManner,
    DraftEnd,
    DraftOrigin,
    ReviewOutcome,
    StandardEnd,
)
from zi_integrity.domain.forum import ForumStatus
from zi_integrity.domain.standard import messages
from zi_integrity.domain.standard.errors import NoSuchDraftError, StandardDecreeError, UnfitStandardError
from zi_integrity.domain.standard.messages import ServiceRecord
from zi_integrity.domain.standard.state import StandardDecree, StandardStatus
from zi_integrity.domain.standard.terms import table_of, written
from zi_integrity.messaging.standards_data import standard_decrees
from zi_integrity.read.forums import forum_by_number
from zi_integrity.read.standards import (
    StandardRow,
    accepted_proposals,
    decree_in_force,
    decrees_of,
    in_consultation,
    standard_row,
)
from zi_integrity.use_cases.office_day import OfficeDays
from zi_rules.certificate.decreed import DIRECTIONS
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.configuration import read
from zi_rules.mentoring.rule_set import MentoringRules
from zi_rules.standard import (
    NoStandardError,
    ServiceKind,
    ServiceStandard,
    standard_configuration,
    standard_in_force,
)
from zi_rules.standard_draft import Terms, draft_for_letters, draft_for_mentoring, draft_from_standard
from zi_rules.standard_fit import refuse_unfit
from zi_rules.standard_rules import StandardRules
from zi_rules.version import Editions, in_force

FORUM_PREFIX = "FKP-"


class UnknownServiceError(StandardDecreeError):
    def __init__(self) -> None:
        super().__init__("This office has no such service: choose one from the list.")


class UnknownProposalError(StandardDecreeError):
    def __init__(self, references: str) -> None:
        super().__init__(
            "A forum has accepted no proposal of this reference: {references}. Write it as the forum's page shows it.",
            references=references,
        )


def forum_status(tx: Tx, forum: str | None) -> ForumStatus | None:
    """Return the status of a forum that is named with or without its prefix, None where there is no such forum."""
    row = forum_by_number(tx, forum.removeprefix(FORUM_PREFIX)) if forum else None
    return None if row is None else row.status


@dataclass(frozen=True)
class ShippedRules:
    """The rules that this service starts from where the office has adopted nothing."""

    standards: Editions[ServiceStandard]
    letters: Editions[CertificateRules]
    mentoring: Editions[MentoringRules]
    office: str

    def standard(self, service: str, day: date) -> ServiceStandard | None:
        """Return the standard that is in force without having been adopted."""
        try:
            return standard_in_force(self.standards, service, day)
        except NoStandardError:
            return None

    def refuse_unfit(self, content: str) -> None:
        """Raise UnfitStandardError for a standard that the service which hears it would refuse, so that nobody signs one."""
        configuration = standard_configuration(content.encode(), "the standard")
        try:
            refuse_unfit(read(ServiceStandard, configuration), self.letters, self.mentoring)
        except ValueError as error:
            raise UnfitStandardError(str(error)) from error

    def first_terms(self, service: str, day: date) -> tuple[DraftOrigin, Terms]:
        if (shipped := self.standard(service, day)) is not None:
            return "in_force", draft_from_standard(shipped)
        if service == ServiceKind.MENTORING:
            return "rules", draft_for_mentoring(in_force(self.mentoring, day), self.office)
        for kind in DIRECTIONS:
            if service == kind:
                return "rules", draft_for_letters(kind, self.letters[0], self.office)
        return "blank", {"service": service, "office": self.office, "components": {}}


class StandardDrafting:
    def __init__(
        self, store: Store, rules: Editions[StandardRules], shipped: ShippedRules, days: OfficeDays
    ) -> None:
        self._store = store
        self._editions = rules
        self.shipped = shipped
        self._days = days

    def day(self, by: Act) -> date:
        return self._days.day(by.at)

    def rules(self, by: Act) -> StandardRules:
        return in_force(self._editions, self.day(by))

    def record(self, tx: Tx, service: str, day: date) -> ServiceRecord:
        """Read the other versions of the service, for a decision under the write lock."""
        shipped, decrees = self.shipped.standard(service, day), decrees_of(tx, service)
        current = decree_in_force(tx, service, day)
        consulted = in_consultation(tx, service)
        published = [0 if shipped is None else shipped.version, *(each.version or 0 for each in decrees)]
        valid = [each.effective_from for each in decrees if each.status is StandardStatus.ADOPTED]
        return ServiceRecord(
            latest=max(published),
            terms=self._terms(current, shipped),
            begins=max((each for each in valid if each is not None), default=None),
            consulted=consulted[0].standard if consulted else None,
        )

    def _terms(self, current: StandardRow | None, shipped: ServiceStandard | None) -> str:
        if current is not None:
            return written(table_of(current.terms))
        return "{}" if shipped is None else written(draft_from_standard(shipped))

    def id_of(self, tx: Tx, service: str, day: date) -> str:
        """Return the id that the versions of the service have in common."""
        shipped, decrees = self.shipped.standard(service, day), decrees_of(tx, service)
        if decrees:
            return decrees[0].id
        return f"standar_{service}" if shipped is None else shipped.id

    async def begin(self, service: str, by: Act, key: UUID) -> UUID:
        """Begin a draft from what is in force; under the same key it is the same draft. Raises UnknownServiceError."""
        day, draft = self.day(by), uuid5(key, f"standard {service} {by.actor}")
        if service not in self.rules(by).services:
            raise UnknownServiceError

        def found(tx: Tx) -> tuple[Decider[StandardDecree], UUID, Command]:
            record = self.record(tx, service, day)
            current = decree_in_force(tx, service, day)
            origin, terms = self.shipped.first_terms(service, day)
            stated = written(terms) if current is None else record.terms
            command = messages.BeginStandardDraft(
                by=by,
                draft=draft,
                service=service,
                id=self.id_of(tx, service, day),
                origin=origin if current is None else "in_force",
                terms=stated,
                record=record,
            )
            return standard_decrees, draft, command

        if (await self._store.fetch(standard_decrees, draft))[0] == 0:
            await self._store.decide(found)
        return draft

    async def revise(
        self, draft: UUID, by: Act, before: str, terms: str, follows: Sequence[str]
    ) -> Handled[StandardDecree]:
        """Raises UnknownProposalError for a reference that leads nowhere."""

        def make(tx: Tx, record: ServiceRecord) -> Command:
            proposals = self.proposals(tx, follows)
            known = {each.reference for each in proposals}
            if unknown := [each for each in follows if each not in known]:
                raise UnknownProposalError(", ".join(unknown))
            return messages.ReviseStandard(
                by=by,
                before=before,
                terms=terms,
                follows=tuple(follows),
                proposals=proposals,
                record=record,
            )

        return await self._decide(draft, by, make)

    def proposals(self, tx: Tx, references: Sequence[str]) -> tuple[messages.AcceptedProposal, ...]:
        found = accepted_proposals(tx, references)
        return tuple(messages.AcceptedProposal(**vars(each), day=self._days.day(each.at)) for each in found)

    async def open_consultation(
        self, draft: UUID, by: Act, manner: ConsultationManner, forum: str | None, until: date
    ) -> Handled[StandardDecree]:
        """Ask the public about the draft; `forum` is the number of the forum as its pages show it."""
        first = self.day(by) + timedelta(days=max(1, self.rules(by).consultation_days))

        def make(tx: Tx, record: ServiceRecord) -> Command:
            number = forum and forum.removeprefix(FORUM_PREFIX)
            return messages.OpenStandardConsultation(
                by=by,
                draft=draft,
                manner=manner,
                forum=number and f"{FORUM_PREFIX}{number}",
                forum_status=forum_status(tx, number),
                until=until,
                first=first,
                record=record,
            )

        return await self._decide(draft, by, make)

    async def close_consultation(self, draft: UUID, by: Act, summary: str) -> Handled[StandardDecree]:
        command = messages.CloseStandardConsultation(by=by, summary=summary, today=self.day(by))
        return await self._store.handle(standard_decrees, draft, command)

    async def drop(self, draft: UUID, by: Act, reason: DraftEnd) -> Handled[StandardDecree]:
        command = messages.WithdrawStandardDraft(by=by, reason=reason)
        return await self._store.handle(standard_decrees, draft, command)

    async def withdraw(self, standard: UUID, by: Act, reason: StandardEnd) -> Handled[StandardDecree]:
        command = messages.WithdrawStandard(by=by, reason=reason)
        return await self._store.handle(standard_decrees, standard, command)

    async def review(
        self, standard: UUID, by: Act, outcome: ReviewOutcome, next_due: date
    ) -> Handled[StandardDecree]:
        latest = self.rules(by).review_after(self.day(by))
        command = messages.ReviewStandard(by=by, outcome=outcome, next_due=next_due, latest=latest)
        return await self._store.handle(standard_decrees, standard, command)

    async def _decide(
        self, draft: UUID, by: Act, make: Callable[[Tx, ServiceRecord], Command]
    ) -> Handled[StandardDecree]:
        def found(tx: Tx) -> tuple[Decider[StandardDecree], UUID, Command]:
            row = standard_row(tx, draft)
            if row is None:
                raise NoSuchDraftError
            return standard_decrees, draft, make(tx, self.record(tx, row.service, self.day(by)))

        return await self._store.decide(found)
