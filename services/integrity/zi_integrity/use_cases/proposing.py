"""From the public and from paper: proposals, comments and support; moderation and the office's answer.

Everything is decided under the write lock, so that a forum that closes and a limit that is reached let nothing more in.
Support goes into a box first, without a time, and is counted once a day: see `count_support`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, Command, Decider, DomainError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_contracts.intake import Language
from zi_contracts.integrity.forum import ForumGroup
from zi_integrity.domain.forum import Forum, ForumStillOpenError
from zi_integrity.domain.proposal import (
    AlreadySupportedError,
    Comment,
    EnterComment,
    EnterProposal,
    NoSuchProposalError,
    Proposal,
    ProposalCommands,
    Propose,
    SettleProposal,
)
from zi_integrity.messaging.forum_published import proposals
from zi_integrity.read.forums import ADDRESS, ForumParticipant, mark_reached
from zi_integrity.read.proposals import (
    COMMENT,
    TEXT,
    TITLE,
    is_in_box,
    made_by,
    next_number,
    proposal_row,
    put_in_box,
)
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.participation import Participation

Found = tuple[Decider[Proposal], UUID, Command]


class TooManyProposalsError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(
            "You have made {most} proposals to this forum, which is as many as one participant can make. Comment on others, or support them.",
            most=most,
        )


class TooManyCommentsError(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(
            "You have made {most} comments in this forum, which is as many as one participant can make.",
            most=most,
        )


class OfficialsEnterPaperError(DomainError):
    """An official who is signed in takes part: the forum is for the public."""

    def __init__(self) -> None:
        super().__init__(
            "You are signed in as an official. Officials do not propose, comment or support here; papers of the public are entered at the desk."
        )


@dataclass(frozen=True)
class PaperEntry:
    """A proposal that somebody handed in on paper; an address only if they want to hear of it."""

    group: ForumGroup
    title: str
    text: str
    email: str | None


class Proposing:
    def __init__(self, store: Store, vault: Vault, names: ForumNames, participation: Participation) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._participation = participation

    # -- the public, with a code

    async def propose(
        self, by: Act, key: UUID, number: str, code: str, title: str, text: str, language: Language
    ) -> int:
        """Take a proposal and return its number; the same key and texts are one proposal."""
        forum = (await self._participation.forum(number)).forum
        author = await self._store.query(lambda tx: self._participation.participant_in(tx, code, forum))
        id = self._names.entry("proposal", str(author.reference), key)
        email = await self._participation.address_of(author)
        data_subject = self._names.data_subject(id)
        sealed = await in_time(self._vault.seal, data_subject, _fields(title, text, email))
        digest = self._names.body_digest(title, text)

        def found(tx: Tx) -> Found:
            self._refuse_beyond(tx, author, by, 0, self._is_known(tx, id))
            mark_reached(tx, author)
            command = Propose(
                by=by.model_copy(update={"actor": str(id)}),
                forum=forum,
                number=number,
                proposal=next_number(tx, forum),
                group=author.group,
                language=language if author.kind != "email" else author.language,
                reachable=email is not None,
                author=author.reference,
                body_digest=digest,
                data_subject=data_subject,
                items=sealed.refs,
            )
            return proposals, id, command

        return _number(await self._store.decide(found, keep=sealed))

    async def comment(self, by: Act, key: UUID, number: str, proposal: int, code: str, text: str) -> None:
        """Take a comment; the same key and text are one comment. Raises AnotherTextError."""
        forum, id = await self._proposal(number, proposal)
        author = await self._store.query(lambda tx: self._participation.participant_in(tx, code, forum))
        comment = self._names.entry("comment", str(author.reference), key)
        sealed = await in_time(self._vault.seal, comment, {COMMENT: text})
        digest = self._names.body_digest(text)

        def found(tx: Tx) -> Found:
            known = comment in self._state(tx, id).comments
            self._refuse_beyond(tx, author, by, 1, known)
            mark_reached(tx, author)
            command = Comment(
                by=by.model_copy(update={"actor": str(comment)}),
                comment=comment,
                group=author.group,
                author=author.reference,
                body_digest=digest,
                items=sealed.refs,
            )
            return proposals, id, command

        await self._store.decide(found, keep=sealed)

    async def support(self, by: Act, number: str, proposal: int, code: str) -> str:
        """Put a participant's support into the box and return its sign. Raises AlreadySupportedError."""
        forum, id = await self._proposal(number, proposal)
        day = by.at.astimezone(office_zone()).date().isoformat()

        def found(tx: Tx) -> Sequence[Reaction]:
            author = self._participation.participant_in(tx, code, forum)
            self._participation.state(tx, forum).refuse_contribution(None, by.at)
            signs.append(self._names.sign(id, author.reference))
            self._state(tx, id).refuse_support(signs[-1])
            if is_in_box(tx, id, signs[-1]):
                raise AlreadySupportedError
            put_in_box(tx, id, signs[-1], day)
            mark_reached(tx, author)
            return ()

        signs: list[str] = []
        await self._store.decide_all(found)
        return signs[-1]

    # -- paper, entered by an officer

    async def enter(self, by: Act, key: UUID, number: str, paper: PaperEntry, language: Language) -> int:
        """Enter a proposal from paper and return its number."""
        forum = (await self._participation.forum(number)).forum
        id = self._names.entry("proposal", by.actor, key)
        data_subject = self._names.data_subject(id)
        sealed = await in_time(self._vault.seal, data_subject, _fields(paper.title, paper.text, paper.email))
        digest = self._names.body_digest(paper.title, paper.text, paper.email or "")

        def found(tx: Tx) -> Found:
            self._participation.state(tx, forum).refuse_contribution(paper.group, by.at)
            command = EnterProposal(
                by=by,
                forum=forum,
                number=number,
                proposal=next_number(tx, forum),
                group=paper.group,
                language=language,
                reachable=paper.email is not None,
                body_digest=digest,
                data_subject=data_subject,
                items=sealed.refs,
            )
            return proposals, id, command

        return _number(await self._store.decide(found, keep=sealed))

    async def enter_comment(
        self, by: Act, key: UUID, number: str, proposal: int, group: ForumGroup, text: str
    ) -> None:
        forum, id = await self._proposal(number, proposal)
        comment = self._names.entry("comment", by.actor, key)
        sealed = await in_time(self._vault.seal, comment, {COMMENT: text})
        digest = self._names.body_digest(text, group)

        def found(tx: Tx) -> Found:
            self._participation.state(tx, forum).refuse_contribution(group, by.at)
            command = EnterComment(by=by, comment=comment, group=group, body_digest=digest, items=sealed.refs)
            return proposals, id, command

        await self._store.decide(found, keep=sealed)

    # -- the office

    async def moderate(self, number: str, proposal: int, command: ProposalCommands) -> None:
        """Publish or hide a proposal or a comment on it."""
        _, id = await self._proposal(number, proposal)
        await self._store.handle(proposals, id, command)

    async def settle(self, number: str, proposal: int, command: SettleProposal) -> None:
        """Answer a proposal for good; not before everybody had their time to contribute."""
        forum, id = await self._proposal(number, proposal)

        def found(tx: Tx) -> Found:
            state = self._participation.state(tx, forum)
            if state.status == "open" and state.terms is not None:
                raise ForumStillOpenError(state.terms.closes_on)
            return proposals, id, command

        await self._store.decide(found)

    # -- within

    async def _proposal(self, number: str, proposal: int) -> tuple[UUID, UUID]:
        """Return the forum and the proposal. Raises NoSuchProposalError."""
        forum = (await self._participation.forum(number)).forum
        row = await self._store.query(lambda tx: proposal_row(tx, forum, proposal))
        if row is None:
            raise NoSuchProposalError
        return forum, row.proposal

    def _state(self, tx: Tx, id: UUID) -> Proposal:
        state: Proposal = self._store.states(tx, {id: proposals})[id][1]
        return state

    def _is_known(self, tx: Tx, id: UUID) -> bool:
        return self._state(tx, id).made is not None

    def _refuse_beyond(self, tx: Tx, author: ForumParticipant, by: Act, which: int, known: bool) -> None:
        """Refuse what comes too late, or is more than one participant may send; a repeat is neither."""
        if known:
            return
        forum: Forum = self._participation.state(tx, author.forum)
        forum.refuse_contribution(author.group, by.at)
        limits = self._participation.limits(forum)
        most = (limits.proposals, limits.comments)[which]
        if made_by(tx, author.reference)[which] >= most:
            raise (TooManyProposalsError, TooManyCommentsError)[which](most)


def _fields(title: str, text: str, email: str | None) -> dict[str, str]:
    """Return the fields of a proposal to seal: with its own copy of the address, so that nothing public leads from it to a participant."""
    return {TITLE: title, TEXT: text} | ({ADDRESS: email} if email else {})


def _number(handled: Any) -> int:
    state: Proposal = handled.state
    assert state.made is not None
    return state.made.proposal
