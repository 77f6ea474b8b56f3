"""Signed letters become whole, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from tests.certificates import steps as usual
from tests.certificates.officials import named
from tests.certificates.sealed import House
from tests.certificates.tools import ran
from tests.certificates.vault import KeptVault
from tests.letters.sample_letter import NOW
from tests.verify.sample_log import POLICY

from zi_certificates.domain.application.commands import (
    Suspend,
)
from zi_certificates.domain.standing import Standing
from zi_certificates.letters.issuer import load_letter_keys
from zi_certificates.messaging.published import applications
from zi_certificates.read.letters import letter_with_file
from zi_letters.archive import archived_until
from zi_letters.content import digest
from zi_letters.pdf_worker import PdfWorker, PdfWorkerError
from zi_tlog.letter import open_code
from zi_verify.certificate import CertificateReport, check_certificate
from zi_verify.status import ExitStatus
from zi_verify.verdict import Matching

P = ParamSpec("P")
T = TypeVar("T")


class Killed(BaseException):
    """Whatever comes after it did not happen."""


class Fate:
    """Ends the process right after its nth step, if that is to be its last."""

    def __init__(self, last: int = 10_000) -> None:
        self.last, self.steps = last, 0

    def watched(self, step: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        async def taken(*args: P.args, **named: P.kwargs) -> T:
            result = await step(*args, **named)
            self.steps += 1
            if self.steps == self.last:
                raise Killed
            return result

        return taken

    def over(self, house: House) -> None:
        for port, step in (
            *((house.store, "handle"), (house.ledger, "receipts"), (house.ledger, "policy")),
            *((house.vault, "keep"), (house.vault, "read"), (house.worker, "make")),
        ):
            setattr(port, step, self.watched(getattr(port, step)))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    await house.stop()


async def checked(house: House, pdf: bytes) -> CertificateReport:
    return await asyncio.to_thread(check_certificate, pdf, POLICY, house.keys.authority)


async def test_a_signed_letter_gets_its_number_and_its_file(house: House) -> None:
    id = await house.signed()
    assert await house.rounds() == 1
    [row] = await house.letters(id)
    assert (row.number, row.standing, row.year) == ("SKI-2026-000001", Standing.VALID, 2026)
    assert digest(house.file(row)) == row.file
    assert (await checked(house, house.file(row))).verdict == Matching()
    assert house.sealing.reason is None
    assert await house.rounds() == 0


async def test_the_sealed_file_satisfies_the_tools_of_others(house: House) -> None:
    id = await house.signed()
    await house.rounds()
    [row] = await house.letters(id)
    pdf = house.folder / "letter.pdf"
    pdf.write_bytes(house.file(row))
    answer = ran("pdfsig", "-nocert", str(pdf))
    assert "Signature is Valid." in answer
    assert "Total document signed" in answer
    assert "ETSI.CAdES.detached" in answer
    assert "No syntax or stream encoding errors found" in ran("qpdf", "--check", str(pdf))
    ran("pdftoppm", "-r", "150", "-png", str(pdf), str(house.folder / "page"))
    [picture, *_] = sorted(house.folder.glob("page*.png"))
    text = ran("zbarimg", "--quiet", "--raw", str(picture)).strip()
    code = open_code(text, house.keys.address, house.keys.code.verifier)
    assert (code.number, code.holder, code.content) == (row.number, "PT Contoh", row.content)


async def test_numbers_follow_the_order_of_the_signatures_without_gap(house: House) -> None:
    ids = [await house.signed(f"application {number}") for number in range(5)]
    assert await house.rounds() == 5
    numbers = [row.number for id in ids for row in await house.letters(id)]
    assert sorted(map(str, numbers)) == [f"SKI-2026-{number:06}" for number in range(1, 6)]


async def test_every_letter_of_an_application_is_sealed(house: House) -> None:
    kinds = ("ske_health", "ske_free_sale")
    id = await house.signed("export", *kinds, series="ske")
    assert await house.rounds() == 2
    rows = await house.letters(id)
    assert {row.number for row in rows} == {"SKE-2026-000001", "SKE-2026-000002"}
    assert len({row.file for row in rows}) == 2
    _, application = await house.store.fetch(applications, id)
    assert application.status == "issued"


@pytest.mark.parametrize("last", range(1, 10))
async def test_a_process_that_is_killed_after_any_step_is_continued_by_the_next(
    house: House, last: int
) -> None:
    """Two kinds, and they take the place of a letter: every step there is, interrupted at each."""
    await house.signed("old", "ske_health", series="ske")
    await house.rounds()
    id = await house.signed("new", "ske_health", series="ske", replaces="SKE-2026-000001")
    Fate(last).over(house)
    with pytest.raises(Killed):
        await house.rounds()
    await house.stop()
    house.start()
    await house.rounds()
    [row] = await house.letters(id)
    [old] = await house.letters(named("old"))
    assert (row.number, row.standing) == ("SKE-2026-000002", Standing.VALID)
    assert (old.standing, old.by_number) == (Standing.SUPERSEDED, "SKE-2026-000002")
    assert digest(house.file(row)) == row.file
    assert (await checked(house, house.file(row))).verdict == Matching()
    once = ("certificate_issued", "letter_numbered", "letter_sealed", "letter_superseded")
    assert [len(house.events(each)) for each in once] == [2, 2, 2, 1]


async def test_there_are_no_more_steps_than_are_interrupted(house: House) -> None:
    await house.signed("old", "ske_health", series="ske")
    await house.rounds()
    await house.signed("new", "ske_health", series="ske", replaces="SKE-2026-000001")
    fate = Fate()
    fate.over(house)
    await house.rounds()
    assert fate.steps == 10  # the last one is not followed by anything


async def test_a_letter_is_not_sealed_before_the_ledger_proves_it(house: House) -> None:
    id = await house.signed()
    for _ in range(9):
        house.sealing._problems.clear()
        assert await house.sealing.round() == 0
    [row] = await house.letters(id)
    assert (row.number, row.standing) == ("SKI-2026-000001", None)
    house.enter()
    assert await house.rounds() == 1


async def test_a_letter_whose_content_was_erased_is_nobody_s_fault(
    house: House,
) -> None:
    """Nobody could ever make the service ready again otherwise."""
    erased = await house.signed("erased")
    house.vault.is_erased = True
    await house.rounds(12)
    assert house.sealing.reason is None
    house.vault.is_erased = False
    [row] = await house.letters(erased)
    assert (row.number, row.file) == ("SKI-2026-000001", None)


async def test_waiting_for_the_ledger_is_told_when_it_takes_long_and_not_before(house: House) -> None:
    await house.signed()
    house.ledger_is_away = True
    await house.rounds(4)
    assert house.sealing.reason is None
    await house.rounds(6)
    assert "1 letters can't be sealed" in str(house.sealing.reason)
    house.ledger_is_away = False
    assert await house.rounds() == 1
    assert house.sealing.reason is None


async def test_a_letter_is_tried_again_after_a_pause_and_not_at_once(house: House) -> None:
    await house.signed()
    await house.sealing.round()
    [problem] = house.sealing._problems.values()
    await house.sealing.round()
    assert problem.tries == 1
    assert 0 < house.sealing._pause() <= 0.25


async def test_a_vault_that_is_away_stops_nothing_for_good(house: House) -> None:
    id = await house.signed()
    house.vault.is_away = True
    assert await house.rounds() == 0
    assert "VaultUnavailableError" in str(house.sealing.reason)
    house.vault.is_away = False
    assert await house.rounds() == 1
    [row] = await house.letters(id)
    assert row.number == "SKI-2026-000001"


async def test_a_letter_that_can_not_be_made_keeps_its_number_and_is_in_nobodys_way(house: House) -> None:
    first, second = await house.signed("first"), await house.signed("second")
    rows = [*await house.letters(first), *await house.letters(second)]
    stuck = min(rows, key=lambda row: str(row.letter))
    make = PdfWorker.make

    async def hangs_at_one(job: Any) -> bytes:
        if digest(job.content) == stuck.content:
            raise PdfWorkerError("the process that makes files gave none: TimeoutError")
        return await make(house.worker, job)

    house.worker.make = hangs_at_one  # type: ignore[method-assign]
    assert await house.rounds() == 1
    assert "first " + str(stuck.letter) in str(house.sealing.reason)
    assert "TimeoutError" in str(house.sealing.reason)
    del house.worker.make
    assert await house.rounds() == 1
    [row] = await house.letters(stuck.application)
    numbers = [each["data"]["number"] for each in house.events("certificate_issued")]
    assert row.number in numbers
    assert len(numbers) == 2


async def test_a_content_that_is_not_the_signed_one_is_never_shown(house: House) -> None:
    await house.signed()
    for item, (ref, text) in list(house.vault.items.items()):
        house.vault.items[item] = (ref, text.replace("PT Contoh", "PT Lain"))
    assert await house.rounds() == 0
    assert "not the one that was signed for" in str(house.sealing.reason)


async def test_the_number_is_of_the_year_of_the_signature_at_the_offices_place(house: House) -> None:
    """Nobody waits for the new year, and nobody gets two numbers because the process ended over it."""
    house.clock.at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    id = await house.signed()
    house.clock.at += timedelta(minutes=2)
    await house.rounds()
    [row] = await house.letters(id)
    assert row.number == "SKI-2026-000001"


async def test_the_letter_of_another_business_is_never_ended(house: House) -> None:
    await house.signed("victim")
    await house.rounds()
    await house.signed(
        "attacker", replaces="SKI-2026-000001", business_ref="e" * 64, account=named("another account")
    )
    await house.rounds()
    [row] = await house.letters(named("victim"))
    assert row.standing is Standing.VALID


async def test_a_suspended_letter_can_be_replaced_too(house: House) -> None:
    old = await house.signed("old")
    await house.rounds()
    [row] = await house.letters(old)
    suspend: Suspend = usual.SUSPEND.model_copy(update={"letter": row.letter})
    await house.store.handle(applications, old, suspend)
    await house.signed("new", replaces="SKI-2026-000001")
    await house.rounds()
    [row] = await house.letters(old)
    assert (row.standing, row.by_number) == (Standing.SUPERSEDED, "SKI-2026-000002")


async def test_it_follows_by_itself_and_ends_when_it_is_told_to(house: House) -> None:
    following = asyncio.create_task(house.sealing.run())
    id = await house.signed()
    while not house.events("certificate_issued"):
        await asyncio.sleep(0.02)
    house.enter()
    while not house.events("letter_sealed"):
        await asyncio.sleep(0.02)
    [row] = await house.letters(id)
    assert row.standing is Standing.VALID
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert house.worker._process is None


# -- Timestamps


async def renewed(house: House, days: int) -> int:
    return await house.sealing.renewing.look(lambda: NOW + timedelta(days=days))


async def judged(house: House, pdf: bytes, days: int) -> CertificateReport:
    now = NOW + timedelta(days=days)
    return await asyncio.to_thread(check_certificate, pdf, POLICY, house.keys.authority, now=now)


async def test_a_letter_is_renewed_in_time_and_begins_with_what_was_issued(house: House) -> None:
    id = await house.signed()
    await house.rounds()
    [row] = await house.letters(id)
    issued = house.file(row)
    assert await renewed(house, 0) == 0
    for number, days in enumerate((1000, 1950, 2900), 1):
        assert await renewed(house, days) == 1
        assert await renewed(house, days) == 0
        [row] = await house.letters(id)
        assert (len(house.events("letter_renewed")), row.standing) == (number, Standing.VALID)
        assert digest(house.file(row)) == row.file
        assert house.file(row).startswith(issued)
    report = await judged(house, house.file(row), 3600)
    assert (report.verdict, report.shortfalls) == (Matching(), ())
    late = await judged(house, issued, 3600)
    assert [each.status for each in late.shortfalls] == [ExitStatus.NOT_VALID_THEN]
    for pdf in (issued, house.file(row)):
        known = await house.store.query(partial(letter_with_file, file=digest(pdf)))
        assert known is not None
        assert known.number == row.number


@pytest.mark.parametrize("last", range(1, 6))
async def test_a_renewal_goes_on_wherever_the_process_ended(house: House, last: int) -> None:
    id = await house.signed()
    await house.rounds()
    Fate(last).over(house)
    with pytest.raises(Killed):
        await renewed(house, 1000)
    await house.stop()
    vault, house.vault = house.vault, KeptVault()
    vars(house.vault).update(items=vault.items, requests=vault.requests)
    house.start()
    await renewed(house, 1001)
    [row] = await house.letters(id)
    assert (digest(house.file(row)), len(house.events("letter_renewed"))) == (row.file, 1)
    assert len([each for each in house.vault.items.values() if each[0].field == "letter.file"]) == 2


async def test_no_letter_gets_its_file_while_the_timestamps_authority_is_away(house: House) -> None:
    (house.folder / "root.pem").write_bytes(house.keys.clock.roots)
    named = {"timestamp_url": "http://127.0.0.1:9", "timestamp_authority": house.folder / "root.pem"}
    keys, away = house.keys, load_letter_keys(house.settings.model_copy(update=named))
    house.sealing._keys = away
    id = await house.signed()
    assert await house.rounds() == 0
    [row] = await house.letters(id)
    assert (row.number, row.file) == ("SKI-2026-000001", None)
    assert "can't be sealed" in str(house.sealing.reason)
    assert "TimestampRequestError" in str(house.sealing.reason)
    house.sealing._keys = keys
    house.sealing._problems.clear()
    assert await house.rounds() == 1
    [row] = await house.letters(id)
    assert archived_until(house.file(row)) is not None
    assert row.holds_until == archived_until(house.file(row))


async def test_what_was_erased_is_renewed_no_more_and_delays_no_other(house: House) -> None:
    first, second = await house.signed("first"), await house.signed("second")
    await house.rounds()
    [row] = await house.letters(first)
    house.vault.erased.add(row.ticket)
    assert await renewed(house, 1000) == 1
    assert await renewed(house, 1000) == 0
    assert house.sealing.reason is None
    [row] = await house.letters(second)
    assert len(house.events("letter_renewed")) == 1
