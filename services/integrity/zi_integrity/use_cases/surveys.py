"""Surveys: open a window, publish its result, moderate its comments, enter paper, follow up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, Command, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_integrity.domain.survey import errors, messages
from zi_integrity.domain.survey.decide import quarter_before, quarter_of
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey.messages import OpenSurveyWindow, ServiceUsers
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.read.surveys import invited_users, open_survey_windows, overlapping_quarters
from zi_integrity.use_cases.day_of_act import coarse_time
from zi_integrity.use_cases.office_day import OfficeDays
from zi_rules.survey.questionnaire import Questionnaire
from zi_rules.version import Editions, in_force

SERVICES = ("complaint", "consultation", "public_information", "suggestion", "mentoring", "ski", "ske")


class Surveys:
    """A survey begins and ends with the days of the office."""

    def __init__(
        self, store: Store, questionnaires: Editions[Questionnaire], days: OfficeDays, clock: Clock
    ) -> None:
        self.store = store
        self.questionnaires = questionnaires
        self._days = days
        self._clock = clock

    def today(self) -> date:
        return self._days.day(self._clock.now())

    async def finished_before(self, day: date) -> dict[str, int]:
        """Return the users whom the program counted in the quarter before the one of the day."""
        return await self.store.query(lambda tx: invited_users(tx, quarter_before(quarter_of(day))))

    def questionnaire(self, kind: str, day: date) -> Questionnaire:
        """Return the questionnaire of a kind that is in force. Raises NoVersionError."""
        return in_force([each for each in self.questionnaires if each.kind == kind], day)

    def questionnaire_of(self, opened: messages.SurveyWindowOpened) -> Questionnaire:
        """Return the version that a window asks, whatever came into force since."""
        return self.questionnaires.pinned(opened.questionnaire)

    async def window(self, window: UUID) -> tuple[SurveyWindow, messages.SurveyWindowOpened]:
        """Return the state of a window and its opening. Raises SurveyNotOpenedError."""
        _, state = await self.store.fetch(survey_windows, window)
        if state.opened is None:
            raise errors.SurveyNotOpenedError
        return state, state.opened

    async def answerable(self, quarter: str) -> list[Questionnaire]:
        """Return the questionnaires that an invitation of the quarter can answer today."""
        rows = await self.store.query(lambda tx: open_survey_windows(tx, self.today()))
        windows = [await self.window(each.window) for each in rows if each.quarter == quarter]
        return [self.questionnaire_of(opened) for _, opened in windows]

    async def open(self, by: Act, kind: str, opens: date, closes: date, finished: Mapping[str, int]) -> UUID:
        """Open the window of the quarter in which `opens` lies.

        `finished`: users of each service in the period before; what the program counted itself is not made smaller.
        """
        window, form = survey_window_id(kind, quarter_of(opens)), self.questionnaire(kind, opens)
        collected = self._end_of(closes + timedelta(days=form.practice.collection_days))

        def found(tx: Tx) -> tuple[Decider[SurveyWindow], UUID, Command]:
            overlapping = overlapping_quarters(tx, kind, opens, closes)
            invited = invited_users(tx, quarter_before(quarter_of(opens)))
            names = sorted({*finished, *invited})
            users = [
                ServiceUsers(service=name, finished=max(finished.get(name, 0), invited.get(name, 0)))
                for name in names
            ]
            command = OpenSurveyWindow(
                by=by,
                questionnaire=form,
                opens=opens,
                closes=closes,
                users=tuple(users),
                today=self.today(),
                collected_until=collected,
                overlapping=tuple(each for each in overlapping if each != quarter_of(opens)),
            )
            return survey_windows, window, command

        await self.store.decide(found)
        return window

    def _end_of(self, day: date) -> datetime:
        return self._days.begin(day + timedelta(days=1))

    async def enter_paper(
        self, window: UUID, by: Act, key: UUID | None, service: str, values: Mapping[str, int]
    ) -> Handled[SurveyWindow]:
        """Enter a paper form. The day is recorded, and no more of its time than the order of messages tells."""
        _, opened = await self.window(window)
        day = self.today()
        at = await coarse_time(self.store, self._days.begin(day))
        command = messages.RecordAnswer(
            by=by.model_copy(update={"at": at}),
            answer=key or uuid4(),
            kind=opened.kind,
            service=service,
            day=day,
            scale=opened.scale,
            values=dict(values),
            on_paper=True,
        )
        return await self._give(window, command)

    async def publish(self, window: UUID, by: Act) -> Handled[SurveyWindow]:
        _, opened = await self.window(window)
        form = self.questionnaire_of(opened)
        return await self._give(
            window, messages.PublishSurveyResult(by=by, questionnaire=form, today=self.today())
        )

    async def act(self, window: UUID, command: Command) -> Handled[SurveyWindow]:
        """Give a command that needs nothing but itself."""
        return await self._give(window, command)

    async def _give(self, window: UUID, command: Command) -> Handled[SurveyWindow]:
        return await self.store.handle(survey_windows, window, command)

    def waiting_comments(self, state: SurveyWindow) -> Sequence[UUID]:
        """Return the comments that nobody decided about, in an order that shows no time."""
        return sorted(set(state.comments) - set(state.decisions), key=lambda item: item.int & _RANDOM_BITS)


_RANDOM_BITS = (1 << 62) - 1  # of an id of the vault: above them stands the time of its sealing
