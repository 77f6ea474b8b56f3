"""The businesses with which an official has a conflict of interest, as part of a query with that official as its one value."""

# With the numbers that the businesses got since.
INTERESTS = (
    "SELECT n.reference FROM interests i JOIN (SELECT former, reference FROM renamings"
    " UNION SELECT business_ref, business_ref FROM interests) n ON n.former = i.business_ref WHERE i.official = ?"
)
