"""Labels of states, steps, roles and fields.

English here, Indonesian in locale/id.po. Products, tracks, requirements and items of a checklist have their names in the rule data.
"""

from collections.abc import Mapping

from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_rules.period import period as period
from zi_umkm.domain.case.state import MentoringStatus

STATES: Mapping[str, EventText] = event_words.states("umkm")
OTHER_STATES = "Small groups together"
OTHER_DISTRICTS = "Small districts together"
BADGES: Mapping[str, str] = {
    "number_obtained": "done",
    "graduated": "done",
    "closed": "plain",
    "dormant": "late",
}
# The stops of the way to a number, as its business sees them.
STOPS: Mapping[str, str] = {
    "registered": "You told us what you make",
    "triaged": "The way of each product is decided",
    "assessed": "The place is looked at",
    "corrected": "What was found is put right",
    "permit_applied": "You apply for the permit (IP CPPOB)",
    "permit_issued": "The permit is there",
    "registration": "The product is sent to be registered",
    "number_obtained": "The product has its number",
    "graduated": "A last visit, and you go on by yourself",
}
STOPS_AT_THE_HEALTH_OFFICE: Mapping[str, str] = {
    "registered": "You told us what you make",
    "triaged": "The way of each product is decided",
    "referred": "Our letter to the health office is ready",
    "number_obtained": "The health office gives the number",
    "graduated": "An officer checks the number, and you go on by yourself",
}
PROGRESS: Mapping[str, str] = {
    "found": "To be agreed on",
    "agreed": "To be put right",
    "evidenced": "Waits for somebody to look",
    "verified": "Put right",
}
PROGRESS_BADGES: Mapping[str, str] = {
    "found": "citizen",
    "agreed": "citizen",
    "evidenced": "office",
    "verified": "done",
}
ASSESSORS: Mapping[str, str] = {"business": "The business itself", "official": "An official"}
PARTS: Mapping[str, str] = {
    "business": "Business",
    "permit": "For the permit (IP CPPOB)",
    "label": "On the label",
    "registration": "For the registration",
}
OTHER_PAPERS = "Other papers"
ROLES: Mapping[str, str] = {
    "applicant": "The business",
    "public": "The business",
    "staff:mentor": "A mentor",
    "staff:supervisor": "A supervisor",
    "staff:evaluator": "An evaluator",
    "staff:officer": "An officer",
    "staff:head": "The head of the office",
}
SYSTEM = "The system"
OFFICIAL = "An official"
END_REASONS: Mapping[str, str] = {
    "no_response": "nothing was heard of the business for long",
    "no_registration_needed": "its products need no registration",
    "business_stopped": "the business has stopped",
    "business_asked": "the business asked for it",
    "data_erased": "all data of the business was erased",
}
SIDES: Mapping[str, str] = {"business": "The business", "office": "The official"}
ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "not_applicable": "Does not apply"}
PLACES: Mapping[str, str] = {
    "home": "In the house where we live",
    "separate": "In a room or building of its own",
}
TOPICS: Mapping[str, str] = {
    "cppob": "Good production (CPPOB)",
    "hygiene": "Clean hands, tools and rooms",
    "label": "The label and what it has to say",
    "business_number": "The business number (NIB) and OSS",
    "registration": "Registering a product (e-reg)",
    "shelf_life": "How long it keeps, and how it is tested",
    "additives": "Food additives and their limits",
}
PERSONAL: Mapping[str, str] = {
    "business.name": "Name of the business",
    "business.nib": "Business number (NIB)",
    "business.kbli": "KBLI code",
    "business.address": "Address of the business",
    "reporter.name": "Name of the owner",
    "reporter.phone": "Telephone",
    "place": "Place of production",
    "products": "Products",
    "text": "In the business's own words",
}
CAUSE: Mapping[str, str] = {
    "cause": "Why is it so?",
    "correction": "What is put right at once?",
    "plan": "What keeps it from coming back?",
    "due": "Until when?",
}
EVIDENCE: Mapping[str, str] = {"file": "A photo or a document", "note": "In a few words"}
LABEL_FINDINGS: Mapping[str, str] = {
    "ok": "It is right",
    "not_ok": "It is not right",
    "not_applicable": "It does not apply",
}
LABEL_BADGES: Mapping[str, str] = {"ok": "done", "not_ok": "citizen", "not_applicable": "plain"}
UPLOAD: Mapping[str, str] = {"document": "What is it?", "file": "The file"}
NUMBER: Mapping[str, str] = {"number": "The registration number"}
BUSINESS_NUMBER: Mapping[str, str] = {
    "unchecked": "Recorded, not looked up yet",
    "confirmed": "Recorded, confirmed",
    "refuted": "Wrong: the business has to correct it",
}
MEANS: Mapping[str, str] = {
    "on_site": "On the spot",
    "live": "Live, in a video call",
    "file": "From a photo or a document",
}
# What an official claims about how a correction was seen: its business was there, and knows better than anybody.
SEEN_BY: Mapping[str, str] = {
    "on_site": "It was looked at on the spot. If nobody came, complain about it.",
    "live": "It was looked at live, in a video call. If there was none, complain about it.",
    "file": "It was looked at from a photo or a document.",
}
NUMBER_OUTCOMES: Mapping[str, str] = {
    "confirmed": "I looked it up: it is the number of this product",
    "refuted": "I looked it up: it is not the number of this product",
}
BUSINESS_OUTCOMES: Mapping[str, str] = {
    "confirmed": "It is the number of this business",
    "refuted": "It is not the number of this business",
}
OUTCOMES: Mapping[str, str] = {"confirmed": "it is right", "refuted": "it is not right"}
TRAINING: Mapping[str, str] = {
    "district": "Where?",
    "topic": "What about?",
    "begins": "When?",
    "places": "For how many businesses?",
}


def state(status: str) -> str | EventText:
    return STATES.get(status, status)


def group_of(status: MentoringStatus | None) -> str | EventText:
    """Return the label of a state; None stands for small groups together."""
    return OTHER_STATES if status is None else state(status.value)


def role(actorrole: str) -> str:
    if actorrole.startswith("system:"):
        return SYSTEM
    return ROLES.get(actorrole, OFFICIAL)


def topic(code: str) -> str:
    return TOPICS.get(code, code)


TRIP: Mapping[str, str] = {
    "begins": "First day",
    "ends": "Last day",
    "departs": "Departure",
    "transport": "Boat or plane",
    "budget_line": "Budget line",
    "people": "Who goes?",
    "cases": "Tickets of other cases, in the order of the visits",
    "reason": "Why?",
    "why": "Why?",
    "hours": "How many hours did it take you?",
}
TRIP_STATUSES: Mapping[str, str] = {
    "planned": "Waits for approval",
    "approved": "Approved",
    "made": "Made",
    "cancelled": "Cancelled",
}
TRIP_BADGES: Mapping[str, str] = {
    "planned": "office",
    "approved": "citizen",
    "made": "done",
    "cancelled": "late",
}
QUESTION_DAY_REASONS: Mapping[str, str] = {
    "misread": "the day was noted wrongly",
    "extended": "the state gave more time",
    "shortened": "the state gave less time",
}
TRIP_REASONS: Mapping[str, str] = {
    "weather": "the weather",
    "no_transport": "no boat or plane",
    "illness": "somebody is ill",
    "business_asked": "a business asked for it",
    "other": "another reason",
}


def hours(minutes: int) -> str:
    """Write working time as hours and minutes, such as 7:30."""
    return f"{minutes // 60}:{minutes % 60:02}"
