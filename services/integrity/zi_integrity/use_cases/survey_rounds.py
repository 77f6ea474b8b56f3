"""The rounds of surveys, one a day: give pooled answers to the store, retire keys whose time is over, invite the citizens of finished cases.

Answers of a survey go together or not at all, at least as many as the published key says, in random order and with one time for all.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from random import SystemRandom
from typing import Any

from zi_chassis.blind_signature import EXPONENT, SCHEME
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_integrity.domain.invitation import InviteToSurvey
from zi_integrity.domain.survey_key import (
    AnotherSurveyKeyError,
    PublishSurveyKey,
    RetireSurveyKey,
    SpendTokens,
)
from zi_integrity.domain.survey_token import SurveyToken, invitation_id, survey_key_id
from zi_integrity.messaging.finished_cases import SurveyCase, waiting_cases
from zi_integrity.messaging.invitations.published import invitations, survey_keys
from zi_integrity.read.invitations import SurveyKeyRow, survey_keys_of
from zi_integrity.use_cases.answer_pool import AnswerPool, PooledAnswer
from zi_integrity.use_cases.answer_recording import SYSTEM, AnswerRecording, ReleasedAnswers
from zi_integrity.use_cases.office_day import OfficeDays
from zi_integrity.use_cases.survey_keys import SigningKeys
from zi_rules.survey_invitation import InvitationRules, quarter_of

logger = logging.getLogger(__name__)

SECONDS = 1.0
TOKENS = 24  # of an event: a message is limited
EVERY_KEY = 10_000


class SurveyRounds:
    """Run by the process that holds the lease."""

    def __init__(
        self,
        store: Store,
        rules: InvitationRules,
        keys: SigningKeys,
        pool: AnswerPool,
        record: AnswerRecording,
        days: OfficeDays,
        clock: Clock,
    ) -> None:
        self._store = store
        self._rules = rules
        self._keys = keys
        self._pool = pool
        self._record = record
        self._days = days
        self._clock = clock
        self._shuffle: Callable[[list[Any]], None] = SystemRandom().shuffle
        self._last: tuple[date, int] | None = None
        self.reason: str | None = None

    async def run(self) -> None:
        """Until cancelled."""
        self._last = None
        while True:
            await self.tick()
            await asyncio.sleep(SECONDS)

    async def tick(self) -> None:
        """Hold the present round unless it was held."""
        if self._round(self._clock.now()) == self._last:
            return
        try:
            await self.hold()
            self.reason = None
        except (DomainError, UnavailableError) as error:
            self.reason = str(error)
        except Exception as error:
            logger.exception("the round of surveys")
            self.reason = f"The round of surveys failed: {error.__class__.__name__}."

    async def hold(self) -> None:
        at = self._clock.now()
        await self._release(at)
        await self._retire(at)
        await self._invite(at)
        self._last = self._round(at)

    def _round(self, at: datetime) -> tuple[date, int]:
        return self._rules.round_of(self._days.local(at))

    # -- answers

    async def _release(self, at: datetime) -> None:
        await self._pool.refresh()
        for survey, answers in self._pool.surveys().items():
            _, key = await self._store.fetch(survey_keys, survey_key_id(*survey))
            waiting = [each for each in answers if each.digest not in key.spent and not key.is_retired]
            await self._pool.drop(  # a process died before it could
                {each.digest for each in answers} - {each.digest for each in waiting}
            )
            if len(waiting) < key.known().smallest_group:
                continue
            if key.spent_at is None or self._round(key.spent_at) < self._round(at):
                await self._give(survey, waiting, at)

    async def _give(self, survey: tuple[str, str], answers: Sequence[PooledAnswer], at: datetime) -> None:
        by = Act(at=at, actor=SYSTEM, role=SYSTEM)
        fills = [form for each in answers for form in each.fills]
        self._shuffle(fills)
        tokens = sorted(SurveyToken.read(each.token).spent for each in answers)
        counted = sum(each.from_office for each in answers)
        from_office = counted if self._rules.office_networks else None
        released = ReleasedAnswers(survey[0], self._days.day(at), by, fills, len(answers), from_office)

        def found(tx: Tx) -> Sequence[Reaction]:
            spending = [
                Reaction(survey_keys, survey_key_id(*survey), SpendTokens(by=by, tokens=some))
                for some in _portions(tokens)
            ]
            return (*spending, *self._record(tx, released))

        await self._store.decide_all(found)
        await self._pool.drop({each.digest for each in answers})

    async def _retire(self, at: datetime) -> None:
        by, today = Act(at=at, actor=SYSTEM, role=SYSTEM), self._days.day(at)
        for row in await self._store.query(lambda tx: survey_keys_of(tx, EVERY_KEY)):
            if row.answer_until < today:
                await self._retire_key(row, by)

    async def _retire_key(self, row: SurveyKeyRow, by: Act) -> None:
        if row.withheld is None:
            await self._pool.refresh()
            left = self._pool.surveys().get((row.service, row.quarter), ())
            await self._store.handle(survey_keys, row.key, RetireSurveyKey(by=by, withheld=len(left)))
            await self._pool.drop({each.digest for each in left})
        await asyncio.to_thread(self._keys.destroy, row.key)

    # -- invitations

    async def _invite(self, at: datetime) -> None:
        by_service: dict[str, list[SurveyCase]] = {}
        for case in await self._store.query(waiting_cases):
            by_service.setdefault(case.service, []).append(case)
        for service, cases in sorted(by_service.items()):
            if len(cases) >= self._rules.smallest_group:
                try:
                    await self._invite_together(service, cases, at)
                except (
                    AnotherSurveyKeyError
                ):  # the published one was lost: these cases wait for the next quarter
                    logger.error("the key of the survey of %s was lost; nobody is invited to it", service)

    async def _invite_together(self, service: str, cases: Sequence[SurveyCase], at: datetime) -> None:
        quarter, by = quarter_of(self._days.day(at)), Act(at=at, actor=SYSTEM, role=SYSTEM)
        key, until = survey_key_id(service, quarter), self._rules.answer_until(quarter)
        signing = await self._keys.make(key)
        publish = PublishSurveyKey(
            by=by,
            service=service,
            quarter=quarter,
            scheme=SCHEME,
            modulus=signing.public.encoded.hex(),
            exponent=EXPONENT,
            answer_until=until,
            smallest_group=self._rules.smallest_group,
        )
        await self._store.handle(survey_keys, key, publish)
        invite = [
            InviteToSurvey(
                by=by,
                ticket=case.ticket,
                citizen=case.actor,
                service=service,
                quarter=quarter,
                key=key,
                answer_until=until,
                language=case.language,
                reachable_by=case.reachable_by,
            )
            for case in cases
        ]
        reactions = [
            Reaction(invitations, invitation_id(case.aggregate), command)
            for case, command in zip(cases, invite, strict=True)
        ]
        await self._store.decide_all(lambda tx: reactions)


def _portions(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[at : at + TOKENS]) for at in range(0, len(tokens), TOKENS)]
