"""The office's own steps with a forum: plan, invite, open with its agenda, close when the time is over, extend, cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.domain import Act, Decider
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.in_time import in_time
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.vault import Vault
from zi_contracts.configuration import Pin
from zi_contracts.integrity.forum import CancelReason, ForumGroup, GroupTarget
from zi_integrity.domain.forum import (
    CancelForum,
    ChangeForum,
    ExtendForum,
    Forum,
    ForumCommands,
    OpenForum,
    PlanForum,
    WriteInvitation,
)
from zi_integrity.messaging.forum_published import forums
from zi_integrity.messaging.forum_timers import closing
from zi_integrity.read.forum_agenda import agenda
from zi_integrity.read.forums import forums_of_year
from zi_integrity.use_cases.forum_names import ForumNames
from zi_integrity.use_cases.participation import Participation
from zi_rules.forum import ForumRules
from zi_rules.version import Editions, in_force

ADDRESSEE = "invitation.addressee"


@dataclass(frozen=True)
class ForumTermsGiven:
    """The terms of a plan as they were typed."""

    theme: str
    begins: datetime
    closes_on: datetime
    place: str | None
    link: str | None
    groups: tuple[GroupTarget, ...]
    quorum: int


class ForumPlanning:
    def __init__(
        self,
        store: Store,
        vault: Vault,
        names: ForumNames,
        rules: Editions[ForumRules],
        participation: Participation,
    ) -> None:
        self._store = store
        self._vault = vault
        self._names = names
        self._rules = rules
        self._participation = participation

    def limits_on(self, at: datetime) -> ForumRules:
        """Return the limits that a forum is planned under at this time."""
        return in_force(self._rules, at.astimezone(office_zone()).date())

    async def plan(self, by: Act, key: UUID, terms: ForumTermsGiven) -> str:
        """Plan a forum and return its number, the next one of the year; the same key plans one forum."""
        year = by.at.astimezone(office_zone()).year
        rules = self.limits_on(by.at)
        pin = Pin(id=rules.id, version=rules.version, digest=rules.digest)
        id = self._names.entry("forum", by.actor, key)

        def found(tx: Tx) -> tuple[Decider[Forum], UUID, PlanForum]:
            number = f"{year}-{forums_of_year(tx, year) + 1}"
            return (
                forums,
                id,
                PlanForum(by=by, number=number, rules=pin, quorum_counts=rules.quorum_counts, **vars(terms)),
            )

        return (await self._store.decide(found)).state.number

    async def change(self, by: Act, number: str, terms: ForumTermsGiven) -> None:
        await self._handle(number, ChangeForum(by=by, **vars(terms)))

    async def invite(self, by: Act, key: UUID, number: str, group: ForumGroup, addressee: str) -> None:
        """Write an invitation letter; each call with a key of its own writes the next number."""
        row = await self._participation.forum(number)
        request = self._names.entry("addressee", by.actor, key)
        sealed = await in_time(self._vault.seal, request, {ADDRESSEE: addressee})
        command = WriteInvitation(by=by, group=group, items=sealed.refs, request=request)
        await self._store.handle(forums, row.forum, command, keep=sealed)

    async def open(self, by: Act, number: str) -> None:
        """Open a forum for contributions, with the agenda of this moment."""
        await self._decide(number, lambda tx, _: OpenForum(by=by, agenda=agenda(tx, by.at)))

    async def close(self, by: Act, number: str) -> None:
        await self._decide(
            number, lambda tx, id: closing(self._store, tx, id, self._participation.state(tx, id), by)
        )

    async def extend(self, by: Act, number: str, begins: datetime, closes_on: datetime) -> None:
        await self._handle(number, ExtendForum(by=by, begins=begins, closes_on=closes_on))

    async def cancel(self, by: Act, number: str, reason: CancelReason) -> None:
        await self._handle(number, CancelForum(by=by, reason=reason))

    async def _handle(self, number: str, command: ForumCommands) -> Handled[Forum]:
        row = await self._participation.forum(number)
        return await self._store.handle(forums, row.forum, command)

    async def _decide(self, number: str, command: Callable[[Tx, UUID], ForumCommands]) -> None:
        row = await self._participation.forum(number)
        await self._store.decide(lambda tx: (forums, row.forum, command(tx, row.forum)))
