"""The pledge as a sealed letter that names the ledger's key and where the ledger stood."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integrity.domain.test_maklumat import TEXTS
from tests.integrity.officials import head, team
from tests.integrity.sealed_office import SealedOffice, sealed_office
from tests.verify.sample_log import POLICY

from zi_chassis.ledger import LedgerAwayError
from zi_integrity.domain.maklumat import NoPledgeTextError, PledgeWriterProclaimsError
from zi_integrity.read.maklumat import newest_pledge, pledge_in_force, pledge_writers
from zi_letters.vault_fields import CONTENT
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Matching


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedOffice]:
    async with sealed_office(tmp_path) as house:
        yield house


async def test_the_pledge_verifies_and_names_key_and_checkpoint(house: SealedOffice) -> None:
    pledging = house.office.pledging
    await pledging.write(TEXTS, team())
    house.enter()
    numbered = await pledging.proclaim(TEXTS.digest, head(), "Dewi Contoh")
    assert numbered == await pledging.proclaim(TEXTS.digest, head(), "Dewi Contoh")
    assert await house.rounds() == 1
    assert numbered == await pledging.proclaim(TEXTS.digest, head(), "Dewi Contoh")
    pdf, authority = house.file("MP-2026-000001"), house.office.office_letters.keys.authority
    assert (await asyncio.to_thread(check_certificate, pdf, POLICY, authority)).verdict == Matching()
    item = house.row("MP-2026-000001").item
    assert item.field == CONTENT
    content = house.office.store.read(lambda tx: house.office.vault.open(tx, [item.item]))[item.item].text
    facts = {fact["label"]["en"]: fact["value"] for fact in json.loads(content)["facts"]}
    assert facts["Key of the ledger"] == POLICY.logs[0].key.vkey
    assert facts["The ledger at that time"].startswith("ledger.example/audit, ")
    row = house.office.store.read(pledge_in_force)
    assert row == house.office.store.read(newest_pledge)
    assert row is not None
    assert row.number == "MP-2026-000001"


async def test_the_same_text_again_after_another_gets_a_letter_of_its_own(house: SealedOffice) -> None:
    pledging, other = house.office.pledging, TEXTS.model_copy(update={"promise": "Kami berusaha."})
    for texts in (TEXTS, other, TEXTS):
        await pledging.write(texts, team())
        house.enter()
        await pledging.proclaim(texts.digest, head(), "Dewi Contoh")
    numbers = [event["data"]["number"] for event in house.events("maklumat_proclaimed")]
    assert numbers == [f"MP-2026-{number:06}" for number in (1, 2, 3)]


async def test_the_page_says_that_the_head_had_written_an_earlier_text(house: SealedOffice) -> None:
    pledging, other = house.office.pledging, TEXTS.model_copy(update={"promise": "Kami berusaha."})
    await pledging.write(other, head())
    await pledging.write(TEXTS, team())
    assert house.office.store.read(pledge_writers) == sorted({head().actor, team().actor})
    house.enter()
    await pledging.proclaim(TEXTS.digest, head(), "Dewi Contoh")
    row = house.office.store.read(pledge_in_force)
    assert row is not None
    assert row.own_draft
    [event] = house.events("maklumat_proclaimed")
    assert event["data"]["own_draft"] is True
    await pledging.write(other, team())
    assert house.office.store.read(pledge_writers) == [team().actor]
    house.enter()
    await pledging.proclaim(other.digest, head(), "Dewi Contoh")
    row = house.office.store.read(pledge_in_force)
    assert row is not None
    assert not row.own_draft


async def test_a_pledge_waits_for_its_text_and_for_the_ledger(house: SealedOffice) -> None:
    pledging = house.office.pledging
    with pytest.raises(NoPledgeTextError):
        await pledging.proclaim("0" * 64, head(), "Dewi Contoh")
    await pledging.write(TEXTS, head())
    with pytest.raises(PledgeWriterProclaimsError):
        await pledging.proclaim(TEXTS.digest, head(), "Dewi Contoh")
    house.beside.is_away = True
    with pytest.raises(LedgerAwayError):
        await pledging.proclaim(TEXTS.digest, head("head-lain"), "Budi Contoh")
    assert house.events("office_letter_issued") == []
