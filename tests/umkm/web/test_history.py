import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import pytest

from zi_chassis.storage.recorded import NO_PREVIOUS
from zi_chassis.web.language import Bilingual, Catalogue
from zi_contracts import event_words, umkm
from zi_contracts.message import Message
from zi_rules.district import load_districts
from zi_rules.mentoring.checklist import load_checklists
from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_rules.provenance import Sourced, SourceStatus
from zi_umkm.web import labels
from zi_umkm.web.history import grouped, steps
from zi_umkm.web.rule_names import RuleNames

PUBLIC = "http://zona.example"
CATALOGUE = Catalogue("zi_umkm")
ENGLISH = partial(CATALOGUE.translate, "en")
DUE = "2027-01-06T02:00:00Z"


def message(version: int, event: str, role: str = "public", **data: Any) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid5(UUID(int=9), str(version))),
            "source": "/zi/contoh/umkm",
            "type": f"zi.umkm.{event}",
            "subject": "3C7K9M2QM",
            "time": "2026-12-07T02:00:00.000000Z",
            "datacontenttype": "application/json",
            "aggregate": str(UUID(int=9)),
            "version": version,
            "position": version,
            "previous": NO_PREVIOUS,
            "actor": "somebody",
            "actorrole": role,
            "commitment": NO_PREVIOUS,
            "data": data,
        }
    ).encode()


def naming(language: str = "en") -> RuleNames:
    [rules] = load_mentoring_rules()

    def say(msgid: str | Bilingual, /, **values: object) -> str:
        return CATALOGUE.translate(language, msgid, **values)

    return RuleNames(rules, load_checklists(), load_districts()[0].districts, language, say)


def texts_of(*messages: bytes, language: str = "en", indexes: Mapping[UUID, int] = {}) -> list[str]:
    def say(msgid: str | Bilingual, /, **values: object) -> str:
        return CATALOGUE.translate(language, msgid, **values)

    return [step.text for step in steps(messages, indexes, PUBLIC, say, naming(language))]


def test_a_request_tells_where_the_business_is() -> None:
    [text] = texts_of(message(1, "mentoring_registered", district="nunukan", products=2), language="id")
    assert text == "Usaha ini meminta pendampingan. Kabupaten Nunukan."


def test_the_ways_of_the_products_are_told_by_their_names() -> None:
    outcomes = [{"product": 1, "track": "md", "risk": "low"}, {"product": 2, "track": "pirt", "risk": "low"}]
    [text] = texts_of(message(1, "products_triaged", "staff:mentor", outcomes=outcomes))
    assert "Product 1: MD, registered at BPOM (risk: Low)." in text
    assert "Product 2: P-IRT" in text


def test_an_assessment_of_its_own_is_told_from_an_official_s() -> None:
    result: dict[str, Any] = {"points": 76, "rating": "b", "findings": 3, "critical": 1}
    by_itself = message(1, "business_assessed", assessor="business", **result)
    official = message(2, "business_assessed", "staff:mentor", assessor="official", **result)
    first, second = texts_of(by_itself, official)
    assert first.startswith("The business assessed itself. 76 of 100 points, B (good).")
    assert second.startswith("An official assessed the place.")


def test_what_is_put_right_is_told_in_the_words_of_the_checklist_with_its_day() -> None:
    [text] = texts_of(message(1, "action_agreed", item="cuci_tangan", critical=True, due=DUE))
    assert "a place to wash hands and feet" in text
    assert "Until 6 January 2027, 10:00 WITA." in text


@pytest.mark.parametrize(
    ("means", "ending"),
    [
        ("on_site", "It was looked at on the spot. If nobody came, complain about it."),
        ("live", "It was looked at live, in a video call. If there was none, complain about it."),
        ("file", "It was looked at from a photo or a document."),
        (None, ""),
        ("by_drone", ""),
    ],
)
def test_a_business_is_told_how_its_correction_is_said_to_have_been_seen(
    means: str | None, ending: str
) -> None:
    """It was there: an official who ticks a visit from a desk is found out by whoever would have been visited."""
    [text] = texts_of(message(1, "action_verified", "staff:officer", item="fifo", means=means))
    confirmed = "Somebody else confirmed the correction."
    assert text.startswith(confirmed)
    assert text.endswith(ending or naming().item("fifo"))
    assert ending or "looked at" not in text


@pytest.mark.parametrize(
    ("trip", "sentence"),
    [
        (
            {"trip_recorded": True, "number": "ST-2026-000007"},
            "on the trip with the letter of assignment ST-2026-000007.",
        ),
        ({"trip_recorded": False}, "No trip of the official to this business is on record"),
    ],
)
def test_a_business_is_told_whether_a_trip_to_it_is_on_record(trip: dict[str, Any], sentence: str) -> None:
    [text] = texts_of(message(1, "action_verified", "staff:officer", item="fifo", means="on_site", **trip))
    assert sentence in text
    assert text.endswith("came, complain about it.")


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_a_newer_rule_set_no_longer_names_keeps_its_code(language: str) -> None:
    [text] = texts_of(message(1, "document_added", document="something_old", product=2), language=language)
    assert "something_old" in text


def test_a_step_that_nobody_has_words_for_is_told_all_the_same() -> None:
    assert texts_of(message(1, "something_new")) == ["A step was recorded."]


def test_every_event_of_a_case_and_its_visits_has_words() -> None:
    silent = {"participant_enrolled", "attendance_recorded", "training_planned", "training_held"}
    silent |= {f"trip_{step}" for step in ("planned", "changed", "approved", "cancelled", "hours_recorded")}
    silent |= {"mentoring_letter_renewed"}
    wordless = {model.type for model in umkm.MODELS if event_words.desk(model.type) is None}
    assert wordless == {f"zi.umkm.{event}" for event in silent}


def test_answers_that_follow_one_another_come_together() -> None:
    answers = [message(number, "item_answered", item="fifo") for number in (2, 3, 4)]
    all_steps = steps([message(1, "visit_begun"), *answers], {}, PUBLIC, ENGLISH, naming())
    assert [len(group) for group in grouped(all_steps)] == [3, 1]


def test_each_step_leads_to_its_entry_in_the_ledger() -> None:
    first_message = message(1, "permit_applied")
    id = Message.parse(first_message).id
    [step] = steps([first_message], {id: 41}, PUBLIC, ENGLISH, naming())
    assert step.ledger is not None
    assert step.ledger.receipt == f"{PUBLIC}/audit/api/receipts/{id}"


def test_a_source_is_shown_by_its_host_without_remarks() -> None:
    source = "https://sippn.menpan.go.id/pelayanan-publik/1 (free)"
    rule = Sourced(source=source, source_status=SourceStatus.VERIFIED)
    assert naming("id").cited(rule) == [
        ("sippn.menpan.go.id", "https://sippn.menpan.go.id/pelayanan-publik/1")
    ]


def test_every_label_is_there_in_both_languages() -> None:
    tables = [each for name, each in vars(labels).items() if name.isupper() and isinstance(each, dict)]
    texts = {text for table in tables for text in table.values() if isinstance(text, str)}
    labelled = {text for text in texts if " " in text or text[:1].isupper()}
    assert {text for text in labelled if CATALOGUE.translate("id", text) == text} <= {"Label"}
