"""Participants of a forum and their codes: by e-mail, from the counter, from the attendance list.

A code works for one forum. Whoever has it is the participant; no account, no name.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from zi_chassis.domain import Act, Decider, DomainError, ErasedError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_contracts.intake import Language
from zi_contracts.integrity.forum import ForumGroup, PrintedKind
from zi_integrity.domain.forum import Forum, ForumNotPlannableError, ForumNotPlannedError, ForumTermsError
from zi_integrity.domain.participant import CodeBatch, IssueCode, Participant, PrintCodes
from zi_integrity.messaging.forum_published import code_batches, forums, participants
from zi_integrity.read.forums import (
    ADDRESS,
    ForumParticipant,
    ForumRow,
    address_of,
    forum_by_number,
    participant_by_digest,
)
from zi_integrity.use_cases.forum_names import ForumNames
from zi_rules.forum import ForumRules
from zi_rules.ticket import MalformedCaseCodeError
from zi_rules.version import Editions

CODE = "contact.code"
MOST_PRINTED = 200


class UnknownCodeError(DomainError):
    """Raised alike for a code that nobody has, one of another forum, and one that was replaced."""

    def __init__(self) -> None:
        super().__init__(
            "This is no code of this forum. Check how it is written (XXXX-XXXX-XXXX), or ask for a new one."
        )


@dataclass(frozen=True)
class PrintedBatch:
    """Codes to be printed once: they are nowhere in the store."""

    kind: PrintedKind
    group: ForumGroup
    codes: tuple[str, ...]


class Participation:
    def __init__(self, store: Store, vault: Vault, names: ForumNames, rules: Editions[ForumRules]) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._rules = rules

    async def participant_by_code(self, code: str) -> ForumParticipant:
        """Find the participant whose code this is, in whatever forum. Raises UnknownCodeError."""
        return await self._store.query(lambda tx: self.participant_in(tx, code))

    def participant_in(self, tx: Tx, code: str, forum: UUID | None = None) -> ForumParticipant:
        """As `participant_by_code`, within a transaction; with `forum`, a code of another forum is unknown."""
        try:
            found = participant_by_digest(tx, self._names.code_digest(code))
        except MalformedCaseCodeError:
            found = None
        if found is None or forum not in (None, found.forum):
            raise UnknownCodeError
        return found

    async def request_code(
        self, by: Act, key: UUID, number: str, email: str, group: ForumGroup, language: Language
    ) -> None:
        """Issue a code to an address; notify sends it. The same key issues nothing more."""
        row = await self.forum(number)
        participant = self._names.participant(row.forum, email)
        code = self._names.code(self._names.entry("code", str(participant), key))
        data_subject = self._names.data_subject(participant)
        sealed = self._vault.seal(data_subject, {ADDRESS: email.strip(), CODE: code})
        command = IssueCode(
            by=by.model_copy(update={"actor": str(participant)}),
            forum=row.forum,
            number=number,
            group=group,
            language=language,
            code_digest=self._names.code_digest(code),
            data_subject=data_subject,
            items=sealed.refs,
            request=key,
            most=0,
        )

        def found(tx: Tx) -> tuple[Decider[Participant], UUID, IssueCode]:
            forum = self.state(tx, row.forum)
            forum.refuse_contribution(group, by.at)
            limited = command.model_copy(update={"most": self.limits(forum).codes_per_address})
            return participants, participant, limited

        await self._store.decide(found, keep=sealed)

    async def print_codes(
        self, by: Act, key: UUID, number: str, group: ForumGroup, kind: PrintedKind, count: int
    ) -> PrintedBatch:
        """Make codes to be printed; the same key and wish give the same codes."""
        row = await self.forum(number)
        batch = self._names.entry("batch", by.actor, key)
        size = max(0, min(count, MOST_PRINTED + 1))
        codes = tuple(self._names.code(uuid5(batch, str(nth))) for nth in range(size))

        def found(tx: Tx) -> tuple[Decider[CodeBatch], UUID, PrintCodes]:
            forum = self.state(tx, row.forum)
            if forum.status not in ("planned", "open"):
                raise ForumNotPlannableError
            if group not in forum.groups:
                raise ForumTermsError("This forum has not invited that group: choose one of its groups.")
            command = PrintCodes(
                by=by,
                forum=row.forum,
                number=number,
                kind=kind,
                group=group,
                code_digests=tuple(map(self._names.code_digest, codes)),
                most=self.limits(forum).codes_per_batch,
            )
            return code_batches, batch, command

        await self._store.decide(found)
        return PrintedBatch(kind, group, codes)

    async def address_of(self, participant: ForumParticipant) -> str | None:
        """Return the address of a participant, if there is one, for a program that seals it anew; nobody reads it."""
        item = await self._store.query(lambda tx: address_of(tx, participant.reference))
        if item is None:
            return None
        try:
            opened = await self._store.query(lambda tx: self._vault.open(tx, [item]))
        except ErasedError:
            return None
        return opened[item].text

    async def forum(self, number: str) -> ForumRow:
        """Find a forum. Raises ForumNotPlannedError."""
        row = await self._store.query(lambda tx: forum_by_number(tx, number))
        if row is None:
            raise ForumNotPlannedError
        return row

    def state(self, tx: Tx, forum: UUID) -> Forum:
        """Read a forum under the write lock."""
        state: Forum = self._store.states(tx, {forum: forums})[forum][1]
        return state

    def limits(self, forum: Forum) -> ForumRules:
        """Return the limits that the forum was planned under."""
        if forum.planned is None:
            raise ForumNotPlannedError
        return self._rules.pinned(forum.planned.rules)
