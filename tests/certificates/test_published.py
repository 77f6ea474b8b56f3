"""What goes out of each event: exactly its contract's fields, and nothing of what applicants state."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from tests.certificates import retaining, test_account, test_appointment, test_master_entry, test_register
from tests.certificates import test_exchange as connected
from tests.certificates import test_signatory as bound
from tests.certificates.house import House
from tests.certificates.officials import named
from tests.certificates.steps import (
    CALL,
    CONFIRM_REFUND,
    DECLINE_REFUND,
    DRAFTED,
    FURTHER,
    ISSUED,
    LAPSE,
    PAY_AGAIN,
    PAY_LESS,
    REFUND,
    REMIND_PAYMENT,
    RENEW,
    REPORT_REFUND,
    REVERSE,
    SIGNED_PERSONALLY,
    SUBMIT_FREE,
    SUBMITTED,
    SUPERSEDE,
    last,
)

from zi_certificates.domain.application.events import (
    LetterSuperseded,
)
from zi_certificates.domain.application.evolve import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    initial as no_application,
)
from zi_certificates.messaging.exchange_data import exchanges
from zi_certificates.messaging.import_data import imports
from zi_certificates.messaging.published import (
    DECIDERS,
    accounts,
    applications,
    appointments,
    master_entries,
    registers,
    retentions,
)
from zi_certificates.messaging.signatory_data import signatories
from zi_chassis.domain import Command, Decider, Disclosure, Event, message_type
from zi_contracts import certificates as contract
from zi_contracts.data import Data

CONTRACTS: dict[str, type[Data]] = {model.__name__: model for model in contract.MODELS}
STATED = (
    "Kecap Contoh",
    "ML123456789012",
    "21039012",
    "21069099",
    "INV-EXAMPLE",
    "bottle",
    "bank-",
    "SP2D-",
    "Pabrik",
    "CIDN0001",
)
Published = tuple[Event, Disclosure]


def publish_all(decider: Decider[Any], *commands: Command) -> Iterator[Published]:
    state = decider.initial
    for command in commands:
        for event in decider.decide(command, state):
            state = decider.evolve(state, event)
            yield event, decider.publish(event, state)


def of_houses() -> Iterator[Published]:
    for seed in range(40):
        house = House(Random(seed))
        house.run(100)
        for file in house.files:
            state = no_application
            for event in file.events:
                state = evolve_application(state, event)
                yield event, applications.publish(event, state)


@pytest.fixture(scope="module")
def published() -> list[Published]:
    account, appointment, master = test_account, test_appointment, test_master_entry
    return [
        *of_houses(),
        *publish_all(applications, *ISSUED, RENEW, SUPERSEDE),
        *publish_all(applications, *SUBMITTED, PAY_LESS, REFUND, REMIND_PAYMENT),
        *publish_all(applications, *SUBMITTED, PAY_LESS, REPORT_REFUND, CONFIRM_REFUND),
        *publish_all(applications, *SUBMITTED, PAY_LESS, REPORT_REFUND, DECLINE_REFUND),
        *publish_all(applications, *SIGNED_PERSONALLY, LAPSE),
        *publish_all(applications, *DRAFTED, SUBMIT_FREE),
        *publish_all(applications, *ISSUED, CALL),
        *publish_all(applications, *ISSUED, REVERSE, FURTHER, PAY_AGAIN),
        *publish_all(registers, test_register.issue("a"), test_register.issue("b")),
        *publish_all(accounts, account.OPEN, account.VERIFY, account.CHANGE, account.verify(2), account.MOVE),
        *publish_all(accounts, account.OPEN, account.REFUSE, account.FLAG),
        *publish_all(appointments, appointment.APPOINT, appointment.END),
        *publish_all(signatories, bound.PRESENT, bound.ANOTHER, bound.CONFIRM),
        *publish_all(signatories, bound.PRESENT, bound.ANOTHER, bound.DECLINE),
        *publish_all(master_entries, master.ADD, master.CHANGE),
        *publish_all(master_entries, master.ADD, master.RETIRE, master.RESTORE),
        *publish_all(retentions, retaining.HOLD, retaining.LIFT, retaining.END),
        *publish_all(exchanges, connected.ISSUE, connected.REVOKE),
        *publish_all(exchanges, connected.SUBSCRIBE, connected.ROTATE, connected.END),
        *publish_all(imports, connected.IMPORT),
    ]


def test_every_event_has_its_contract_and_every_contract_its_event(published: list[Published]) -> None:
    kinds = {event for decider in DECIDERS for event in decider.events}
    assert {kind.__name__ for kind in kinds} == set(CONTRACTS)
    assert {type(event) for event, _ in published} == kinds
    assert all(CONTRACTS[kind.__name__].type == message_type("certificates", kind) for kind in kinds)


def test_an_event_discloses_the_fields_of_its_contract(published: list[Published]) -> None:
    for event, disclosure in published:
        data = disclosure.data
        assert isinstance(data, Data)
        assert type(data) is CONTRACTS[type(event).__name__]
        assert data.model_fields_set == set(type(data).model_fields)
        assert type(data).model_validate_json(data.model_dump_json()) == data


def test_what_applicants_state_and_who_they_are_stays_inside(published: list[Published]) -> None:
    people = [str(named(name)) for name in ("applicant", "person in charge", "next in charge")]
    for _, disclosure in published:
        assert isinstance(disclosure.data, Data)
        data = disclosure.data.model_dump_json()
        assert not [word for word in (*STATED, *people) if word in data]


def test_a_message_is_about_its_case(published: list[Published]) -> None:
    subjects = {type(event).__name__: disclosure.subject for event, disclosure in published}
    assert subjects["LetterSuperseded"] == subjects["CertificateIssued"] == "3C7K9M2Q5"
    assert subjects["AccountMoved"] == "3C7K9M2QA"
    assert subjects["ActingSignerEnded"] == "acting-signer"


def test_a_letter_is_named_by_its_number() -> None:
    event = last(*ISSUED, SUPERSEDE)
    *_, (_, disclosure) = publish_all(applications, *ISSUED, SUPERSEDE)
    assert isinstance(event, LetterSuperseded)
    assert isinstance(disclosure.data, Data)
    assert disclosure.data.model_dump()["number"] == "SKI-2026-000001"
