"""Sentences for the codes of surveys; English is the msgid."""

from collections.abc import Mapping

from zi_chassis.web.language import msgid

KINDS: Mapping[str, str] = {
    "skm": msgid("Public satisfaction (SKM)"),
    "spkp": msgid("Service quality (SPKP)"),
    "spak": msgid("Absence of corruption (SPAK)"),
    "own": msgid("This office's own questions"),
}
SERVICES: Mapping[str, str] = {
    "complaint": msgid("Complaints"),
    "consultation": msgid("Consultations"),
    "public_information": msgid("Requests for public information"),
    "suggestion": msgid("Suggestions"),
    "mentoring": msgid("Mentoring of small businesses"),
    "ski": msgid("Import letters (SKI)"),
    "ske": msgid("Export letters (SKE)"),
}
STATUSES: Mapping[str, str] = {
    "open": msgid("Open"),
    "closed": msgid("Closed, the result comes"),
    "published": msgid("Published"),
}
BADGES: Mapping[str, str] = {"open": "citizen", "closed": "office", "published": "done"}
FLAGS: Mapping[str, str] = {
    "burst": msgid("Many answers on one day"),
    "identical": msgid("Many answers that are all the same"),
    "office_network": msgid("Many answers from the office's own network"),
    "paper": msgid("Many answers on paper"),
}
FINDINGS: Mapping[str, str] = {
    "explained": msgid("There is an explanation"),
    "unexplained": msgid("No explanation was found"),
}
WITHHOLDING: Mapping[str, str] = {
    "personal_data": msgid("It names personal data"),
    "accuses_a_person": msgid("It accuses a person: that belongs in a complaint"),
    "insult": msgid("It insults"),
    "advertising": msgid("It is advertising"),
    "unrelated": msgid("It is not about the service"),
}
METHODS: Mapping[str, str] = {
    "times_25": msgid("The index is the mean of all elements, each with the same weight, times 25."),
    "share_of_four": msgid("The index is the mean of all answers, divided by the highest answer, times 4."),
    "stretched_to_four": msgid(
        "The index is the mean of all answers, stretched so that the lowest is 0 and the highest 4."
    ),
}


def service_label(service: str) -> str:
    """Return the sentence of a service, or the code of one that the office made."""
    return SERVICES.get(service, service)
