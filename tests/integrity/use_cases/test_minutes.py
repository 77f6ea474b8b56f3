"""A forum from its attendance to its last action, over a real store."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, TERMS, ForumOffice, forum_office

from zi_chassis.domain import Act
from zi_contracts.configuration import Pin
from zi_integrity.domain.attendance_list import BrokenLine
from zi_integrity.domain.forum import Forum, PlanForum
from zi_integrity.domain.minutes.errors import (
    AttendanceOutdatedError,
    ForumEndedError,
    ForumNotBegunError,
    MinutesAgreedError,
    MinutesChangedError,
    NoQuorumError,
    NotPresentError,
)
from zi_integrity.domain.minutes.messages import SignMinutes
from zi_integrity.domain.minutes_ids import action_id, minutes_id
from zi_integrity.domain.sent_once import AnotherTextError
from zi_integrity.messaging.forum_published import forums
from zi_integrity.messaging.forum_timers import took_part
from zi_integrity.messaging.minutes_published import minutes_of_forums
from zi_integrity.read.forum_agenda import agenda
from zi_integrity.read.office_letters import letters_of_matter
from zi_integrity.use_cases.forum_attendance import ScanRefusedError
from zi_integrity.use_cases.minutes_writing import PointText, WrittenMinutes
from zi_integrity.use_cases.participation import UnknownCodeError

DUE = date(2026, 12, 30)


@dataclass
class Story:
    forum: ForumOffice
    codes: list[str]

    @property
    def team(self) -> Act:
        return self.forum.staff()

    async def point(self, agreement: str | None = "Buka pada hari Sabtu.", number: int | None = None) -> None:
        text = PointText(
            issue="Jam layanan",
            agreement=agreement,
            owner=agreement and "supervisor",
            due=DUE if agreement else None,
        )  # type: ignore[arg-type]
        await self.forum.office.minutes_writing.record_point(FIRST, self.team, uuid4(), text, number)

    async def dissent(self, point: int = 1) -> None:
        await self.forum.office.minutes_writing.record_dissent(
            FIRST, self.team, uuid4(), point, "media", "Sabtu tidak cukup."
        )

    async def attend(self, code: str) -> None:
        await self.forum.office.forum_attendance.sign(FIRST, code, self.forum.clock.now())

    async def take(self) -> None:
        await self.forum.office.minutes_writing.take_attendance(FIRST, self.team)

    async def written(self) -> WrittenMinutes:
        return await self.forum.office.minutes_writing.read(FIRST)

    async def head_signs(self, before: WrittenMinutes | None = None) -> None:
        written = before or await self.written()
        head = self.forum.staff("head-ratna", "head")
        await self.forum.office.minutes_signing.sign_as_head(
            FIRST, head, "Ratna Contoh", written.state.edition, written.text.digest
        )

    async def citizen_signs(self, code: str, before: WrittenMinutes | None = None) -> None:
        written = before or await self.written()
        await self.forum.office.minutes_signing.sign_as_public(
            FIRST, code, self.forum.clock.now(), written.state.edition, written.text.digest
        )

    async def drafted(self) -> None:
        for code in self.codes[:3]:
            await self.attend(code)
        await self.point()
        await self.point("Tarif di papan.")
        await self.dissent()
        await self.take()

    async def agreed(self) -> None:
        await self.drafted()
        await self.citizen_signs(self.codes[0])
        await self.head_signs()
        await self.citizen_signs(self.codes[1])

    async def counts(self) -> dict[str, int]:
        state = await self.forum.office.forum_attendance.state((await self.written()).row.forum)
        return {group: count for group, count in state.counts.items() if count}


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with forum_office(tmp_path) as forum:
        await forum.opened()
        codes = await forum.printed(4, kind="attendance")
        await forum.pass_time(8 * DAY)
        yield Story(forum, codes)


async def test_a_forum_is_signed_numbered_and_followed_to_the_end(story: Story) -> None:
    await story.agreed()
    written = await story.written()
    assert written.state.agreed is not None
    assert [each.text for each in written.text.entries[0].dissents] == ["Sabtu tidak cukup."]
    [letter] = await story.forum.office.store.query(lambda tx: letters_of_matter(tx, written.row.forum))
    assert (letter.number, letter.kind, letter.signer) == ("BA-2026-000001", "berita_acara", "head-ratna")
    following = story.forum.office.forum_following
    opened = await following.page("open", 1)
    assert (opened.count, opened.counts["late"]) == (2, 0)
    action = action_id(written.row.forum, 1)
    supervisor = story.forum.staff("supervisor-eka", "supervisor")
    await following.report(action, supervisor, uuid4(), "Jadwal petugas disusun.")
    await following.give_evidence(action, supervisor, uuid4(), "Buka sejak Sabtu lalu.", "complaint")
    await following.close(action, story.team, frozenset({"integrity"}))
    action_story = await following.story(action)
    assert [each.kind for each in action_story.notes] == ["reported", "evidenced", "closed"]
    assert action_story.texts[action_story.row.text] == "Buka pada hari Sabtu."
    found = await following.page("all", 1, FIRST, "tarif PAPAN")
    assert (found.count, [row.point for row in found.rows]) == (1, [2])


async def test_what_is_not_closed_is_late_and_on_the_next_agenda(story: Story) -> None:
    await story.agreed()
    office = story.forum.office
    await story.forum.pass_time(30 * DAY)
    assert (await office.forum_following.page("late", 1)).count == 2
    entries = await office.store.query(lambda tx: agenda(tx, story.forum.clock.now()))
    assert [(each.subject, each.count) for each in entries if each.source == "open_actions"] == [
        (f"FKP-{FIRST}", 2)
    ]
    assert len(story.forum.messages("forum_action_late")) == 2


async def test_a_change_between_the_signatures_voids_them(story: Story) -> None:
    await story.drafted()
    old = await story.written()
    await story.citizen_signs(story.codes[0])
    await story.point("Buka setiap hari.", 1)
    assert (await story.written()).state.signatures == ()
    for sign in (story.citizen_signs(story.codes[1], old), story.head_signs(old)):
        with pytest.raises(MinutesChangedError):
            await sign
    [voided] = story.forum.messages("minutes_signatures_voided")
    assert (voided.data["signatures"], voided.data["digest"]) == (1, old.text.digest)
    await story.head_signs()
    for code in story.codes[:2]:
        await story.citizen_signs(code)
    assert (await story.written()).state.agreed is not None


async def test_a_person_signs_once_and_only_if_they_were_there(story: Story) -> None:
    await story.drafted()
    with pytest.raises(NotPresentError):
        await story.citizen_signs(story.codes[3])
    with pytest.raises(UnknownCodeError):
        await story.citizen_signs("AAAA-BBBB-CCCC")
    await story.head_signs()
    for _ in range(3):
        await story.citizen_signs(story.codes[0])
    assert (await story.written()).state.public_signatures == 1


async def test_attendance_that_changes_is_taken_anew_before_anybody_signs(story: Story) -> None:
    await story.drafted()
    await story.attend(story.codes[3])
    with pytest.raises(AttendanceOutdatedError):
        await story.head_signs()
    await story.take()
    await story.head_signs()
    await story.forum.office.forum_attendance.strike(FIRST, story.team, 1, "was_absent")
    with pytest.raises(AttendanceOutdatedError):
        await story.citizen_signs(story.codes[1])
    with pytest.raises(NotPresentError):
        await story.citizen_signs(story.codes[0])


async def test_nothing_is_entered_once_the_minutes_are_signed(story: Story) -> None:
    await story.agreed()
    for attempt in (story.attend(story.codes[3]), story.take()):
        with pytest.raises(MinutesAgreedError):
            await attempt


async def test_nobody_is_there_before_the_forum_begins(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as forum:
        await forum.opened()
        story = Story(forum, await forum.printed(1))
        for attempt in (story.attend(story.codes[0]), story.take()):
            with pytest.raises(ForumNotBegunError):
                await attempt


async def test_a_forum_without_quorum_is_on_record_and_not_signed(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as forum:
        await forum.opened(quorum=2)
        codes = await forum.printed(3)
        await forum.pass_time(8 * DAY)
        story = Story(forum, codes)
        await story.drafted()
        with pytest.raises(NoQuorumError):
            await story.head_signs()
        await forum.office.minutes_writing.record_without_quorum(FIRST, story.team)
        assert (await story.written()).state.without_quorum is not None
        with pytest.raises(ForumEndedError):
            await story.attend(codes[0])
        assert (await forum.office.forum_following.page("all", 1)).count == 0


async def test_a_list_of_2000_lines_is_entered_once_and_names_its_broken_ones(story: Story) -> None:
    lines = [f"Peserta {n}.;{'pengguna' if n % 100 else 'siapa'}" for n in range(2_000)]
    content = "\n".join(lines).encode()
    attendance, key = story.forum.office.forum_attendance, uuid4()
    outcome = await attendance.enter_list(FIRST, story.team, key, content)
    assert (outcome.entered, len(outcome.broken)) == (1_980, 20)
    assert outcome.broken[0] == BrokenLine(1, "unknown_group")
    again = await attendance.enter_list(
        FIRST, story.team, uuid4(), content.replace(b"Peserta 0.;siapa", b"Peserta Baru;media")
    )
    assert (again.entered, await story.counts()) == (1, {"users": 1_980, "media": 1})
    assert all(len(row.message) < 32_768 for row in story.forum.office.store.messages(0, 10_000))


@pytest.mark.parametrize("lines", [80, 180])
async def test_a_list_that_stopped_halfway_goes_on_under_the_same_key(story: Story, lines: int) -> None:
    """After 50 lines the first part is recorded; more lines under this key are never taken for it."""
    people = [f"Peserta {n};media".encode() for n in range(lines)]
    attendance, key = story.forum.office.forum_attendance, uuid4()
    assert (await attendance.enter_list(FIRST, story.team, key, b"\n".join(people[:50]))).entered == 50
    again = await attendance.enter_list(FIRST, story.team, key, b"\n".join(people))
    assert (again.entered, len(again.broken)) == (lines - 50, 50)
    assert await story.counts() == {"media": lines}
    third = await attendance.enter_list(FIRST, story.team, key, b"\n".join(people))
    assert (third.entered, await story.counts()) == (0, {"media": lines})


async def test_a_list_that_arrives_twice_at_once_is_entered_once(story: Story) -> None:
    people = b"\n".join(f"Peserta {n};media".encode() for n in range(120))
    attendance, key = story.forum.office.forum_attendance, uuid4()
    both = [attendance.enter_list(FIRST, story.team, key, people) for _ in range(2)]
    entered = [each.entered for each in await asyncio.gather(*both)]
    assert (sum(entered), await story.counts()) == (120, {"media": 120})


async def test_a_list_that_arrives_between_two_parts_of_itself_is_entered_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = b"\n".join(f"Peserta {n};media".encode() for n in range(120))
    attendance, key = story.forum.office.forum_attendance, uuid4()
    decide, second = attendance._store.decide, []

    async def decide_and_send_again(*args: Any, **named: Any) -> Any:
        decided = await decide(*args, **named)
        if not second:
            second.append(asyncio.create_task(attendance.enter_list(FIRST, story.team, key, people)))
            await asyncio.wait(second, timeout=0.2)  # whoever does not wait for the first one ends here
        return decided

    monkeypatch.setattr(attendance._store, "decide", decide_and_send_again)
    first = await attendance.enter_list(FIRST, story.team, key, people)
    assert (first.entered, (await second[0]).entered) == (120, 0)
    assert await story.counts() == {"media": 120}


async def test_one_quorum_is_judged_by_who_took_part_with_a_code_or_on_paper(tmp_path: Path) -> None:
    """Users propose, and media sign the printed list alone: two groups, when the forum closes and in its minutes."""
    async with forum_office(tmp_path) as there:
        office = there.office
        await there.opened(quorum=2)
        for code in await there.printed(2):
            await there.proposed(code)
        await there.pass_time(8 * DAY)
        team = there.staff("team-rini", "integrity")
        await office.forum_attendance.enter_list(
            FIRST, team, uuid4(), b"Peserta Satu;media\nPeserta Dua;media"
        )
        await office.minutes_writing.take_attendance(FIRST, team)
        await there.pass_time(8 * DAY)
        closed = there.messages("forum_closed")[-1].data
        assert (closed["has_quorum"], {each["group"]: each["count"] for each in closed["reached"]}) == (
            True,
            {"users": 2, "media": 2},
        )
        taken = there.messages("attendance_taken")[-1].data
        assert (taken["quorum"], taken["groups_reached"]) == (True, 2)
        row = await office.participation.forum(FIRST)
        _, state = await office.store.fetch(forums, row.forum)
        for sources, users, media in ((("code",), 2, 0), (("attendance",), 0, 2)):
            planned = state.planned.model_copy(update={"quorum_counts": sources})
            only = replace(state, planned=planned)
            found = await office.store.query(
                lambda tx, only=only: took_part(office.store, tx, row.forum, only)
            )
            assert {each.group: each.count for each in found} == {"users": users, "media": media}
        page = (await there.inside.stranger().get(f"/integrity/forum/{FIRST}")).text
        assert "Whoever took part with a code or is on the attendance counts, each person once." in page


async def test_minutes_of_a_forum_that_was_planned_before_count_the_attendance(tmp_path: Path) -> None:
    """Its plan says nothing of who counts: the forum counts codes, and its minutes the groups of the printed list."""

    def as_before(command: Any, state: Forum) -> list[Any]:
        return [each.model_copy(update={"quorum_counts": None}) for each in forums.decide(command, state)]

    async with forum_office(tmp_path) as there:
        office, id = there.office, uuid4()
        pin = Pin(id="rancangan_forum", version=1, digest="0" * 64)
        plan = PlanForum(
            **vars(TERMS) | {"quorum": 2},
            **{"by": there.staff(), "number": FIRST, "rules": pin, "quorum_counts": ("code",)},
        )
        await office.store.decide(lambda tx: (replace(forums, decide=as_before), id, plan))
        await office.forum_planning.open(there.staff(), FIRST)
        await there.pass_time(16 * DAY)
        assert not there.messages("forum_closed")[-1].data["has_quorum"]
        team = there.staff("team-rini", "integrity")
        people = b"Peserta Satu;media\nPeserta Dua;users"
        await office.forum_attendance.enter_list(FIRST, team, uuid4(), people)
        await office.minutes_writing.take_attendance(FIRST, team)
        taken = there.messages("attendance_taken")[-1].data
        assert (taken["quorum"], taken.get("groups_reached")) == (True, None)


async def test_whoever_is_struck_from_the_attendance_makes_no_quorum(tmp_path: Path) -> None:
    """A user who signs with a code and is struck as absent did not take part; the same user counts again by signing again or proposing."""
    async with forum_office(tmp_path) as there:
        office = there.office
        await there.opened(quorum=2)
        code, other = await there.printed(2)
        await there.pass_time(7 * DAY)
        team = there.staff("team-rini", "integrity")

        async def struck(number: int) -> tuple[bool, int]:
            await office.forum_attendance.strike(FIRST, team, number, "was_absent")
            await office.minutes_writing.take_attendance(FIRST, team)
            taken = there.messages("attendance_taken")[-1].data
            return taken["quorum"], taken["groups_reached"]

        await office.forum_attendance.sign(FIRST, code, there.clock.now())
        await office.forum_attendance.enter_list(
            FIRST, team, uuid4(), b"Peserta Satu;media\nPeserta Dua;media\nPeserta Tiga;media"
        )
        assert await struck(1) == (False, 1)
        await office.forum_attendance.sign(FIRST, code, there.clock.now())
        assert await struck(1) == (True, 2)  # a repeat takes nothing from who signed again
        assert await struck(5) == (False, 1)
        await there.proposed(other)
        await office.forum_attendance.sign(FIRST, other, there.clock.now())
        assert await struck(6) == (True, 2)  # the proposal counts on
        await there.pass_time(8 * DAY)
        assert there.messages("forum_closed")[-1].data["reached"] == [
            {"group": "media", "count": 3},
            {"group": "users", "count": 1},
        ]


async def test_minutes_of_a_forum_that_closed_without_quorum_have_none(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened(quorum=2)
        await there.pass_time(16 * DAY)
        team = there.staff("team-rini", "integrity")
        assert not there.messages("forum_closed")[-1].data["has_quorum"]
        people = b"Peserta Satu;media\nPeserta Dua;users"
        await there.office.forum_attendance.enter_list(FIRST, team, uuid4(), people)
        await there.office.minutes_writing.take_attendance(FIRST, team)
        taken = there.messages("attendance_taken")[-1].data
        assert (taken["quorum"], taken["groups_reached"]) == (False, 2)


async def test_names_are_in_the_vault_and_nowhere_else(story: Story, tmp_path: Path) -> None:
    names = [f"Zubaidah Nomor {word}" for word in ("Satu", "Dua", "Tiga")]
    content = "\n".join(f"{name};media" for name in names).encode()
    office = story.forum.office
    await office.forum_attendance.enter_list(FIRST, story.team, uuid4(), content)
    await office.forum_attendance.keep_scan(FIRST, story.team, b"%PDF-1.7 Zubaidah Nomor Satu")
    await story.agreed()
    for row in office.store.messages(0, 10_000):
        assert b"Zubaidah" not in row.message
    for path in tmp_path.rglob("*.db*"):
        assert not re.search(b"Zubaidah|Ratna Contoh", path.read_bytes())


async def test_every_item_in_the_vault_belongs_to_an_event(story: Story) -> None:
    await story.agreed()
    office = story.forum.office
    recorded = {}
    rows = await office.store.query(lambda tx: tx.execute("SELECT item FROM vault_items"))
    text = b"".join(row.message for row in office.store.messages(0, 10_000)).decode()
    for row in rows:
        recorded[UUID(row["item"])] = row["item"] in text
    assert all(recorded.values())


@pytest.mark.parametrize("content", [b"<html>", b"", b"%PDF-" + b"x" * 5_000_000])
async def test_another_file_than_a_photo_of_the_list_is_refused(story: Story, content: bytes) -> None:
    with pytest.raises(ScanRefusedError):
        await story.forum.office.forum_attendance.keep_scan(FIRST, story.team, content)


async def test_two_first_signatures_at_once_freeze_the_same_text(story: Story) -> None:
    await story.drafted()
    written = await story.written()
    await asyncio.gather(
        *(story.citizen_signs(code, written) for code in story.codes[:2]), story.head_signs(written)
    )
    _, state = await story.forum.office.store.fetch(minutes_of_forums, minutes_id(written.row.forum))
    assert state.agreed is not None
    assert len({each.content.item for each in state.signatures}) == 1


async def test_another_text_under_the_key_of_a_form_is_refused(story: Story) -> None:
    """A repeat changes nothing, and a second text is never thanked for and lost."""
    writing, following, key = story.forum.office.minutes_writing, story.forum.office.forum_following, uuid4()
    point = PointText(issue="Jam layanan", agreement="Buka pada hari Sabtu.", owner="supervisor", due=DUE)
    for _ in range(2):
        await writing.record_point(FIRST, story.team, key, point)
    for other in (replace(point, due=DUE.replace(day=31)), replace(point, issue="Tarif")):
        with pytest.raises(AnotherTextError):
            await writing.record_point(FIRST, story.team, key, other)
    dissent = uuid4()
    await writing.record_dissent(FIRST, story.team, dissent, 1, "media", "Tidak cukup.")
    with pytest.raises(AnotherTextError):
        await writing.record_dissent(FIRST, story.team, dissent, 1, "users", "Tidak cukup.")
    for code in story.codes[:2]:
        await story.attend(code)
    await story.take()
    await story.head_signs()
    for code in story.codes[:2]:
        await story.citizen_signs(code)
    action, note = action_id((await story.written()).row.forum, 1), uuid4()
    supervisor = story.forum.staff("supervisor-eka", "supervisor")
    for _ in range(2):
        await following.report(action, supervisor, note, "Disusun.")
    with pytest.raises(AnotherTextError):
        await following.report(action, supervisor, note, "Sudah selesai.")
    with pytest.raises(AnotherTextError):
        await following.give_evidence(action, supervisor, note, "Disusun.", None)
    assert [each.kind for each in (await following.story(action)).notes] == ["reported"]


@pytest.fixture
def together(story: Story, monkeypatch: pytest.MonkeyPatch) -> list[SignMinutes]:
    """Let two who sign last at once both be seen as the last before the first of them is recorded; the second goes on after that."""
    signing, arrived = story.forum.office.minutes_signing, list[SignMinutes]()
    issue, both, first = signing._issue, asyncio.Event(), asyncio.Event()

    async def issue_in_turn(written: WrittenMinutes, command: SignMinutes, head_name: str | None) -> None:
        arrived.append(command)
        if len(arrived) == 1:
            await both.wait()
            await issue(written, command, head_name)
            first.set()
        else:
            both.set()
            await first.wait()
            await issue(written, command, head_name)

    monkeypatch.setattr(signing, "_issue", issue_in_turn)
    return arrived


async def test_a_last_signature_that_arrives_twice_at_once_is_one(
    story: Story, together: list[SignMinutes]
) -> None:
    await story.drafted()
    await story.citizen_signs(story.codes[0])
    await story.head_signs()
    written = await story.written()
    await asyncio.gather(*(story.citizen_signs(story.codes[1], written) for _ in range(2)))
    state = (await story.written()).state
    assert len(together) == 2
    assert (state.agreed is not None, len(state.signatures)) == (True, 3)


async def test_of_two_who_sign_last_at_once_the_other_is_told_that_it_is_agreed(
    story: Story, together: list[SignMinutes]
) -> None:
    await story.drafted()
    await story.citizen_signs(story.codes[0])
    await story.head_signs()
    written = await story.written()
    answers = await asyncio.gather(
        *(story.citizen_signs(code, written) for code in story.codes[1:3]), return_exceptions=True
    )
    state = (await story.written()).state
    assert (len(together), [type(each) for each in answers if each is not None]) == (2, [MinutesAgreedError])
    assert (state.agreed is not None, len(state.signatures)) == (True, 3)
