"""A letter of mentoring from its number to a file that anybody verifies without a network, wherever the process ended in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.test_sealing import Fate, Killed
from tests.umkm.inside import ticket_of
from tests.umkm.sealed import SealedMentoring, sealed_mentoring
from tests.umkm.steps import mentor, named
from tests.verify.sample_log import POLICY

from zi_chassis.bus.lanes import Reaction
from zi_chassis.storage.database import Tx
from zi_letters.content import BilingualText, OfficeParty, Party, Signatory, digest
from zi_letters.sections import SectionedContent, section
from zi_letters.vault_fields import CONTENT
from zi_umkm.domain.letter import IssueMentoringLetter, letter_register_id
from zi_umkm.messaging.letters_data import letter_registers
from zi_umkm.messaging.upstream import request_of
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Failed, Matching

FIRST, SECOND = "SR-2026-000001", "SR-2026-000002"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedMentoring]:
    async with sealed_mentoring(tmp_path) as house:
        yield house


def content(house: SealedMentoring) -> bytes:
    keys = house.office.letters.keys
    return SectionedContent(
        salt="5a" * 32,
        title=BilingualText(id="Surat Contoh", en="Sample letter"),
        office=OfficeParty(name="Balai POM Contoh", address="Jalan Contoh 1"),
        holder=Party(name="Dapur Contoh", address="Jalan Rasa 2"),
        statement=BilingualText(id="Contoh.", en="A sample."),
        sections=(section(("Produk", "Products"), ("Sambal", "Sambal")),),
        valid_until=None,
        signer=Signatory(name="Ani Contoh", position="Pendamping"),
        address=keys.address,
        code_key=keys.code.key.vkey,
    ).render()


async def issued(house: SealedMentoring, name: str = "first") -> None:
    """A letter with its number, whose content is in the vault."""
    office = house.office
    request = await office.store.query(lambda tx: request_of(tx, ticket_of(name)))
    request = request or await house.inside.requested(name)
    rendered = content(house)
    [item] = await office.vault.keep(request.ticket, {CONTENT: rendered.decode()}, named(f"content {name}"))
    command = IssueMentoringLetter(
        by=mentor(),
        ticket=request.ticket,
        letter=named(name),
        kind="pirt_referral",
        series="sr",
        year=2026,
        template=digest(office.letters.template),
        content=digest(rendered),
        item=item,
    )
    register = letter_register_id(office.settings.office, "sr", 2026)

    def found(tx: Tx) -> list[Reaction]:
        return [Reaction(letter_registers, register, command)]

    await office.store.decide_all(found)


async def verdict(house: SealedMentoring, pdf: bytes) -> Any:
    authority = house.office.letters.keys.authority
    return (await asyncio.to_thread(check_certificate, pdf, POLICY, authority)).verdict


async def test_a_letter_is_sealed_and_verified_without_a_network(house: SealedMentoring) -> None:
    await issued(house)
    await issued(house, "second")
    assert await house.rounds() == 2
    for number in (FIRST, SECOND):
        assert await verdict(house, house.file(number)) == Matching()
        assert house.row(number).file == digest(house.file(number))
    assert house.office.sealing.reason is None
    assert await house.rounds() == 0


async def test_a_changed_letter_is_found_out(house: SealedMentoring) -> None:
    await issued(house)
    await house.rounds()
    pdf = house.file(FIRST)
    for part in (0.2, 0.5, 0.8):
        at = int(len(pdf) * part)
        assert isinstance(await verdict(house, pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]), Failed)


@pytest.mark.parametrize("last", range(1, 7))
async def test_a_process_that_is_killed_after_any_step_is_continued_by_the_next(
    house: SealedMentoring, last: int
) -> None:
    await issued(house)
    house.enter()
    fate, office = Fate(last), house.office
    for port, step in (
        *((office.store, "handle"), (office.ledger, "receipts"), (office.ledger, "policy")),
        *((house.worker, "make"), (office.vault, "keep"), (office.vault, "read")),
    ):
        setattr(port, step, fate.watched(getattr(port, step)))
    with pytest.raises(Killed):
        await office.sealing.round()
    for port, step in ((house.worker, "make"), (office.vault, "keep"), (office.vault, "read")):
        delattr(port, step)
    await house.restart()
    await house.rounds()
    assert await verdict(house, house.file(FIRST)) == Matching()
    assert [len(house.events(f"mentoring_letter_{each}")) for each in ("issued", "sealed")] == [1, 1]


async def test_numbers_go_on_after_a_restart(house: SealedMentoring) -> None:
    await issued(house)
    await house.restart()
    await issued(house, "second")
    await issued(house, "second")
    assert [each["data"]["number"] for each in house.events("mentoring_letter_issued")] == [FIRST, SECOND]


async def test_a_timestamp_is_renewed_before_it_ends(house: SealedMentoring) -> None:
    await issued(house)
    await house.rounds()
    sealed = house.file(FIRST)
    until = house.row(FIRST).holds_until
    assert until is not None
    assert await house.office.sealing.renewing.look(lambda: until - timedelta(days=30)) == 1
    assert house.file(FIRST).startswith(sealed)
    assert house.row(FIRST).sealed_at is not None
    assert await verdict(house, house.file(FIRST)) == Matching()
    assert len(house.events("mentoring_letter_renewed")) == 1
