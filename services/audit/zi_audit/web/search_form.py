"""The form of a search: what was typed, what it asks for, and the same question as an address again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from pydantic import AwareDatetime, ValidationError
from starlette.requests import Request

from zi_audit.domain.question import ANY_ANOMALY, SEVERAL, EntryFilter, Question
from zi_audit.web import facet_texts, texts
from zi_audit.web.access_log import AccessPurpose
from zi_audit.web.facet_texts import FacetNames
from zi_chassis.domain import Value
from zi_chassis.office_clock import office_zone
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_chassis.web.problem import RefusedError, field_errors

ON_A_PAGE = 50
FormValues = Mapping[str, Sequence[str]]
Mistakes = Mapping[str, str]
NONE: Mistakes = MappingProxyType({})
TIMED = ("from_hour", "until_hour", "least_hours", "most_hours", "measured_from")
CHOSEN = ("district", "commodity", "reason", "stated_purpose")
# In the order of the form.
LABELS: Mapping[str, str] = {
    "search": msgid("Any name or number"),
    "case": msgid("Ticket of the case"),
    "actor": msgid("Who did it"),
    "assignee": facet_texts.LABELS["assignee"],
    "business": facet_texts.LABELS["business"],
    "person": facet_texts.LABELS["person"],
    "since": msgid("From"),
    "until": msgid("Until"),
    "type": msgid("What happened"),
    **{name: facet_texts.LABELS[name] for name in CHOSEN},
    "role": msgid("In which role"),
    "service": msgid("Which service"),
    "weekday": msgid("Day of the week"),
    "anomaly": msgid("What is wrong"),
    "from_hour": msgid("From this hour of the day"),
    "until_hour": msgid("Until this hour"),
    "least_hours": msgid("It took at least (hours)"),
    "most_hours": msgid("It took at most (hours)"),
    "measured_from": msgid("Counted from"),
    "order": msgid("In which order"),
    "purpose": msgid("What do you need it for?"),
}


class Period(Value):
    """Days are those of the office, `until` the last of them; a time is taken as it is."""

    since: date | AwareDatetime | None = None
    until: date | AwareDatetime | None = None
    purpose: AccessPurpose = AccessPurpose.AUDIT


class Search(NamedTuple):
    """`given` is what the address says, without what was left blank."""

    form_values: FormValues
    question: Question
    purpose: AccessPurpose

    @property
    def filter(self) -> EntryFilter:
        return EntryFilter(**{name: getattr(self.question, name) for name in EntryFilter.model_fields})

    @property
    def parameters(self) -> str:
        """As the addresses of the API have it, without the page."""
        return urlencode([*parameters(self.filter), ("purpose", self.purpose.value)])

    def address(self, **changed: str | None) -> str:
        """The same search with some values replaced, or left out."""
        remaining = [
            (n, v) for n, values in self.form_values.items() if n not in (*changed, "purpose") for v in values
        ]
        new = [(name, value) for name, value in changed.items() if value is not None]
        return urlencode([*remaining, ("purpose", self.purpose.value), *new])

    def without(self, name: str, value: str) -> str:
        """The same search from its beginning, without one of the values."""
        remaining = [each for each in self.form_values.get(name, ()) if each != value]
        form_values = {**self.form_values, name: remaining, "cursor": ()}
        return Search(form_values, self.question, self.purpose).address()


class MistakenSearchError(RefusedError):
    """`errors` are sentences by the names of fields."""

    status: ClassVar[int] = 422

    def __init__(self, errors: Mistakes) -> None:
        super().__init__("This search is not valid. Go back to the search and correct it there.")
        self.errors = errors


def form_values(request: Request) -> FormValues:
    """Return the parameters of the address by name, without those that were left blank."""
    values: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        if name != "lang" and text.strip():
            values.setdefault(name, []).append(text.strip())
    return values


def search(request: Request, form_values: FormValues) -> Search:
    """Raises MistakenSearchError."""
    errors: dict[str, str] = {}
    plain = {name: list(values) if name in SEVERAL else values[0] for name, values in form_values.items()}
    period = _validated(request, Period, {n: plain.pop(n) for n in Period.model_fields if n in plain}, errors)
    wanted: dict[str, Any] = {"order": "newest", **plain, "limit": ON_A_PAGE}
    if period is not None:
        wanted |= {"since": _begin(period.since), "until": _end(period.until)}
    question = _validated(request, Question, wanted, errors)
    if errors or period is None or question is None:
        raise MistakenSearchError(errors)
    return Search(form_values, question, period.purpose)


def choices(say: Translator, names: FacetNames) -> dict[str, Any]:
    """Return the choices of the form, with its labels in the reader's language."""
    return {
        "labels": {name: say(label) for name, label in LABELS.items()},
        "types": texts.by_service(),
        "choices": {
            **{name: names.of[name] for name in CHOSEN},
            "role": texts.ROLES,
            "service": texts.SERVICES,
            "weekday": {str(number): name for number, name in enumerate(texts.WEEKDAYS, start=1)},
            "anomaly": {ANY_ANOMALY: texts.ANY_ANOMALY, **texts.BREAKS},
        },
        "timed": TIMED,
        "fields_here": {*LABELS, "cursor"},
    }


def form(form_values: FormValues) -> Form:
    return Form({name: values[0] for name, values in form_values.items()})


def parameters(query: EntryFilter) -> list[tuple[str, str]]:
    """A filter as the parameters of an address."""
    fields = query.model_dump(mode="json", exclude_defaults=True)
    return [
        (name, str(value))
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _validated(request: Request, model: Any, values: Mapping[str, Any], errors: dict[str, str]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for name, sentence in reversed(field_errors(request, error).items()):
            errors.setdefault(name.partition(".")[0], sentence)
        return None


def _begin(day: date | datetime | None) -> datetime | None:
    return day if day is None or isinstance(day, datetime) else datetime.combine(day, time(), office_zone())


def _end(day: date | datetime | None) -> datetime | None:
    return day if day is None or isinstance(day, datetime) else _begin(day + timedelta(days=1))
