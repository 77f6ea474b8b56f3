"""The privacy border of the letters: which message each of their events has, under the ticket of their case."""

from typing import assert_never

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_contracts.umkm import letters as contract
from zi_umkm.domain import letter
from zi_umkm.domain.letter import MentoringLetterFile, MentoringLetterRegister


def publish(
    event: letter.MentoringLetterIssued | letter.MentoringLetterFiles,
    state: MentoringLetterRegister | MentoringLetterFile,
) -> Disclosure:
    return Disclosure(event.ticket, _data(event, state))


def _data(
    event: letter.MentoringLetterIssued | letter.MentoringLetterFiles,
    state: MentoringLetterRegister | MentoringLetterFile,
) -> Data:
    match event:
        case letter.MentoringLetterIssued():
            assert isinstance(state, MentoringLetterRegister)
            return mentoring_letter_issued(event, state)
        case letter.MentoringLetterSealed():
            return mentoring_letter_sealed(event)
        case letter.MentoringLetterRenewed():
            return mentoring_letter_renewed(event)
        case _:
            assert_never(event)


def mentoring_letter_issued(
    event: letter.MentoringLetterIssued, register: MentoringLetterRegister
) -> contract.MentoringLetterIssued:
    order, _ = register.issued[event.letter]
    return contract.MentoringLetterIssued(
        number=letter.printed_number(event.series, event.year, order),
        series=event.series,
        year=event.year,
        kind=event.kind,
        letter=event.letter,
        signer=event.by.actor,
        template=event.template,
        content=event.content,
        item=event.item,
    )


def mentoring_letter_sealed(event: letter.MentoringLetterSealed) -> contract.MentoringLetterSealed:
    return contract.MentoringLetterSealed(
        number=event.number,
        letter=event.letter,
        holds_until=event.holds_until,
        file=event.file,
        item=event.item,
    )


def mentoring_letter_renewed(event: letter.MentoringLetterRenewed) -> contract.MentoringLetterRenewed:
    return contract.MentoringLetterRenewed(
        number=event.number,
        letter=event.letter,
        holds_until=event.holds_until,
        file=event.file,
        item=event.item,
    )


letter_registers: Decider[MentoringLetterRegister] = Decider(
    name="letter_register",
    initial=MentoringLetterRegister(),
    decide=letter.number_letter,
    evolve=letter.numbered,
    events=(letter.MentoringLetterIssued,),
    publish=publish,
)
letter_files: Decider[MentoringLetterFile] = Decider(
    name="letter_file",
    initial=MentoringLetterFile(),
    decide=letter.decide,
    evolve=letter.evolve,
    events=(letter.MentoringLetterSealed, letter.MentoringLetterRenewed),
    publish=publish,
)
