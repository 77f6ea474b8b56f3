from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.integrity.survey_house import SurveyHouse, case_of, filled, names, opened, ticket_of

from zi_chassis.domain import Act
from zi_contracts.message import Message
from zi_integrity.domain.invitation import (
    InvitationOverError,
    InvitationTakenError,
    NotInvitedError,
    NotYourInvitationError,
)
from zi_integrity.domain.survey.errors import AnswerUnfitError, SurveyNotRunningError
from zi_integrity.domain.survey_key import TokenSpentError
from zi_integrity.domain.survey_token import (
    AnotherSurveyError,
    ForgedTokenError,
    MalformedTokenError,
    SurveyOverError,
    SurveyToken,
    survey_key_id,
)
from zi_integrity.messaging.invitations.published import survey_keys
from zi_integrity.read.invitations import count_survey_keys, invitation_of, survey_keys_of
from zi_integrity.use_cases.inviting import BlindedMessageError, KeyNotInLedgerError

TEN = names(10)
FILLS = [filled()]
KEY = survey_key_id("complaint", "2026-Q4")


async def messages_of(house: SurveyHouse, kind: str) -> list[Any]:
    rows = house.office.store.messages(0, 10_000)
    parsed = [Message.parse(row.message) for row in rows]
    return [each for each in parsed if each.event == kind]


async def invited(house: SurveyHouse, *more: str) -> None:
    await house.finished(*TEN, *more)
    await house.next_day()


async def test_fewer_than_the_smallest_group_wait(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.finished(*TEN[:9])
        await house.next_day()
        assert await house.office.inviting.invitation(ticket_of(TEN[0])) is None
        await house.finished(TEN[9])
        await house.next_day()
        assert all([await house.office.inviting.invitation(ticket_of(name)) for name in TEN])


async def test_the_key_is_published_before_and_all_are_invited_at_one_time_in_the_order_of_tickets(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as house:
        await invited(house)
        [key] = await messages_of(house, "survey_key_published")
        invitations = await messages_of(house, "survey_invited")
        assert key.position < invitations[0].position
        assert len({each.time for each in invitations}) == 1
        assert [each.subject for each in invitations] == sorted(ticket_of(name) for name in TEN)
        assert {each.data["key"] for each in invitations} == {str(key.aggregate)}


@pytest.mark.parametrize("service", ["complaint", "consultation"])
async def test_each_service_has_its_own_groups(tmp_path: Path, service: str) -> None:
    async with opened(tmp_path) as house:
        await house.finished(*TEN[:6], service="complaint")
        await house.finished(*names(6, "other"), service="consultation")
        await house.next_day()
        assert await house.office.store.query(count_survey_keys) == 0
        await house.finished(*names(4, "more"), service=service)
        await house.next_day()
        [key] = await house.office.store.query(survey_keys_of)
        assert (key.service, key.invited) == (service, 10)


async def test_a_reopened_case_waits_and_one_that_was_invited_is_not_invited_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.finished(*TEN)
        await house.reopened(TEN[0])
        await house.next_day()
        assert await house.office.store.query(count_survey_keys) == 0
        await house.closed(TEN[0])
        await house.next_day()
        await house.reopened(TEN[0])
        await house.closed(TEN[0])
        await house.next_day()
        assert len(await messages_of(house, "survey_invited")) == 10


async def test_a_case_gives_one_token_and_a_repeat_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await invited(house)
        assert await house.blinded(TEN[0]) == await house.blinded(TEN[0])
        with pytest.raises(InvitationTakenError):
            await house.blinded(TEN[0], b"another")
        [signed] = await messages_of(house, "invitation_signed")
        assert set(signed.data) == {"blinded"}


async def test_without_script_the_same_form_gives_the_same_token(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await invited(house)
        ticket, by = ticket_of(TEN[0]), house.act(TEN[0])
        first, again = [await house.office.inviting.hand_out(ticket, by, bytes(32)) for _ in range(2)]
        assert first == again
        assert await house.office.answering.checked(first.text) == first
        with pytest.raises(InvitationTakenError):
            await house.office.inviting.hand_out(ticket, by, b"\1" * 32)


@pytest.mark.parametrize("ways", [("public", "applicant"), ("applicant", "public")])
async def test_a_company_takes_its_one_token_with_its_code_or_signed_in(
    tmp_path: Path, ways: tuple[str, str]
) -> None:
    async with opened(tmp_path) as house:
        await house.filed("company", actor="person-sari", role="applicant")
        await house.closed("company")
        await invited(house)
        at, ticket = house.clock.now(), ticket_of("company")
        acting = {
            "public": Act(at=at, actor=str(case_of("company")), role="public"),
            "applicant": Act(at=at, actor="person-sari", role="applicant"),
        }
        inviting = house.office.inviting
        for other in ("applicant", "public"):
            with pytest.raises(NotYourInvitationError):
                await inviting.hand_out(ticket, Act(at=at, actor="person-budi", role=other), bytes(32))
        first, again = [await inviting.hand_out(ticket, acting[way], bytes(32)) for way in ways]
        assert first == again
        with pytest.raises(InvitationTakenError):
            await inviting.hand_out(ticket, acting[ways[1]], b"\1" * 32)


async def test_what_is_not_invited_is_not_signed(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await invited(house)
        inviting, ticket = house.office.inviting, ticket_of(TEN[0])
        with pytest.raises(NotInvitedError):
            await inviting.sign(ticket_of("unknown"), house.act("unknown"), bytes(384))
        with pytest.raises(NotInvitedError):
            await inviting.hand_out(ticket_of("unknown"), house.act("unknown"), bytes(32))
        with pytest.raises(NotYourInvitationError):
            await inviting.sign(ticket, house.act("somebody else"), b"\0" + b"\1" * 383)
        with pytest.raises(BlindedMessageError):
            await inviting.sign(ticket, house.act(TEN[0]), bytes(384))
        row = await house.office.store.query(lambda tx: invitation_of(tx, ticket))
        assert row is not None
        assert not row.is_taken


async def test_nothing_is_signed_before_the_key_stands_in_the_ledger(tmp_path: Path) -> None:
    async def nowhere(_: object) -> dict[UUID, int]:
        return {}

    async with opened(tmp_path) as house:
        await invited(house)
        house.office.inviting._indexes = nowhere
        with pytest.raises(KeyNotInLedgerError):
            await house.blinded(TEN[0])
        assert await messages_of(house, "invitation_signed") == []


async def tokens(house: SurveyHouse, wanted: Sequence[str] = TEN) -> list[SurveyToken]:
    await house.open_survey()
    await invited(house, *wanted[10:])
    return [await house.blinded(name) for name in wanted]


async def test_answers_wait_for_each_other_and_are_recorded_together(tmp_path: Path, place: str) -> None:
    """On either database."""
    async with opened(tmp_path, database=place if place.startswith("postgres") else "") as house:
        issued = await tokens(house)
        for each in issued[:9]:
            await house.office.answering.accept(each.text, FILLS)
        await house.next_day()
        assert await messages_of(house, "survey_tokens_spent") == []
        await house.office.answering.accept(issued[9].text, FILLS)
        await house.next_day()
        [spent] = await messages_of(house, "survey_tokens_spent")
        recorded = await messages_of(house, "survey_answer_recorded")
        [origins] = await messages_of(house, "survey_origins_counted")
        assert len(recorded) == origins.data["answers"] == 10
        assert {each.time for each in recorded} == {spent.time}
        assert spent.data["tokens"] == sorted(each.spent for each in issued)
        assert house.office.answer_pool.surveys() == {}
        [key] = await house.office.store.query(survey_keys_of)
        assert (key.invited, key.signed, key.spent) == (10, 10, 10)


async def test_a_token_is_spent_once_in_the_pool_and_in_the_store(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        issued = await tokens(house)
        for each in issued:
            await house.office.answering.accept(each.text, FILLS)
        await house.office.answering.accept(issued[0].text, FILLS)  # a double click
        with pytest.raises(TokenSpentError):
            await house.office.answering.accept(issued[0].text, [filled(1)])
        await house.next_day()
        with pytest.raises(TokenSpentError):
            await house.office.answering.accept(issued[0].text, FILLS)


async def test_forged_and_foreign_tokens_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        [token, *_] = await tokens(house)
        answering = house.office.answering
        changed = [
            SurveyToken(token.service, token.quarter, bytes(64), token.signature),
            SurveyToken(token.service, token.quarter, token.message, bytes(384)),
            SurveyToken("consultation", token.quarter, token.message, token.signature),
            SurveyToken(token.service, "2025-Q4", token.message, token.signature),
        ]
        for each in changed:
            with pytest.raises(ForgedTokenError):
                await answering.accept(each.text, FILLS)
        with pytest.raises(MalformedTokenError):
            await answering.accept("a token", FILLS)
        with pytest.raises(AnotherSurveyError):
            await answering.checked(token.text, quarter="2027-Q1")
        with pytest.raises(AnotherSurveyError):
            await answering.checked(token.text, service="mentoring")


async def test_a_token_of_one_quarter_is_none_of_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        [token, *_] = await tokens(house)
        house.clock.at += timedelta(days=90)
        await house.finished(*names(10, "next"))
        await house.next_day()
        moved = SurveyToken(token.service, "2027-Q1", token.message, token.signature)
        with pytest.raises(ForgedTokenError):
            await house.office.answering.accept(moved.text, FILLS)


async def test_after_the_survey_nothing_is_taken_signed_or_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        issued = await tokens(house, names(13))
        for each in issued[:3]:
            await house.office.answering.accept(each.text, FILLS)
        house.clock.at += timedelta(days=120)
        with pytest.raises(SurveyOverError):
            await house.office.answering.accept(issued[3].text, FILLS)
        await house.next_day()
        with pytest.raises(InvitationOverError):
            await house.blinded(TEN[0])
        [retired] = await messages_of(house, "survey_key_retired")
        assert (retired.data["spent"], retired.data["withheld"]) == (0, 3)
        assert house.office.answer_pool.surveys() == {}
        assert not list(tmp_path.rglob("survey-key-*"))
        await house.next_day()
        assert len(await messages_of(house, "survey_key_retired")) == 1


async def test_a_process_that_died_after_the_recording_records_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for each in await tokens(house):
            await house.office.answering.accept(each.text, FILLS)
        pool = (tmp_path / "integrity" / "survey-answers.pool").read_bytes()
        await house.next_day()
    (tmp_path / "integrity" / "survey-answers.pool").write_bytes(pool)
    async with opened(tmp_path, house.clock) as house:
        await house.next_day()
        assert house.office.answer_pool.surveys() == {}
        assert len(await messages_of(house, "survey_tokens_spent")) == 1


async def test_a_round_is_held_once_a_day_also_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        issued = await tokens(house, names(20))
        for each in issued[:10]:
            await house.office.answering.accept(each.text, FILLS)
        await house.next_day()
    async with opened(tmp_path, house.clock) as house:
        for each in issued[10:]:
            await house.office.answering.accept(each.text, FILLS)
        await house.office.survey_rounds.tick()
        assert len(await messages_of(house, "survey_tokens_spent")) == 1
        await house.next_day()
        assert len(await messages_of(house, "survey_tokens_spent")) == 2
        _, state = await house.office.store.fetch(survey_keys, KEY)
        assert state.spent == {each.digest for each in issued}


async def test_a_key_that_was_lost_signs_nothing_under_another(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await invited(house)
    for key in tmp_path.rglob("survey-key-*"):
        key.unlink()
    async with opened(tmp_path, house.clock) as house:
        with pytest.raises(InvitationOverError):
            await house.blinded(TEN[0])
        await house.finished(*names(10, "late"))
        await house.next_day()
        assert len(await messages_of(house, "survey_invited")) == 10
        house.clock.at += timedelta(days=90)
        await house.next_day()
        assert len(await messages_of(house, "survey_invited")) == 20


async def test_words_of_an_answer_go_to_the_vault_when_it_is_recorded(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for each in await tokens(house):
            await house.office.answering.accept(each.text, [filled(comment="Ruang tunggu panas")])
        await house.next_day()
        recorded = await messages_of(house, "survey_answer_recorded")
        assert all(each.data["comment"]["field"] == "survey.words" for each in recorded)
        assert len({each.data["comment"]["item"] for each in recorded}) == 10
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Ruang" in path.read_bytes()]


@pytest.mark.parametrize(
    "forms",
    [
        [],
        [filled(), filled()],
        [filled(9)],
        [filled(unknown=1)],
        [filled().model_copy(update={"kind": "spak"})],
    ],
)
async def test_an_answer_that_does_not_fit_is_refused_and_spends_nothing(tmp_path: Path, forms: Any) -> None:
    async with opened(tmp_path) as house:
        [token, *_] = await tokens(house)
        with pytest.raises(AnswerUnfitError):
            await house.office.answering.accept(token.text, forms)
        await house.office.answering.accept(token.text, FILLS)


async def test_a_window_that_is_not_open_takes_no_answer(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        [token, *_] = await tokens(house)
        other = filled().model_copy(update={"window": KEY})
        with pytest.raises(SurveyNotRunningError):
            await house.office.answering.accept(token.text, [other])
        house.clock.at = datetime(2026, 12, 19, 1, tzinfo=UTC)
        with pytest.raises(SurveyNotRunningError):
            await house.office.answering.accept(token.text, FILLS)


async def test_what_a_window_stopped_to_take_is_counted_and_holds_nothing_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for each in await tokens(house):
            await house.office.answering.accept(each.text, FILLS)
        await house.close_survey()
        await house.next_day()
        [uncounted] = await messages_of(house, "survey_answers_uncounted")
        assert uncounted.data["count"] == 10
        assert await messages_of(house, "survey_answer_recorded") == []
        assert house.office.answer_pool.surveys() == {}
