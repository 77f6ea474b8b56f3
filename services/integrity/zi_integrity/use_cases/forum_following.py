"""Following the actions of forums: notes, evidence, closing and reopening at the desk, and the list for everybody."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_integrity.domain.action import (
    CloseForumAction,
    EvidenceForumAction,
    NoForumActionError,
    ReopenForumAction,
    ReportForumAction,
)
from zi_integrity.messaging.minutes_published import forum_actions
from zi_integrity.read.forum_actions import (
    ACTIONS_A_PAGE,
    ActionFilter,
    ForumActionNote,
    ForumActionRow,
    action_counts,
    action_notes,
    action_page,
    action_row,
    all_actions,
)
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.personal_data import PersonalData

NOTE, EVIDENCE, REASON = "action.note", "action.evidence", "action.reason"


@dataclass(frozen=True)
class ActionList:
    """A page of actions with their texts; `count` is of all that match, `counts` of each filter."""

    rows: list[ForumActionRow]
    texts: dict[UUID, str]
    count: int
    counts: dict[ActionFilter, int]


@dataclass(frozen=True)
class ActionStory:
    row: ForumActionRow
    notes: list[ForumActionNote]
    texts: dict[UUID, str]


class ForumFollowing:
    def __init__(self, store: Store, vault: Vault, names: ForumNames, personal_data: PersonalData) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._personal_data = personal_data

    async def page(self, wanted: ActionFilter, page: int, number: str = "", query: str = "") -> ActionList:
        """Return a page of actions whose text has the words of `query`."""
        counts = await self._store.query(lambda tx: action_counts(tx, number))
        if not query.strip():
            rows = await self._store.query(lambda tx: action_page(tx, wanted, page, number))
            return ActionList(rows, await self._texts(rows), counts[wanted], counts)
        every = await self._store.query(lambda tx: all_actions(tx, wanted, number))
        texts = await self._texts(every)
        sought = query.casefold().split()
        found = [row for row in every if all(each in texts.get(row.text, "").casefold() for each in sought)]
        first = (page - 1) * ACTIONS_A_PAGE
        return ActionList(found[first : first + ACTIONS_A_PAGE], texts, len(found), counts)

    async def _texts(self, rows: list[ForumActionRow]) -> dict[UUID, str]:
        return await self._personal_data.public_texts([row.text for row in rows])

    async def story(self, action: UUID) -> ActionStory:
        """Raises NoForumActionError."""
        row = await self._store.query(lambda tx: action_row(tx, action))
        if row is None:
            raise NoForumActionError
        notes = await self._store.query(lambda tx: action_notes(tx, action))
        items = [row.text, *(each.text for each in notes if each.text is not None)]
        return ActionStory(row, notes, await self._personal_data.public_texts(items))

    async def report(self, action: UUID, by: Act, request: UUID, text: str) -> None:
        sealed = self._vault.seal(uuid5(action, str(request)), {NOTE: text})
        digest = self._names.body_digest(NOTE, text)
        command = ReportForumAction(by=by, request=request, body_digest=digest, items=sealed.refs)
        await self._store.handle(forum_actions, action, command, keep=sealed)

    async def give_evidence(
        self, action: UUID, by: Act, request: UUID, text: str, standard: str | None
    ) -> None:
        sealed = self._vault.seal(uuid5(action, str(request)), {EVIDENCE: text})
        digest = self._names.body_digest(EVIDENCE, text, standard or "")
        command = EvidenceForumAction(
            by=by, request=request, body_digest=digest, items=sealed.refs, standard=standard
        )
        await self._store.handle(forum_actions, action, command, keep=sealed)

    async def close(self, action: UUID, by: Act, roles: frozenset[str]) -> None:
        await self._store.handle(forum_actions, action, CloseForumAction(by=by, roles=roles))

    async def reopen(self, action: UUID, by: Act, request: UUID, reason: str) -> None:
        sealed = self._vault.seal(uuid5(action, str(request)), {REASON: reason})
        digest = self._names.body_digest(REASON, reason)
        command = ReopenForumAction(by=by, request=request, body_digest=digest, items=sealed.refs)
        await self._store.handle(forum_actions, action, command, keep=sealed)
