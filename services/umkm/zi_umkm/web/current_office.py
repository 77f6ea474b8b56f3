"""The office that a request is for, as a dependency of its route."""

from typing import Annotated

from fastapi import Depends, Request

from zi_umkm.container import MentoringOffice


async def office_of(request: Request) -> MentoringOffice:
    office: MentoringOffice = request.app.state.office
    return office


TheOffice = Annotated[MentoringOffice, Depends(office_of)]
