"""The names of services, clocks, states and ways in which compensation speaks, in English; the forms and causes are the office's data."""

from collections.abc import Mapping

SERVICE_NAMES: Mapping[str, str] = {
    "complaint": "Complaints",
    "consultation": "Questions",
    "public_information": "Requests for public information",
    "mentoring": "Mentoring of food makers",
    "ski": "Import letters (SKI)",
    "ske": "Export letters (SKE)",
}
CLOCK_NAMES: Mapping[str, str] = {
    "acknowledge": "To confirm that we have the case",
    "judge": "To judge whether somebody is ill",
    "answer": "To answer",
    "decision": "To decide about the letters",
    "last_visit": "To make the last visit",
}
STATE_NAMES: Mapping[str, str] = {
    "open": "To be offered",
    "offered": "Offered",
    "accepted": "Accepted, to be given",
    "waived": "Waived",
    "given": "Given",
    "closed": "Closed",
}
STEP_NAMES: Mapping[str, str] = {
    "offer": "To be offered",
    "give": "To be given",
    "find_cause": "The root cause is to be recorded",
}
ANSWER_CHANNELS: Mapping[str, str] = {
    "counter": "At the counter",
    "phone": "By telephone",
    "letter": "By letter",
}
PROOF_NAMES: Mapping[str, str] = {
    "letter_sent": "The letter was sent",
    "handed_over": "It was handed over against a signature",
    "transferred": "It was transferred",
    "said_in_person": "It was said in person, in front of a witness",
}
PURPOSES: Mapping[str, str] = {"handling": "To handle the compensation"}
FILTERS: Mapping[str, str] = {
    "open": "Not closed yet",
    "overdue": "Overdue",
    "closed": "Closed",
    "all": "All",
}


def name_of(names: Mapping[str, str], code: str) -> str:
    """Return the name of a code; the code itself where the office has added one."""
    return names.get(code, code)
