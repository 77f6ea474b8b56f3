"""Words for the codes of the registers, in English; their Indonesian is in the catalogue."""

from collections.abc import Mapping, Sequence

from zi_chassis.web.page import Translator

CONFLICT_KINDS: Mapping[str, str] = {
    "actual": "It exists now",
    "potential": "It may come to exist",
}
SOURCES: Mapping[str, str] = {
    "financial": "Business or money",
    "family": "Family or relatives",
    "affiliation": "Friendship, club or association",
    "outside_work": "Work outside the office",
    "former_employer": "A former employer",
}
CONFLICT_STATES: Mapping[str, str] = {
    "reported": "Reported in confidence",
    "declared": "Waits for the superior",
    "withdrawn": "Called a mistake, waits for the superior",
    "decided": "Decided, goes on to hinder",
    "dismissed": "Report dismissed",
    "cleared": "Cleared",
}
MEASURES: Mapping[str, str] = {
    "reassigned": "The work goes to a colleague",
    "withdrawn": "The official withdraws from the task",
    "monitored": "The official is supervised in other work",
}
CLEARING: Mapping[str, str] = {
    "no_conflict": "There is no conflict",
    "interest_ended": "The interest has ended",
}
DISMISSALS: Mapping[str, str] = {
    "unfounded": "It is not so",
    "not_enough_known": "Too little is known",
}


def choices(say: Translator) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the choices of every list, for the select of a form, in the reader's language."""
    lists = {name: words for name, words in globals().items() if name.isupper()}
    return {name: [(code, say(title)) for code, title in words.items()] for name, words in lists.items()}
