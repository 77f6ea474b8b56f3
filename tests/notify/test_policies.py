"""Which message heard becomes a request for a delivery, and which does not."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zi_contracts.certificates import ExpiryReason, PaymentRefusal
from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.registry import MODELS
from zi_notify import policies
from zi_notify.delivery import RequestDelivery, delivery_id
from zi_notify.letter import VERSION, wordings

EXAMPLES = Path(__file__).parents[1] / "contracts/examples"
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
STATUS = [
    *(
        "complaint_filed",
        "consultation_filed",
        "certificate_requested",
        "case_acknowledged",
        "case_assigned",
        "clarification_asked",
    ),
    *("citizen_replied", "case_answered", "case_closed", "case_reopened", "case_withdrawn"),
    *("erasure_requested", "erasure_refused"),
]
APPLICATION = [
    *("application_submitted", "application_paid", "payment_refused", "data_asked", "data_sent"),
    *("application_rejected", "application_resubmitted", "application_expired", "application_withdrawn"),
    *("letters_signed", "letter_sealed", "letter_suspended", "letter_reinstated", "letter_revoked"),
    "letter_superseded",
]
TOLD = [*(f"zi.intake.{event}" for event in STATUS), *(f"zi.certificates.{event}" for event in APPLICATION)]


def example(type_: str, **data: Any) -> Message:
    known = json.loads((EXAMPLES / f"{type_}.json").read_bytes())
    return Message.parse(json.dumps(known | {"data": known["data"] | data}).encode())


@pytest.mark.parametrize("type_", TOLD)
def test_a_status_message_requests_one_delivery(type_: str) -> None:
    message = example(type_)
    (reaction,) = policies.react(message, NOW)
    command = reaction.command
    assert isinstance(command, RequestDelivery)
    assert reaction.aggregate == delivery_id(message.id, "email")
    assert (command.ticket, command.cause) == (message.subject, message.id)
    assert command.language == message.data["language"]
    assert command.by.causation == str(message.id)
    assert command.template in wordings(VERSION, command.language)


@pytest.mark.parametrize("type_", TOLD)
def test_a_citizen_without_e_mail_is_not_written_to(type_: str) -> None:
    assert policies.react(example(type_, reachable_by=["phone"]), NOW) == ()


@pytest.mark.parametrize("type_", sorted(set(MODELS) - set(TOLD)))
def test_other_messages_cause_nothing(type_: str) -> None:
    assert policies.react(example(type_), NOW) == ()


def test_an_unknown_type_causes_nothing() -> None:
    raw = json.loads((EXAMPLES / "zi.intake.case_closed.json").read_bytes()) | {
        "type": "zi.intake.case_merged"
    }
    assert policies.react(Message.parse(json.dumps(raw).encode()), NOW) == ()


def test_a_status_message_that_breaks_its_type_blocks() -> None:
    with pytest.raises(UnreadableMessageError):
        policies.react(example("zi.intake.case_answered", closes_on="soon"), NOW)


def letters_of(type_: str, field: str, values: Sequence[Any]) -> list[str]:
    """The template for each value of the field."""
    commands = [
        reaction.command
        for value in values
        for reaction in policies.react(example(type_, **{field: value}), NOW)
    ]
    return [command.template for command in commands if isinstance(command, RequestDelivery)]


def test_each_reason_of_a_refused_payment_has_its_own_letter() -> None:
    reasons = PaymentRefusal.__args__  # type: ignore[attr-defined]
    letters = letters_of("zi.certificates.payment_refused", "reason", reasons)
    assert letters == [f"payment_{reason}" for reason in reasons]
    assert set(letters) <= set(wordings(VERSION, "id"))


def test_each_reason_of_an_expiry_has_its_own_letter() -> None:
    reasons = ExpiryReason.__args__  # type: ignore[attr-defined]
    letters = letters_of("zi.certificates.application_expired", "reason", reasons)
    assert letters == [f"application_expired_{reason}" for reason in reasons]
    assert set(letters) <= set(wordings(VERSION, "id"))


def test_whoever_is_rejected_reads_whether_another_try_is_left() -> None:
    letters = letters_of("zi.certificates.application_rejected", "resubmissions_left", [1, 0])
    assert letters == ["application_rejected", "application_rejected_finally"]


def test_the_bill_and_its_end_stand_in_the_letter_about_it() -> None:
    billed = example("zi.certificates.application_submitted")
    (reaction,) = policies.react(billed, NOW)
    assert isinstance(reaction.command, RequestDelivery)
    assert reaction.command.amount == billed.data["amount"]
    assert reaction.command.until == datetime.fromisoformat(billed.data["pay_by"])


def test_a_letter_is_told_by_its_number() -> None:
    sealed = example("zi.certificates.letter_sealed")
    (reaction,) = policies.react(sealed, NOW)
    assert isinstance(reaction.command, RequestDelivery)
    assert reaction.command.number == sealed.data["number"]


@pytest.mark.parametrize("reason", ["resolved", "no_reaction", "not_completed"])
def test_each_reason_for_closing_has_its_own_letter(reason: str) -> None:
    (reaction,) = policies.react(example("zi.intake.case_closed", reason=reason), NOW)
    assert isinstance(reaction.command, RequestDelivery)
    assert reaction.command.template == f"closed_{reason}"


def test_the_letter_names_the_date_that_binds_the_citizen() -> None:
    (asked,) = policies.react(example("zi.intake.clarification_asked"), NOW)
    assert isinstance(asked.command, RequestDelivery)
    assert asked.command.until == datetime(2026, 12, 15, 8, tzinfo=UTC)


def test_nobody_is_written_to_about_an_erasure_that_is_done() -> None:
    """There is no address any more; that it was asked for was told before."""
    assert policies.react(example("zi.intake.data_subject_erased"), NOW) == ()
