"""The usual way of a service standard: drafted, consulted on, adopted."""

import json
from datetime import UTC, date, datetime
from typing import Any

from tests.integrity.officials import head, named, system, team

from zi_chassis.domain import Command
from zi_integrity.domain.standard.decide import decide
from zi_integrity.domain.standard.messages import (
    AcceptedProposal,
    AdoptStandard,
    BeginStandardDraft,
    CloseStandardConsultation,
    FlagOverdueStandardReview,
    OpenStandardConsultation,
    RemindOfStandardReview,
    ReviewStandard,
    ReviseStandard,
    ServiceRecord,
    StandardEvents,
    WithdrawStandard,
    WithdrawStandardDraft,
)
from zi_integrity.domain.standard.state import StandardDecree, evolve, initial
from zi_integrity.domain.standard.terms import terms_digest, written
from zi_rules.standard import Component, load_standards
from zi_rules.standard_draft import draft_from_standard

[SHIPPED] = [each for each in load_standards() if each.service == "complaint"]
DRAFT, LETTER = named("draft"), named("letter")
UNTIL, AFTER = date(2026, 12, 21), date(2026, 12, 22)


def table(**changes: Any) -> dict[str, Any]:
    """The shipped standard of complaints with all 14 components."""
    terms = draft_from_standard(SHIPPED)
    every = {part.value: {"id": f"Isi {part}.", "en": f"Text {part}."} for part in Component}
    return {**terms, "components": {**every, **terms["components"]}, **changes}


def amended(days: int) -> str:
    """The same with another period for complaints about the service."""
    terms: dict[str, Any] = json.loads(written(table()))
    terms["tiers"]["normative"]["period"]["amount"] = days
    return written(terms)


IN_FORCE = written(draft_from_standard(SHIPPED))
TERMS = written(table())
RECORD = ServiceRecord(latest=1, terms=IN_FORCE)
CONSULTING = RECORD.model_copy(update={"consulted": DRAFT})
BEGIN = BeginStandardDraft(
    by=team(),
    draft=DRAFT,
    service="complaint",
    id="rancangan-pengaduan",
    origin="in_force",
    terms=TERMS,
    record=RECORD,
)
REVISE = ReviseStandard(by=team(), before=terms_digest(TERMS), terms=amended(4), record=RECORD)
OPEN = OpenStandardConsultation(
    by=team(), draft=DRAFT, manner="comment_period", until=UNTIL, first=date(2026, 12, 8), record=RECORD
)
CLOSE = CloseStandardConsultation(
    by=team(at=datetime(2026, 12, 22, 2, tzinfo=UTC)),
    summary="Twelve proposals.\nThree accepted.",
    today=AFTER,
)
PROPOSAL = AcceptedProposal(
    reference="FKP-1/3", forum="FKP-1", at=datetime(2026, 12, 10, 2, tzinfo=UTC), day=date(2026, 12, 10)
)
FOLLOW = REVISE.model_copy(update={"follows": ("FKP-1/3",), "proposals": (PROPOSAL,)})
ADOPT = AdoptStandard(
    by=head(),
    draft=DRAFT,
    before=terms_digest(TERMS),
    effective_from=date(2027, 1, 1),
    number="SP-2026-000001",
    letter=LETTER,
    today=AFTER,
    review_due=date(2028, 1, 1),
    record=RECORD,
)
DROP = WithdrawStandardDraft(by=team(), reason="begun_anew")
WITHDRAW = WithdrawStandard(by=head(), reason="issued_in_error")
REVIEW = ReviewStandard(by=team(), outcome="stays", next_due=date(2028, 12, 1), latest=date(2028, 12, 7))
REMIND = RemindOfStandardReview(by=system(), due=date(2028, 1, 1))
OVERDUE = FlagOverdueStandardReview(by=system(), due=date(2028, 1, 1))
DRAFTED: tuple[Command, ...] = (BEGIN,)
OPENED = (*DRAFTED, OPEN)
CONSULTED = (*OPENED, CLOSE)
ADOPTED = (*CONSULTED, ADOPT)


def after(*commands: Any) -> StandardDecree:
    state = initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def events(command: Any, *history: Any) -> list[StandardEvents]:
    return list(decide(command, after(*history)))
