"""The configurations of a service, for everybody: each version that it ever adopted, and its content as the digest in the ledger binds it."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as Part
from starlette.responses import Response

from zi_chassis.domain import Value
from zi_chassis.storage.archive import Archive
from zi_chassis.storage.configuration import configurations, configurations_id
from zi_chassis.storage.store import Store
from zi_chassis.web.problem import DETAILS, NotFoundError

Responses = dict[int | str, dict[str, Any]]
Digest = Annotated[str, Part(pattern="^[0-9a-f]{64}$")]


class AdoptedConfiguration(Value):
    """`digest` is the SHA-256 of the content; new cases are judged by those that are `in_use`. `number` is that of the letter by which the
    office adopted it, if there is one."""

    kind: str
    id: str
    version: int
    digest: str
    source_status: str | None
    effective_from: date | None
    adopted: datetime
    in_use: bool
    number: str | None


def configurations_router(store: Store, archive: Archive, responses: Responses | None = None) -> APIRouter:
    """`responses` is how the service describes its refusals."""
    router = APIRouter(
        prefix=f"/{store.service}/api/configurations", tags=["configurations"], responses=responses
    )

    @router.get("")
    async def adopted() -> list[AdoptedConfiguration]:
        """In the order in which they were adopted first."""
        _, state = await store.fetch(configurations, configurations_id(store.source))
        return [
            AdoptedConfiguration(
                **event.model_dump(exclude={"by", "since", "number"}),
                adopted=event.by.at,
                in_use=key in state.in_use,
                number=state.announced[key].adopted.number if key in state.announced else None,
            )
            for key, event in state.adopted.items()
        ]

    @router.get("/{digest}", response_class=Response)
    async def content(digest: Digest) -> Response:
        """To the byte."""
        stored = await asyncio.to_thread(archive.by_digest, digest)
        if stored is None:
            raise NotFoundError(DETAILS[404])
        return Response(stored, media_type="text/plain; charset=utf-8")

    return router
