"""Fields of a message's data that entries are found by, what is carried beside them, and what a case was said to be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_audit.domain.facets import (
    LONGEST,
    MOST_PATHS,
    MOST_VALUES,
    NAMES,
    carried,
    facts_after,
    in_force,
    is_case,
    merged,
    own_values,
)
from zi_audit.domain.question import EntryFilter
from zi_rules.ticket import ticket_from_number

ASSIGNED, TAKEN = "zi.intake.case_assigned", "zi.certificates.application_taken"


def values(data: Any) -> list[tuple[str, str]]:
    return list(own_values(carried(data)))


def test_what_is_named_is_found_by_its_facet_wherever_it_stands() -> None:
    data = {
        "officer": "o-1",
        "district": "malinau",
        "standard": {"id": "complaint", "version": 2},
        "letters": [{"letter": "l-1", "kind": "ski"}, {"letter": "l-2", "kind": "ske"}],
        "reasons": [{"reason": "document_missing", "where": "invoice"}],
        "purpose": "handling",
    }
    assert sorted(values(data)) == sorted(
        [
            ("official", "o-1"),
            ("district", "malinau"),
            ("configuration", "complaint"),
            ("letter", "l-1"),
            ("kind", "ski"),
            ("letter", "l-2"),
            ("kind", "ske"),
            ("reason", "document_missing"),
            ("stated_purpose", "handling"),
        ]
    )


def test_digests_keys_and_items_stay_in_the_entry() -> None:
    data = {
        "items": [{"item": "i", "field": "text", "digest": "ab"}],
        "file": {"item": "i"},
        "hash": "ab",
        "new_vkey": "k",
        "data_subject": "d",
        "item": {"item": "i", "digest": "ab"},
        "due": "2026-12-01T00:00:00Z",
    }
    assert carried(data) == {"due": "2026-12-01T00:00:00Z"}


def test_a_field_of_tomorrow_is_carried() -> None:
    assert carried({"stamp": {"colour": "red"}, "officer": "o"}) == {"stamp.colour": "red", "officer": "o"}


def test_several_values_stay_several_even_where_there_is_one() -> None:
    assert carried({"evaluators": ["e-1"]}) == {"evaluators": ["e-1"]}


def test_a_flood_of_values_ends_somewhere() -> None:
    flood = carried({"evaluators": [f"e-{n}" for n in range(5_000)]} | {f"f{n}": n for n in range(500)})
    assert (len(flood), len(flood["evaluators"])) == (MOST_PATHS, MOST_VALUES)  # type: ignore[arg-type]
    assert len(str(carried({"officer": "x" * 5_000})["officer"])) == LONGEST
    deep: Any = "bottom"
    for _ in range(50):
        deep = {"a": deep}
    assert carried(deep) == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_data_say_can_be_kept_as_json_without_a_nul(data: Any) -> None:
    fields = carried(data)
    assert json.loads(json.dumps(fields, allow_nan=False)) == fields
    assert "\\u0000" not in json.dumps(fields)
    assert all(isinstance(value, str) for _, value in own_values(fields))


def test_a_case_keeps_what_it_was_said_to_be_until_it_is_said_anew() -> None:
    filed = facts_after(
        {}, "zi.intake.complaint_filed", "c", {"district": "tarakan", "commodity": "obat", "holder": "office"}
    )
    assert filed == {"district": "tarakan", "commodity": "obat", "holder": "office"}
    restated = facts_after(filed, "zi.umkm.business_restated", "c", {"district": "malinau"})
    assert restated == filed | {"district": "malinau"}
    assert facts_after(restated, "zi.intake.case_closed", "o", {"reason": "resolved"}) is restated


@pytest.mark.parametrize(
    ("type", "fields", "assignee"),
    [
        (ASSIGNED, {"officer": "o-2"}, "o-2"),
        ("zi.umkm.mentoring_recorded", {"mentor": "m-1"}, "m-1"),
        (TAKEN, {"second": False}, "actor"),
        ("zi.certificates.application_released", {"officer": "o-1"}, None),
        ("zi.certificates.override_asked", {"official": "o-9"}, "o-1"),
        ("zi.tomorrow.case_handed_over", {"officer": "o-9"}, "o-1"),
        (ASSIGNED, {"officer": ["o-2"]}, "o-1"),
        (ASSIGNED, {}, "o-1"),
    ],
)
def test_a_case_is_in_the_hands_of_whom_it_was_given_to_last(
    type: str, fields: dict[str, Any], assignee: str | None
) -> None:
    assert facts_after({"assignee": "o-1"}, type, "actor", fields).get("assignee") == assignee


def test_two_references_of_a_business_are_one_business() -> None:
    assert merged({"business_ref": "new", "former_ref": "old"}) == ("new", "old")
    assert merged({"business_ref": "new"}) is None
    assert merged({"business_ref": ["new"], "former_ref": "old"}) is None


def test_an_entry_is_found_by_its_own_values_and_by_those_of_its_case() -> None:
    found = in_force({"business_ref": "new", "former_ref": "old"}, {"business": "new", "district": "tarakan"})
    assert found == {"business": ["new", "old"], "district": ["tarakan"]}


@pytest.mark.parametrize(
    ("subject", "case"), [("7K3M9Q2XA", True), ("ledger", False), ("training", False), ("lane-intake", False)]
)
def test_only_what_looks_like_a_ticket_is_a_case(subject: str, case: bool) -> None:
    assert is_case(subject) is case


def test_every_ticket_that_the_office_gives_out_is_a_case() -> None:
    tickets = [ticket_from_number(number) for number in range(37)]
    assert {"*", "~", "$", "="} <= {ticket[-1] for ticket in tickets}
    assert all(map(is_case, tickets))


def test_every_facet_can_be_asked_for() -> None:
    assert set(NAMES) <= set(EntryFilter.model_fields)
