"""The privacy border of the maklumat: the draft by its digest alone, the proclaimed texts in full."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.integrity import maklumat as contract
from zi_integrity.domain import maklumat
from zi_integrity.domain.maklumat import Maklumat, MaklumatEvents

SUBJECT = "maklumat"


def publish(event: MaklumatEvents, state: Maklumat) -> Disclosure:
    assert state.texts is not None
    texts, digest = state.texts, state.texts.digest
    match event:
        case maklumat.MaklumatDrafted():
            return Disclosure(SUBJECT, contract.MaklumatDrafted(digest=digest))
        case maklumat.MaklumatProclaimed():
            data = contract.MaklumatProclaimed(
                number=event.number,
                letter=event.letter,
                digest=digest,
                promise=texts.promise,
                promise_en=texts.promise_en,
                compensation=texts.compensation,
                compensation_en=texts.compensation_en,
                own_draft=state.own_draft,
            )
            return Disclosure(SUBJECT, data)
        case _:
            assert_never(event)


pledges: Decider[Maklumat] = Decider(
    name="maklumat",
    initial=maklumat.initial,
    decide=maklumat.decide,
    evolve=maklumat.evolve,
    events=get_args(MaklumatEvents),
    publish=publish,
)
