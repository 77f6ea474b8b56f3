"""Take the answer of whoever holds a token: no account, no case, once."""

from collections.abc import Mapping, Sequence
from typing import Any

from zi_chassis.blind_signature import BlindPublicKey, BlindSignatureError
from zi_chassis.clock import Clock
from zi_chassis.store import Store
from zi_integrity.domain.survey_key import SurveyKey
from zi_integrity.domain.survey_token import (
    AnotherSurveyError,
    ForgedTokenError,
    SurveyOverError,
    SurveyToken,
    survey_key_id,
)
from zi_integrity.messaging.invitations.published import survey_keys
from zi_integrity.use_cases.answer_pool import AnswerPool, PooledAnswer
from zi_integrity.use_cases.office_day import OfficeDays


class Answering:
    def __init__(self, store: Store, pool: AnswerPool, days: OfficeDays, clock: Clock) -> None:
        self._store = store
        self._pool = pool
        self._days = days
        self._clock = clock

    async def checked(
        self, presented: str, service: str | None = None, quarter: str | None = None
    ) -> SurveyToken:
        """Return the token if it is one of this office for the survey and not over; whether it was spent shows when it is.

        Raises MalformedTokenError, AnotherSurveyError, ForgedTokenError, SurveyOverError.
        """
        token = SurveyToken.read(presented)
        if (service or token.service, quarter or token.quarter) != (token.service, token.quarter):
            raise AnotherSurveyError(token.quarter)
        published = (await self._key(token)).published
        if published is None:
            raise ForgedTokenError
        try:
            BlindPublicKey.read(bytes.fromhex(published.modulus)).verify(token.message, token.signature)
        except BlindSignatureError:
            raise ForgedTokenError from None
        if self._days.day(self._clock.now()) > published.answer_until:
            raise SurveyOverError(published.answer_until)
        return token

    async def accept(
        self,
        presented: str,
        fills: Sequence[Mapping[str, Any]],
        *,
        service: str | None = None,
        quarter: str | None = None,
        from_office: bool = False,
    ) -> None:
        """Return when the answer is on disk; it reaches the store with others, later and in another order.

        Raises what `checked` raises, TokenSpentError and UnavailableError.
        """
        token = await self.checked(presented, service, quarter)
        answer = PooledAnswer(
            token=token.text, fills=tuple(dict(each) for each in fills), from_office=from_office
        )

        async def is_spent(digest: str) -> bool:
            return digest in (await self._key(token)).spent

        await self._pool.add(answer, is_spent)

    async def _key(self, token: SurveyToken) -> SurveyKey:
        _, state = await self._store.fetch(survey_keys, survey_key_id(token.service, token.quarter))
        return state
