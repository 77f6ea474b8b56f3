"""The roles of officials that mentoring knows, for commands and routes alike.

Each aggregate has a table PARTIES beside its commands: the roles in which each of them may be given.
"""

MENTORING = ("mentor",)
ASSIGNING = ("supervisor", "mentor")
EVALUATING = ("evaluator",)
VERIFYING = ("officer", "evaluator", "supervisor", "mentor")
CHECKING = ("officer", "evaluator", "supervisor")
SIGNING = ("head", "supervisor")
# Who has a permit in their hands at some step.
DECIDING = ("evaluator", "officer", "head", "supervisor")
TEACHING = ("mentor", "supervisor")
SUPERVISING = ("supervisor", "head")
# Every role that may open a page of the desk; an act is recorded in the first of them that its official has.
OFFICIALS = ("mentor", "supervisor", "evaluator", "officer", "head")
