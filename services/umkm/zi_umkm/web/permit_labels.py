"""Labels of the steps, clocks and standings of a permit, in English; Indonesian is in locale/id.po."""

from collections.abc import Mapping

STAGES: Mapping[str, str] = {
    "none": "Not applied for",
    "account": "The account is to be verified",
    "evaluation": "It is being evaluated",
    "returned": "Returned: the business puts something right",
    "issue": "It is to be signed",
    "done": "Issued",
}
TASKS: Mapping[str, str] = {
    "account": "Verify the account",
    "evaluation": "Evaluate",
    "issue": "Sign the permit",
    "revocation": "Decide about a revocation",
}
CLOCKS: Mapping[str, str] = {
    "permit_account": "To verify the account",
    "permit_evaluation": "To evaluate",
    "permit_issue": "To issue the permit",
}
PATHS: Mapping[str, str] = {
    "commitment": "By a statement of commitment (low risk)",
    "standard": "By a statement that the standard is met",
}
STANDINGS: Mapping[str, str] = {
    "valid": "Valid",
    "announced": "Valid, a revocation is announced",
    "contested": "Valid, a revocation is contested",
    "revoked": "Revoked",
    "expired": "Ended",
    "replaced": "Replaced by a newer one",
}
STANDING_BADGES: Mapping[str, str] = {
    "valid": "done",
    "announced": "late",
    "contested": "late",
    "revoked": "late",
    "expired": "plain",
    "replaced": "plain",
}
NOT_DECIDED = "Not decided by this office"
