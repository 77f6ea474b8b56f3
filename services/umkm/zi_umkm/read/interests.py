"""The businesses with which an official has a conflict of interest, as part of a query with that official as its one value."""

# By every reference of the businesses: the declared one, all that replaced it, and all that these replaced.
INTERESTS = (
    "WITH declared AS (SELECT business_ref AS reference FROM interests WHERE official = ?),"
    " later AS (SELECT reference FROM declared"
    " UNION SELECT r.reference FROM renamings r JOIN declared d ON d.reference = r.former)"
    " SELECT reference FROM later UNION SELECT r.former FROM renamings r JOIN later l ON l.reference = r.reference"
)
