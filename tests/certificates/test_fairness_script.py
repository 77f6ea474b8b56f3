"""What docs/fairness.py finds in an export of the ledger: the same as the office tells of its queue, and what the office keeps to itself.

The month goes by within a test, which a house of processes can't do; the store, the queue, the messages, the log and its export are the
real ones.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from tests.audit.log_home import OFFICE, Home
from tests.audit.web import served
from tests.certificates.inside import Inside, opened
from tests.certificates.month import Month
from tests.certificates.steps import MISSING
from tests.chassis.provider import OwnProvider

from zi_audit.domain.arrival import Arrival
from zi_certificates.domain.application.commands import (
    Take,
)
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.parking import data_requests

SCRIPT = Path(__file__).parents[2] / "docs" / "fairness.py"
EXPORT = "/audit/api/export?format=entries&service=certificates"


@pytest.fixture
async def inside(tmp_path: Path) -> AsyncIterator[Inside]:
    async with opened(tmp_path / "certificates", office=OFFICE) as first:
        yield first


async def exported(inside: Inside, folder: Path) -> list[str]:
    """Everything that certificates has said, as the ledger gives it to auditors."""
    folder.mkdir()
    home, provider = Home(folder), OwnProvider()
    text = inside.office.store.messages(0, 100_000)
    try:
        home.opened().append([Arrival("certificates", row.position, row.message) for row in text])
        async for web in served(home, provider):
            await web.indexed(len(text))
            lines = (await web.get(EXPORT, web.auditor())).text.splitlines()
        assert len(lines) == len(text)
        return lines
    finally:
        home.close()
        provider.close()


def found(lines: Iterable[str]) -> tuple[int, list[str]]:
    """The script's exit code and what it prints."""
    expected = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([sys.executable, "-I", SCRIPT], input=expected, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


async def public_count(inside: Inside) -> list[str]:
    """What the office tells anybody, in the script's form."""
    overtakings, parking = [await public(inside, name) for name in ("overtakings", "parking")]
    lines = [f"{each['month']} {each['reason']} {each['count']}" for each in overtakings]
    for each in parking:
        month, ended = each["month"], each["ended"]
        lines += [f"{month} parked {each['overtaken']}"] * bool(each["overtaken"])
        lines += [f"{month} waited {ended} {each['median']} {each['longest']}"] * bool(ended)
    return sorted(lines)


async def public(inside: Inside, name: str) -> list[dict[str, Any]]:
    transport = httpx.ASGITransport(app=inside.service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
        answer: list[dict[str, Any]] = (await client.get(f"/certificates/api/{name}")).json()
    return answer


async def requests_for_data(inside: Inside) -> list[str]:
    """Write the office's counts by official in the script's form; its public counts are the same without the officials."""
    counted = await inside.office.store.query(lambda tx: data_requests(tx, by_official=True))
    sums: Counter[tuple[str, str]] = Counter()
    for each in counted:
        sums[each.month, each.kind] += each.count
    assert sums == {
        (each["month"], each["kind"]): each["count"] for each in await public(inside, "data-requests")
    }
    counts = [f"{each.month} asked {each.official} {each.kind} {each.count}" for each in counted]
    beyond = [
        f"{each.month} beyond {each.official} {each.kind} {each.beyond}" for each in counted if each.beyond
    ]
    return [*counts, *beyond]


async def passed_by(inside: Inside) -> tuple[IntakeRequest, IntakeRequest]:
    """The first waits, the second was taken: its evaluator has an interest in the first."""
    await inside.declared("evaluator-ani", "a" * 64)
    requests = await inside.paid("one", business="a" * 64), await inside.paid("two", business="c" * 64)
    await inside.office.deciding.take_next(inside.evaluator("evaluator-ani"), None)
    return requests


def test_it_is_short_enough_to_be_read() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 80


async def test_the_public_count_of_a_month_is_what_follows_from_the_ledger(
    inside: Inside, tmp_path: Path
) -> None:
    await Month(inside, Random(20)).run()
    code, lines = found(await exported(inside, tmp_path / "ledger"))
    assert (code, lines) == (0, sorted([*await public_count(inside), *await requests_for_data(inside)]))
    reasons = {"conflict", "mentorship", "already_evaluated"}
    assert {line.split()[1] for line in lines} == {*reasons, "parked", "waited", "asked", "beyond"}
    assert {line.split()[0] for line in lines} == {"2026-12", "2027-01"}


async def test_an_overtaking_that_is_kept_to_itself_is_found(inside: Inside, tmp_path: Path) -> None:
    *passed, favourite = [await inside.paid(name, business=name * 64) for name in "abc"]
    known = await inside.office.store.query(
        lambda tx: inside.office.deciding.known(tx, favourite.application)
    )
    take = Take(by=inside.evaluator("evaluator-ani"), known=known, overtaken=())
    await inside.office.store.handle(applications, favourite.application, take)
    assert await public_count(inside) == []
    code, lines = found(await exported(inside, tmp_path / "ledger"))
    assert code == 1
    assert {line.partition("evaluator-ani took ")[2] for line in lines} == {
        f"{favourite.ticket} before {other.ticket}: no reason is told" for other in passed
    }


async def test_a_reason_for_somebody_who_did_not_wait_is_found(inside: Inside, tmp_path: Path) -> None:
    first, two = await passed_by(inside)
    lines = await exported(inside, tmp_path / "ledger")
    answer, invented = f'"ticket":"{first.ticket}"', f'"ticket":"{two.ticket}"'
    code, problems = found(with_text(line, answer, invented) for line in lines)
    assert code == 1
    assert f"took {two.ticket} before {first.ticket}: no reason is told" in "".join(problems)
    assert f"took {two.ticket} before {two.ticket}: it did not wait before it" in "".join(problems)


async def test_an_export_that_was_changed_or_has_a_gap_is_noticed(inside: Inside, tmp_path: Path) -> None:
    await passed_by(inside)
    lines = await exported(inside, tmp_path / "ledger")
    count = "2026-12 conflict 1"
    assert found(lines) == (0, [count])
    assert found([*lines, *lines]) == (0, [count])
    assert found(lines[:-2]) == (0, [""])
    code, problems = found([*lines[:4], *lines[5:]])
    assert (code, problems) == (1, [count, "entry 5: what certificates said before it is missing"])
    [*before, last] = lines
    code, problems = found([*before, with_text(last, '"conflict"', '"emergency"')])
    assert code == 1
    assert problems == ["2026-12 emergency 1", f"entry {len(before)}: this text is not what the ledger has"]


def with_text(line: str, old: str, new: str) -> str:
    row = json.loads(line)
    row["entry"] = row["entry"].replace(old, new)
    return json.dumps(row)


async def parked(inside: Inside) -> tuple[IntakeRequest, IntakeRequest]:
    """Data of the first is asked for; the second is taken meanwhile."""
    first, second = await inside.paid("one"), await inside.paid("two", business="c" * 64)
    by = inside.evaluator("evaluator-ani")
    await inside.office.deciding.take_next(by, None)
    await inside.office.deciding.ask_data(first.ticket, by, None, (MISSING,))
    await inside.office.deciding.take_next(by, None)
    return first, second


async def test_what_is_taken_while_another_waits_for_data_is_told_apart(
    inside: Inside, tmp_path: Path
) -> None:
    await parked(inside)
    code, lines = found(await exported(inside, tmp_path / "ledger"))
    assert (code, lines) == (
        0,
        ["2026-12 asked evaluator-ani ski_post_border 1", "2026-12 parked 1"],
    )
    assert await public(inside, "overtakings") == []


async def test_an_office_that_tells_of_fewer_parked_ones_is_found(inside: Inside, tmp_path: Path) -> None:
    _, second = await parked(inside)
    lines = await exported(inside, tmp_path / "ledger")
    code, problems = found(with_text(line, '"parked":1', '"parked":0') for line in lines)
    assert code == 1
    assert f"took {second.ticket} before 1 that waited for data: it tells of 0" in "".join(problems)


@pytest.mark.parametrize(("hours", "month"), [((), "2026-12"), (("7",), "2026-11"), (("9",), "2026-12")])
def test_months_begin_by_the_clock_of_the_office(hours: tuple[str, ...], month: str) -> None:
    """16.30 UTC on the last day of November is December in WITA and WIT, and November still in WIB."""
    before, mark, _ = SCRIPT.read_text().partition("# these give the place")
    assert mark
    code = f"{before}print(datetime.fromisoformat('2026-11-30T16:30Z').astimezone(OFFICE_TIME).strftime('%Y-%m'))"
    done = subprocess.run([sys.executable, "-I", "-c", code, *hours], capture_output=True, text=True)
    assert (done.stderr, done.stdout.strip()) == ("", month)
