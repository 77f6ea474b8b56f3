"""The difference between two versions of a standard, as a reader is told of it."""

import json
from typing import Any

from tests.integrity import standard_steps as usual

from zi_integrity.domain.standard.difference import (
    DocumentChange,
    FeeChange,
    PeriodChange,
    TextChange,
    changed_components,
    differences,
    sentence,
)

NAMES = {"biaya": ("Biaya", "Fee")}


def terms(**changes: Any) -> str:
    return json.dumps({**usual.table(), **changes})


def test_equal_versions_differ_in_nothing() -> None:
    assert differences(usual.TERMS, usual.TERMS) == ()


def test_a_changed_period_is_told_in_both_languages() -> None:
    [change] = differences(usual.TERMS, usual.amended(1))
    assert isinstance(change, PeriodChange)
    assert sentence(change, NAMES) == (
        "Pengaduan pelayanan atau normatif: 5 hari kerja menjadi 1 hari kerja.",
        "Complaint about the service, or answerable from the rules: from 5 working days to 1 working day.",
    )


def test_a_period_that_is_new_and_one_that_is_gone() -> None:
    without = {name: tier for name, tier in usual.table()["tiers"].items() if name != "normative"}
    [gone] = differences(usual.TERMS, terms(tiers=without))
    [new] = differences(terms(tiers=without), usual.TERMS)
    assert sentence(gone, NAMES)[1].endswith("from 5 working days to none.")
    assert sentence(new, NAMES)[0].endswith("tidak ada menjadi 5 hari kerja.")


def test_a_period_of_the_process_changes_too() -> None:
    process = json.loads(usual.TERMS)["process"]
    process["acknowledge"]["period"]["amount"] = 2
    [change] = differences(usual.TERMS, terms(process=process))
    assert sentence(change, NAMES)[1] == "Acknowledgement: from 3 working days to 2 working days."
    assert len(differences(terms(process=None), usual.TERMS)) == 4


def test_fees_come_change_and_go() -> None:
    fixed = terms(fees={"permit": {"rupiah": 50_000}})
    limited = terms(fees={"permit": {"rupiah": 50_000, "up_to": 3_000_000}})
    [new] = differences(usual.TERMS, fixed)
    [changed] = differences(fixed, limited)
    [gone] = differences(limited, usual.TERMS)
    assert differences(limited, limited) == ()
    assert isinstance(new, FeeChange)
    assert sentence(new, NAMES)[1] == "Fee of permit: from none to Rp50.000."
    assert sentence(changed, NAMES)[1] == "Fee of permit: from Rp50.000 to Rp50.000 – Rp3.000.000."
    assert sentence(gone, NAMES)[0].endswith("menjadi tidak ada.")


def test_documents_are_added_and_dropped() -> None:
    stated = terms(documents={"a": [{"any_of": {"nib": {"id": "NIB", "en": "Business number"}}}]})
    [added] = differences(usual.TERMS, stated)
    [dropped] = differences(stated, usual.TERMS)
    assert isinstance(added, DocumentChange)
    assert sentence(added, NAMES)[1] == "A document is asked for now: Business number."
    assert sentence(dropped, NAMES)[0] == "Dokumen yang tidak diminta lagi: NIB."


def test_a_changed_text_is_quoted_before_and_after() -> None:
    components = {**usual.table()["components"], "biaya": {"id": "Rp5.000", "en": "Rp5,000"}}
    [change] = differences(usual.TERMS, terms(components=components))
    assert isinstance(change, TextChange)
    assert sentence(change, NAMES) == (
        "Biaya: “Gratis.” menjadi “Rp5.000”.",
        "Fee: “Free of charge.” becomes “Rp5,000”.",
    )
    [change] = differences(terms(components=components | {"biaya": None}), terms(components=components))
    assert sentence(change, NAMES)[1] == "Fee: “–” becomes “Rp5,000”."


def test_every_component_that_differs_in_any_way_is_named() -> None:
    before = {
        "tiers": {"a": {"title": {"id": "x", "en": "x"}, "period": {"amount": 5, "unit": "working_days"}}},
        "documents": {},
        "components": {"produk": {"id": "P", "en": "P"}, "biaya": {"id": "B", "en": "B"}},
        "decree_title": {"id": "J", "en": "T"},
    }
    changes: list[tuple[dict[str, object], tuple[str, ...]]] = [
        ({}, ()),
        ({"decree_title": {"id": "Lain", "en": "Other"}}, ()),
        ({"tiers": {"a": {"title": {"id": "y", "en": "y"}}}}, ("jangka_waktu",)),
        ({"first_tier": "a"}, ("jangka_waktu",)),
        ({"documents": {"all": []}, "fees": {"t": 1}}, ("persyaratan", "biaya")),
        ({"components": {"biaya": {"id": "B", "en": "b"}}}, ("biaya", "produk")),
        ({"something": 1}, ("something",)),
    ]
    for change, expected in changes:
        assert changed_components(json.dumps(before), json.dumps(before | change)) == expected
