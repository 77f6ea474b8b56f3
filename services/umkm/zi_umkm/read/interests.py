"""The businesses with which an official has a conflict of interest, and those that an official mentored in any of their cases, by every
reference of the businesses."""

from collections.abc import Collection

from zi_chassis.storage.database import Tx, placeholders

# Beside the known references all that replaced them, and all that these replaced; some come twice, which costs less than to look for them.
_EVERY_REFERENCE = (
    "WITH known AS ({known}),"
    " later AS (SELECT reference FROM known"
    " UNION ALL SELECT r.reference FROM renamings r JOIN known k ON k.reference = r.former)"
    " SELECT reference FROM later UNION ALL SELECT r.former FROM renamings r JOIN later l ON l.reference = r.reference"
)
# What officials declared, and what they asked for signed in.
_KNOWN = (
    "SELECT business_ref AS reference FROM (SELECT official, business_ref FROM interests"
    " UNION ALL SELECT actor, business_ref FROM requests WHERE role = 'applicant') AS interested WHERE official = ?"
)
_INTERESTS = _EVERY_REFERENCE.format(known=_KNOWN)
# Part of a query, with the official as its two values; one set of both, since the database makes each set for itself.
INTERESTS_AND_MENTORED = _EVERY_REFERENCE.format(
    known=f"{_KNOWN} UNION ALL SELECT business_ref FROM mentorships WHERE mentor = ?"
)


def interests_of(tx: Tx, official: str) -> tuple[str, ...]:
    """Return the businesses with which an official has a conflict of interest: few, so a query over many rows names them."""
    return tuple(dict.fromkeys(row["reference"] for row in tx.execute(_INTERESTS, official)))


def others_than(column: str, references: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """Return the condition, and its values, that a business is none of these; none for no references."""
    if not references:
        return "", ()
    return f" AND {column} NOT IN ({placeholders(references)})", tuple(references)
