"""The roles that notify knows, each in one list."""

from zi_chassis.domain import officials, services

OWN_PROGRAM = services("notify")
MAIL_READERS = frozenset({"public"})
FILERS = ("public", "applicant")
COUNT_READERS = ("ops", "supervisor", "head")
SUPERVISOR, HEAD = "supervisor", "head"
CASE_STAFF = ("officer", SUPERVISOR, HEAD)
OPERATORS = ("ops",)
CHANNEL_OFFICIALS = ("ops", SUPERVISOR, HEAD)
SWITCHERS = officials(*CHANNEL_OFFICIALS)
LETTER_SENDERS = officials(*CASE_STAFF)
