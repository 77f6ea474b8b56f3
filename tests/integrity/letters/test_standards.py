"""A standard from its draft to a decree that anybody verifies, over the real store."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integrity.officials import head, team
from tests.integrity.sealed_office import SealedOffice, sealed_office
from tests.integrity.standard_steps import amended
from tests.verify.sample_log import POLICY

from zi_chassis.domain import Act
from zi_chassis.storage.timers import TimerLoop
from zi_integrity.domain.standard import errors
from zi_integrity.domain.standard.state import StandardStatus
from zi_integrity.domain.standard.terms import written
from zi_integrity.letters.standards import AdoptionDetails
from zi_integrity.messaging.timers import DueCommands
from zi_integrity.read.standards import StandardRow, decree_in_force, desk_standards, standard_row
from zi_integrity.use_cases.standards import UnknownProposalError, UnknownServiceError
from zi_rules.standard import Component
from zi_verify.certificate import check_certificate
from zi_verify.verdict import Matching

FROM = date(2027, 1, 1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedOffice]:
    async with sealed_office(tmp_path) as house:
        yield house


def by(house: SealedOffice, who: Any = team) -> Act:
    act: Act = who(at=house.clock.now())
    return act


def row(house: SealedOffice, draft: UUID) -> StandardRow:
    found = house.office.store.read(lambda tx: standard_row(tx, draft))
    assert found is not None
    return found


def whole(terms: str) -> str:
    """The same terms with all 14 components."""
    table = json.loads(terms)
    every = {part.value: {"id": f"Isi {part}.", "en": f"Text {part}."} for part in Component}
    return json.dumps(
        {**table, "components": {**every, **table["components"]}}, ensure_ascii=False, separators=(",", ":")
    )


async def begun(house: SealedOffice, service: str = "complaint", terms: str = "") -> UUID:
    standards = house.office.standards
    draft = await standards.begin(service, by(house), uuid4())
    before = row(house, draft)
    await standards.revise(draft, by(house), before.digest, terms or whole(before.terms), ())
    return draft


async def consulted(house: SealedOffice, draft: UUID) -> None:
    standards, today = house.office.standards, house.clock.now().date()
    await standards.open_consultation(draft, by(house), "comment_period", None, today + timedelta(days=14))
    house.clock.pass_days(15)
    await standards.close_consultation(draft, by(house), "Tidak ada usulan.")


async def adopted(house: SealedOffice, draft: UUID, begins: date = FROM) -> str:
    adoption = AdoptionDetails(before=row(house, draft).digest, effective_from=begins)
    return (await house.office.adoption.adopt(draft, adoption, by(house, head), "Dewi Contoh")).number


async def test_a_draft_becomes_a_decree_that_verifies_without_a_network(house: SealedOffice) -> None:
    draft = await begun(house, terms=amended(4))
    await consulted(house, draft)
    assert await adopted(house, draft) == "SP-2026-000001"
    assert await adopted(house, draft) == "SP-2026-000001"
    assert await house.rounds() == 1
    pdf, authority = house.file("SP-2026-000001"), house.office.office_letters.keys.authority
    report = await asyncio.to_thread(check_certificate, pdf, POLICY, authority)
    assert (report.number, report.verdict) == ("SP-2026-000001", Matching())
    [event] = house.events("standard_adopted")
    assert event["data"]["version"] == 2
    assert json.loads(event["data"]["content"])["tiers"]["normative"]["period"]["amount"] == 4
    decree = row(house, draft)
    assert (decree.number, decree.digest) == ("SP-2026-000001", event["data"]["digest"])


@pytest.mark.parametrize("service", ["complaint", "consultation", "mentoring", "ski", "ske"])
async def test_every_service_gets_its_standard_from_the_rules(house: SealedOffice, service: str) -> None:
    draft = await begun(house, service)
    await consulted(house, draft)
    await adopted(house, draft)
    expected = {"complaint": ("rancangan-pengaduan", 2), "consultation": ("rancangan-konsultasi", 2)}
    decree = row(house, draft)
    assert (decree.id, decree.version) == expected.get(service, (f"standar_{service}", 1))


async def test_the_same_key_begins_one_draft_and_an_unknown_service_none(house: SealedOffice) -> None:
    standards, key = house.office.standards, uuid4()
    assert await standards.begin("ski", by(house), key) == await standards.begin("ski", by(house), key)
    with pytest.raises(UnknownServiceError):
        await standards.begin("levies", by(house), key)


async def test_two_drafts_at_once_and_the_second_waits_for_the_first(house: SealedOffice) -> None:
    first, second = await begun(house), await begun(house, terms=amended(4))
    standards, until = house.office.standards, date(2026, 12, 21)
    await standards.open_consultation(first, by(house), "comment_period", None, until)
    with pytest.raises(errors.AnotherConsultationError):
        await standards.open_consultation(second, by(house), "comment_period", None, until)
    waived = AdoptionDetails(row(house, second).digest, FROM, None, "higher_law", "PerBPOM baru")
    with pytest.raises(errors.AnotherConsultationError):
        await house.office.adoption.adopt(second, waived, by(house, head), "Dewi Contoh")
    assert house.events("office_letter_issued") == []
    house.clock.pass_days(15)
    await standards.close_consultation(first, by(house), "Selesai.")
    await adopted(house, first)
    with pytest.raises(errors.StaleDraftError):
        await house.office.adoption.adopt(second, waived, by(house, head), "Dewi Contoh")
    assert len(house.events("office_letter_issued")) == 1


async def test_a_withdrawn_standard_gives_way_to_the_version_before(house: SealedOffice) -> None:
    first = await begun(house)
    await consulted(house, first)
    await adopted(house, first, house.clock.now().date())
    second = await begun(house, terms=amended(4))
    await consulted(house, second)
    await adopted(house, second, house.clock.now().date())
    store, today = house.office.store, house.clock.now().date()
    found = store.read(lambda tx: decree_in_force(tx, "complaint", today))
    assert found is not None
    assert found.version == 3
    await house.office.standards.withdraw(second, by(house, head), "issued_in_error")
    found = store.read(lambda tx: decree_in_force(tx, "complaint", today))
    assert found is not None
    assert found.version == 2
    third = await begun(house)
    assert row(house, third).after == 3


async def test_a_change_follows_proposals_that_exist(house: SealedOffice) -> None:
    draft = await begun(house)
    await consulted(house, draft)
    before = row(house, draft).digest
    with pytest.raises(UnknownProposalError):
        await house.office.standards.revise(draft, by(house), before, amended(4), ["FKP-2026-1/99"])


async def test_a_review_is_reminded_of_and_flagged_by_the_clock(house: SealedOffice) -> None:
    draft = await begun(house)
    await consulted(house, draft)
    await adopted(house, draft)
    office = house.office
    loop = TimerLoop(office.store, office.clock, DueCommands(office.store))
    house.clock.pass_days(345)
    await loop.tick()
    assert [event["data"]["due"] for event in house.events("standard_review_due")] == ["2028-01-01"]
    house.clock.pass_days(35)
    await loop.tick()
    assert row(house, draft).overdue
    next_due = office.standards.rules(by(house)).review_after(house.clock.now().date())
    await office.standards.review(draft, by(house), "stays", next_due)
    assert (row(house, draft).overdue, row(house, draft).review_due) == (False, next_due)
    house.clock.pass_days(20)
    await loop.tick()
    assert len(house.events("standard_review_overdue")) == 1
    await office.standards.withdraw(draft, by(house, head), "service_ended")
    assert row(house, draft).status is StandardStatus.ENDED


async def test_the_desk_finds_what_it_counts(house: SealedOffice) -> None:
    for _ in range(3):
        await begun(house, "ski")
    draft = await begun(house, "ske")
    await house.office.standards.drop(draft, by(house), "not_needed")
    rows, count = house.office.store.read(lambda tx: desk_standards(tx, "ekspor", 1))
    assert ([each.standard for each in rows], count) == ([draft], 1)
    assert house.office.store.read(lambda tx: desk_standards(tx, "", 1))[1] == 4
    assert house.office.store.read(lambda tx: desk_standards(tx, "_", 2)) == ([], 4)


async def test_a_standard_that_its_service_would_pass_over_is_not_adopted(house: SealedOffice) -> None:
    terms = json.loads(amended(4))
    terms["first_tier"].pop("product")
    draft = await begun(house, terms=written(terms))
    await consulted(house, draft)
    with pytest.raises(errors.UnfitStandardError):
        await adopted(house, draft)
    assert house.events("office_letter_issued") == []
