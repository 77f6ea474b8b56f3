"""The privacy border of the office's letters: which message each of their events has."""

from typing import assert_never

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.integrity import office_letters as contract
from zi_integrity.domain import office_letter
from zi_integrity.domain.office_letter import OfficeLetter, OfficeRegister
from zi_rules.letter_number import official_number

SUBJECT = "letter"  # they are about no case


def publish(
    event: office_letter.OfficeLetterIssued | office_letter.LetterFileEvents,
    state: OfficeRegister | OfficeLetter,
) -> Disclosure:
    match event:
        case office_letter.OfficeLetterIssued():
            return Disclosure(SUBJECT, office_letter_issued(event, state))
        case office_letter.OfficeLetterSealed():
            return Disclosure(SUBJECT, office_letter_sealed(event))
        case office_letter.OfficeLetterRenewed():
            return Disclosure(SUBJECT, office_letter_renewed(event))
        case _:
            assert_never(event)


def office_letter_issued(
    event: office_letter.OfficeLetterIssued, register: OfficeRegister | OfficeLetter
) -> contract.OfficeLetterIssued:
    assert isinstance(register, OfficeRegister)
    number, _ = register.contents[event.letter]
    return contract.OfficeLetterIssued(
        series=event.series,
        year=event.year,
        number=official_number(event.series, event.year, number),
        letter=event.letter,
        kind=event.kind,
        matter=event.matter,
        content=event.content,
        template=event.template,
        signer=event.by.actor,
        item=event.item,
    )


def office_letter_sealed(event: office_letter.OfficeLetterSealed) -> contract.OfficeLetterSealed:
    return contract.OfficeLetterSealed(
        letter=event.letter,
        number=event.number,
        file=event.file,
        item=event.item,
        holds_until=event.holds_until,
    )


def office_letter_renewed(event: office_letter.OfficeLetterRenewed) -> contract.OfficeLetterRenewed:
    return contract.OfficeLetterRenewed(
        letter=event.letter,
        number=event.number,
        file=event.file,
        item=event.item,
        holds_until=event.holds_until,
    )


office_registers: Decider[OfficeRegister] = Decider(
    name="office_register",
    initial=office_letter.initial_register,
    decide=office_letter.decide_issue,
    evolve=office_letter.evolve_register,
    events=(office_letter.OfficeLetterIssued,),
    publish=publish,
)
office_letters: Decider[OfficeLetter] = Decider(
    name="office_letter",
    initial=office_letter.initial,
    decide=office_letter.decide,
    evolve=office_letter.evolve,
    events=(office_letter.OfficeLetterSealed, office_letter.OfficeLetterRenewed),
    publish=publish,
)
