from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from tests.intake.front import Front

from zi_chassis.lanes import Heard
from zi_contracts.certificates import MODELS, ApplicationData
from zi_contracts.message import Message
from zi_intake.labels import STATES_ELSEWHERE
from zi_intake.policies import react
from zi_intake.tracking import ELSEWHERE

DELIVERY = UUID("3f0e9a57-0000-4000-8000-000000000001")
BEGAN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def message(position: int, ticket: str, event: str, sender: str = "notify", **data: Any) -> Heard:
    told = Message(
        specversion="1.0",
        id=UUID(int=position),
        source=f"/zi/balai-pom-tarakan/{sender}",
        type=f"zi.{sender}.{event}",
        subject=ticket,
        time=BEGAN + timedelta(minutes=position),
        datacontenttype="application/json",
        aggregate=DELIVERY,
        version=position,
        position=position,
        previous="0" * 64,
        actor=f"system:{sender}",
        actorrole=f"system:{sender}",
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


def step(position: int, ticket: str, event: str, state: str, holder: str = "office", **data: Any) -> Heard:
    where = {"state": state, "holder": holder, "language": "en", "reachable_by": []}
    return message(position, ticket, event, "certificates", **where, **data)


DRAFTED = {
    "series": "ski",
    "account": str(UUID(int=3)),
    "business_ref": "b" * 64,
    "kinds": ["ski_border"],
    "goods": "pangan",
    "item_count": 0,
}
SUBMITTED = {
    "rules": {"id": "rancangan", "version": 1},
    "revision": 1,
    "amount": 100_000,
    "pay_by": "2026-03-04T08:00:00Z",
    "open_until": "2026-04-04T08:00:00Z",
}
PAID = {"amount": 100_000, "due": "2026-03-05T08:00:00Z"}


async def test_a_case_that_was_passed_on_shows_what_certificates_says(front: Front) -> None:
    filed = await front.request()
    ticket = filed["ticket"]
    heard = [
        step(1, ticket, "application_drafted", "draft", "citizen", **DRAFTED),
        step(2, ticket, "application_submitted", "awaiting_payment", "citizen", **SUBMITTED),
        step(3, ticket, "application_paid", "queued", **PAID),
    ]
    assert await front.office.store.hear("certificates", heard, react) == 3
    told = await front.track(filed, **{"Accept-Language": "en"})
    assert [each["text"] for each in told["timeline"]] == [
        "The office has the request. It is worked on at the certificates desk.",
        "The application was begun at the certificates desk.",
        "The application was submitted. It is to be paid by 4 March 2026, 16:00 WITA.",
        "The payment came, and the application is in the queue. It is to be decided by 5 March 2026, 16:00 WITA.",
    ]
    assert [each["ledger"]["index"] for each in told["timeline"]] == [40, 41, 42, 43]
    assert told["timeline"][3]["event_id"] == str(UUID(int=3))
    assert (told["application"]["state"], told["application"]["holder"]) == ("queued", "office")
    assert told["application"]["due"] == "2026-03-05T08:00:00Z"
    assert told["state"] == "passed_on"


async def test_a_letter_is_named_by_its_number(front: Front) -> None:
    filed = await front.request()
    numbered = {"letter": str(UUID(int=4)), "number": "SKI-2026-000001"}
    sealed = step(1, filed["ticket"], "letter_sealed", "issued", "citizen", **numbered, file="a" * 64)
    await front.office.store.hear("certificates", [sealed], react)
    told = await front.track(filed, **{"Accept-Language": "id"})
    assert told["timeline"][-1]["text"] == "Surat SKI-2026-000001 sudah disegel dan dapat diambil."
    assert told["application"]["due"] is None


async def test_what_certificates_says_of_an_account_is_a_step_and_no_standing(front: Front) -> None:
    filed = await front.request()
    opened = {"business_ref": "b" * 64, "acts_for_others": False, "hs_codes": 1}
    heard = [
        message(1, filed["ticket"], "account_opened", "certificates", **opened),
        message(2, "register", "application_seen_by_owl", "certificates"),
    ]
    assert await front.office.store.hear("certificates", heard, react) == 2
    told = await front.track(filed)
    assert (len(told["timeline"]), told["application"]["state"]) == (2, None)


def test_every_step_of_an_application_has_its_words() -> None:
    steps = {model.type.rpartition(".")[2] for model in MODELS if issubclass(model, ApplicationData)}
    assert steps <= set(ELSEWHERE)
    [state] = [field for name, field in ApplicationData.model_fields.items() if name == "state"]
    assert set(get_args(state.annotation)) == set(STATES_ELSEWHERE)
