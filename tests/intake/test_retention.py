"""Data of letters whose time is over are erased as all others: one asks, another approves, and a hold stops both."""

from tests.intake.erasures import approve
from tests.intake.front import Front
from tests.intake.test_policies import message

from zi_chassis.bus.lanes import LaneMessage

NO_LONGER_NEEDED = ("ask-erasure", {"reason": "no_longer_needed"})


async def hear(front: Front, position: int, ticket: str, event: str) -> None:
    rules = {"id": "certificate_retention", "version": 2, "digest": "6" * 64}
    data = (
        {"since": "2026-03-02T03:00:00Z", "rules": rules}
        if event == "retention_ended"
        else {"reason": "objection"}
    )
    lane_message: LaneMessage = message(position, ticket, event, "certificates", **data)
    await front.office.store.receive("certificates", [lane_message], front.office.react)


async def test_two_officials_erase_what_the_other_desk_needs_no_more(front: Front) -> None:
    filed = await front.request()
    refused = await front.act(filed, *NO_LONGER_NEEDED)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:lawful_demands_only")
    for position in (1, 2):
        await hear(front, position, filed["ticket"], "retention_ended")
    assert (await front.act(filed, *NO_LONGER_NEEDED)).status_code == 200
    assert (await approve(front, filed)).status_code == 200
    assert (await front.track(filed))["state"] == "closed"


async def test_a_hold_after_the_request_keeps_the_data(front: Front) -> None:
    filed = await front.request()
    await hear(front, 1, filed["ticket"], "retention_ended")
    await front.handled(filed, NO_LONGER_NEEDED)
    await hear(front, 2, filed["ticket"], "retention_held")
    assert (await approve(front, filed)).status_code == 409


async def test_a_refused_erasure_needs_the_word_of_the_other_desk_again(front: Front) -> None:
    filed = await front.request()
    await hear(front, 1, filed["ticket"], "retention_ended")
    await front.handled(filed, NO_LONGER_NEEDED)
    refusal = ("refuse-erasure", {"reason": "still_needed"}, front.staff("budi", "supervisor"))
    assert (await front.act(filed, *refusal)).status_code == 200
    assert (await front.act(filed, *NO_LONGER_NEEDED)).status_code == 409
    await hear(front, 2, filed["ticket"], "retention_ended")
    assert (await front.act(filed, *NO_LONGER_NEEDED)).status_code == 200
