"""The names of what a standard is, has and goes through, for its pages."""

from collections.abc import Callable, Sequence

from zi_chassis.web.language import msgid
from zi_integrity.domain.standard.difference import StandardChange, sentence
from zi_integrity.letters.standards import COMPONENTS
from zi_rules.standard import DELIVERY, Component

STATUSES = {
    "draft": msgid("Draft"),
    "consultation": msgid("The public is asked"),
    "consulted": msgid("The public was asked"),
    "adopted": msgid("Adopted"),
    "dropped": msgid("Draft withdrawn"),
    "ended": msgid("Standard withdrawn"),
}
MANNERS = {
    "comment_period": msgid("Open period for comments"),
    "forum": msgid("Public consultation forum"),
}
WAIVERS = {
    "higher_law": msgid("A higher rule leaves no choice"),
    "clear_error": msgid("Repair of a clear error in the text"),
}
DRAFT_ENDS = {
    "not_needed": msgid("It is not needed any more"),
    "begun_anew": msgid("Another draft takes its place"),
    "not_agreed": msgid("There was no agreement"),
}
STANDARD_ENDS = {
    "higher_law": msgid("A higher rule leaves no choice"),
    "issued_in_error": msgid("It was adopted by mistake"),
    "service_ended": msgid("The service has ended"),
    "lawful_order": msgid("An authority or court ordered it"),
}
OUTCOMES = {"stays": msgid("The standard stays as it is"), "to_be_changed": msgid("It is to be changed")}
UNITS = {
    "working_days": msgid("working days"),
    "working_hours": msgid("working hours"),
    "calendar_days": msgid("calendar days"),
    "calendar_hours": msgid("hours"),
}
NAMES = {part.value: pair for part, pair in COMPONENTS.items()}


def chosen(labels: dict[str, str], say: Callable[..., str]) -> list[tuple[str, str]]:
    return [(code, say(label)) for code, label in labels.items()]


def in_language(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "id" else pair[1]


def component_names(language: str, *, delivery_only: bool = False) -> list[tuple[str, str]]:
    parts: Sequence[Component] = DELIVERY if delivery_only else tuple(COMPONENTS)
    return [(part.value, in_language(COMPONENTS[part], language)) for part in parts]


def names_of(components: Sequence[str], language: str) -> list[str]:
    """Return the names of components; a part of the terms that is none of them keeps its own."""
    return [in_language(NAMES[each], language) if each in NAMES else each for each in components]


def sentences(changes: Sequence[StandardChange], language: str) -> list[str]:
    return [in_language(sentence(change, NAMES), language) for change in changes]
