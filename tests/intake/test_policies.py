import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from tests.intake.erasures import ENDING
from tests.intake.front import Front

from zi_chassis.bus.lanes import BlockedLaneError, LaneMessage
from zi_contracts import umkm
from zi_contracts.certificates import ApplicationState
from zi_contracts.message import Message
from zi_contracts.notify import PrintedLetterSettled
from zi_intake.read import labels
from zi_intake.read.labels import STATES_ELSEWHERE
from zi_intake.web.tracked_case import tracked_case

DELIVERY = UUID("3f0e9a57-0000-4000-8000-000000000001")
EXAMPLES = Path(__file__).parents[1] / "contracts" / "examples"
BEGAN = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def message(position: int, ticket: str, event: str, sender: str = "notify", **data: Any) -> LaneMessage:
    case = Message(
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
    return LaneMessage(position, b"", case)


def example(type_: str) -> dict[str, Any]:
    """Return the data of the kept example of a message."""
    data: dict[str, Any] = json.loads((EXAMPLES / f"{type_}.json").read_text())["data"]
    return data


def requested(ticket: str) -> LaneMessage:
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
    messages = [
        requested(ticket),
        message(2, ticket, "delivery_handing_over", attempt=1),
        message(3, ticket, "delivery_handed_over", attempt=1),
    ]
    assert await front.office.store.receive("notify", messages, front.office.react) == 3
    [delivery] = (await front.track(filed))["deliveries"]
    assert delivery.pop("cause") == "00000000-0000-0000-0000-000000000009"
    assert delivery == {
        "channel": "email",
        "state": "handed_over",
        "at": "2026-03-02T03:03:00Z",
        "reason": None,
    }


LETTER_QUEUED = {"template": "answered", "template_version": 1, "language": "id", "cause": str(UUID(int=9))}
SETTLEMENTS = get_args(PrintedLetterSettled.model_fields["settlement"].annotation)


@pytest.mark.parametrize("is_noted", [True, False], ids=["queued", "queued before letters were noted"])
async def test_a_citizen_sees_what_became_of_a_letter(front: Front, is_noted: bool) -> None:
    filed = await front.file()
    ticket = filed["ticket"]
    steps = [("printed_letter_queued", LETTER_QUEUED)] if is_noted else []
    steps += [("printed_letter_settled", {"settlement": each}) for each in ("posted", "came_back")]
    messages = [message(at, ticket, event, **data) for at, (event, data) in enumerate(steps, start=1)]
    await front.office.store.receive("notify", messages, front.office.react)
    [letter] = (await front.track(filed))["deliveries"]
    assert (letter["channel"], letter["state"], letter["reason"]) == ("letter", "letter_came_back", None)
    assert letter["cause"] == (LETTER_QUEUED["cause"] if is_noted else None)
    page = {"X-Case-Code": filed["code"], "Accept": "text/html", "Accept-Language": "en"}
    answer = await front.client.get(f"/track/{ticket}", headers=page)
    for sentence in ("Our letter to you came back", "sent by post, and came back to the office"):
        assert sentence in answer.text
    sent_again = message(len(messages) + 1, ticket, "printed_letter_settled", settlement="posted")
    await front.office.store.receive("notify", [sent_again], front.office.react)
    assert "came back" not in (await front.client.get(f"/track/{ticket}", headers=page)).text


async def test_who_can_write_nothing_on_the_page_gives_their_address_by_telephone(front: Front) -> None:
    """A letter is mostly of an answer, after which the page has no form to write but the one that opens the case again."""
    filed = await front.file()
    page = {"X-Case-Code": filed["code"], "Accept": "text/html", "Accept-Language": "en"}
    queued = [
        message(1, filed["ticket"], "printed_letter_queued", **LETTER_QUEUED),
        message(2, filed["ticket"], "printed_letter_settled", settlement="came_back"),
    ]
    await front.office.store.receive("notify", queued, front.office.react)
    found = []
    for commands in ((), ENDING[:-1]):
        await front.handled(filed, *commands)
        answer = await front.client.get(f"/track/{filed['ticket']}", headers=page)
        assert "Tell us where you get letters" in answer.text
        found.append("write it on this page" in answer.text)
    assert found == [True, False]


@pytest.mark.parametrize("state", ["queued", *SETTLEMENTS])
def test_each_state_of_a_letter_has_words(state: str) -> None:
    assert f"letter_{state}" in labels.DELIVERIES


async def test_a_failed_delivery_says_why(front: Front) -> None:
    filed = await front.file()
    failed = message(2, filed["ticket"], "delivery_failed", reason_class="permanent")
    await front.office.store.receive("notify", [requested(filed["ticket"]), failed], front.office.react)
    [delivery] = (await front.track(filed))["deliveries"]
    assert (delivery["state"], delivery["reason"]) == ("failed", "permanent")


async def test_nobody_is_sent_to_look_for_a_mail_that_never_arrived(front: Front) -> None:
    """The first mail to an address that was mistyped comes back, and what follows waits for its confirmation."""
    filed = await front.file()
    ticket = filed["ticket"]
    page = {"X-Case-Code": filed["code"], "Accept": "text/html", "Accept-Language": "en"}
    waiting = [
        replace(each, message=each.message.model_copy(update={"aggregate": UUID(int=2)}))
        for each in (requested(ticket), message(2, ticket, "delivery_unconfirmed"))
    ]
    await front.office.store.receive("notify", waiting, front.office.react)
    answer = await front.client.get(f"/track/{ticket}", headers=page)
    assert ("Please confirm your e-mail" in answer.text, "did not reach you" in answer.text) == (True, False)
    failed = message(4, ticket, "delivery_failed", reason_class="permanent")
    lost = [replace(requested(ticket), position=3), failed]
    await front.office.store.receive("notify", lost, front.office.react)
    answer = await front.client.get(f"/track/{ticket}", headers=page)
    assert ("Please confirm your e-mail" in answer.text, "did not reach you" in answer.text) == (False, True)


async def test_what_is_heard_again_changes_nothing(front: Front) -> None:
    filed = await front.file()
    messages = [requested(filed["ticket"])]
    for _ in range(2):
        assert await front.office.store.receive("notify", messages, front.office.react) == 1
    assert len((await front.track(filed))["deliveries"]) == 1


async def test_a_type_of_a_newer_sender_stops_the_lane(front: Front) -> None:
    with pytest.raises(BlockedLaneError, match="does not know"):
        await front.office.store.receive(
            "notify", [message(1, "X", "delivery_seen_by_owl")], front.office.react
        )
    assert front.office.store.received_position("notify") == 0


def step(
    position: int, ticket: str, event: str, state: str, holder: str = "office", **data: Any
) -> LaneMessage:
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
    messages = [
        step(1, ticket, "application_drafted", "draft", "citizen", **DRAFTED),
        step(2, ticket, "application_submitted", "awaiting_payment", "citizen", **SUBMITTED),
        step(3, ticket, "application_paid", "queued", **PAID),
    ]
    assert await front.office.store.receive("certificates", messages, front.office.react) == 3
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert [each["text"] for each in case["timeline"]] == [
        "The office has the request. It is worked on at the certificates desk.",
        "The application was begun at the certificates desk.",
        "The application was submitted. It is to be paid by 4 March 2026, 16:00 WITA.",
        "The payment came, and the application is in the queue. It is to be decided by 5 March 2026, 16:00 WITA.",
    ]
    assert [each["ledger"]["index"] for each in case["timeline"]] == [40, 41, 42, 43]
    assert case["timeline"][3]["event_id"] == str(UUID(int=3))
    assert (case["application"]["state"], case["application"]["holder"]) == ("queued", "office")
    assert case["application"]["due"] == "2026-03-05T08:00:00Z"
    assert case["state"] == "passed_on"


async def test_a_letter_is_named_by_its_number(front: Front) -> None:
    filed = await front.request()
    numbered = {"letter": str(UUID(int=4)), "number": "SKI-2026-000001"}
    sealed = step(1, filed["ticket"], "letter_sealed", "issued", "citizen", **numbered, file="a" * 64)
    await front.office.store.receive("certificates", [sealed], front.office.react)
    case = await front.track(filed, **{"Accept-Language": "id"})
    assert case["timeline"][-1]["text"] == "Surat SKI-2026-000001 sudah disegel dan dapat diambil."
    assert case["application"]["due"] is None


async def test_what_certificates_says_of_an_account_is_a_step_and_no_standing(front: Front) -> None:
    filed = await front.request()
    opened = {"business_ref": "b" * 64, "acts_for_others": False, "hs_codes": 1}
    messages = [
        message(1, filed["ticket"], "account_opened", "certificates", **opened),
    ]
    assert await front.office.store.receive("certificates", messages, front.office.react) == 1
    case = await front.track(filed)
    assert (len(case["timeline"]), case["application"]["state"]) == (2, None)


def test_the_states_of_the_two_desks_have_no_name_in_common() -> None:
    assert set(get_args(ApplicationState)).isdisjoint(get_args(umkm.MentoringState))
    assert len(STATES_ELSEWHERE) == len(get_args(ApplicationState)) + len(get_args(umkm.MentoringState))


VISIT = {"visit": str(UUID(int=5)), "case": str(UUID(int=6)), "checklist": {"id": "periksa", "version": 1}}
ANSWERED: dict[str, Any] = {
    "visit": str(UUID(int=5)),
    "answer": str(UUID(int=8)),
    "item": "air",
    "replaces": [],
    "standing": 1,
    "claimed_at": "2026-03-02T03:00:00Z",
    "items": [],
}
PLANNED: dict[str, Any] = {
    "district": "nunukan",
    "topic": "label",
    "begins": "2026-04-01T01:00:00Z",
    "places": 20,
}
NAMED = {"business_ref": "c" * 64}
ASSESSED: dict[str, Any] = {
    "visit": str(UUID(int=5)),
    "checklist": {"id": "periksa", "version": 1},
    "rating": "cukup",
    "points": 71,
    "findings": 4,
    "critical": 1,
}


def at_mentoring(
    position: int, ticket: str, event: str, state: str = "registered", **data: Any
) -> LaneMessage:
    where = {"state": state, "holder": "office", "language": "en", "reachable_by": []}
    return message(position, ticket, event, "umkm", **where, **data)


async def test_a_mentored_case_shows_what_umkm_says(front: Front) -> None:
    filed = await front.mentored()
    ticket = filed["ticket"]
    registered = {**NAMED, "district": "nunukan", "has_nib": False, "products": 2}
    agreed = {"item": "air", "critical": True, "due": "2026-04-01T08:00:00Z", "items": []}
    messages = [
        at_mentoring(1, ticket, "mentoring_registered", **registered),
        message(2, ticket, "mentoring_recorded", "umkm", **NAMED, mentor="mentor-dewi"),
        message(3, ticket, "visit_begun", "umkm", **VISIT, assessor="business"),
        message(4, ticket, "item_answered", "umkm", **ANSWERED),
        at_mentoring(5, ticket, "business_assessed", "assessed", **ASSESSED, assessor="business"),
        at_mentoring(6, ticket, "business_assessed", "correcting", **ASSESSED, assessor="official"),
        at_mentoring(7, ticket, "action_agreed", "correcting", **agreed),
        at_mentoring(8, ticket, "number_obtained", "number_obtained", product=1, number="MD 123456789012"),
    ]
    assert await front.office.store.receive("umkm", messages, front.office.react) == 8
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert [each["text"] for each in case["timeline"]] == [
        "The office has the request. It is worked on at the mentoring desk.",
        "The mentoring desk has the request. A mentor takes it up.",
        "A mentor takes care of the business, and so never decides about its permit.",
        "The business began to assess itself.",
        "The business assessed itself. It has 71 of 100 points.",
        "An official assessed the place. It has 71 of 100 points.",
        "A correction was agreed, by 1 April 2026, 16:00 WITA.",
        "Product 1 has its registration number, MD 123456789012.",
    ]
    assert case["mentoring"] == {
        "address": filed["links"]["mentoring"],
        "state": "number_obtained",
        "holder": "office",
        "due": None,
    }
    assert (case["application"], case["state"]) == (None, "passed_on")


async def test_a_training_is_a_step_of_no_case(front: Front) -> None:
    filed = await front.mentored()
    planned = message(1, "training", "training_planned", "umkm", **PLANNED)
    assert await front.office.store.receive("umkm", [planned], front.office.react) == 1
    assert len((await front.track(filed))["timeline"]) == 1


async def agreed_to(front: Front, ticket: str) -> list[str]:
    return await front.office.store.query(lambda tx: front.office.consents.of(tx, ticket))


async def test_what_a_business_agreed_to_holds_until_it_does_not_agree_any_more(front: Front) -> None:
    filed, letters, others = await front.mentored(), await front.request(), await front.request()
    mine, to = filed["ticket"], [letters["ticket"], others["ticket"]]
    consents = [at_mentoring(n, mine, "consent_given", **NAMED, to=to[n % 2]) for n in (1, 2, 3)]
    assert await front.office.store.receive("umkm", consents, front.office.react) == 3
    assert set(await agreed_to(front, mine)) == set(to)
    withdrawn = at_mentoring(4, mine, "consent_withdrawn", **NAMED, to=to[0])
    await front.office.store.receive("umkm", [withdrawn], front.office.react)
    assert await agreed_to(front, mine) == to[1:]
    assert await agreed_to(front, to[0]) == []
    steps = (await front.track(filed, **{"Accept-Language": "en"}))["timeline"]
    assert to[0] in steps[-1]["text"]


async def test_what_becomes_of_a_missed_deadline_is_a_step_of_the_case_and_not_its_state(
    front: Front,
) -> None:
    filed = await front.mentored()
    ticket = filed["ticket"]
    step = message(1, ticket, "mentoring_registered", "umkm", **example("zi.umkm.mentoring_registered"))
    await front.office.store.receive("umkm", [step], front.office.react)
    data = example("zi.integrity.compensation_opened")
    opened = message(1, ticket, "compensation_opened", "integrity", **data)
    apart = opened.message.model_copy(update={"id": UUID(int=77)})
    opened = LaneMessage(1, b"", apart)
    await front.office.store.receive("integrity", [opened], front.office.react)
    case = await front.track(filed, **{"Accept-Language": "en"})
    assert "It offers it by" in str(case)
    _, _, page = await tracked_case(front.office, ticket)
    status = page.desk_status()
    assert status is not None
    assert (status.state, status.holder) == ("registered", "office")
