"""The businesses with which an official has a conflict of interest, and those that an official mentored in any of their cases: each as part
of a query with that official as its one value, and by every reference of the businesses."""

# Beside the known references all that replaced them, and all that these replaced.
_EVERY_REFERENCE = (
    "WITH known AS ({known}),"
    " later AS (SELECT reference FROM known"
    " UNION SELECT r.reference FROM renamings r JOIN known k ON k.reference = r.former)"
    " SELECT reference FROM later UNION SELECT r.former FROM renamings r JOIN later l ON l.reference = r.reference"
)
INTERESTS = _EVERY_REFERENCE.format(
    known="SELECT business_ref AS reference FROM interests WHERE official = ?"
)
MENTORED = _EVERY_REFERENCE.format(known="SELECT business_ref AS reference FROM mentorships WHERE mentor = ?")
