"""Renewals go on for every letter that can be renewed, and end where a new timestamp would hold no longer than the last."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast
from uuid import UUID, uuid5

import pytest
from tests.certificates.vault import KeptVault
from tests.letters.in_process import InProcessWorker
from tests.letters.sample_clock import DAY, SampleClock
from tests.letters.sample_letter import NOW, authority, unsealed

from zi_letters import renewing
from zi_letters.archive import archived_until, time_of, timestamps_of
from zi_letters.clocks import OfficeClock, TimestampSource
from zi_letters.content import digest
from zi_letters.letter_register import NumberedLetter, SealedLetter, StoredFile
from zi_letters.renewing import Renewing
from zi_letters.vault_fields import FILE

CLOCK = SampleClock()
ENDING = NOW + 996 * DAY  # the authority's certificate, of three years, ends in a hundred days
LETTERS = UUID(int=47)


class OutsideAuthority:
    """One certificate for all timestamps, until it has another."""

    def __init__(self, certified: SampleClock) -> None:
        self.certified, self.calls = certified, 0

    def source(self, at: datetime) -> TimestampSource:
        self.calls += 1
        return self.certified.source.model_copy(update={"at": at})


class Desk:
    """Letters with their files and what is recorded of them, in memory, in the order of a service's own register."""

    def __init__(self, sealed: bytes, count: int) -> None:
        self.vault, self.recorded = KeptVault(), list[tuple[UUID, StoredFile]]()
        self.letters: dict[UUID, SealedLetter] = {}
        self.authority, self.until = OutsideAuthority(CLOCK), archived_until(sealed)
        clock = cast(OfficeClock, self.authority)
        self.renewing = Renewing(self, clock, lambda: self.vault, InProcessWorker())
        for number in range(count):
            id = uuid5(LETTERS, str(number))
            ref = self.vault._ref(FILE, "")
            self.vault.items[ref.item] = (ref, b64encode(sealed).decode())
            letter = NumberedLetter(id, f"T{number}", "0" * 64, "0" * 64, None, id)
            self.letters[id] = SealedLetter(letter, digest(sealed), ref, self.until)

    def spoil(self, count: int) -> None:
        """The first letters in the order of what is due."""
        for letter in list(self.letters.values())[:count]:
            self.vault.items[letter.item.item] = (letter.item, b64encode(b"no letter").decode())

    async def to_renew(self, before: datetime, limit: int) -> Sequence[SealedLetter]:
        due = [
            each for each in self.letters.values() if each.holds_until is None or each.holds_until <= before
        ]
        return sorted(due, key=lambda each: str(each.holds_until or ""))[:limit]

    async def record_renewal(self, letter: NumberedLetter, file: StoredFile) -> None:
        self.recorded.append((letter.id, file))
        fresh = SealedLetter(letter, file.file, file.item, file.holds_until)
        self.letters[letter.id] = fresh

    async def unsealed(self, limit: int) -> Sequence[UUID]:
        raise AssertionError

    async def number(self, id: UUID) -> NumberedLetter:
        raise AssertionError

    async def record_file(self, letter: NumberedLetter, file: StoredFile) -> None:
        raise AssertionError

    async def end_replaced(self) -> bool:
        raise AssertionError


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("letter")
    return CLOCK.sealed(unsealed(folder), authority().make_seal("Balai POM Contoh", NOW))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "LETTERS_A_LOOK", 3)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


async def test_a_timestamp_that_holds_no_longer_is_a_fault_and_nothing_is_stored(sealed: bytes) -> None:
    desk = Desk(sealed, 7)
    stored = dict(desk.vault.items)
    for _ in range(5):
        assert await desk.renewing.look(at(ENDING)) == 0
    assert (desk.recorded, desk.vault.items) == ([], stored)
    assert desk.until is not None
    assert f"the authority's certificate ends on {desk.until.date()}" in str(desk.renewing.reason)
    assert "7 letters can't be renewed" in str(desk.renewing.reason)
    assert desk.authority.calls == 5


async def test_a_look_without_progress_is_followed_by_a_pause(sealed: bytes) -> None:
    desk = Desk(sealed, 7)
    for _ in range(4):
        await desk.renewing.now_and_then(at(ENDING))
    assert desk.authority.calls == 1


async def test_what_an_authority_renews_goes_on_at_once_to_its_end(sealed: bytes) -> None:
    desk = Desk(sealed, 7)
    desk.authority.certified = CLOCK.later(900)
    for _ in range(5):
        await desk.renewing.now_and_then(at(ENDING))
    assert len(desk.recorded) == len({id for id, _ in desk.recorded}) == 7
    assert desk.renewing.reason is None


async def test_letters_are_renewed_as_soon_as_the_authority_has_a_certificate_that_ends_later(
    sealed: bytes,
) -> None:
    desk = Desk(sealed, 4)
    assert await desk.renewing.look(at(ENDING)) == 0
    desk.authority.certified = CLOCK.later(900)
    assert [await desk.renewing.look(at(ENDING)) for _ in range(3)] == [1, 3, 0]
    assert desk.renewing.reason is None


async def test_a_certificate_for_each_timestamp_does_not_renew_for_ever(sealed: bytes) -> None:
    desk = Desk(sealed, 1)
    desk.authority.certified = SampleClock(CLOCK.root, NOW + timedelta(hours=1))
    assert await desk.renewing.look(at(ENDING)) == 0
    desk.authority.certified = SampleClock(CLOCK.root, NOW + DAY)
    assert await desk.renewing.look(at(ENDING)) == 1


async def test_a_letter_without_a_timestamp_gets_its_first_from_any(sealed: bytes) -> None:
    desk = Desk(sealed, 2)
    [first, _] = desk.letters.values()
    plain = sealed[: sealed.index(b"%%EOF") + 6]
    desk.vault.items[first.item.item] = (first.item, b64encode(plain).decode())
    desk.letters[first.letter.id] = replace(first, holds_until=None)
    assert archived_until(plain) is None
    assert await desk.renewing.look(at(ENDING)) == 1
    assert [id for id, _ in desk.recorded] == [first.letter.id]


@pytest.mark.parametrize("bad", [3, 7])
async def test_letters_that_fail_for_good_delay_no_other(sealed: bytes, bad: int) -> None:
    desk = Desk(sealed, bad + 4)
    desk.spoil(bad)
    desk.authority.certified = CLOCK.later(900)
    for _ in range(5):
        await desk.renewing.look(at(ENDING))
    assert {id for id, _ in desk.recorded} == set(list(desk.letters)[bad:])
    assert f"{bad} letters can't be renewed" in str(desk.renewing.reason)


async def test_what_failed_is_tried_again_after_all_others(sealed: bytes) -> None:
    desk = Desk(sealed, 5)
    desk.authority.certified = CLOCK.later(900)
    desk.vault.is_away = True
    assert [await desk.renewing.look(at(ENDING)) for _ in range(2)] == [0, 0]
    desk.vault.is_away = False
    assert [await desk.renewing.look(at(ENDING)) for _ in range(3)] == [3, 2, 0]
    assert desk.renewing.reason is None


async def test_a_vault_that_starts_later_is_asked_again_soon(
    sealed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, looks, elapsed = Desk(sealed, 2), list[int](), [0]
    look = desk.renewing.look

    async def counted(now: Callable[[], datetime]) -> int:
        looks.append(elapsed[0])
        return await look(now)

    monkeypatch.setattr(desk.renewing, "look", counted)
    monkeypatch.setattr("zi_letters.renewing.time.monotonic", lambda: elapsed[0])
    desk.authority.certified = CLOCK.later(900)
    desk.vault.is_away = True
    for elapsed[0] in range(75):
        await desk.renewing.now_and_then(at(ENDING))
    assert (looks, desk.recorded) == ([0, 5, 15, 35], [])
    desk.vault.is_away = False
    elapsed[0] = 75
    await desk.renewing.now_and_then(at(ENDING))
    assert len(desk.recorded) == 2


async def test_erased_letters_are_passed_over_without_a_pause(sealed: bytes) -> None:
    desk = Desk(sealed, 7)
    desk.authority.certified = CLOCK.later(900)
    desk.vault.erased = {f"T{number}" for number in range(6)}
    for _ in range(3):
        await desk.renewing.now_and_then(at(ENDING))
    assert len(desk.recorded) == 1
    assert desk.renewing.reason is None


async def test_each_letter_has_the_time_of_its_own_timestamp(sealed: bytes) -> None:
    """An authority is believed within minutes, and may take that long for many letters."""
    desk, minutes = Desk(sealed, 3), iter(range(0, 400, 4))
    desk.authority.certified = CLOCK.later(900)
    assert await desk.renewing.look(lambda: ENDING + timedelta(minutes=next(minutes))) == 3
    times = [await asyncio.to_thread(_last_time, desk, file) for _, file in desk.recorded]
    assert [later - sooner for sooner, later in pairwise(times)] == [timedelta(minutes=4)] * 2


def _last_time(desk: Desk, file: StoredFile) -> datetime:
    return time_of(timestamps_of(b64decode(desk.vault.items[file.item.item][1]))[-1])
