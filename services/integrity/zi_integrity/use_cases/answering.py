"""Take the answer of whoever holds a token: no account, no case, once."""

from collections.abc import Sequence

from zi_chassis.blind_signature import BlindPublicKey, BlindSignatureError
from zi_chassis.clock import Clock
from zi_chassis.domain import Act
from zi_chassis.storage.store import Store
from zi_integrity.domain.survey.errors import AnswerUnfitError, SurveyNotRunningError
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.domain.survey_key import SurveyKey
from zi_integrity.domain.survey_token import (
    AnotherSurveyError,
    ForgedTokenError,
    SurveyOverError,
    SurveyToken,
    survey_key_id,
)
from zi_integrity.messaging.invitations.published import survey_keys
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.use_cases.answer_pool import AnswerPool, FilledForm, PooledAnswer
from zi_integrity.use_cases.answer_recording import SYSTEM, answer_command
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
        fills: Sequence[FilledForm],
        *,
        from_office: bool = False,
    ) -> None:
        """Return when the answer is on disk; it reaches the store with others, later and in another order.

        Raises what `checked` raises, SurveyNotRunningError, AnswerUnfitError, TokenSpentError and UnavailableError.
        """
        token = await self.checked(presented)
        await self._refuse_unfit(token, fills)
        answer = PooledAnswer(token=token.text, fills=tuple(fills), from_office=from_office)

        async def is_spent(digest: str) -> bool:
            return digest in (await self._key(token)).spent

        await self._pool.add(answer, is_spent)

    async def _refuse_unfit(self, token: SurveyToken, fills: Sequence[FilledForm]) -> None:
        """Refuse now what the window would refuse when the answers are collected: nobody could be told then."""
        if not fills or len({each.window for each in fills}) != len(fills):
            raise AnswerUnfitError
        today = self._days.day(self._clock.now())
        for form in fills:
            _, window = await self._store.fetch(survey_windows, form.window)
            if (
                not isinstance(window, SurveyWindow) or window.opened is None
            ):  # somebody's id of another thing
                raise SurveyNotRunningError
            if not window.opened.opens <= today <= window.opened.closes:
                raise SurveyNotRunningError
            if window.opened.quarter != token.quarter:
                raise AnotherSurveyError(token.quarter)
            survey_windows.decide(answer_command(form, token.service, today, self._program()), window)

    def _program(self) -> Act:
        return Act(at=self._clock.now(), actor=SYSTEM, role=SYSTEM)

    async def _key(self, token: SurveyToken) -> SurveyKey:
        _, state = await self._store.fetch(survey_keys, survey_key_id(token.service, token.quarter))
        return state
