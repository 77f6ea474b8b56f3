"""A whole application, looked at once."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from tests.rules.certificate.stated import EXPORT, EXPORTED, IMPORT, IMPORTED, RULES, SUBMITTED, examined

from zi_rules.certificate.finding import MissingDocument, merged
from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.certificate.reason import FindingReason
from zi_rules.certificate.requirement import Attached, asks_for_arrival
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.provenance import SourceStatus

EXPORTS = {each for each in CertificateKind if each.direction is Direction.EXPORT}
IMPORTS = sorted(set(CertificateKind) - EXPORTS)


def reasons(application: dict[str, Any], **spoiled: Any) -> list[FindingReason]:
    return [each.reason for each in examined(application, **spoiled).findings]


def items(count: int) -> tuple[dict[str, Any], ...]:
    return tuple(IMPORTED | {"number": n, "pack": f"{n} x 100 g"} for n in range(1, count + 1))


@pytest.mark.parametrize("application", [IMPORT, EXPORT], ids=["import", "export"])
def test_a_good_application_is_complete(application: dict[str, Any]) -> None:
    examination = examined(application)
    assert examination.findings == ()
    assert examination.missing == ()
    assert examination.wanting == ()
    assert (examination.rules, examination.version) == (RULES.id, RULES.version)


def test_a_missing_document_is_enough_to_be_incomplete() -> None:
    examination = examined(IMPORT, attached=IMPORT["attached"][1:])
    assert [each.any_of for each in examination.missing] == [("invoice",)]
    (wanted,) = examination.wanting
    assert (wanted.reason, wanted.where, wanted.source) == (
        FindingReason.DOCUMENT_MISSING,
        "documents.invoice",
        examination.missing[0].source,
    )


def test_a_document_that_an_item_lacks_names_the_item_and_all_that_would_do() -> None:
    examination = examined(IMPORT, attached=IMPORT["attached"][:2])
    assert [(each.where, each.item) for each in examination.wanting] == [
        ("documents.bill_of_lading/air_waybill", None),
        ("documents.certificate_of_analysis", 1),
    ]


def test_a_finding_is_enough_to_be_incomplete() -> None:
    examination = examined(IMPORT, hs_codes=())
    assert (len(examination.findings), examination.missing) == (1, ())
    assert examination.wanting == examination.findings


@pytest.mark.parametrize(
    "kinds",
    [
        {CertificateKind.SKI_POST_BORDER, CertificateKind.SKE_HEALTH},
        {CertificateKind.SKI_POST_BORDER, CertificateKind.SKI_BORDER},
        set(),
    ],
)
def test_an_import_letter_is_asked_for_alone(kinds: set[CertificateKind]) -> None:
    assert FindingReason.KINDS_DO_NOT_COMBINE in reasons(IMPORT, kinds=kinds)


def test_a_letter_that_does_not_exist_for_the_goods_is_the_wrong_track() -> None:
    assert reasons(IMPORT, kinds={CertificateKind.SKI_BORDER}) == [FindingReason.WRONG_TRACK]
    wrong = examined(EXPORT, kinds={CertificateKind.SKE_HEALTH, CertificateKind.SKE_CPKB}).findings
    assert [(each.reason, each.what, each.expected) for each in wrong] == [
        (FindingReason.WRONG_TRACK, "ske_cpkb", "pangan_olahan")
    ]


def test_an_application_needs_an_item() -> None:
    assert reasons(IMPORT, items=()) == [FindingReason.NO_ITEMS]


def test_an_application_has_at_most_as_many_items_as_the_rules_say() -> None:
    assert reasons(IMPORT, items=items(20)) == []
    (finding,) = examined(IMPORT, items=items(21)).findings
    assert (finding.reason, finding.what, finding.expected) == (FindingReason.TOO_MANY_ITEMS, "21", "<= 20")
    assert finding.source == RULES.items.source


def test_an_item_is_listed_once() -> None:
    twice = (
        IMPORTED,
        IMPORTED | {"number": 2, "product": "BISKUIT CONTOH", "registration_number": "ml123456789012"},
    )
    assert [(each.reason, each.item) for each in examined(IMPORT, items=twice).findings] == [
        (FindingReason.ITEM_REPEATED, 1),
        (FindingReason.ITEM_REPEATED, 2),
    ]


def test_another_number_is_another_item() -> None:
    other = IMPORTED | {"number": 2, "registration_number": "ML 123456789013"}
    assert reasons(IMPORT, items=(IMPORTED, other)) == []


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        (
            {"kinds": {CertificateKind.SKI_POST_BORDER, CertificateKind.SKE_HEALTH}},
            [
                ("kinds_do_not_combine", "kinds", None, "ske_health, ski_post_border", ""),
                ("other_destination", "country", 1, "MY", ""),
                ("registration_for_other_track", "registration_number", 1, "ML123456789012", ""),
            ],
        ),
        (
            {"kinds": {CertificateKind.SKI_BORDER}},
            [("wrong_track", "kinds", None, "ski_border", "pangan_olahan")],
        ),
        ({"items": ()}, [("no_items", "items", None, "", "")]),
        ({"items": items(21)}, [("too_many_items", "items", None, "21", "<= 20")]),
        (
            {"items": (IMPORTED, IMPORTED | {"number": 2})},
            [("item_repeated", "items", 1, "B-17", ""), ("item_repeated", "items", 2, "B-17", "")],
        ),
    ],
)
def test_each_finding_says_where_and_what_was_expected(
    spoiled: dict[str, Any], expected: list[tuple[object, ...]]
) -> None:
    found = examined(IMPORT, **spoiled).findings
    assert [(each.reason, each.where, each.item, each.what, each.expected) for each in found] == expected


def test_the_day_of_arrival_is_looked_at_where_the_rules_say_so() -> None:
    day = RULES.shelf_life_on.model_copy(update={"day": "arrival"})
    by_arrival = RULES.model_copy(update={"shelf_life_on": day})
    late = {"arrives": date(2027, 4, 1)}
    assert reasons(IMPORT, **late) == []
    found = examined(IMPORT, by_arrival, **late).findings
    assert [each.reason for each in found] == [FindingReason.SHELF_LIFE_TOO_SHORT]


def by_arrival(**changes: Any) -> CertificateRules:
    day = RULES.shelf_life_on.model_copy(update={"day": "arrival", **changes})
    return RULES.model_copy(update={"shelf_life_on": day})


def test_a_rule_that_counts_from_the_arrival_never_passes_without_one() -> None:
    [finding] = examined(IMPORT, by_arrival()).findings
    assert (finding.reason, finding.where) == (FindingReason.ARRIVAL_MISSING, "arrives")
    assert finding.source == RULES.shelf_life_on.source
    assert asks_for_arrival([CertificateKind.SKI_POST_BORDER], by_arrival())
    assert not asks_for_arrival([CertificateKind.SKI_POST_BORDER], RULES)


def test_a_letter_without_a_shelf_life_asks_for_no_arrival() -> None:
    assert examined(EXPORT, by_arrival()).findings == ()
    assert not asks_for_arrival([CertificateKind.SKE_HEALTH], by_arrival())


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 7, 6), []), (date(2026, 6, 29), []), (date(2026, 6, 28), ["arrival_implausible"])],
)
def test_goods_arrived_only_as_long_ago_as_the_rules_allow(day: date, expected: list[str]) -> None:
    found = examined(IMPORT, by_arrival(most_days_ago=7), arrives=day).findings
    assert [each.reason for each in found] == expected
    yesterday = examined(IMPORT, by_arrival(), arrives=SUBMITTED - timedelta(days=1)).findings
    assert [each.reason for each in yesterday] == [FindingReason.ARRIVAL_IMPLAUSIBLE]
    ahead = examined(IMPORT, by_arrival(), arrives=SUBMITTED + timedelta(days=1)).findings
    assert ahead == ()


def test_another_batch_is_another_item() -> None:
    analysis = IMPORTED["analysis"] | {"batch": "B-18"}
    other = IMPORTED | {"number": 2, "batch": "B-18", "analysis": analysis}
    assert reasons(IMPORT, items=(IMPORTED, other)) == []


def test_an_export_goes_to_one_country() -> None:
    elsewhere = (EXPORTED, EXPORTED | {"number": 2, "pack": "12 x 100 g", "country": "MY"})
    (finding,) = examined(EXPORT, items=elsewhere).findings
    assert (finding.reason, finding.item, finding.what, finding.expected) == (
        FindingReason.OTHER_DESTINATION,
        2,
        "MY",
        "CN",
    )


def test_an_import_may_come_from_several_countries() -> None:
    two = (IMPORTED, IMPORTED | {"number": 2, "pack": "12 x 100 g", "country": "BN"})
    assert reasons(IMPORT, items=two) == []


@pytest.mark.parametrize("fields", [{}, {"gacc_registration": "  "}])
def test_the_country_of_destination_gets_what_it_wants(fields: dict[str, str]) -> None:
    (finding,) = examined(EXPORT, annex_fields=fields).findings
    assert (finding.reason, finding.where, finding.what) == (
        FindingReason.ANNEX_INCOMPLETE,
        "annex_fields.gacc_registration",
        "CN",
    )


def test_letters_that_want_the_same_say_so_once() -> None:
    examination = examined(EXPORT, attached=(), hs_codes=())
    assert [each.reason for each in examination.findings] == [FindingReason.HS_CODE_NOT_ON_ACCOUNT]
    assert [each.any_of for each in examination.missing] == [
        ("registration_approval",),
        ("certificate_of_analysis",),
    ]


def test_everything_wrong_is_said_at_once() -> None:
    spoiled = IMPORTED | {"registration_number": None, "hs_code": "1", "analysis": None}
    examination = examined(IMPORT, items=(spoiled,), attached=())
    assert [each.reason for each in examination.findings] == [
        FindingReason.REGISTRATION_MISSING,
        FindingReason.HS_CODE_SHAPE,
        FindingReason.ANALYSIS_MISSING,
    ]
    assert len(examination.missing) == 4


def test_an_ingredient_of_medicine_comes_over_the_border_with_its_own_documents() -> None:
    attached = [
        *IMPORT["attached"],
        Attached(document="purpose_statement"),
        Attached(document="specification", items=frozenset({1})),
    ]
    application = IMPORT | {
        "kinds": {CertificateKind.SKI_BORDER},
        "goods": Goods.BAHAN_OBAT,
        "attached": attached,
    }
    assert examined(application).wanting == ()
    active = examined(application, circumstances={"active_ingredient"})
    assert [each.any_of for each in active.missing] == [("cpob_certificate",)]


def test_an_examination_survives_being_written_and_read() -> None:
    examination = examined(IMPORT, attached=(), hs_codes=())
    assert type(examination).model_validate_json(examination.model_dump_json()) == examination


@pytest.mark.parametrize("goods", Goods)
@pytest.mark.parametrize(
    "circumstances", [frozenset(), frozenset(RULES.names.circumstances)], ids=["plain", "all"]
)
@pytest.mark.parametrize(
    "kinds", [*({each} for each in IMPORTS), EXPORTS], ids=lambda kinds: "+".join(sorted(kinds))
)
def test_nothing_is_asked_for_twice_whatever_letters_are_asked_for_together(
    kinds: set[CertificateKind], circumstances: frozenset[str], goods: Goods
) -> None:
    bare = IMPORTED | {"registration_number": None, "analysis": None}
    stated: dict[str, Any] = {"kinds": kinds, "goods": goods, "circumstances": circumstances}
    examination = examined(
        IMPORT, **stated, attached=(), hs_codes=(), annex_fields={}, country="CN", items=(bare,)
    )
    demands = [(each.reason, each.where, each.item, each.what) for each in examination.wanting]
    assert [each for each, times in Counter(demands).items() if times > 1] == []


def missing(source: str, status: SourceStatus = SourceStatus.VERIFIED) -> MissingDocument:
    return MissingDocument(any_of=("invoice",), per="application", source=source, source_status=status)


def test_a_source_that_was_verified_stands_for_one_that_was_not() -> None:
    unverified, verified = missing("hearsay", SourceStatus.UNVERIFIED), missing("decree")
    assert merged([unverified, verified]) == (verified,)
    assert merged([unverified, unverified]) == (unverified,)
    assert merged([verified, missing("another")]) == (missing("decree; another"),)
    other = verified.model_copy(update={"item": 2})
    assert merged([verified, other]) == (verified, other)
