"""A decree of integrity, to the byte as it stores its message, in the hands of intake: the amended deadline is what the next complaint gets."""

from datetime import UTC, datetime
from pathlib import Path

from tests.intake.front import COMPLAINT, Front, opened
from tests.intake.test_configurations import due, reopened
from tests.integrity.letters.test_standards import adopted, begun, consulted
from tests.integrity.sealed_office import SealedOffice, sealed_office
from tests.integrity.standard_steps import amended

from zi_chassis.bus.lanes import LaneMessage
from zi_contracts.message import Message

ABOUT_SERVICE = {name: value for name, value in COMPLAINT.items() if name != "product"} | {"kind": "service"}
NEW_YEAR = datetime(2027, 1, 4, 2, tzinfo=UTC)


async def carry(integrity: SealedOffice, intake: Front) -> None:
    """Hand over all that integrity has said since."""
    after = intake.office.store.received_position("integrity")
    rows = integrity.office.store.messages(after, 1_000)
    messages = [LaneMessage(row.position, row.message, Message.parse(row.message)) for row in rows]
    await intake.office.store.receive("integrity", messages, intake.office.react)


async def test_the_next_complaint_gets_the_amended_deadline_and_the_open_one_keeps_its_own(
    tmp_path: Path,
) -> None:
    async with sealed_office(tmp_path / "integrity") as integrity, opened(tmp_path) as intake:
        intake.clock.at = NEW_YEAR
        open_case = await intake.file(ABOUT_SERVICE)
        promised = await due(intake, open_case)
        draft = await begun(integrity, terms=amended(2))
        await consulted(integrity, draft)
        await carry(integrity, intake)
        assert await due(intake, await intake.file(ABOUT_SERVICE)) == promised  # a draft promises nothing
        number = await adopted(integrity, draft)
        await carry(integrity, intake)
        next_case = await intake.file(ABOUT_SERVICE)
        assert await due(intake, next_case) < promised == await due(intake, open_case)
        standard = (await intake.track(next_case))["standard"]
        assert (standard["version"], standard["number"]) == (2, number)
        assert await reopened(intake, open_case) > await reopened(intake, next_case)
        assert number in (await intake.client.get("/")).text
