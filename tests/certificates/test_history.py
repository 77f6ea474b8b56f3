import json
from typing import Any
from uuid import UUID, uuid5

import pytest
from tests.certificates.inside import Inside

from zi_certificates.web.history import grouped, people, steps
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.storage.recorded import NO_PREVIOUS
from zi_chassis.web.language import Bilingual, Catalogue
from zi_chassis.web.page import Translator

PUBLIC = "http://zona.example"
DECIDED: dict[str, Any] = {"seen": {"umkm": 0, "integrity": 0}}


def message(version: int, event: str, role: str = "public", actor: str = "somebody", **data: Any) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid5(UUID(int=9), str(version))),
            "source": "/zi/contoh/certificates",
            "type": f"zi.certificates.{event}",
            "subject": "3C7K9M2Q5",
            "time": "2026-12-07T02:00:00.000000Z",
            "datacontenttype": "application/json",
            "aggregate": str(UUID(int=9)),
            "version": version,
            "position": version,
            "previous": NO_PREVIOUS,
            "actor": actor,
            "actorrole": role,
            "commitment": NO_PREVIOUS,
            "data": data,
        }
    ).encode()


def naming(inside: Inside, language: str) -> tuple[Translator, CertificateRuleNames]:
    catalogue = Catalogue("zi_certificates")

    def say(msgid: str | Bilingual, /, **values: object) -> str:
        return catalogue.translate(language, msgid, **values)

    rules = inside.office.rules.in_force(inside.clock.now())
    return say, CertificateRuleNames(rules, inside.office.sentences, language, say)


def sentences(inside: Inside, *messages: bytes, language: str = "en") -> list[str]:
    say, names = naming(inside, language)
    return [step.text for step in steps(messages, {}, PUBLIC, say, names)]


async def test_what_is_asked_for_is_told_with_its_place_and_its_reason(inside: Inside) -> None:
    wanted = [{"reason": "document_unreadable", "where": "documents.invoice", "item": 2}]
    until = "2027-01-06T02:00:00Z"
    requested = message(1, "data_asked", "staff:evaluator", wanted=wanted, open_until=until, **DECIDED)
    [text] = sentences(inside, requested)
    assert "6 January 2027, 10:00 WITA" in text
    assert text.endswith("What: Product 2: Invoice: The document can't be read. Send a clear copy.")
    assert sentences(inside, requested, language="id")[0].endswith("Kirim salinan yang jelas.")


async def test_a_rejection_says_whether_it_can_be_submitted_again(inside: Inside) -> None:
    fields: dict[str, Any] = {
        "reasons": [{"reason": "expired", "where": "expires", "item": 1}],
        "open_until": "2027-01-06T02:00:00Z",
    }
    often = message(1, "application_rejected", "staff:evaluator", resubmissions_left=2, **fields)
    never = message(2, "application_rejected", "staff:evaluator", resubmissions_left=0, **fields)
    first, last = sentences(inside, often, never)
    assert "submitted again 2 times until" in first
    assert last.endswith("It can't be submitted again.")


async def test_an_amount_is_written_as_the_language_has_it(inside: Inside) -> None:
    times: dict[str, Any] = {"pay_by": "2026-12-10T02:00:00Z", "open_until": "2027-01-06T02:00:00Z"}
    submitted = message(1, "application_submitted", amount=1_250_000, **times)
    assert "Rp 1,250,000" in sentences(inside, submitted)[0]
    assert "Rp 1.250.000" in sentences(inside, submitted, language="id")[0]


async def test_a_second_evaluator_is_called_so(inside: Inside) -> None:
    taken = message(1, "application_taken", "staff:evaluator", second=True, overtaken=[], **DECIDED)
    assert sentences(inside, taken) == ["A second evaluator took the application from the queue."]


async def test_who_was_passed_over_is_told_with_the_reason(inside: Inside) -> None:
    passed = [{"ticket": "7ZZZZZZZZ", "reason": "mentorship"}]
    say, names = naming(inside, "en")
    taken = message(1, "application_taken", "staff:evaluator", second=False, overtaken=passed, **DECIDED)
    [step] = steps([taken], {}, PUBLIC, say, names)
    [each] = step.passed
    assert each.ticket == "7ZZZZZZZZ"
    assert "mentored" in each.reason


async def test_a_step_of_a_kind_that_nobody_knows_yet_is_still_a_step(inside: Inside) -> None:
    assert sentences(inside, message(1, "something_new")) == ["A step was recorded."]


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_published_kind_of_event_has_words(inside: Inside, language: str) -> None:
    from zi_contracts.certificates import MODELS

    elsewhere = ("acting_signer_", "master_entry_", "retention_", "signatory_")  # told on pages of their own
    named = {model.type.rpartition(".")[2] for model in MODELS}
    kinds = {each for each in named if not each.startswith(elsewhere)}
    data = {"reason": "expired", "number": "SKI-2026-000001", "by_number": "SKI-2026-000002", "revision": 2}
    times = dict.fromkeys(("due", "pay_by", "open_until"), "2026-12-10T02:00:00Z")
    fields: dict[str, Any] = {"resubmissions_left": 1, "amount": 1, "fact": "conflict", **data, **times}
    texts = sentences(inside, *(message(1, kind, **fields) for kind in sorted(kinds)), language=language)
    assert "A step was recorded." not in texts
    assert not any("{" in each for each in texts)


async def test_a_step_names_its_entry_once_the_ledger_has_it(inside: Inside) -> None:
    say, names = naming(inside, "en")
    single, two = message(1, "application_withdrawn"), message(2, "application_withdrawn")
    id = uuid5(UUID(int=9), "1")
    first, second = steps([single, two], {id: 41}, PUBLIC, say, names)
    assert first.ledger is not None
    assert (first.ledger.index, first.ledger.receipt) == (41, f"{PUBLIC}/audit/api/receipts/{id}")
    assert second.ledger is None


async def test_changes_made_one_after_the_other_stand_together(inside: Inside) -> None:
    say, names = naming(inside, "en")
    events = ["application_drafted", *["application_changed"] * 3, "application_withdrawn"]
    all_steps = steps(
        [message(n, each, revision=n) for n, each in enumerate(events, 1)], {}, PUBLIC, say, names
    )
    assert [len(group) for group in grouped(all_steps)] == [1, 3, 1]
    assert [step.event for group in grouped(all_steps) for step in group][-1] == "application_drafted"


async def test_people_are_counted_and_not_named(inside: Inside) -> None:
    say, names = naming(inside, "en")
    told_by = [
        message(1, "application_drafted"),
        message(2, "application_taken", "staff:evaluator", "ani", second=False, overtaken=[], **DECIDED),
        message(3, "evaluation_passed", "staff:evaluator", "ani", second=False, **DECIDED),
        message(4, "letters_signed", "staff:head", "dewi", **DECIDED),
    ]
    first, second = people(told_by, say, names)
    assert (first.number, first.role, len(first.deeds)) == (1, "An evaluator", 2)
    assert (second.number, second.role) == (2, "The head of the office")
    assert "ani" not in str(people(told_by, say, names)).replace("An evaluator", "")
