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
PUBLIC_CONFLICTS: Mapping[str, str] = {
    "reported": "Reported in confidence, not established",
    "declared": CONFLICT_STATES["declared"],
    "withdrawn": CONFLICT_STATES["withdrawn"],
    "decided": CONFLICT_STATES["decided"],
    "cleared": CONFLICT_STATES["cleared"],
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

GIFT_KINDS: Mapping[str, str] = {
    "refused": "I refused it",
    "received": "I received it",
    "given": "I gave it for the office",
}
GIFT_STATES: Mapping[str, str] = {
    "reported": "With the unit",
    "incomplete": "Waits for the reporter",
    "forwarded": "With the commission",
    "decided": "Decided by the commission",
    "closed": "Closed by the unit",
}
GIFT_OUTCOMES: Mapping[str, str] = {
    "state_property": "It belongs to the state",
    "recipient_property": "The official keeps it",
    "returned_to_giver": "It goes back to the giver",
    "not_a_gift": "It was no gift that has to be reported",
}
GIFT_FIELDS: Mapping[str, str] = {
    "gift.reporter": "Reporter",
    "gift.giver": "Giver",
    "gift.relation": "Relation of the giver to the work",
    "gift.thing": "What it was",
    "gift.value": "Value in rupiah",
    "gift.occasion": "Occasion",
    "gift.place": "Place",
    "gift.more": "Added later",
    "gift.decision": "Decision of the commission",
}
TRUST_KINDS: Mapping[str, str] = {
    "lhkpn": "Wealth report to the commission (LHKPN)",
    "lhkasn": "Wealth report of civil servants (LHKASN)",
    "training": "Training on integrity",
    "code_of_conduct": "Code of conduct signed",
    "interests": "Interests of the year declared",
}
PUBLIC_COUNTS: Mapping[str, str] = {
    "refused": "Gifts refused",
    "received": "Gifts received and reported",
    "given": "Gifts given for the office",
    "late": "Gifts reported late",
    "overdue": "Not handled in time",
    "decided": "Decided by the commission",
}


def choices(say: Translator) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the choices of every list, for the select of a form, in the reader's language."""
    lists = {name: words for name, words in globals().items() if name.isupper()}
    return {name: [(code, say(title)) for code, title in words.items()] for name, words in lists.items()}
