"""Parameters and refusals that routes of the API share."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from zi_certificates.container import CertificatesOffice
from zi_certificates.web import answers
from zi_chassis.web.refusals import refusals as describe_refusals

refusals = partial(describe_refusals, answers.ProblemAnswer, described=answers.REFUSALS)
PUBLIC = refusals(400, 404, 405, 413, 415, 422, 503)
SIGNED_IN = PUBLIC | refusals(401, 403)
COMMAND = SIGNED_IN | refusals(409)
UPLOAD = COMMAND | refusals(429)


async def office_of(request: Request) -> CertificatesOffice:
    office: CertificatesOffice = request.app.state.office
    return office


TheOffice = Annotated[CertificatesOffice, Depends(office_of)]
Ticket = Annotated[str, Path(description="As it stands on the receipt of the request.")]
After = Annotated[str | None, Query(max_length=40, description="The last one of the page before.")]
Page = Annotated[int, Query(ge=1, le=100_000)]
SearchText = Annotated[str, Query(max_length=120)]
Number = Annotated[int, Path(ge=1, le=1_000)]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Written YYYY-MM.")]
