"""The office that a request is for, as a dependency of its route."""

from typing import Annotated

from fastapi import Depends, Request

from zi_integrity.container import IntegrityOffice


async def office_of(request: Request) -> IntegrityOffice:
    office: IntegrityOffice = request.app.state.office
    return office


TheOffice = Annotated[IntegrityOffice, Depends(office_of)]
