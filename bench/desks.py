"""certificates: the desk, its lists and search, the register and the figures over ten thousand applications, over HTTP. Alone, on both
databases: `python -m bench.desks`; it writes bench/desks.json."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from tests.certificates import steps as usual
from tests.certificates.inside import Inside, opened, ticket_of
from tests.certificates.officials import DAY, MONDAY, applicant, evaluator, named, signer, system

from bench import load
from bench.desk_rates import Desk
from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.ids import register_id
from zi_certificates.domain.register import Issue
from zi_certificates.main import front
from zi_certificates.messaging.published import applications, registers

RESULTS = Path(__file__).with_name("desks.json")
APPLICATIONS, AT_ONCE, COMPANIES = 10_000, 200, 2_500
EVERY = timedelta(minutes=30)
PRODUCTS = ("Kecap", "Sambal", "Kopi", "Abon", "Dodol", "Keripik", "Sirup", "Madu")
ROLES = ("evaluator", "signer", "head", "supervisor", "officer")
API, LIST, DESK = "/certificates/api", "/certificates/desk/applications", "/certificates/desk/"
MIDDLE = ticket_of(f"application {APPLICATIONS // 2}")
QUERIES: load.Queries = {
    "desk": (DESK, {}),
    "list_of_all": (LIST, {}),
    "list_in_the_middle": (LIST, {"after": MIDDLE}),
    "list_to_sign": (LIST, {"queue": "signature"}),
    "list_of_an_evaluator": (LIST, {"officer": "evaluator-3"}),
    "list_of_what_is_overdue": (LIST, {"overdue": "yes"}),
    "list_by_kind_and_state": (LIST, {"kind": "ski_post_border", "state": "approval"}),
    "search_for_a_product": (LIST, {"text": "sambal 42"}),
    "search_for_what_nothing_has": (LIST, {"text": "cokelat"}),
    "search_for_a_ticket": (LIST, {"text": MIDDLE}),
    "search_for_a_letter": (LIST, {"text": "SKI-2026-000100"}),
    "search_for_a_company": (LIST, {"company": MIDDLE}),
    "api_to_sign": (f"{API}/applications", {"queue": "signature"}),
    "api_queue": (f"{API}/queue", {}),
    "register": ("/certificates/register", {}),
    "register_search": ("/certificates/register", {"show": "all", "number": "0042"}),
    "fairness": ("/certificates/fairness", {}),
    "statistics": ("/certificates/statistics", {}),
}


async def filled(folder: Path, database: str) -> None:
    """Each application as far on its way as chance brings it; a letter of every third."""
    async with opened(folder, database) as inside:
        chance = Random(15)
        await inside.declared("everybody", f"{7:064x}")
        for first in range(0, APPLICATIONS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(*(_handle_all(inside, each, list(_way(each, chance))) for each in numbers))


async def _handle_all(inside: Inside, number: int, commands: list[ApplicationCommands]) -> None:
    application = named(f"application {number}")
    for command in commands:
        await inside.office.store.handle(applications, application, command)
        if isinstance(command, type(usual.SIGN)):
            register = register_id(inside.office.settings.office, "ski", 2026)
            await inside.office.store.handle(registers, register, _issue(number, application))


def _way(number: int, chance: Random) -> Iterator[ApplicationCommands]:
    at, hers = MONDAY + number * EVERY, f"evaluator-{chance.randrange(12)}"
    company = number % COMPANIES
    drafted = usual.draft()
    product = usual.product().model_copy(update={"product": f"{chance.choice(PRODUCTS)} {number % 100}"})
    steps = chance.choices(
        ("draft", "unpaid", "queued", "taken", "asked", "passed", "rejected", "issued"),
        (1, 1, 3, 1, 2, 2, 2, 6),
    )
    yield drafted.model_copy(
        update={
            "by": applicant(at),
            "ticket": ticket_of(f"application {number}"),
            "account": named(f"account {company}"),
            "business_ref": f"{company:064x}",
            "statement": drafted.statement.model_copy(update={"products": (product,)}),
        }
    )
    [end] = steps
    if end == "draft":
        return
    bill = f"{number:015}"
    yield usual.submit(bill=bill, by=applicant(at), pay_by=at + 3 * DAY, open_until=at + 30 * DAY)
    if end == "unpaid":
        return
    yield usual.PAY.model_copy(update={"by": system(at), "bill": bill, "paid_at": at, "due": at + DAY})
    if end == "queued":
        return
    took = {"by": evaluator(hers, at + chance.randrange(48) * timedelta(hours=1))}
    yield usual.TAKE.model_copy(update=took)
    ends: dict[str, ApplicationCommands] = {
        "asked": usual.ASK,
        "rejected": usual.REJECT,
        "passed": usual.PASS,
        "issued": usual.PASS,
    }
    if end in ends:
        yield ends[end].model_copy(update=took)
    if end == "issued":
        yield from _signed(number, at + DAY)


def _signed(number: int, at: datetime) -> Iterator[ApplicationCommands]:
    letter = named(f"letter {number}")
    signed = usual.letter().model_copy(update={"letter": letter})
    yield usual.sign().model_copy(update={"by": signer(at=at), "letters": (signed,)})
    numbered = {"by": system(at), "letter": letter, "number": f"SKI-2026-{number:06}"}
    yield usual.NUMBER.model_copy(update=numbered)
    yield usual.SEAL.model_copy(update={"by": system(at), "letter": letter})


def _issue(number: int, application: UUID) -> Issue:
    return Issue(
        by=system(MONDAY + number * EVERY),
        series="ski",
        year=2026,
        ticket=ticket_of(f"application {number}"),
        application=application,
        letter=named(f"letter {number}"),
        kind="ski_post_border",
        business_ref=f"{number % COMPANIES:064x}",
        content="c" * 64,
        template="d" * 64,
        evaluators=("evaluator-1",),
        signer="signer-budi",
    )


DESKS = Desk(
    service="certificates",
    program="bench.desks",
    port=19_200,
    database="desks",
    title=f"desks of {APPLICATIONS:,} applications",
    queries=QUERIES,
    official="everybody",
    roles=ROLES,
    fill=filled,
    front=front,
    options={"ZI_DEMO": "1"},
)

if __name__ == "__main__":
    sys.exit(DESKS.main(RESULTS))
