from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.intake.front import Front

from zi_chassis.lanes import Heard
from zi_contracts.message import Message
from zi_intake.policies import react

DELIVERY = UUID("3f0e9a57-0000-4000-8000-000000000001")
BEGAN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def message(position: int, ticket: str, event: str, **data: Any) -> Heard:
    told = Message(
        specversion="1.0",
        id=UUID(int=position),
        source="/zi/balai-pom-tarakan/notify",
        type=f"zi.notify.{event}",
        subject=ticket,
        time=BEGAN + timedelta(minutes=position),
        datacontenttype="application/json",
        aggregate=DELIVERY,
        version=position,
        position=position,
        previous="0" * 64,
        actor="system:notify",
        actorrole="system:notify",
        commitment="0" * 64,
        data=data,
    )
    return Heard(position, b"", told)


def requested(ticket: str) -> Heard:
    return message(
        1,
        ticket,
        "delivery_requested",
        channel="email",
        template="complaint_filed",
        template_version=1,
        language="id",
        cause=str(UUID(int=9)),
    )


async def test_a_case_shows_the_last_state_of_each_delivery(front: Front) -> None:
    filed = await front.file()
    ticket = filed["ticket"]
    heard = [
        requested(ticket),
        message(2, ticket, "delivery_handing_over", attempt=1),
        message(3, ticket, "delivery_handed_over", attempt=1),
    ]
    assert await front.office.store.hear("notify", heard, react) == 3
    assert (await front.track(filed))["deliveries"] == [
        {"channel": "email", "state": "handed_over", "at": "2026-03-02T03:03:00Z", "reason": None}
    ]


async def test_a_failed_delivery_says_why(front: Front) -> None:
    filed = await front.file()
    failed = message(2, filed["ticket"], "delivery_failed", reason_class="permanent")
    await front.office.store.hear("notify", [requested(filed["ticket"]), failed], react)
    [delivery] = (await front.track(filed))["deliveries"]
    assert (delivery["state"], delivery["reason"]) == ("failed", "permanent")


async def test_what_is_heard_again_changes_nothing(front: Front) -> None:
    filed = await front.file()
    heard = [requested(filed["ticket"])]
    for _ in range(2):
        assert await front.office.store.hear("notify", heard, react) == 1
    assert len((await front.track(filed))["deliveries"]) == 1


async def test_a_type_not_known_yet_is_let_through(front: Front) -> None:
    assert await front.office.store.hear("notify", [message(1, "X", "delivery_seen_by_owl")], react) == 1
    assert await front.office.store.hear("notify", [message(2, "X", "lane_skipped")], react) == 2
