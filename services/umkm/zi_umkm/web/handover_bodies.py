"""The bodies of requests about what a business hands over, with the limits of every field."""

from typing import Annotated

from pydantic import Field, StringConstraints

from zi_contracts.text import Line
from zi_umkm.domain.limits import MOST_INGREDIENTS
from zi_umkm.web.bodies import Number, StrictBody, Ticket


class DescribeProductBody(StrictBody):
    """An ingredient a line, the largest share first; both go into the vault."""

    product: Number
    composition: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_INGREDIENTS)]
    pack: Line | None = None


class EndHandoverBody(StrictBody):
    to: Ticket


class HandOverBody(EndHandoverBody):
    """`to` is the ticket of the application, `agreed` the digest of what was looked at."""

    agreed: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
