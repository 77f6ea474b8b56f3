"""The catalogue of sentences fits the contracts, and each fault that it may have is named by its place."""

from pathlib import Path

import pytest

from zi_contracts import event_words
from zi_contracts.event_words import NAME, EventWordsError, read
from zi_contracts.intake import CaseClosed, CitizenReplied
from zi_contracts.lanes import MessageSkipped
from zi_contracts.umkm import PermitApplied

ROOT = Path(__file__).parents[2]
STATES = "".join(
    f"[states.{service}]\n" + "".join(f'{state} = {{ en = "Name", id = "Nama" }}\n' for state in states)
    for service, states in event_words.STATES.items()
)
FRAME = '[other]\nen = "Other."\nid = "Lain."\n[roles]\n' + STATES
TITLE = 'title.en = "Closed."\ntitle.id = "Ditutup."\n'
CITIZEN = 'citizen.en = "It is closed."\ncitizen.id = "Sudah ditutup."\n'
CLOSED = FRAME + f'[types."{CaseClosed.type}"]\n'
MODELS = {CaseClosed.type: CaseClosed}


def fault(content: str) -> str:
    with pytest.raises(EventWordsError) as error:
        read(content, MODELS)
    return str(error.value)


def test_every_published_type_has_its_sentences() -> None:
    assert event_words.catalogue().types


def test_the_committed_names_of_the_verifier_are_the_generated_ones() -> None:
    committed = (ROOT / "verify/zi_verify/act_names.json").read_text(encoding="utf-8")
    assert committed == event_words.act_names(), "run: python -m zi_contracts.event_words"


def test_a_type_without_sentences_is_named() -> None:
    assert fault(FRAME + "[types]\n") == f'{NAME}: add [types."{CaseClosed.type}"] with title.en and title.id'


def test_an_event_of_a_case_without_a_sentence_for_the_citizen_is_named() -> None:
    assert "add citizen.en and citizen.id" in fault(CLOSED + TITLE)


def test_an_event_of_a_desk_without_a_sentence_for_its_history_is_named() -> None:
    content = FRAME + f'[types."{PermitApplied.type}"]\n{TITLE}{CITIZEN}'
    with pytest.raises(EventWordsError, match=r"add desk\.en and desk\.id"):
        read(content, {PermitApplied.type: PermitApplied})


def test_a_state_that_only_the_contract_or_only_the_catalogue_has_is_named() -> None:
    other = fault(CLOSED.replace("graduated =", "graduated_twice =") + TITLE + CITIZEN)
    assert "[states.umkm] graduated: stands in only one of contract and catalogue" in other
    assert "[states.umkm] graduated_twice: stands in only one" in other


def test_a_missing_language_is_named() -> None:
    missing = fault(CLOSED + TITLE + 'citizen.en = "It is closed."\n')
    assert f"types.{CaseClosed.type}.citizen.id" in missing


def test_a_type_of_no_contract_is_named() -> None:
    unknown = fault(CLOSED + TITLE + CITIZEN + f'[types."zi.intake.case_opened"]\n{TITLE}')
    assert '[types."zi.intake.case_opened"] is no type of a contract' in unknown


def test_a_placeholder_without_a_field_is_named() -> None:
    unfit = fault(
        CLOSED + TITLE + CITIZEN.replace("closed.", "closed, {why}.").replace("ditutup.", "ditutup: {why}.")
    )
    assert "citizen: the message has no field why" in unfit


def test_languages_with_different_placeholders_are_named() -> None:
    unfit = fault(
        CLOSED + TITLE + CITIZEN + 'citizen.when.resolved = { en = "Done: {reason}.", id = "Selesai." }\n'
    )
    assert "citizen.when.resolved: the languages have different placeholders" in unfit


def test_a_field_that_nobody_reads_is_refused() -> None:
    assert "auditor" in fault(CLOSED + TITLE + CITIZEN + 'auditor.en = "Closed."\nauditor.id = "Ditutup."\n')


def test_a_sentence_of_every_service_is_found_under_each() -> None:
    content = CLOSED + TITLE + CITIZEN + f'[types."*.message_skipped"]\n{TITLE}'
    found = read(content, {**MODELS, "zi.umkm.message_skipped": MessageSkipped})
    assert found.of("zi.umkm.message_skipped") is found.of("zi.intake.message_skipped") is not None


def test_a_variant_replaces_the_sentence_where_there_is_one() -> None:
    closed = event_words.citizen(CaseClosed.type)
    assert closed is not None
    assert event_words.citizen(CaseClosed.type, "resolved") not in (None, closed)
    assert event_words.citizen(CaseClosed.type, "data_erased") == closed


def test_a_type_of_tomorrow_is_not_guessed() -> None:
    assert event_words.title("zi.intake.case_opened") == event_words.title(None)
    assert event_words.citizen("zi.intake.case_opened") is None
    assert event_words.desk(CitizenReplied.type) is None
