"""Strangers in front of umkm's API: among cases in many states, a visit, a training, items of the checklist."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from tests.umkm.calling import Calling
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.steps import DAY, named
from tests.umkm.visiting import Visiting, visited
from tests.web import strangers
from tests.web.strangers import OWNER, SOMEBODY, House

from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.travelling import WrittenPlan

STAFF = ("mentor", "supervisor", "evaluator", "officer", "head")
SHARED = ("business and mentors", "everybody of a case", "visits")
MAY = {"business": (OWNER,), **dict.fromkeys(SHARED, (OWNER, SOMEBODY))}


def try_everything(folder: Path, cases: int, number: int | None = None) -> Counter[int]:
    return strangers.try_everything(visited(folder), furnished, cases, number)


async def furnished(visiting: Visiting) -> House[Inside]:
    """Something in each state that takes commands."""
    inside = visiting.inside
    there = [await inside.requested("begun"), await inside.stated("stated"), await inside.mentored("triaged")]
    visit = named("visit")
    await inside.office.visiting.sync(there[2], inside.mentor(), visit, version_of(inside.checklist), [])
    assessed = await inside.mentored("assessed")
    await inside.visited(assessed)
    await inside.office.mentoring.agree(assessed, inside.business(assessed), None, "fifo")
    referred = await inside.mentored("referred", SAMBAL)
    await inside.refer(referred)
    there += [assessed, referred, await inside.applied("applied"), await inside.permitted("permitted")]
    there.append(await inside.numbered("numbered"))
    begins = inside.clock.now() + DAY
    training, _ = await inside.office.teaching.plan(inside.mentor(), None, "nunukan", "cppob", begins, 9)
    trip = await planned_trip(inside, there[2])
    tickets = [each.ticket for each in there]
    names: dict[str, Sequence[object]] = {"ticket": tickets, "case": tickets, "to": tickets}
    names |= {
        "visit": [str(visit)],
        "training": [str(training)],
        "trip": [str(trip)],
        "item": ["fifo", "cuci_tangan"],
    }
    names |= {"product": [1], "document": ["layout", "composition"], "mentor": ["mentor-dodi"]}
    return House(Calling(visiting), STAFF, MAY, "mentor-ani", names)


async def planned_trip(inside: Inside, *requests: MentoringRequest) -> UUID:
    """A trip of their mentor to these businesses, a week from now."""
    departs = inside.clock.now() + 7 * DAY
    written = WrittenPlan(
        district="nunukan",
        begins=departs.date(),
        ends=departs.date(),
        departs=departs,
        transport="Speedboat Contoh",
        budget_line="063.01/BAH.001",
        people=("mentor-ani",),
        tickets=tuple(each.ticket for each in requests),
    )
    trip, _ = await inside.office.travelling.plan(inside.mentor(), None, written)
    return trip
