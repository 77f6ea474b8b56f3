"""Turn the answers of one survey that are recorded together into commands to their windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, DomainError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_chassis.vault.vault import Vault
from zi_contracts.vault import ItemRef
from zi_integrity.domain.survey.messages import CountOrigins, CountUncountedAnswers, RecordAnswer
from zi_integrity.domain.survey.state import SurveyWindow
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.use_cases.answer_pool import FilledForm

SYSTEM = "system:integrity"


@dataclass(frozen=True)
class ReleasedAnswers:
    """`fills` in the order in which they are recorded; of `number` answers, so many came from the office's own network, None where the
    office has not said which that is."""

    service: str
    day: date
    by: Act
    fills: Sequence[FilledForm]
    number: int
    from_office: int | None


class AnswerRecording:
    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def __call__(self, tx: Tx, released: ReleasedAnswers) -> Iterable[Reaction]:
        """Return the commands that record the answers; what a window has stopped to take is counted, and stops nothing else."""
        windows = list(dict.fromkeys(form.window for form in released.fills))
        states = self._store.states(tx, dict.fromkeys(windows, survey_windows))
        for window in windows:
            yield from self._of_window(window, states[window][1], released)

    def _of_window(self, id: UUID, window: SurveyWindow, released: ReleasedAnswers) -> Iterable[Reaction]:
        service, day, by = released.service, released.day, released.by
        forms = [form for form in released.fills if form.window == id]
        taken = [form for form in forms if _is_taken(answer_command(form, service, day, by), window)]
        yield from (self._recorded(form, released) for form in taken)
        if len(taken) < len(forms):
            uncounted = CountUncountedAnswers(by=by, service=service, day=day, count=len(forms) - len(taken))
            yield Reaction(survey_windows, id, uncounted)
        if taken and released.from_office is not None:
            origins = CountOrigins(
                by=by, service=service, day=day, answers=released.number, from_office=released.from_office
            )
            yield Reaction(survey_windows, id, origins)

    def _recorded(self, form: FilledForm, released: ReleasedAnswers) -> Reaction:
        sealed, comment = None, None
        if form.comment:
            sealed = self._vault.seal(uuid4(), {"survey.words": form.comment}, fresh=True)
            [comment] = sealed.refs
        command = answer_command(form, released.service, released.day, released.by, comment)
        return Reaction(survey_windows, form.window, command, sealed)


def answer_command(
    form: FilledForm, service: str, day: date, by: Act, comment: ItemRef | None = None
) -> RecordAnswer:
    return RecordAnswer(
        by=by,
        answer=uuid4(),
        kind=form.kind,
        service=service,
        day=day,
        scale=form.scale,
        values=form.values,
        comment=comment,
    )


def _is_taken(command: RecordAnswer, window: SurveyWindow) -> bool:
    try:
        survey_windows.decide(command, window)
    except DomainError:
        return False
    return True
