from typing import Any

import pytest

from zi_tlog import erasure
from zi_tlog.erasure import INTEGRITY, ErasureRule, ErasureStep

REQUESTED, REFUSED, ERASED = erasure.INTAKE[1:4]

INTAKE = "/zi/contoh/intake"
REQUEST = ErasureStep(REQUESTED, INTAKE, "7K3M9Q2XA", "case", 4, "ani", "staff:officer", "")
REFUSAL = REQUEST._replace(type=REFUSED, version=5, actor="budi", role="staff:supervisor")
ERASURE = ErasureStep(ERASED, INTAKE, "7K3M9Q2XA", "case", 6, "budi", "staff:supervisor", "ani")


def counted(*steps: ErasureStep) -> list[bool]:
    rule = ErasureRule()
    return [rule.counts(step) for step in steps]


def test_one_official_asks_and_another_approves() -> None:
    assert counted(REQUEST, ERASURE) == [False, True]


def test_without_a_request_it_is_none() -> None:
    assert counted(ERASURE) == [False]
    assert counted(ERASURE, REQUEST) == [False, False]


def test_after_a_refusal_it_takes_another_request() -> None:
    again = REQUEST._replace(version=7)
    assert counted(REQUEST, REFUSAL, ERASURE) == [False, False, False]
    assert counted(REQUEST, REFUSAL, again, ERASURE._replace(version=8)) == [False, False, False, True]
    assert counted(REFUSAL, REQUEST, ERASURE) == [False, False, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "/zi/contoh/notify"},
        {"source": "/zi/another-office/intake"},
        {"subject": "0EXAMP1E0"},
        {"aggregate": "another case"},
        {"actor": "ani"},
        {"asked_by": "somebody else"},
        {"asked_by": ""},
        {"role": "staff:officer"},
        {"role": "system:intake"},
        {"version": 4},
        {"type": "zi.intake.case_closed"},
    ],
)
def test_an_erasure_that_does_not_fit_its_request_is_none(changes: dict[str, Any]) -> None:
    assert counted(REQUEST, ERASURE._replace(**changes)) == [False, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "/zi/contoh/notify"},
        {"source": "/zi/another-office/intake"},
        {"role": "public"},
        {"actor": "budi"},
    ],
)
def test_a_request_of_anybody_else_is_none(changes: dict[str, Any]) -> None:
    assert counted(REQUEST._replace(**changes), ERASURE) == [False, False]


def test_another_service_with_a_vault_has_types_and_an_approver_of_its_own() -> None:
    source, rule = "/zi/contoh/integrity", ErasureRule(INTEGRITY)
    request = REQUEST._replace(type=INTEGRITY.requested, source=source, role="staff:integrity")
    erased = ERASURE._replace(type=INTEGRITY.erased, source=source)
    assert not rule.counts(request)
    assert not rule.counts(erased)
    assert rule.counts(erased._replace(role="staff:head"))
    assert not rule.counts(ERASURE)
