"""Looks at personal data, at a real store: a burst floods nothing, none goes uncounted, and an official has a limit."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from tests.intake.erasures import BOSS, closed
from tests.intake.front import EMAIL, NAME, TEXT, Front, code, opened
from tests.intake.test_uploads import attach, photo

from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.vault.requests import TooManyOpeningsError, VaultService
from zi_contracts.message import Message
from zi_contracts.registry import data_of
from zi_contracts.vault import VaultReply, VaultRequest
from zi_intake.domain.data_access_hour import HOUR
from zi_intake.read.data_access_tables import AccessRates
from zi_intake.use_cases.data_access import AccessCounter
from zi_intake.vault_answers import READABLE

OPENED, COUNTED, LIMITED = (
    f"zi.intake.{name}" for name in ("personal_data_opened", "openings_counted", "openings_limited")
)
OPEN = "personal-data"
PURPOSE = {"purpose": "handling"}
Opening = Callable[..., AbstractAsyncContextManager[Front]]


def messages(front: Front, *types: str) -> list[Message]:
    rows = front.office.store.messages(0, 10_000)
    return [each for each in (Message.parse(row.message) for row in rows) if each.type in types]


async def look(front: Front, filed: Any, purpose: str = "handling", **headers: str) -> httpx.Response:
    return await front.act(filed, OPEN, {"purpose": purpose}, headers or None)


async def count(front: Front, **time: float) -> int:
    """Do the work of the process with the lease after so much time has passed."""
    front.clock.pass_by(**time)
    return await AccessCounter(front.office.store, front.clock).tick()


def counts(front: Front) -> list[int]:
    return [message.data["count"] for message in messages(front, COUNTED)]


async def read(front: Front, caller: str, request: VaultRequest) -> VaultReply:
    content = request.model_dump_json(exclude_none=True).encode()
    return await VaultService(READABLE, front.reading.answer).answer(caller, content)


async def test_a_burst_of_1500_looks_is_one_event_and_one_count(tmp_path: Path) -> None:
    async with opened(tmp_path, openings_an_hour=10_000) as front:
        filed = await front.file()
        by = Act(at=front.clock.at, actor="officer-ani", role="staff:officer")
        for _ in range(15):
            looks = (front.office.data_access.open_case(filed["ticket"], by, "handling") for _ in range(100))
            answers = await asyncio.gather(*looks)
            assert all(NAME in {each.text for each in opened.items.values()} for opened in answers)
        assert await count(front, minutes=59) == 0
        assert await count(front, minutes=1) == 1
        [opening], [closing] = messages(front, OPENED), messages(front, COUNTED)
        assert data_of(closing).model_dump(mode="json") == {  # type: ignore[union-attr]
            "opening": str(opening.id),
            "official": "officer-ani",
            "role": "staff:officer",
            "purpose": "handling",
            "since": opening.data["since"],
            "count": 1_499,
        }
        assert (closing.subject, closing.aggregate) == (filed["ticket"], opening.aggregate)
        assert (closing.actor, closing.causation) == ("system:intake", str(opening.id))
        assert len(await front.office.steps(filed["ticket"])) == 3
        assert await count(front, hours=2) == 0


async def test_a_look_without_another_is_not_counted(front: Front) -> None:
    await look(front, await front.file())
    assert await count(front, hours=2) == 0
    assert counts(front) == []


async def test_only_what_is_new_is_named_and_seeing_the_rest_again_is_counted(front: Front) -> None:
    filed = await front.file()
    await look(front, filed)
    added = (await attach(front, filed, photo(), code(filed))).json()["item"]["item"]
    await look(front, filed)
    await look(front, filed)
    assert [message.data["items"] for message in messages(front, OPENED)][1:] == [[added]]
    assert len({message.data["since"] for message in messages(front, OPENED)}) == 1
    await count(front, hours=1)
    assert counts(front) == [2]


async def test_every_way_of_looking_shares_the_hour(front: Front) -> None:
    """The page, the program and a file by itself."""
    filed = await front.file()
    item = (await attach(front, filed, photo(), code(filed))).json()["item"]["item"]
    await look(front, filed)
    page = await front.client.post(
        f"/desk/cases/{filed['ticket']}/open", data=PURPOSE, headers={"Accept": "text/html"} | front.staff()
    )
    file = await front.act(filed, f"files/{item}", PURPOSE)
    assert (page.status_code, file.status_code, NAME in page.text) == (200, 200, True)
    assert len(messages(front, OPENED)) == 1
    await count(front, hours=1)
    assert counts(front) == [2]


async def test_another_purpose_and_another_role_are_events_with_counts_of_their_own(front: Front) -> None:
    filed = await front.file()
    boss = front.staff("officer-ani", "supervisor")
    for _ in range(3):
        await look(front, filed)
        await look(front, filed, "contact")
        await look(front, filed, **boss)
    assert len(messages(front, OPENED)) == 3
    assert await count(front, hours=1) == 3
    case = {(m.data["role"], m.data["purpose"], m.data["count"]) for m in messages(front, COUNTED)}
    assert case == {
        ("staff:officer", "handling", 2),
        ("staff:officer", "contact", 2),
        ("staff:supervisor", "handling", 2),
    }


async def test_mails_in_a_row_read_the_address_under_one_event(front: Front) -> None:
    filed = await front.file()
    request = VaultRequest(ticket=filed["ticket"], fields=("reporter.email",), purpose="notify_status")
    for cause in range(5):
        reply = await read(front, "notify", request.model_copy(update={"causation": str(cause)}))
        assert reply.fields == {"reporter.email": EMAIL}
    await count(front, hours=1)
    assert (len(messages(front, OPENED)), counts(front)) == (1, [4])


async def test_a_service_does_not_choose_its_purposes(front: Front) -> None:
    """Or each would begin an hour of its own."""
    filed = await front.file()
    request = VaultRequest(ticket=filed["ticket"], fields=("reporter.email",), purpose="another_one")
    assert (await read(front, "notify", request)).error == "not_allowed"
    assert messages(front, OPENED) == []


# -- time and restarts


async def test_a_restart_in_the_middle_forgets_neither_what_was_seen_nor_how_often(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        filed = await front.file()
        await look(front, filed)
        await look(front, filed)
        at = front.clock.at
    async with opened(tmp_path) as front:
        front.clock.at = at
        await look(front, filed)
        assert len(messages(front, OPENED)) == 1
        await count(front, hours=1)
        assert counts(front) == [2]


async def test_what_a_kill_leaves_uncounted_is_counted_by_the_next_process(tmp_path: Path) -> None:
    """Nothing is kept in the process: the row is there before the answer is."""
    async with opened(tmp_path) as front:
        filed = await front.file()
        await look(front, filed)
        front.office.vault.open = None  # type: ignore[method-assign, assignment]
        by = Act(at=front.clock.at, actor="officer-ani", role="staff:officer")
        with pytest.raises(TypeError):
            await front.office.data_access.open_case(filed["ticket"], by, "handling")
        at = front.clock.at
    async with opened(tmp_path) as front:
        front.clock.at = at
        await count(front, hours=3)
        assert counts(front) == [1]


async def test_a_clock_that_goes_back_and_forth_over_the_hour_loses_no_look(front: Front) -> None:
    filed = await front.file()
    shifts = (0, 10, 61, -30, -200, 5, 59, 300, 0)
    for minutes in shifts:
        front.clock.pass_by(minutes=minutes)
        assert (await look(front, filed)).status_code == 200
    front.clock.pass_by(hours=-5)
    await count(front, hours=48)
    assert len(messages(front, OPENED)) + sum(counts(front)) == len(shifts)


async def test_a_look_that_comes_late_by_its_clock_is_an_event_once_the_hour_was_counted(
    front: Front,
) -> None:
    filed = await front.file()
    await look(front, filed)
    await look(front, filed)
    await count(front, hours=1)
    front.clock.pass_by(seconds=-3)
    await look(front, filed)
    assert len(messages(front, OPENED)) == 2


async def test_a_look_that_comes_late_by_its_clock_is_counted_where_none_came_before_it(front: Front) -> None:
    filed = await front.file()
    await look(front, filed)
    await count(front, hours=1)
    front.clock.pass_by(seconds=-3)
    await look(front, filed)
    await count(front, seconds=3)
    assert (len(messages(front, OPENED)), counts(front)) == (1, [1])


@pytest.mark.postgres
async def test_two_replicas_know_what_the_other_showed_and_count_together(
    tmp_path: Path, postgres: str
) -> None:
    settings = {"database": postgres, "keys_database": postgres, "openings_an_hour": 50}
    async with opened(tmp_path, **settings) as first, opened(tmp_path, **settings) as other:
        filed = await first.file()
        answers = await asyncio.gather(*(look(each, filed) for _ in range(20) for each in (first, other)))
        assert {answer.status_code for answer in answers} == {200}
        assert len(messages(other, OPENED)) == 1
        first.clock.pass_by(hours=1)
        other.clock.pass_by(hours=1)
        counters = [AccessCounter(each.office.store, each.clock) for each in (first, other)]
        await asyncio.gather(*(counter.tick() for counter in counters))
        assert counts(first) == [39]
        answers = [await look(each, filed) for _ in range(30) for each in (first, other)]
        assert [answer.status_code for answer in answers].count(200) == 50
        assert len(messages(first, LIMITED)) == 1


# -- the machine


async def test_a_look_that_can_t_be_counted_shows_nothing(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await front.file()
    await look(front, filed)
    execute = Tx.execute

    def full(self: Tx, sql: str, *values: object) -> Any:
        if "INSERT INTO repeated_looks" in sql:
            raise UnavailableError("database or disk is full")
        return execute(self, sql, *values)

    monkeypatch.setattr(Tx, "execute", full)
    refused = await look(front, filed)
    assert (refused.status_code, NAME in refused.text) == (503, False)
    monkeypatch.undo()
    assert (await look(front, filed)).status_code == 200
    await count(front, hours=1)
    assert counts(front) == [1]


async def test_a_count_that_can_t_be_kept_is_said_and_kept_later(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await front.file()
    await look(front, filed)
    await look(front, filed)
    front.clock.pass_by(hours=1)
    counter = AccessCounter(front.office.store, front.clock)
    many = Tx.many

    def full(self: Tx, sql: str, rows: Any) -> None:
        if "INSERT INTO messages" in sql:
            raise OSError("disk is full")
        many(self, sql, rows)

    monkeypatch.setattr(Tx, "many", full)
    assert (await counter.tick(), counts(front)) == (0, [])
    assert counter.reason is not None
    monkeypatch.undo()
    assert (await counter.tick(), counts(front), counter.reason) == (1, [1], None)


# -- erasure and the citizen


async def test_after_an_erasure_nothing_is_shown_and_the_looks_before_it_are_counted(front: Front) -> None:
    filed = await closed(front)
    await look(front, filed)
    await look(front, filed)
    assert (await front.act(filed, "ask-erasure", {"reason": "subject_request"})).status_code == 200
    assert (await front.act(filed, "approve-erasure", None, front.staff(*BOSS))).status_code == 200
    assert (await look(front, filed)).status_code == 409
    await count(front, hours=1)
    assert (len(messages(front, OPENED)), counts(front)) == (1, [1])


@pytest.mark.parametrize(
    ("language", "again"),
    [
        (
            "en",
            "the office looked 14 times more at the personal data of this case. What for: to handle the case.",
        ),
        ("id", "petugas membuka kembali data pribadi tiket ini 14 kali. Keperluan: "),
    ],
)
async def test_the_citizen_reads_how_often_the_office_looked_again(
    front: Front, language: str, again: str
) -> None:
    filed = await front.file()
    for _ in range(15):
        await look(front, filed)
    await count(front, hours=1)
    case = await front.track(filed, **{"Accept-Language": language})
    assert [step["type"] for step in case["timeline"]][1:] == [OPENED, COUNTED]
    assert again in case["timeline"][-1]["text"]
    assert case["timeline"][-1]["by"] == "system"


# -- the limit


@dataclass
class Limited:
    front: Front
    filed: Any


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Limited]:
    async with opened(tmp_path, openings_an_hour=6) as front:
        yield Limited(front, await front.file())


async def test_an_official_who_looks_too_often_is_refused_and_stands_in_the_ledger_once(
    limited: Limited,
) -> None:
    front = limited.front
    answers = [
        await look(front, limited.filed, **{"Accept-Language": "en"}, **front.staff()) for _ in range(9)
    ]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 3
    assert answers[-1].headers["retry-after"] == "600"
    assert (
        answers[-1].json()["detail"].startswith("You have opened personal data as often as the office allows")
    )
    [entry] = messages(front, LIMITED)
    assert (entry.actor, entry.actorrole, entry.data) == ("officer-ani", "staff:officer", {"limit": 6})
    assert limited.filed["ticket"] not in entry.model_dump_json()
    front.clock.pass_by(minutes=10)
    assert [(await look(front, limited.filed)).status_code for _ in range(2)] == [200, 429]
    front.clock.pass_by(minutes=60)
    assert [(await look(front, limited.filed)).status_code for _ in range(7)] == [200] * 6 + [429]
    assert len(messages(front, LIMITED)) == 2


@pytest.mark.parametrize("limit", [1, 7, 11, 13, 600, 100_000])
async def test_any_limit_is_given_out_whole(front: Front, limit: int) -> None:
    rates, at = AccessRates(limit), front.clock.at
    with front.office.store.database.transaction() as tx:
        for _ in range(min(limit, 700)):
            rates.spend(tx, "officer-ani", at)
        if limit <= 700:
            with pytest.raises(TooManyOpeningsError):
                rates.spend(tx, "officer-ani", at)
            rates.spend(tx, "officer-ani", at + HOUR)


async def test_the_limit_is_one_official_s_over_all_cases_and_nobody_else_s(limited: Limited) -> None:
    front = limited.front
    others = [await front.file() for _ in range(6)]
    for filed in others:
        assert (await look(front, filed)).status_code == 200
    assert (await look(front, limited.filed)).status_code == 429
    assert (await look(front, limited.filed, **front.staff("officer-cici"))).status_code == 200


async def test_a_clock_that_was_set_back_locks_nobody_out(limited: Limited) -> None:
    front = limited.front
    for _ in range(6):
        await look(front, limited.filed)
    front.clock.pass_by(days=-3)
    assert (await look(front, limited.filed)).status_code == 429
    front.clock.pass_by(minutes=10)
    assert (await look(front, limited.filed)).status_code == 200


async def test_the_page_says_it_in_the_official_s_language(limited: Limited) -> None:
    front = limited.front
    headers = {"Accept": "text/html", "Accept-Language": "id"} | front.staff()
    for _ in range(7):
        page = await front.client.post(
            f"/desk/cases/{limited.filed['ticket']}/open", data=PURPOSE, headers=headers
        )
    assert (page.status_code, page.headers["retry-after"]) == (429, "600")
    assert "Anda sudah membuka data pribadi" in page.text
    assert "10 menit" in page.text
    assert TEXT not in page.text


async def test_the_vault_says_it_to_the_desk_that_asks_for_an_official(limited: Limited) -> None:
    front = limited.front
    token = front.staff("auditor-eka", "auditor")["Authorization"].removeprefix("Bearer ")
    request = VaultRequest(ticket=limited.filed["ticket"], fields=("text",), purpose="audit", token=token)
    replies = [await read(front, "audit", request) for _ in range(7)]
    assert [reply.error for reply in replies] == [None] * 6 + ["too_many"]
    assert replies[-1] == VaultReply(error="too_many", retry_after=600)
    assert len(messages(front, LIMITED)) == 1


async def test_a_service_of_the_office_is_not_limited(limited: Limited) -> None:
    request = VaultRequest(
        ticket=limited.filed["ticket"], fields=("reporter.email",), purpose="notify_status"
    )
    replies = [await read(limited.front, "notify", request) for _ in range(8)]
    assert {reply.error for reply in replies} == {None}


async def test_the_numbers_tell_events_repeats_and_refusals(limited: Limited) -> None:
    def numbers() -> list[float]:
        outcomes = ("recorded", "repeated", "refused")
        return [REGISTRY.get_sample_value("zi_openings_total", {"outcome": each}) or 0 for each in outcomes]

    before = numbers()
    for _ in range(8):
        await look(limited.front, limited.filed)
    assert [now - then for now, then in zip(numbers(), before, strict=True)] == [1, 5, 2]


async def test_at_the_limit_nothing_is_shown_where_it_can_t_be_recorded(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = limited.front
    for _ in range(6):
        await look(front, limited.filed)
    many = Tx.many

    def full(self: Tx, sql: str, rows: Any) -> None:
        if "INSERT INTO messages" in sql:
            raise OSError("disk is full")
        many(self, sql, rows)

    monkeypatch.setattr(Tx, "many", full)
    refused = await look(front, limited.filed)
    assert (refused.status_code, NAME in refused.text) == (503, False)
    monkeypatch.undo()
    assert (await look(front, limited.filed)).status_code == 429
    assert len(messages(front, LIMITED)) == 1
