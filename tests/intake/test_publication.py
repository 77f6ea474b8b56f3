"""The publication of an incident: one proposes the words, another one publishes what they read, each of the desk ends it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from tests.intake import acts
from tests.intake.acts import DAY, MONDAY, officer, supervisor

from zi_chassis.domain import Act, WrongRoleError
from zi_intake.bodies.publication import PublicationBody
from zi_intake.domain.publication import (
    AlreadyPublishedError,
    NoProposalError,
    OwnPublicationError,
    Publication,
    PublicationEvents,
    TooFewReportsError,
    decide,
    evolve,
    publish,
)
from zi_intake.read.published_incidents import PublicationStatus, PublicationWords

PROPOSE, PUBLISH, END = acts.PROPOSE, acts.PUBLISH, acts.END
OTHER_WORDS = PROPOSE.model_copy(update={"digest": "b" * 64})


def after(*commands: Any) -> tuple[Publication, Sequence[PublicationEvents]]:
    state, recorded = Publication(), []
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
            recorded.append(event)
    return state, recorded


def at(command: Any, days: int) -> Any:
    by: Act = command.by
    return command.model_copy(update={"by": by.model_copy(update={"at": MONDAY + days * DAY})})


def test_it_is_public_from_the_second_person_on_and_until_its_day() -> None:
    proposed, _ = after(PROPOSE)
    assert not proposed.is_open(MONDAY)
    published, _ = after(PROPOSE, PUBLISH)
    assert [published.is_open(MONDAY + days * DAY) for days in (0, 29, 30)] == [True, True, False]
    assert not Publication(is_published=True).is_open(MONDAY)


def test_nobody_publishes_their_own_words_or_others_than_they_read() -> None:
    publish_by_author = PUBLISH.model_copy(
        update={"by": officer().model_copy(update={"role": "staff:supervisor"})}
    )
    with pytest.raises(OwnPublicationError):
        after(PROPOSE, publish_by_author)
    with pytest.raises(NoProposalError):
        after(PROPOSE, OTHER_WORDS, PUBLISH)
    with pytest.raises(NoProposalError):
        after(PUBLISH)
    with pytest.raises(NoProposalError):
        after(PROPOSE, at(PUBLISH, 30))
    with pytest.raises(WrongRoleError):
        after(PROPOSE, PUBLISH.model_copy(update={"by": officer("officer-cici")}))


def test_of_a_single_report_nothing_is_published() -> None:
    with pytest.raises(TooFewReportsError):
        after(PROPOSE, PUBLISH.model_copy(update={"reports": 1}))


def test_what_is_public_is_not_changed_but_ended_and_proposed_anew() -> None:
    with pytest.raises(AlreadyPublishedError):
        after(PROPOSE, PUBLISH, OTHER_WORDS)
    state, _ = after(PROPOSE, PUBLISH, END, OTHER_WORDS)
    assert state.proposal is not None
    assert (state.proposal.digest, state.is_published) == ("b" * 64, False)
    over, _ = after(PROPOSE, PUBLISH, at(PROPOSE, 30))
    assert not over.is_published, "its time was over, so it needs a second person again"


def test_a_repeat_records_nothing() -> None:
    once = after(PROPOSE, PUBLISH, END)[1]
    assert after(PROPOSE, PROPOSE, PUBLISH, PUBLISH, END, END)[1] == once
    assert after(END)[1] == []
    assert len(after(PROPOSE, at(PROPOSE, 30))[1]) == 2, "the first is over, nobody can publish it"
    other = PROPOSE.model_copy(update={"by": supervisor()})
    assert len(after(PROPOSE, other)[1]) == 2, "another author: the second person is another one too"


def test_the_messages_bind_the_words_and_have_none() -> None:
    state, recorded = after(PROPOSE, PUBLISH, END)
    disclosures = [publish(event, state) for event in recorded]
    assert {each.subject for each in disclosures} == {"incidents"}
    proposed, published, ended = (each.data.model_dump() for each in disclosures)  # type: ignore[union-attr]
    assert (proposed["digest"], published["digest"], published["asked_by"]) == (
        "a" * 64,
        "a" * 64,
        "officer-ani",
    )
    assert ended["reason"] == "over"


WORDS = {
    "public_title": "Sambal botol berjamur",
    "public_product": "Sambal Botol",
    "district": "tarakan",
    "commodity": "pangan_olahan",
    "days": "30",
}


@pytest.mark.parametrize(
    "title",
    [
        "PT Maju Jaya menipu",
        "Sambal dari Toko Melati",
        "Sambal toko Melati menipu",
        "SAMBAL TOKO MELATI",
        "PT.Sinar menipu",
        "pt sinar menipu",
        "Sambal bu Siti",
        "Nasi RM Padang basi",
        "Rumah  makan Sederhana",
        "drg. Andi tidak berizin",
        "H. Udin menjual obat",
        "Sambal dari warung 'Melati'",
        "Ibu Sari menjual sambal",
        "Telepon 0811 2345 6789",
        "a@b.example",
    ],
)
def test_a_title_that_names_somebody_is_refused(title: str) -> None:
    with pytest.raises(ValidationError, match="public_title"):
        PublicationBody.model_validate(WORDS | {"public_title": title})


@pytest.mark.parametrize(
    "title",
    [
        "Obat untuk ibu hamil palsu",
        "Sambal di toko-toko berjamur",
        "Ikan PTX busuk",
        "Obat keras dijual di toko obat",
        "Vitamin H palsu",
    ],
)
def test_a_neutral_title_is_taken(title: str) -> None:
    assert PublicationBody.model_validate(WORDS | {"public_title": title}).public_title == title


def test_words_that_no_report_could_match_are_refused() -> None:
    with pytest.raises(ValidationError, match="public_product"):
        PublicationBody.model_validate(
            {name: value for name, value in WORDS.items() if name != "public_product"}
        )
    by_number = {name: value for name, value in WORDS.items() if name != "public_product"} | {
        "public_number": "MD 123456"
    }
    assert PublicationBody.model_validate(by_number).public_product is None


@pytest.mark.parametrize("number", ["tidak ada", "MD 1", "-"])
def test_what_is_no_registration_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PublicationBody.model_validate(WORDS | {"public_number": number})
    assert [each["loc"] for each in refused.value.errors()] == [("public_number",)]


PUBLIC = PublicationWords(
    acts.INCIDENT, "Sambal botol berjamur", "Sambal Botol", "", "tarakan", "pangan_olahan", MONDAY
)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Sambal botol"},
        {"product": "Sambal"},
        {"registration_number": "MD 123456789012"},
        {"district": "nunukan"},
        {"commodity": "obat"},
        {"open_until": MONDAY + DAY},
    ],
)
def test_the_digest_binds_all_that_the_second_person_reads(changes: dict[str, Any]) -> None:
    assert replace(PUBLIC, **changes).digest != PUBLIC.digest


def test_of_a_single_report_that_is_left_nothing_is_offered() -> None:
    status = PublicationStatus(PUBLIC, "officer-ani", is_published=True, reports=2)
    assert status.is_open_to(PUBLIC.matter)
    for changes in ({"reports": 1}, {"is_published": False}):
        assert not replace(status, **changes).is_open_to(PUBLIC.matter)
    assert not status.is_open_to(replace(PUBLIC.matter, district="nunukan"))
