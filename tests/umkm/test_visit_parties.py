"""Every command of a visit by every party, in an official's visit and in a self-assessment."""

from collections.abc import Iterator
from typing import get_args

import pytest
from tests.umkm.domain.test_visit import BEGIN, FINISH, NO, PHOTO, SELF, YES, after, answer, sign
from tests.umkm.steps import mentor, owner, system

from zi_chassis.domain import Act, WrongRoleError
from zi_contracts.umkm import Assessor
from zi_umkm.domain import errors, visit
from zi_umkm.domain.visit import VisitCommands, decide

PARTIES: dict[str, Act] = {
    "mentor": mentor(),
    "public": owner(),
    "applicant": owner().model_copy(update={"role": "applicant"}),
    **{
        role: mentor().model_copy(update={"role": f"staff:{role}"})
        for role in (
            "officer",
            "supervisor",
            "evaluator",
            "signer",
            "head",
            "integrity",
            "upg",
            "survey",
            "auditor",
            "ops",
        )
    },
    "system": system(),
}
BUSINESS = {"public", "applicant"}
# By command (and the side of a signature): who may, in an official's visit and in a self-assessment.
ALLOWED: dict[tuple[type[VisitCommands], str | None], dict[Assessor, set[str]]] = {
    (visit.BeginVisit, None): {"official": {"mentor"}, "business": BUSINESS},
    (visit.AnswerItem, None): {"official": {"mentor"}, "business": BUSINESS},
    (visit.SettleAnswers, None): {"official": {"mentor"}, "business": BUSINESS},
    (visit.AddPhoto, None): {"official": {"mentor"}, "business": BUSINESS},
    (visit.SignVisit, "business"): {"official": {"mentor", *BUSINESS}, "business": BUSINESS},
    (visit.SignVisit, "office"): {"official": {"mentor"}, "business": set()},
    (visit.FinishVisit, None): {"official": {"mentor"}, "business": BUSINESS},
}
SAMPLES: dict[tuple[type[VisitCommands], str | None], VisitCommands] = {
    (visit.BeginVisit, None): BEGIN,
    (visit.AnswerItem, None): YES,
    (visit.SettleAnswers, None): visit.SettleAnswers(by=BEGIN.by, item="fifo", answer=NO.answer),
    (visit.AddPhoto, None): PHOTO,
    (visit.SignVisit, "business"): sign("business", "yes"),
    (visit.SignVisit, "office"): sign("office", "yes"),
    (visit.FinishVisit, None): FINISH,
}


def test_every_command_has_its_row() -> None:
    assert {kind for kind, _ in ALLOWED} == set(get_args(VisitCommands))
    assert set(ALLOWED) == set(SAMPLES)


def rows() -> Iterator[tuple[VisitCommands, Assessor, Act, bool]]:
    for key, command in SAMPLES.items():
        for assessor in get_args(Assessor):
            for name, party in PARTIES.items():
                yield command, assessor, party, name in ALLOWED[key][assessor]


@pytest.mark.parametrize(("command", "assessor", "party", "is_allowed"), rows())
def test_a_visit_takes_a_command_from_its_party_only(
    command: VisitCommands, assessor: Assessor, party: Act, is_allowed: bool
) -> None:
    begin = BEGIN if assessor == "official" else SELF
    second = mentor("mentor-dodi") if begin is BEGIN else begin.by
    yes, no = answer("yes", by=begin.by), answer("no", "no", by=second)
    tried, state = command, after(begin, yes, no)
    match command:
        case visit.BeginVisit():
            tried, state = begin, visit.initial
        case visit.AnswerItem():
            tried = answer("later", on="lampu")
        case visit.FinishVisit():
            signed = (sign("business", "yes"), sign("office", "yes")) if begin is BEGIN else ()
            state = after(begin, yes, *signed)
        case _:
            pass
    changed = tried.model_copy(update={"by": party})
    if is_allowed:
        assert decide(changed, state)
    else:
        with pytest.raises((errors.NotTheAssessorError, WrongRoleError)):
            decide(changed, state)
