"""A standard is checked before its adoption as the service checks it that hears it."""

from typing import Any

import pytest
from tests import adopted
from tests.rules.certificate.stated import RULES as LETTERS

from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_rules.standard import ServiceStandard
from zi_rules.standard_fit import refuse_unfit

MENTORING = load_mentoring_rules()


INFORMATION = adopted.shipped("public_information")
WITHOUT_OBJECTIONS = INFORMATION | {
    "process": {name: term for name, term in INFORMATION["process"].items() if name != "objection"}
}


def check(table: dict[str, Any]) -> None:
    refuse_unfit(ServiceStandard.model_validate(table), [LETTERS], MENTORING)


@pytest.mark.parametrize(
    "table",
    [
        adopted.complaint(),
        adopted.shipped("consultation"),
        adopted.shipped("public_information"),
        adopted.mentoring(),
        adopted.letters("ski"),
        adopted.letters("ske"),
        adopted.decree("laboratory_tour", tiers={"answer": adopted.tier(3)}),
    ],
    ids=lambda table: str(table["service"]),
)
def test_a_standard_that_fits_is_let_through(table: dict[str, Any]) -> None:
    check(table)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (adopted.complaint(first_tier={"product": "normative"}), "product"),
        (adopted.shipped("consultation") | {"first_tier": {"question": "desk"}}, "question"),
        (WITHOUT_OBJECTIONS, "process.objection"),
        (adopted.mentoring(tiers={"corection": adopted.tier(3)}), "corection"),
        (adopted.letters("ski", first_tier={"ske_health": "letter"}), "ske_health"),
        (adopted.letters("ske", first_tier={"ski_border": "letter"}), "ski_border"),
    ],
)
def test_one_that_its_service_would_refuse_is_refused_with_the_reason(
    table: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        check(table)
