"""People who contribute to the zone in every way there is, and a search for what they wrote in all that the service keeps and says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, ForumOffice, forum_office
from tests.integrity.inside import NAMES
from tests.integrity.survey_steps import SKM
from tests.integrity.web.test_compensation import filed, missed
from tests.integrity.web.test_surveys import DESK, OPENING, WINDOW
from tests.journeys.citizens import Citizen
from tests.journeys.test_privacy import WORD, forms

from zi_integrity.domain.proposal import PublishProposal
from zi_integrity.domain.survey.messages import RecordAnswer
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.use_cases.gifts import GiftStatement
from zi_integrity.use_cases.proposing import PaperEntry

KINDS = {
    "mailed": ("name", "email", "text"),
    "comment": ("text",),
    "paper": ("name", "email", "text"),
    "attendance": ("name",),
    "survey": ("text",),
    "gift": ("name", "text", "reply"),
    "compensation": ("text",),
}  # what somebody writes in each way
CODES_A_BATCH = 50


@dataclass
class Contributions:
    """`written` is all that people wrote, `names` those of a printed list, `codes` printed ones that nobody used yet."""

    there: ForumOffice
    written: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    async def contribute(self, count: int) -> None:
        """Let so many people contribute, each in one way; then the forum begins, and those on the printed list come."""
        await self.there.opened()
        await self.there.published((await self.there.printed(1))[0])
        answer = await self.there.inside.person("survei-tuti", "survey").post(DESK, OPENING)
        assert answer.status_code == 200, answer.text
        for number in range(count):
            await self._contribute_by(list(KINDS)[number % len(KINDS)], Citizen(number, "zone").texts)
        await self.there.pass_time(8 * DAY)
        listed = "\n".join(f"{name};users" for name in self.names)
        team = self.there.staff("zone-wulan", "integrity")
        outcome = await self.there.office.forum_attendance.enter_list(FIRST, team, uuid4(), listed.encode())
        assert outcome.entered == len(self.names), outcome

    async def _contribute_by(self, kind: str, texts: dict[str, str]) -> None:
        self.written.update(texts[name] for name in KINDS[kind])
        match kind:
            case "mailed":
                await self._mailed(texts)
            case "comment":
                await self.there.office.proposing.comment(
                    self.there.public(), uuid4(), FIRST, 1, await self._code(), texts["text"]
                )
            case "paper":
                paper = PaperEntry("users", texts["name"], texts["text"], texts["email"])
                officer = self.there.staff("officer-budi", "officer")
                await self.there.office.proposing.enter(officer, uuid4(), FIRST, paper, "id")
            case "attendance":
                self.names.append(texts["name"])
            case "survey":
                await self._survey(texts["text"])
            case "gift":
                stated = GiftStatement(
                    "received", date(2026, 12, 4), {"gift.giver": texts["name"], "gift.thing": texts["text"]}
                )
                reporter = self.there.staff("evaluator-ani", "evaluator")
                await self.there.office.gifts.report(reporter, uuid4(), texts["reply"], stated)
            case _:
                await self._compensated(texts["text"])

    async def _code(self) -> str:
        """Return a printed code that nobody used yet."""
        if not self.codes:
            self.codes = await self.there.printed(CODES_A_BATCH)
        return self.codes.pop()

    async def _mailed(self, texts: dict[str, str]) -> None:
        """Ask for a code by mail and propose with it; every other proposal is shown to everybody."""
        code = await self.there.mailed(texts["email"])
        office = self.there.office
        number = await office.proposing.propose(
            self.there.public(), uuid4(), FIRST, code, texts["name"], texts["text"], "id"
        )
        if number % 2:
            await office.proposing.moderate(FIRST, number, PublishProposal(by=self.there.staff()))

    async def _survey(self, text: str) -> None:
        office = self.there.office
        sealed = office.vault.seal(uuid4(), {"survey.words": text}, fresh=True)
        command = RecordAnswer(
            by=self.there.inside.act("system:integrity", "system:integrity"),
            answer=uuid4(),
            kind="skm",
            service="complaint",
            day=date(2026, 12, 8),
            scale=4,
            values=dict.fromkeys(SKM.codes, 3),
            comment=sealed.refs[0],
        )
        await office.store.handle(survey_windows, WINDOW, command, sealed)

    async def _compensated(self, text: str) -> None:
        ticket = f"T{uuid5(NAMES, text).hex[:8].upper()}"
        await filed(self.there.inside, ticket)
        id = await missed(self.there.inside, ticket)
        team = self.there.staff("zone-wulan", "integrity")
        await self.there.office.compensating.offer(id, team, uuid4(), (), text)


def vocabulary(texts: set[str]) -> set[bytes]:
    return {found[0] for found in WORD.finditer("\n".join(texts).lower().encode())}


def found_in(content: bytes, words: set[bytes]) -> set[bytes]:
    """Find the words in the bytes, and in what they hold as base64, hexadecimal, gzip or zlib."""
    return {found[0] for form in forms(content) for found in WORD.finditer(form.lower())} & words


async def searched(folder: Path, count: int) -> tuple[dict[str, int], dict[str, set[bytes]]]:
    """Let so many people contribute; return how much was searched and in which place which words were found."""
    async with forum_office(folder) as there:
        contributions = Contributions(there)
        await contributions.contribute(count)
        words = vocabulary(contributions.written)
        opened = await opened_items(there)
        rows = there.office.store.messages(0, 1_000_000)
        places = {"messages": b"\n".join(row.message for row in rows)}
        searched_words = found_in("\n".join(opened).encode(), words)
    places |= {str(path.relative_to(folder)): path.read_bytes() for path in files(folder)}
    counts = {
        "contributions": count,
        "words": len(words),
        "words_in_the_vault": len(searched_words),
        "items_of_the_vault": len(opened),
        "messages": len(rows),
        "files": len(places) - 1,
        "bytes": sum(map(len, places.values())),
    }
    found = {place: hits for place, content in places.items() if (hits := found_in(content, words))}
    return counts, found


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


async def opened_items(there: ForumOffice) -> list[str]:
    """Open the whole vault: what people wrote is there, and can be read with the keys."""
    vault = there.office.vault
    rows = await there.office.store.query(lambda tx: tx.execute("SELECT item FROM vault_items"))
    items = [UUID(row["item"]) for row in rows]
    opened = await there.office.store.query(lambda tx: vault.open(tx, items))
    return [each.text for each in opened.values()]
