"""The roles of officials that certificates knows, for commands, routes and pages alike.

Each aggregate has a table PARTIES beside its commands: the roles in which each of them may be given. An act is recorded in the first
role of a list that its official has.
"""

EVALUATING = ("evaluator",)
# An evaluator who supervises too acts as an evaluator, and takes no application from a colleague to have it.
RELEASING = ("evaluator", "supervisor", "head")
OVERRIDING = ("supervisor", "head")
# Whoever may hold the data of an application, and put them up for erasure.
HOLDING = ("officer", "supervisor", "head")
VERIFYING = ("officer", "evaluator", "supervisor")
APPOINTING = ("head",)
SIGNING_BY_ROLE = ("signer", "head")
# Whoever records money that was paid back, or confirms what somebody else has recorded.
REFUNDING = ("officer", "supervisor", "head")
CALLING = (*EVALUATING, *SIGNING_BY_ROLE)
# The other roles sign while they are appointed to act for a signer; an auditor never.
SIGNING = (*SIGNING_BY_ROLE, "officer", "evaluator", "supervisor", "mentor", "integrity", "ops")
# Who operates the signing service is never bound to a certificate in it.
SIGNING_PERSONALLY = tuple(role for role in SIGNING if role != "ops")
# Every role that may open a page of the desk.
OFFICIALS = ("evaluator", "signer", "head", "supervisor", "officer")
