"""Integrity over a real store with a forum that is open; no broker, no network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from tests.certificates.inside import SetClock
from tests.integrity.domain.test_conflict import DAY, MONDAY
from tests.integrity.inside import InsideIntegrity, opened

from zi_chassis.domain import Act
from zi_chassis.storage.timers import TimerLoop
from zi_contracts.integrity.forum import ForumGroup, GroupTarget, PrintedKind
from zi_contracts.message import Message
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.proposal import PublishProposal
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.read.proposals import ProposalRow, proposal_row
from zi_integrity.use_cases.forum_planning import ForumTermsGiven
from zi_integrity.use_cases.participation import CODE
from zi_integrity.use_cases.support_counter import SupportCounter

TERMS = ForumTermsGiven(
    theme="Standar pelayanan",
    begins=MONDAY + 7 * DAY,
    closes_on=MONDAY + 14 * DAY,
    place="Aula",
    link="https://rapat.example/fkp",
    groups=(GroupTarget(group="users", target=20), GroupTarget(group="media", target=2)),
    quorum=0,
)
FIRST = "2026-1"


def named(name: str) -> UUID:
    return uuid5(UUID(int=14), name)


@dataclass
class ForumOffice:
    inside: InsideIntegrity

    @property
    def office(self) -> IntegrityOffice:
        return self.inside.office

    @property
    def clock(self) -> SetClock:
        return self.inside.clock

    def public(self) -> Act:
        return Act(at=self.clock.now(), actor="public", role="public")

    def staff(self, name: str = "integrity-lina", role: str = "integrity") -> Act:
        return Act(at=self.clock.now(), actor=name, role=f"staff:{role}")

    async def planned(self, quorum: int = 0, key: str = "forum") -> str:
        terms = ForumTermsGiven(**vars(TERMS) | {"quorum": quorum})
        return await self.office.forum_planning.plan(self.staff(), named(key), terms)

    async def opened(self, quorum: int = 0) -> str:
        number = await self.planned(quorum)
        await self.office.forum_planning.open(self.staff(), number)
        return number

    async def printed(
        self, count: int, group: ForumGroup = "users", kind: PrintedKind = "counter", number: str = FIRST
    ) -> list[str]:
        batch = await self.office.participation.print_codes(
            self.staff("officer-budi", "officer"), uuid4(), number, group, kind, count
        )
        return list(batch.codes)

    async def mailed(self, email: str = "warga@contoh.example", number: str = FIRST) -> str:
        """Ask for a code and read it where notify does: in the vault."""
        await self.office.participation.request_code(self.public(), uuid4(), number, email, "users", "id")
        items = [
            item["item"]
            for message in self.messages("participant_code_issued")
            for item in message.data["items"]
            if item["field"] == CODE
        ]
        item = UUID(items[-1])
        return (await self.office.store.query(lambda tx: self.office.vault.open(tx, [item])))[item].text

    async def proposed(
        self, code: str, title: str = "Jam layanan", key: UUID | None = None, number: str = FIRST
    ) -> int:
        return await self.office.proposing.propose(
            self.public(), key or uuid4(), number, code, title, "Buka pada hari Sabtu.", "id"
        )

    async def published(self, code: str, title: str = "Jam layanan") -> int:
        proposal = await self.proposed(code, title)
        await self.office.proposing.moderate(FIRST, proposal, PublishProposal(by=self.staff()))
        return proposal

    async def support(self, proposal: int, code: str, number: str = FIRST) -> str:
        return await self.office.proposing.support(self.public(), number, proposal, code)

    async def row(self, proposal: int = 1, number: str = FIRST) -> ProposalRow:
        forum = await self.office.participation.forum(number)
        row = await self.office.store.query(lambda tx: proposal_row(tx, forum.forum, proposal))
        assert row is not None
        return row

    async def count(self) -> int:
        return await SupportCounter(self.office.store, self.clock).count()

    async def pass_time(self, span: timedelta) -> None:
        self.clock.at += span
        await TimerLoop(self.office.store, self.clock, DueCommands(self.office.store)).tick()

    def messages(self, event: str = "") -> list[Message]:
        rows = self.office.store.messages(0, 10_000)
        found = [Message.parse(row.message) for row in rows]
        return [each for each in found if each.event == event or not event]


@asynccontextmanager
async def forum_office(folder: Path, database: str = "") -> AsyncIterator[ForumOffice]:
    async with opened(folder, database) as inside:
        yield ForumOffice(inside)
