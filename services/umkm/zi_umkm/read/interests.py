"""The businesses with which an official has a conflict of interest, and those that an official mentored in any of their cases, by every
reference of the businesses."""

from zi_chassis.storage.database import Tx

# Beside the known references all that replaced them, and all that these replaced.
_EVERY_REFERENCE = (
    "WITH known AS ({known}),"
    " later AS (SELECT reference FROM known"
    " UNION SELECT r.reference FROM renamings r JOIN known k ON k.reference = r.former)"
    " SELECT reference FROM later UNION SELECT r.former FROM renamings r JOIN later l ON l.reference = r.reference"
)
# What officials declared, and what they asked for signed in.
_KNOWN = (
    "SELECT business_ref AS reference FROM (SELECT official, business_ref FROM interests"
    " UNION ALL SELECT actor, business_ref FROM requests WHERE role = 'applicant') AS interested WHERE official = ?"
)
# Part of a query, with the official as its one value.
INTERESTS = _EVERY_REFERENCE.format(known=_KNOWN)
# Part of a query, with the official as its two values; one set of both, since the database makes each set for itself.
INTERESTS_AND_MENTORED = _EVERY_REFERENCE.format(
    known=f"{_KNOWN} UNION SELECT business_ref FROM mentorships WHERE mentor = ?"
)


def interests_of(tx: Tx, official: str) -> tuple[str, ...]:
    """Return the references that INTERESTS finds: few, so a query over many rows names them."""
    return tuple(row["reference"] for row in tx.execute(INTERESTS, official))
