"""A letter of the office from its signature to a file that anybody verifies without a network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integrity.officials import head, named
from tests.integrity.sealed_office import SealedOffice, sealed_office
from tests.verify.sample_log import POLICY

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import DomainError, UnavailableError
from zi_chassis.storage.database import Tx
from zi_integrity.letters.content import LetterDraft, content_of
from zi_integrity.letters.issuing import NumberedDecision, UnprintableLetterError, sealed_file
from zi_letters.content import Signatory, digest
from zi_letters.rendering import code_text
from zi_letters.sections import section
from zi_tlog.letter import open_code
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Failed, Matching

DRAFT = LetterDraft(
    kind="berita_acara",
    subject="Forum Konsultasi Publik 2026",
    facts=(("theme", "Standar pelayanan " * 30), ("place", "Tarakan")),
    sections=(
        section(("Hasil", "Result"), ("Baris satu.\nBaris dua.", "Line one.\nLine two.")),
        section(("Nama", "Names"), ("Ibu Contoh", "Ibu Contoh")),
    ),
    signers=(Signatory(name="Ibu Contoh", position="Wakil masyarakat"),),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedOffice]:
    async with sealed_office(tmp_path) as house:
        yield house


async def issued(house: SealedOffice, name: str = "first", draft: LetterDraft = DRAFT) -> NumberedDecision:
    def nothing(tx: Tx, letter: NumberedDecision) -> Sequence[Reaction]:
        return ()

    letters = house.office.office_letters.issuing
    return await letters.issue(named(name), named("forum"), draft, "Dewi Contoh", head(), nothing)


async def verdict(house: SealedOffice, pdf: bytes) -> Any:
    authority = house.office.office_letters.keys.authority
    return (await asyncio.to_thread(check_certificate, pdf, POLICY, authority)).verdict


async def test_a_letter_is_sealed_and_verified_without_a_network(house: SealedOffice) -> None:
    letter = await issued(house)
    assert letter.number == "BA-2026-000001"
    assert await house.rounds() == 1
    pdf = house.file(letter.number)
    assert await verdict(house, pdf) == Matching()
    assert house.row(letter.number).file == digest(pdf)
    assert house.office.office_letters.sealing.reason is None
    assert await house.rounds() == 0


def test_a_phone_sends_the_code_of_a_letter_along(house: SealedOffice) -> None:
    content = content_of(DRAFT, house.office.office_letters.issuing._issuer, "Dewi Contoh", "0" * 64).render()
    message = b'{"time": "2026-03-02", "data": {"number": "BA-2026-000001", "kind": "berita_acara"}}'
    keys = house.office.office_letters.keys
    text = code_text(content, message, keys.code)
    assert text.startswith(f"{keys.address}BA-2026-000001?c=")
    assert open_code(text, keys.address, keys.code.verifier).holder == DRAFT.subject


async def test_a_changed_letter_is_found_out(house: SealedOffice) -> None:
    letter = await issued(house)
    await house.rounds()
    pdf = house.file(letter.number)
    at = len(pdf) // 2
    assert isinstance(await verdict(house, pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]), Failed)


async def test_a_repeat_gets_the_same_number_and_stores_nothing(house: SealedOffice) -> None:
    assert await issued(house) == await issued(house)
    assert len(house.events("office_letter_issued")) == 1
    assert (await issued(house, "second")).number == "BA-2026-000002"


async def test_a_refused_decision_leaves_no_number_behind(house: SealedOffice) -> None:
    class RefusedError(DomainError):
        pass

    def refuse(tx: Tx, letter: NumberedDecision) -> Sequence[Reaction]:
        raise RefusedError("No.")

    letters = house.office.office_letters.issuing
    with pytest.raises(RefusedError):
        await letters.issue(named("first"), named("forum"), DRAFT, "Dewi Contoh", head(), refuse)
    assert house.events("office_letter_issued") == []
    assert (await issued(house, "second")).number == "BA-2026-000001"


async def test_a_text_that_a_letter_can_not_show_is_refused(house: SealedOffice) -> None:
    with pytest.raises(UnprintableLetterError):
        await issued(house, draft=LetterDraft(kind="maklumat", subject=""))


async def test_a_letter_waits_for_the_ledger_and_keeps_its_number(house: SealedOffice) -> None:
    letter = await issued(house)
    house.beside.is_away = True
    assert await house.rounds() == 0
    house.beside.is_away = False
    await house.restart()
    assert await house.rounds() == 1
    assert await verdict(house, house.file(letter.number)) == Matching()


async def test_a_process_that_ends_before_the_file_is_recorded_makes_it_again(house: SealedOffice) -> None:
    letter = await issued(house)

    async def ended(*args: object, **named: object) -> None:
        raise UnavailableError("ended")

    house.office.office_letters.sealing._register.record_file = ended  # type: ignore[method-assign]
    assert await house.rounds() == 0
    await house.restart()
    assert await house.rounds() == 1
    assert len(house.events("office_letter_sealed")) == 1
    assert await verdict(house, house.file(letter.number)) == Matching()


async def test_a_letter_of_the_office_is_renewed_before_its_timestamp_ends(house: SealedOffice) -> None:
    letter = await issued(house)
    await house.rounds()
    first, later = house.file(letter.number), datetime.now(UTC) + timedelta(days=1000)
    renewing = house.office.office_letters.sealing.renewing
    assert [await renewing.look(lambda: later), await renewing.look(lambda: later)] == [1, 0]
    await house.restart()
    pdf = house.file(letter.number)
    assert pdf.startswith(first)
    assert house.row(letter.number).file == digest(pdf)
    assert len(house.events("office_letter_renewed")) == 1
    authority, at = house.office.office_letters.keys.authority, later + timedelta(days=1000)
    report = await asyncio.to_thread(check_certificate, pdf, POLICY, authority, now=at)
    assert (report.verdict, report.shortfalls) == (Matching(), ())


async def test_a_file_that_is_not_the_sealed_one_is_not_given(house: SealedOffice) -> None:
    letter = await issued(house)
    await house.rounds()
    office, row = house.office, house.row(letter.number)
    with office.store.database.transaction() as tx:
        tx.execute("UPDATE vault_items SET sealed = ? WHERE field = 'letter.file'", b"x" * 40)
    with pytest.raises(UnavailableError):
        sealed_file(office.store, office.vault, row)


async def test_the_vault_holds_a_letter_with_its_event_and_nothing_besides(house: SealedOffice) -> None:
    await issued(house)
    await issued(house)
    await house.rounds()
    office = house.office
    items = {
        (event["data"]["item"]["item"], event["data"]["item"]["field"])
        for event in house.events("office_letter_issued", "office_letter_sealed")
    }
    stored = office.store.read(lambda tx: tx.execute("SELECT item, field FROM vault_items"))
    assert {(row["item"], row["field"]) for row in stored} == items
