"""The names of groups, roles, states and faults on the pages of minutes, attendance and actions; each is translated where it is shown."""

from collections.abc import Mapping

from zi_chassis.web.language import msgid
from zi_integrity.web import forum_labels

GROUPS: Mapping[str, str] = {**forum_labels.GROUPS, "provider": msgid("This office")}
OWNERS: Mapping[str, str] = {
    "supervisor": msgid("Supervisor"),
    "officer": msgid("Officer"),
    "mentor": msgid("Mentor"),
    "evaluator": msgid("Evaluator"),
    "signer": msgid("Signer"),
    "head": msgid("Head of the office"),
    "integrity": msgid("Integrity team"),
    "upg": msgid("Gratification control unit"),
    "survey": msgid("Survey officer"),
}
STRIKES: Mapping[str, str] = {
    "entered_twice": msgid("Entered twice"),
    "was_absent": msgid("Was not there"),
    "wrong_group": msgid("Entered in the wrong group"),
}
FAULTS: Mapping[str, str] = {
    "not_text": msgid("can't be read"),
    "no_name": msgid("has no name"),
    "name_too_long": msgid("has a name of more than 120 characters"),
    "unseen_sign": msgid("holds a sign that nobody can see"),
    "no_group": msgid("has no group"),
    "unknown_group": msgid("names a group that there is not"),
    "twice": msgid("names somebody who is there already"),
}
STATUSES: Mapping[str, tuple[str, str]] = {
    "open": (msgid("To be done"), "office"),
    "evidenced": (msgid("Evidence given, to be checked"), "citizen"),
    "closed": (msgid("Done"), "done"),
}
FILTERS: Mapping[str, str] = {
    "open": msgid("Not closed"),
    "late": msgid("Late"),
    "evidenced": msgid("To be checked"),
    "closed": msgid("Done"),
    "all": msgid("All"),
}
NOTES: Mapping[str, str] = {
    "reported": msgid("Progress"),
    "evidenced": msgid("Evidence"),
    "closed": msgid("Closed by somebody else than its owner"),
    "reopened": msgid("Opened again"),
    "late": msgid("The due day has ended"),
}
LABELS: Mapping[str, str] = {
    "forum_code": msgid("Your code"),
    "issue": msgid("Issue"),
    "agreement": msgid("Agreement"),
    "owner": msgid("Who acts"),
    "due": msgid("Until"),
    "proposals": msgid("Proposals that it answers"),
    "dissent": msgid("Who disagrees, and why"),
    "group": msgid("Group"),
    "list": msgid("List (CSV)"),
    "scan": msgid("Photo of the signed list"),
    "number": msgid("Number in the attendance"),
    "reason": msgid("Reason"),
    "note": msgid("How far is it?"),
    "evidence": msgid("What shows that it was done?"),
    "standard": msgid("Standard that was amended for it"),
}
