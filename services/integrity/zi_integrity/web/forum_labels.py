"""The names of groups, states, reasons and outcomes of a forum, and the labels of its forms; each is translated where it is shown."""

from collections.abc import Mapping

from zi_chassis.web.language import msgid

GROUPS: Mapping[str, str] = {
    "users": msgid("Users of the services"),
    "stakeholders": msgid("Stakeholders and other agencies"),
    "experts": msgid("Experts and academics"),
    "civil_society": msgid("Civil society"),
    "media": msgid("Media"),
}
STATUSES: Mapping[str, tuple[str, str]] = {
    "planned": (msgid("Planned"), "plain"),
    "open": (msgid("Open for contributions"), "citizen"),
    "over": (msgid("Contributions have ended"), "office"),
    "closed": (msgid("Closed"), "done"),
    "no_quorum": (msgid("Closed without quorum"), "late"),
    "cancelled": (msgid("Cancelled"), "late"),
}
HIDING_REASONS: Mapping[str, str] = {
    "personal_data": msgid("It names or describes a person"),
    "insult": msgid("It insults somebody"),
    "off_topic": msgid("It is not about the theme of the forum"),
    "advertising": msgid("It advertises something"),
    "duplicate": msgid("Another proposal says the same"),
}
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "accepted": (msgid("Accepted"), "done"),
    "accepted_in_part": (msgid("Accepted in part"), "done"),
    "refused": (msgid("Refused"), "office"),
}
CANCEL_REASONS: Mapping[str, str] = {
    "disaster": msgid("A disaster or an emergency"),
    "office_closed": msgid("The office is closed on that day"),
    "merged": msgid("It is held together with another forum"),
    "other": msgid("Another reason"),
}
CODE_KINDS: Mapping[str, str] = {
    "email": msgid("sent by e-mail"),
    "counter": msgid("printed for the counter"),
    "attendance": msgid("printed for the attendance list"),
}
SOURCES: Mapping[str, str] = {
    "complaints": msgid("Complaints of the last twelve months"),
    "survey_results": msgid("Survey results of the last year, with the number of answers"),
    "overdue_reviews": msgid("Service standards whose review is overdue"),
    "open_actions": msgid("Open actions of earlier forums"),
    "unanswered_proposals": msgid("Proposals of earlier forums that wait for an answer"),
}
COMPLAINT_SUBJECTS: Mapping[str, str] = {
    "product": msgid("about a product"),
    "service": msgid("about our service"),
    "together": msgid("about other things, each too seldom to be told by itself"),
}
ORDERS: Mapping[str, str] = {
    "newest": msgid("The newest first"),
    "support": msgid("The most supported first"),
    "unanswered": msgid("Those without an answer first"),
}
CHANNELS: Mapping[str, str] = {
    "online": msgid("online"),
    "paper": msgid("on paper, entered by an officer"),
}
LABELS: Mapping[str, str] = {
    "forum_code": msgid("Your code"),
    "forum_email": msgid("Your e-mail address"),
    "group": msgid("Group"),
    "proposal_title": msgid("Proposal in one sentence"),
    "proposal_text": msgid("The proposal, and why"),
    "comment_text": msgid("Comment"),
    "comment_code": msgid("Your code"),
}
PLAN_LABELS: Mapping[str, str] = {
    "theme": msgid("Theme"),
    "begins": msgid("The forum begins"),
    "closes_on": msgid("Contributions end"),
    "forum_place": msgid("Place"),
    "forum_link": msgid("Link to take part online"),
    "quorum": msgid("Quorum: number of groups"),
    "addressee": msgid("Addressee of the letter"),
    "group": msgid("Group"),
    "invited_group": msgid("Group that is invited"),
    "kind": msgid("What for?"),
    "count": msgid("How many codes"),
    "reason": msgid("Reason"),
}
QUORUM_COUNTS: Mapping[frozenset[str], str] = {
    frozenset({"code"}): msgid("Whoever took part with a code counts."),
    frozenset({"attendance"}): msgid("Whoever is on the attendance counts."),
    frozenset({"code", "attendance"}): msgid(
        "Whoever took part with a code or is on the attendance counts, each person once."
    ),
}
