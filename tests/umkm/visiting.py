"""Businesses and officials with browsers in front of umkm's pages, in process."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import UUID

from tests.umkm.inside import Inside, opened
from tests.umkm.steps import named
from tests.web import browsing

from zi_contracts.umkm import RuleVersion
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.sync import SentAnswer

Visiting = browsing.Visiting[Inside]


def visited(folder: Path, database: str = "") -> AbstractAsyncContextManager[Visiting]:
    return browsing.visited(opened(folder, database), folder)


async def disputed(inside: Inside, request: MentoringRequest, item: str = "fifo") -> UUID:
    """Two mentors answered one item in one visit, each in another way."""
    form, id = inside.checklist, named(f"disputed {request.ticket}")
    version = RuleVersion(id=form.id, version=form.version)
    for name, outcome in (("mentor-ani", "yes"), ("mentor-joko", "no")):
        sent = SentAnswer.model_validate(
            {
                "id": named(f"{id} {name}"),
                "item": item,
                "outcome": outcome,
                "grade": "minor" if outcome == "no" else None,
                "device_time": inside.clock.now(),
            }
        )
        await inside.office.visiting.sync(request, inside.mentor(name), id, version, [sent])
    return id
