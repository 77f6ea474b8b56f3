"""certificates: the desk, its lists and search, the register and the figures over ten thousand applications, over HTTP. Alone, on both
databases: `python -m bench.desks`; it writes bench/desks.json."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from tests.certificates import steps as usual
from tests.certificates.inside import Inside, opened, ticket_of
from tests.certificates.officials import DAY, MONDAY, applicant, evaluator, named, signer, system

from bench import house, load
from bench.board import identity
from zi_certificates.domain.application.commands import ApplicationCommands
from zi_certificates.domain.ids import register_id
from zi_certificates.domain.register import Issue
from zi_certificates.main import front
from zi_certificates.messaging.published import applications, registers
from zi_chassis.service import run
from zi_chassis.settings import IDENTITY, Settings

PORT = 19_200
RESULTS = Path(__file__).with_name("desks.json")
APPLICATIONS, AT_ONCE, COMPANIES = 10_000, 200, 2_500
CLIENTS, SECONDS = (1, 4), 2
AIM_MS = 100  # at the 95th percentile, with four clients
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


def main() -> int:
    if sys.argv[1:] == ["serve"]:
        serve()
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="zona-desks-") as folder,
        house.postgres(Path(folder) / "pg") as place,
    ):
        results = measured(Path(folder), postgresql=place.format("desks"))
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    for row in rows(results):
        print(row[0].ljust(60), *(cell.rjust(24) for cell in row[1:]))
    return 0


def measured(folder: Path, port: int = PORT, **databases: str) -> dict[str, Any]:
    """`databases` are further ones, by name."""
    results: dict[str, Any] = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": round(os.getloadavg()[0], 1),  # above the number of cores others worked meanwhile
        "applications": APPLICATIONS,
    }
    for name, place in {"sqlite": "", **databases}.items():
        (folder / name).mkdir(parents=True)
        asyncio.run(filled(folder / name, place))
        house.settle(place)
        results[name] = query_rates(folder / name, port, place)
    slow = {
        f"{name} {query}": at["4"]["p95_ms"]
        for name in ("sqlite", *databases)
        for query, at in results[name].items()
        if at["4"]["p95_ms"] > AIM_MS
    }
    return results | {"above_the_aim": slow}


def rows(results: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """As lines of a table: what was asked of which database, and how long it took with so many clients."""
    heading = f"desks of {results['applications']:,} applications: asked per second (p50 / p95 ms)"
    yield heading, *(f"{n} clients" for n in CLIENTS)
    for name in ("sqlite", "postgresql"):
        for query, at in results.get(name, {}).items():
            yield f"{name}, {query.replace('_', ' ')}", *load.rate_cells(at, CLIENTS)


# -- the applications


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


# -- who looks at them


def query_rates(data: Path, port: int, place: str) -> dict[str, Any]:
    """Past the gateway, the same again and again, by so many clients at once."""
    settings = Settings(service="certificates", data=data, port=port)
    options = {"ZI_DATABASE": place, "ZI_JWKS_URL": f"http://127.0.0.1:{port + IDENTITY}/", "ZI_DEMO": "1"}
    with (
        identity(settings, port + IDENTITY, "everybody", *ROLES) as token,
        house.front_of("certificates", "bench.desks", data, port, **options) as address,
    ):
        return load.query_rates(address, QUERIES, token, CLIENTS, SECONDS)


def serve() -> None:
    """certificates' routes and pages as its process serves them; nobody needs a broker to look at a desk."""
    settings = Settings(service="certificates")
    service = front(settings)
    service.open(lambda: service.app.state.office)
    run(service.app, settings)


if __name__ == "__main__":
    sys.exit(main())
