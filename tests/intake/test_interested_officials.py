"""An official with a conflict of interest opens nothing of a mentored business, until it is cleared."""

from tests.intake.front import MENTORING, NIB, Front
from tests.intake.test_certificates_vault import bearer, last
from tests.intake.test_mentoring import give
from tests.intake.test_policies import message
from tests.intake.test_umkm_vault import ask

from zi_contracts.vault import VaultReply
from zi_intake.domain.case.filings import MentoringRequested


async def business_of(front: Front, ticket: str) -> str:
    _, _, _, state = await front.office.access.known(ticket)
    assert isinstance(state.filing, MentoringRequested)
    return state.business_ref


async def hear(front: Front, position: int, event: str, **data: str) -> None:
    lane_message = message(position, "conflict", event, "integrity", **data)
    await front.office.store.receive("integrity", [lane_message], front.office.react)


async def test_nothing_of_the_business_opens_from_the_declaration_to_the_clearing(front: Front) -> None:
    filed = await front.mentored()
    about = {"official": "official-7", "business_ref": await business_of(front, filed["ticket"])}
    theirs, others = bearer(front.staff("official-7", "mentor")), bearer(front.staff("official-8", "mentor"))
    await hear(front, 1, "conflict_declared", **about, kind="actual", source="family")
    assert await ask(front, filed, "business.name", token=theirs) == VaultReply(error="not_allowed")
    assert (await last(front, filed))[1] == 1
    assert (await ask(front, filed, "business.name", token=others)).fields
    await hear(front, 2, "conflict_cleared", **about, reason="interest_ended")
    assert (await ask(front, filed, "business.name", token=theirs)).fields


async def test_a_number_that_the_business_gives_later_opens_nothing(front: Front) -> None:
    """Neither of the case itself nor of another one that the business opens under its number."""
    filed = await front.mentored()
    about = {"official": "official-7", "business_ref": await business_of(front, filed["ticket"])}
    theirs = bearer(front.staff("official-7", "mentor"))
    await hear(front, 1, "conflict_declared", **about, kind="actual", source="family")
    assert (await give(front, filed, NIB)).status_code == 200
    later = await front.mentored(business=MENTORING["business"] | {"nib": NIB})
    for each in (filed, later):
        assert await ask(front, each, "business.name", token=theirs) == VaultReply(error="not_allowed")
    await hear(front, 2, "conflict_cleared", **about, reason="interest_ended")
    assert (await ask(front, later, "business.name", token=theirs)).fields


async def test_a_corrected_number_opens_nothing_of_a_case_under_the_wrong_one(front: Front) -> None:
    """The interest is declared under the right number, which another case of the business has."""
    old = await front.mentored(business=MENTORING["business"] | {"nib": NIB})
    new = await front.mentored(business=MENTORING["business"] | {"nib": NIB})
    assert (await give(front, new, "9" * 13)).status_code == 200
    about = {"official": "official-7", "business_ref": front.office.names.business_ref("9" * 13)}
    theirs = bearer(front.staff("official-7", "mentor"))
    await hear(front, 1, "conflict_declared", **about, kind="actual", source="family")
    for each in (old, new):
        assert await ask(front, each, "business.name", token=theirs) == VaultReply(error="not_allowed")
