"""The messages of the other services that finish a case, read from the kept examples of each type."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.integrity.survey_house import SurveyHouse, opened, ticket_of

from zi_integrity.messaging.finished_cases import case_under, waiting_cases

EXAMPLES = Path(__file__).parents[2] / "contracts" / "examples"


def example(kind: str, **changes: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EXAMPLES / f"{kind}.json").read_text())["data"]
    return {**read, **changes}


async def waits(house: SurveyHouse, *steps: tuple[str, dict[str, Any]]) -> list[tuple[str, str]]:
    for kind, data in steps:
        await house.hear(kind, "one", data)
    found = await house.office.store.query(waiting_cases)
    return [(case.ticket, case.service) for case in found]


CERTIFICATE = ("zi.intake.certificate_requested", example("zi.intake.certificate_requested", series="ski"))
MENTORING = ("zi.intake.mentoring_requested", example("zi.intake.mentoring_requested"))
COMPLAINT = ("zi.intake.complaint_filed", example("zi.intake.complaint_filed"))
CONSULTATION = ("zi.intake.consultation_filed", example("zi.intake.consultation_filed"))
REQUESTED = ("zi.intake.information_requested", example("zi.intake.information_requested"))
SUGGESTED = ("zi.intake.suggestion_made", example("zi.intake.suggestion_made"))
ISSUED = ("zi.certificates.certificate_issued", example("zi.certificates.certificate_issued"))
REJECTED = ("zi.certificates.application_rejected", example("zi.certificates.application_rejected"))
RESUBMITTED = ("zi.certificates.application_resubmitted", example("zi.certificates.application_resubmitted"))
GRADUATED = ("zi.umkm.business_graduated", example("zi.umkm.business_graduated"))


def ended(reason: str) -> tuple[str, dict[str, Any]]:
    return "zi.umkm.mentoring_closed", example("zi.umkm.mentoring_closed", reason=reason)


def closed(reason: str) -> tuple[str, dict[str, Any]]:
    return "zi.intake.case_closed", example("zi.intake.case_closed", reason=reason)


OBJECTED = ("zi.intake.case_reopened", example("zi.intake.case_reopened", objection=True))


@pytest.mark.parametrize(
    ("steps", "service"),
    [
        ((COMPLAINT, closed("resolved")), "complaint"),
        ((CONSULTATION, closed("no_reaction")), "consultation"),
        ((REQUESTED, closed("no_reaction")), "public_information"),
        ((SUGGESTED, closed("resolved")), "suggestion"),
        ((REQUESTED, closed("resolved"), OBJECTED), None),
        ((COMPLAINT, closed("not_completed")), None),
        ((COMPLAINT,), None),
        ((CERTIFICATE, ISSUED), "ski"),
        ((ISSUED, CERTIFICATE), "ski"),
        ((CERTIFICATE, ISSUED, ISSUED), "ski"),
        ((CERTIFICATE, REJECTED), "ski"),
        ((CERTIFICATE, REJECTED, RESUBMITTED), None),
        ((MENTORING, GRADUATED), "mentoring"),
        ((MENTORING, ended("business_stopped")), "mentoring"),
        ((MENTORING, ended("data_erased")), None),
    ],
)
async def test_a_case_waits_for_its_invitation_once_it_is_finished(
    tmp_path: Path, steps: tuple[tuple[str, dict[str, Any]], ...], service: str | None
) -> None:
    async with opened(tmp_path) as house:
        assert await waits(house, *steps) == ([] if service is None else [(ticket_of("one"), service)])


async def test_of_an_erased_or_withdrawn_case_nothing_waits(tmp_path: Path) -> None:
    erased = "zi.intake.data_subject_erased", example("zi.intake.data_subject_erased")
    withdrawn = "zi.intake.case_withdrawn", example("zi.intake.case_withdrawn")
    async with opened(tmp_path) as house:
        assert await waits(house, COMPLAINT, closed("resolved"), withdrawn) == []
        assert await waits(house, closed("resolved"), erased) == []
        assert await house.office.store.query(lambda tx: case_under(tx, ticket_of("one"))) is None
