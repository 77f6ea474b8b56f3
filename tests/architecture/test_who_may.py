"""Every command of every aggregate is given by every party, and docs/who-may.md says who may."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from tests.who_may.every import AGGREGATES
from tests.who_may.table import ANYBODY, CITIZENS, PROGRAMS, ROLES, Aggregate, Row, page

import zi_audit
import zi_certificates
import zi_chassis
import zi_intake
import zi_integrity
import zi_notify
import zi_umkm
from zi_chassis.domain import Command, Decider

PAGE = Path(__file__).parents[2] / "docs" / "who-may.md"
PACKAGES = (zi_chassis, zi_intake, zi_umkm, zi_certificates, zi_integrity, zi_notify, zi_audit)
PROGRAM_FILES = {"__main__", "server_start"}  # importing them runs them
NO_ROLES = (
    "",
    "public ",
    "staff",
    "staff:",
    "staff:guest",
    "STAFF:head",
    "staff:head,officer",
    "system:",
    "officer",
)
# Aggregates that can't know whose the citizen's case is: where it begins, and where the route compares it.
OPEN_TO_CITIZENS = {
    **dict.fromkeys(("FileComplaint", "FileConsultation", "RequestInformation", "MakeSuggestion"), "begins"),
    **dict.fromkeys(("RequestCertificate", "RequestMentoring"), "begins"),
    **dict.fromkeys(("RegisterMentoring", "Draft", "Open", "Move"), "begins"),
    **dict.fromkeys(
        ("AddMasterEntry", "ChangeMasterEntry", "RetireMasterEntry", "RestoreMasterEntry"),
        "zi_certificates.use_cases.master_data",
    ),
    **dict.fromkeys(("DescribeProduct", "HandOverProducts", "EndHandover"), "zi_umkm.use_cases.handing_over"),
    "Enrol": "a training has many businesses",
    **dict.fromkeys(("IssueCode", "Propose", "Comment"), "a forum has many participants, each with a code"),
    **dict.fromkeys(("ConfirmRecipient", "StopRecipient", "ChooseFrequency"), "zi_notify.web.pages"),
    **dict.fromkeys(
        ("BeginVisit", "AnswerItem", "SettleAnswers", "AddPhoto", "SignVisit", "FinishVisit"),
        "zi_umkm.use_cases.visiting",
    ),
}
FOUR_EYES = {
    ("intake: case", "ApproveErasure"): {"who asked for it"},
    ("intake: case", "RefuseErasure"): {"who asked for it"},
    ("intake: case", "ApproveErasure, of one for appointed officials"): {"who asked for it"},
    ("intake: case", "ApproveErasure, that no other supervisor could agree to"): {"who asked for it"},
    ("intake: case", "RefuseErasure, that no other supervisor could agree to"): {"who asked for it"},
    ("intake: case", "DecideObjection"): {"who answered"},
    ("intake: case", "ConsentDisclosure"): {"who asked to see it"},
    ("intake: case", "RefuseDisclosure"): {"who asked to see it"},
    ("intake: case", "ApproveErasure, filed signed in"): {"who filed it signed in"},
    ("intake: case", "OpenPersonalData, filed signed in"): {"who filed it signed in"},
    ("umkm: case", "VerifyAction"): {
        *("its mentor", "who agreed on it", "who gave the evidence"),
    },
    ("umkm: case", "VerifyPermitAccount"): {"its mentor"},
    ("umkm: case", "ReturnPermit, before the account is verified"): {"its mentor"},
    ("umkm: case", "ReturnPermit, during the evaluation"): {"its mentor"},
    ("umkm: case", "ReturnPermit, before it is signed"): {"its mentor"},
    ("umkm: case", "FindFit"): {"its mentor", "who verified the account"},
    ("umkm: case", "IssuePermit"): {"its mentor", "who verified the account", "who found it fit"},
    ("umkm: case", "ProposeRevocation"): {"its mentor"},
    ("umkm: case", "AnnounceRevocation"): {"its mentor", "who proposed it"},
    ("umkm: case", "DropRevocation"): {"its mentor", "who proposed it"},
    ("umkm: case", "ConfirmRevocation"): {"its mentor", "who proposed it", "who decided first"},
    ("umkm: case", "IssuePermit, asked for signed in"): {"its mentor", "who asked for it signed in"},
    ("umkm: case", "VerifyAction, asked for signed in"): {"who asked for it signed in"},
    ("certificates: application", "Take"): {"who filed the request"},
    ("certificates: application", "Sign"): {"who has evaluated it", "who filed the request"},
    ("certificates: account", "Verify"): {"who opened it"},
    ("certificates: application", "SendBack"): {"who has evaluated it"},
    ("certificates: application", "AskOverride"): {"whom it is about"},
    ("certificates: application", "ApproveOverride"): {"who asked for it", "whom it is about"},
    ("certificates: application", "RefuseOverride"): {"who asked for it", "whom it is about"},
    ("certificates: appointment", "Appoint"): {"who is appointed"},
    ("integrity: contributor", "ApproveContributorErasure"): {"who asked for it"},
    ("integrity: contributor", "RefuseContributorErasure"): {"who asked for it"},
    ("audit: continuation", "Continue"): {"who acknowledged it"},
    ("integrity: forum action", "CloseForumAction"): {"who reported on it"},
    ("integrity: survey_window", "AssessSurveyFlag"): {"who entered paper forms"},
}
OF_AUDITORS_AND_OPERATORS = {
    "Skip",
    "AcknowledgeAnomaly",
    "Continue",
    "RecordAccess",
    "SaveQuery",
    "OpenPersonalData",
    "AskDisclosure",
    "OpenContributorData",
    "RefuseOpening",
    "SwitchChannelOff",
    "SwitchChannelOn",
}
OF_OTHER_PROGRAMS = {"KeepData", "OpenPersonalData", "OpenContributorData"}
ROWS = [(aggregate, row) for aggregate in AGGREGATES for row in aggregate.rows]
EVERY_ROW = pytest.mark.parametrize(
    ("aggregate", "row"), ROWS, ids=[f"{aggregate.name} {row.name}" for aggregate, row in ROWS]
)


def modules() -> Iterator[Any]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.rpartition(".")[2] not in PROGRAM_FILES:
                yield importlib.import_module(found.name)


def leaves(kind: type[Command]) -> set[type[Command]]:
    """The commands that are given; what only gathers fields for others is none."""
    below = [leaf for each in kind.__subclasses__() for leaf in leaves(each)]
    is_ours = kind.__module__.partition(".")[0] in {package.__name__ for package in PACKAGES}
    return set(below) if below else {kind} if is_ours else set()


def taken(decider: Decider[Any]) -> set[type[Command]]:
    annotation = get_type_hints(decider.decide)["command"]
    return set(get_args(annotation)) or {annotation}


def test_every_aggregate_that_is_anywhere_in_the_services_has_its_rows() -> None:
    found = [value for module in modules() for value in vars(module).values() if isinstance(value, Decider)]
    assert {id(each) for each in found} == {id(aggregate.decider) for aggregate in AGGREGATES}


def test_every_command_has_its_row() -> None:
    for _ in modules():
        pass
    with_a_row = {type(row.command) for _, row in ROWS}
    assert leaves(Command) == with_a_row


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda aggregate: aggregate.name)
def test_an_aggregate_has_a_row_for_what_it_takes_and_for_nothing_else(aggregate: Aggregate) -> None:
    assert {type(row.command) for row in aggregate.rows} == taken(aggregate.decider)


def test_the_page_says_what_the_aggregates_do() -> None:
    """`python -m tests.who_may` writes it anew; read the difference as you would read a change of the law."""
    assert PAGE.read_text(encoding="utf-8") == page(AGGREGATES)


@EVERY_ROW
def test_somebody_may_in_each_situation_and_nobody_in_a_role_that_there_is_not(
    aggregate: Aggregate, row: Row
) -> None:
    impossible = row.name == "SignVisit, for the office, a self-assessment"
    assert any(aggregate.accepted(row).values()) is not impossible
    assert not any(
        aggregate.accepted(
            row, NO_ROLES[:-2] if aggregate.name == "every service: configurations" else NO_ROLES
        ).values()
    )


@EVERY_ROW
def test_a_citizen_without_a_part_in_a_case_does_nothing_in_it(aggregate: Aggregate, row: Row) -> None:
    if type(row.command).__name__ not in OPEN_TO_CITIZENS:
        assert not set(aggregate.accepted(row, CITIZENS)[ANYBODY])


@EVERY_ROW
def test_a_program_acts_in_its_own_service_only(aggregate: Aggregate, row: Row) -> None:
    if aggregate.service != "every service" and type(row.command).__name__ not in OF_OTHER_PROGRAMS:
        assert set(aggregate.accepted(row, PROGRAMS)[ANYBODY]) <= {f"system:{aggregate.service}"}


@EVERY_ROW
def test_auditors_and_operators_decide_nothing_about_a_case(aggregate: Aggregate, row: Row) -> None:
    accepted = aggregate.accepted(row, ("staff:auditor", "staff:ops"))
    if type(row.command).__name__ not in OF_AUDITORS_AND_OPERATORS:
        assert not accepted[ANYBODY]


def test_every_pair_of_four_eyes_is_a_row() -> None:
    assert {(aggregate.name, row.name) for aggregate, row in ROWS} >= set(FOUR_EYES)


@EVERY_ROW
def test_nobody_decides_about_what_they_did_themselves(aggregate: Aggregate, row: Row) -> None:
    accepted = aggregate.accepted(row, ROLES)
    for part in FOUR_EYES.get((aggregate.name, row.name), ()):
        assert not [role for role in accepted[part] if role != "staff:auditor" and not _is_program(role)], (
            part
        )


def _is_program(role: str) -> bool:
    return role in PROGRAMS
