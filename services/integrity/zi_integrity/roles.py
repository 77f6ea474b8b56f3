"""The roles of officials that the integrity zone knows, for commands and routes alike.

Each aggregate has a table PARTIES beside its commands: the roles in which each of them may be given.
"""

HEAD = ("head",)
SUPERIORS = ("supervisor", "head")
ZONE_TEAM = ("integrity",)
GIFT_UNIT = ("upg",)
# Who offers and gives compensation.
COMPENSATING = ("integrity", "supervisor", "head", "officer")
SURVEYING = ("survey", "integrity")
# Roles that may open what people wrote or left as their address; each area asks for less.
READING = ("head", "integrity", "upg", "survey", "supervisor", "auditor")
# Every role that may open the first page of the desk.
OFFICIALS = ("head", "integrity", "upg", "survey", "supervisor", "officer", "evaluator", "signer", "mentor")
