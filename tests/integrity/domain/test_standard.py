"""The life of a service standard, and everything that somebody might try on the way."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.integrity import standard_steps as usual
from tests.integrity.officials import head, named, system, team
from tests.integrity.standard_steps import after, events

from zi_chassis.domain import DomainError, UnseenSignError, WrongRoleError
from zi_integrity.domain.standard import errors, messages
from zi_integrity.domain.standard.state import StandardStatus
from zi_integrity.domain.standard.terms import binds_alike, decree_content, missing_components, terms_digest
from zi_integrity.messaging.standards_data import publish, standard_decrees
from zi_rules.configuration import read
from zi_rules.standard import ServiceStandard, standard_configuration

IN_A_FORUM = usual.OPEN.model_copy(update={"manner": "forum", "forum": "FKP-1", "forum_status": "open"})
BOTH = (usual.PROPOSAL, usual.PROPOSAL.model_copy(update={"reference": "FKP-1/4"}))


def changed(command: Any, **fields: Any) -> Any:
    return command.model_copy(update=fields)


def refused(error: type[DomainError], command: Any, *history: Any) -> DomainError:
    with pytest.raises(error) as caught:
        events(command, *history)
    return caught.value


def test_a_draft_goes_its_way_to_a_decree() -> None:
    decree = after(*usual.ADOPTED)
    assert decree.status is StandardStatus.ADOPTED
    assert decree.adopted is not None
    assert (decree.version, decree.adopted.number) == (2, "SP-2026-000001")
    assert decree.digest == terms_digest(decree.adopted.content)
    configuration = standard_configuration(decree.adopted.content.encode(), "decree")
    standard = read(ServiceStandard, configuration)
    assert (standard.id, standard.version, standard.effective_from) == (
        "rancangan-pengaduan",
        2,
        date(2027, 1, 1),
    )
    assert len(standard.components) == 14


def test_a_repeat_of_each_step_changes_nothing() -> None:
    assert events(usual.BEGIN, usual.BEGIN) == []
    assert events(changed(usual.REVISE, terms=usual.TERMS), usual.BEGIN) == []
    assert events(usual.DROP, usual.BEGIN, usual.DROP) == []
    assert events(usual.ADOPT, *usual.ADOPTED) == []
    assert events(usual.WITHDRAW, *usual.ADOPTED, usual.WITHDRAW) == []
    assert events(usual.REVIEW, *usual.ADOPTED, usual.REVIEW) == []
    assert events(usual.REMIND, *usual.ADOPTED, usual.REMIND) == []
    assert events(usual.OVERDUE, *usual.ADOPTED, usual.OVERDUE) == []


def test_an_adoption_again_with_another_day_is_no_repeat() -> None:
    later = changed(usual.ADOPT, effective_from=date(2027, 2, 1))
    refused(errors.DraftIsClosedError, later, *usual.ADOPTED)
    refused(errors.DraftIsClosedError, changed(usual.ADOPT, letter=named("other")), *usual.ADOPTED)


def test_nothing_happens_to_a_draft_that_does_not_exist() -> None:
    for command in (usual.REVISE, usual.OPEN, usual.ADOPT, usual.WITHDRAW, usual.REMIND):
        refused(errors.NoSuchDraftError, command)


def test_a_draft_is_not_begun_twice_with_other_texts() -> None:
    refused(errors.DraftBegunOtherwiseError, changed(usual.BEGIN, terms=usual.amended(4)), usual.BEGIN)
    refused(errors.DraftBegunOtherwiseError, changed(usual.BEGIN, service="ski"), usual.BEGIN)


@pytest.mark.parametrize("terms", ["", "[]", '{"components":[]}', '{"b": 1}', "[" * 5_000, '{"version":2}'])
def test_terms_that_can_not_be_read_are_refused(terms: str) -> None:
    refused(errors.UnreadableTermsError, changed(usual.BEGIN, terms=terms))


def test_terms_that_the_ledger_can_not_take_are_refused() -> None:
    long = usual.written({"office": "x" * 25_000})
    refused(errors.TermsTooLongError, changed(usual.BEGIN, terms=long))


def test_a_sign_that_nobody_sees_is_refused() -> None:
    with pytest.raises(UnseenSignError):
        messages.ReviseStandard(
            **{**dict(usual.REVISE), "terms": usual.TERMS.replace("Gratis", "Gra\u202etis")}
        )


def test_two_drafts_of_one_service_live_at_once_and_the_second_must_follow_the_first() -> None:
    newer = changed(usual.RECORD, latest=2, begins=date(2027, 1, 1))
    adopt = changed(usual.ADOPT, record=newer, effective_from=date(2027, 2, 1))
    error = refused(errors.StaleDraftError, adopt, *usual.CONSULTED)
    assert error.values == {"version": 2}
    refused(errors.StaleDraftError, changed(usual.OPEN, record=newer), usual.BEGIN)
    rebased = changed(usual.REVISE, terms=usual.TERMS, record=newer)
    assert after(*usual.CONSULTED, rebased, adopt).version == 3


def test_a_version_takes_effect_after_the_one_before() -> None:
    newer = changed(usual.RECORD, begins=date(2027, 1, 1))
    refused(errors.EffectiveTooEarlyError, changed(usual.ADOPT, record=newer), *usual.CONSULTED)


def test_nothing_is_adopted_while_another_draft_of_the_service_is_in_consultation() -> None:
    other = changed(usual.RECORD, consulted=named("other"))
    refused(errors.AnotherConsultationError, changed(usual.ADOPT, record=other), *usual.CONSULTED)
    refused(errors.AnotherConsultationError, changed(usual.OPEN, record=other), usual.BEGIN)


def test_a_draft_is_not_adopted_while_the_public_is_asked_about_it() -> None:
    refused(errors.ConsultationRunsError, changed(usual.ADOPT, record=usual.CONSULTING), *usual.OPENED)


def test_a_text_does_not_change_while_the_public_reads_it() -> None:
    refused(errors.TextUnderConsultationError, usual.REVISE, *usual.OPENED)


def test_after_a_consultation_a_change_follows_proposals() -> None:
    refused(errors.NothingFollowedError, usual.REVISE, *usual.CONSULTED)
    decree = after(*usual.CONSULTED, usual.FOLLOW)
    assert (decree.follows, decree.status) == (("FKP-1/3",), StandardStatus.CONSULTED)
    assert decree.consulted == usual.TERMS
    again = changed(
        usual.FOLLOW,
        before=decree.digest,
        terms=usual.amended(3),
        follows=("FKP-1/3", "FKP-1/4"),
        proposals=BOTH,
    )
    assert after(*usual.CONSULTED, usual.FOLLOW, again).follows == ("FKP-1/3", "FKP-1/4")


def test_after_a_consultation_nothing_else_is_followed() -> None:
    before, late = datetime(2026, 1, 5, 2, tzinfo=UTC), datetime(2026, 12, 22, 2, tzinfo=UTC)
    for proposal in (
        changed(usual.PROPOSAL, at=before, day=date(2026, 1, 5)),
        changed(usual.PROPOSAL, at=late, day=date(2026, 12, 22)),
    ):
        stranger = changed(usual.FOLLOW, proposals=(proposal,))
        refused(errors.ProposalsOfAnotherConsultationError, stranger, *usual.CONSULTED)
        assert len(events(stranger, usual.BEGIN)) == 1, "the public is asked about it afterwards"
        forum = (usual.BEGIN, IN_A_FORUM, usual.CLOSE)
        assert len(events(stranger, *forum)) == 1
        elsewhere = changed(stranger, proposals=(changed(proposal, forum="FKP-2"),))
        refused(errors.ProposalsOfAnotherConsultationError, elsewhere, *forum)
    same = changed(usual.FOLLOW, terms=usual.TERMS, proposals=())
    refused(errors.ProposalsOfAnotherConsultationError, same, *usual.CONSULTED)


def test_a_standard_that_was_to_be_discussed_in_a_forum_waits_until_it_was_held() -> None:
    forum = (usual.BEGIN, IN_A_FORUM, usual.CLOSE)
    for status in (None, "planned", "open", "no_quorum", "cancelled"):
        refused(errors.ForumNotHeldError, changed(usual.ADOPT, forum_status=status), *forum)
    assert len(events(changed(usual.ADOPT, forum_status="closed"), *forum)) == 1


def test_the_public_may_be_asked_again() -> None:
    decree = after(*usual.CONSULTED, usual.FOLLOW, changed(usual.OPEN, until=date(2027, 1, 20)))
    assert decree.status is StandardStatus.CONSULTATION
    assert decree.consulted == usual.amended(4)


def test_two_people_who_write_at_once_do_not_overwrite_each_other() -> None:
    other = changed(usual.REVISE, terms=usual.amended(3))
    refused(errors.StandardChangedMeanwhileError, other, usual.BEGIN, usual.REVISE)
    refused(
        errors.StandardChangedMeanwhileError, usual.ADOPT, usual.BEGIN, usual.REVISE, usual.OPEN, usual.CLOSE
    )


def test_a_consultation_gives_the_public_time() -> None:
    refused(errors.ConsultationTooShortError, changed(usual.OPEN, until=date(2026, 12, 7)), usual.BEGIN)
    refused(errors.NoForumNamedError, changed(usual.OPEN, manner="forum"), usual.BEGIN)
    nowhere = changed(usual.OPEN, manner="forum", forum="FKP-9999-77")
    refused(errors.NoSuchForumError, nowhere, usual.BEGIN)
    refused(errors.NoSuchForumError, changed(nowhere, forum_status="cancelled"), usual.BEGIN)
    assert len(events(IN_A_FORUM, usual.BEGIN)) == 1
    [opened] = events(changed(IN_A_FORUM, manner="comment_period"), usual.BEGIN)
    assert isinstance(opened, messages.StandardConsultationOpened)
    assert opened.forum is None
    refused(errors.ConsultationRunsError, changed(usual.CLOSE, today=usual.UNTIL), *usual.OPENED)
    refused(errors.ConsultedAlreadyError, usual.OPEN, *usual.OPENED)
    refused(errors.NoConsultationOpenError, usual.CLOSE, usual.BEGIN)
    refused(errors.NoConsultationOpenError, usual.CLOSE, *usual.CONSULTED)


def test_the_public_is_asked_about_a_whole_standard() -> None:
    terms = usual.table()
    terms["components"].pop("jaminan_keamanan")
    terms["components"]["biaya"] = {"id": "Gratis.", "en": " "}
    incomplete = usual.written(terms)
    assert missing_components(incomplete) == ("biaya.en", "jaminan_keamanan.id", "jaminan_keamanan.en")
    begun = changed(usual.BEGIN, terms=incomplete)
    error = refused(errors.IncompleteStandardError, usual.OPEN, begun)
    assert error.values == {"missing": "biaya.en, jaminan_keamanan.id, jaminan_keamanan.en"}
    waived = changed(
        usual.ADOPT,
        before=terms_digest(incomplete),
        waiver="higher_law",
        waiver_statement="PerBPOM baru",
    )
    refused(errors.IncompleteStandardError, waived, begun)


def test_a_standard_that_services_could_not_decide_by_is_refused() -> None:
    terms = usual.written(usual.table(tiers={}))
    begun = changed(usual.BEGIN, terms=terms)
    adopt = changed(
        usual.ADOPT, before=terms_digest(terms), waiver="higher_law", waiver_statement="PerBPOM baru"
    )
    refused(errors.UnfitStandardError, adopt, begun)


def test_without_a_consultation_a_reason_of_the_law_is_stated() -> None:
    refused(errors.NotConsultedError, usual.ADOPT, usual.BEGIN)
    refused(errors.NotConsultedError, changed(usual.ADOPT, waiver="higher_law"), usual.BEGIN)
    waived = changed(usual.ADOPT, waiver="higher_law", waiver_statement="PerBPOM baru")
    assert after(usual.BEGIN, waived).status is StandardStatus.ADOPTED
    refused(errors.WaiverNotNeededError, waived, *usual.CONSULTED)


def test_no_period_is_changed_under_the_name_of_a_clear_error() -> None:
    waived = changed(usual.ADOPT, waiver="clear_error", waiver_statement="Salah ketik")
    assert after(usual.BEGIN, waived).status is StandardStatus.ADOPTED
    longer = changed(usual.BEGIN, terms=usual.amended(60))
    refused(errors.MoreThanAnErrorError, changed(waived, before=terms_digest(usual.amended(60))), longer)
    assert binds_alike(usual.TERMS, usual.IN_FORCE)


def test_whoever_wrote_on_it_does_not_adopt_it() -> None:
    begun_by_head = changed(usual.BEGIN, by=head())
    refused(errors.DrafterAdoptsError, usual.ADOPT, begun_by_head, usual.OPEN, usual.CLOSE)
    revised = changed(usual.REVISE, by=head(), terms=usual.amended(4))
    adopt = changed(usual.ADOPT, before=terms_digest(usual.amended(4)))
    refused(errors.DrafterAdoptsError, adopt, usual.BEGIN, revised, usual.OPEN, usual.CLOSE)
    assert after(usual.BEGIN, revised, usual.OPEN, usual.CLOSE, changed(adopt, by=head("head-lain"))).adopted


def test_the_days_of_a_decree_are_possible() -> None:
    past = changed(usual.ADOPT, effective_from=date(2026, 12, 21))
    refused(errors.PastEffectiveDateError, past, *usual.CONSULTED)
    ends = changed(usual.ADOPT, effective_to=date(2026, 12, 31))
    refused(errors.EndsBeforeItBeginsError, ends, *usual.CONSULTED)
    decree = after(*usual.CONSULTED, changed(usual.ADOPT, effective_to=date(2027, 12, 31)))
    assert decree.adopted is not None
    assert json.loads(decree.adopted.content)["effective_to"] == "2027-12-31"


def test_a_withdrawn_draft_does_nothing_any_more() -> None:
    dropped = (usual.BEGIN, usual.DROP)
    for command in (usual.REVISE, usual.OPEN, usual.ADOPT):
        refused(errors.DraftIsClosedError, command, *dropped)
    refused(errors.NotAdoptedError, usual.WITHDRAW, *dropped)
    refused(errors.NoConsultationOpenError, usual.CLOSE, *dropped)
    refused(errors.DraftIsClosedError, usual.DROP, *usual.ADOPTED)


def test_a_draft_in_consultation_may_be_withdrawn() -> None:
    assert after(*usual.OPENED, usual.DROP).status is StandardStatus.DROPPED


def test_an_adopted_standard_never_changes_and_ends_by_the_head() -> None:
    refused(errors.DraftIsClosedError, usual.REVISE, *usual.ADOPTED)
    ended = after(*usual.ADOPTED, usual.WITHDRAW)
    assert (ended.status, ended.review_due) == (StandardStatus.ENDED, None)
    refused(errors.NotAdoptedError, usual.REVIEW, *usual.ADOPTED, usual.WITHDRAW)
    assert events(usual.REMIND, *usual.ADOPTED, usual.WITHDRAW) == []


def test_a_review_is_due_reminded_of_overdue_and_done() -> None:
    decree = after(*usual.ADOPTED, usual.REMIND, usual.OVERDUE)
    assert (decree.reminded_of, decree.overdue_since) == (date(2028, 1, 1), date(2028, 1, 1))
    done = after(*usual.ADOPTED, usual.REMIND, usual.OVERDUE, usual.REVIEW)
    assert (done.review_due, done.overdue_since) == (date(2028, 12, 1), None)
    assert events(usual.OVERDUE, *usual.ADOPTED, usual.REVIEW) == []
    late = changed(usual.REVIEW, next_due=date(2030, 1, 1))
    refused(errors.ReviewTooLateError, late, *usual.ADOPTED)


@pytest.mark.parametrize(
    ("command", "history"),
    [
        (usual.BEGIN, ()),
        (usual.REVISE, usual.DRAFTED),
        (usual.OPEN, usual.DRAFTED),
        (usual.CLOSE, usual.OPENED),
        (usual.DROP, usual.DRAFTED),
        (usual.ADOPT, usual.CONSULTED),
        (usual.WITHDRAW, usual.ADOPTED),
        (usual.REVIEW, usual.ADOPTED),
        (usual.REMIND, usual.ADOPTED),
        (usual.OVERDUE, usual.ADOPTED),
    ],
    ids=lambda each: type(each).__name__,
)
def test_each_event_is_disclosed_with_the_text_that_it_is_about(
    command: Any, history: tuple[Any, ...]
) -> None:
    state = after(*history)
    [event] = events(command, *history)
    state = standard_decrees.evolve(state, event)
    disclosure = publish(event, state)
    data = dict(disclosure.data)
    assert disclosure.subject == "standard"
    assert (data["service"], data["id"], data["digest"]) == ("complaint", "rancangan-pengaduan", state.digest)


def test_an_event_that_does_not_fit_its_standard_is_never_disclosed() -> None:
    [drafted] = events(usual.BEGIN)
    [withdrawn] = events(usual.WITHDRAW, *usual.ADOPTED)
    with pytest.raises(AssertionError):
        publish(drafted, after(*usual.ADOPTED))
    with pytest.raises(AssertionError):
        publish(withdrawn, after(usual.BEGIN))


def test_nobody_else_adopts_and_no_official_is_the_clock() -> None:
    with pytest.raises(WrongRoleError):
        events(changed(usual.ADOPT, by=team()), *usual.CONSULTED)
    with pytest.raises(WrongRoleError):
        events(changed(usual.WITHDRAW, by=team()), *usual.ADOPTED)
    with pytest.raises(WrongRoleError):
        events(changed(usual.REMIND, by=head()), *usual.ADOPTED)
    with pytest.raises(WrongRoleError):
        events(changed(usual.BEGIN, by=system()))


def test_the_same_text_gives_the_same_decree_to_the_byte() -> None:
    day = date(2027, 1, 1)
    assert decree_content(usual.TERMS, "a", 2, day, None) == decree_content(usual.TERMS, "a", 2, day, None)


NAMED = changed(usual.PROPOSAL, components=("jangka_waktu",))
FOLLOWED = (*usual.CONSULTED, changed(usual.FOLLOW, proposals=(NAMED,)))


def test_a_text_that_follows_a_proposal_changes_the_components_that_it_names() -> None:
    adopt = changed(usual.ADOPT, before=terms_digest(usual.amended(4)), followed=(NAMED,))
    [adopted] = events(adopt, *FOLLOWED)
    assert (adopted.changed_components, adopted.unnamed_reason) == (("jangka_waktu",), None)


def test_other_components_are_not_rewritten_in_the_name_of_a_proposal_without_a_reason() -> None:
    adopt = changed(usual.ADOPT, before=terms_digest(usual.amended(4)))
    for followed in ((), (usual.PROPOSAL,), (changed(usual.PROPOSAL, components=("biaya",)),)):
        refused(errors.UnnamedChangesError, changed(adopt, followed=followed), *FOLLOWED)
    [adopted] = events(changed(adopt, unnamed_reason="Diminta pengawas."), *FOLLOWED)
    assert (adopted.changed_components, adopted.unnamed_reason) == (("jangka_waktu",), "Diminta pengawas.")


def test_a_waived_text_that_follows_a_proposal_is_compared_with_what_is_in_force() -> None:
    in_force = changed(usual.RECORD, terms=usual.TERMS)
    follow = changed(usual.FOLLOW, proposals=(NAMED,))
    waived = changed(
        usual.ADOPT,
        before=terms_digest(usual.amended(4)),
        waiver="higher_law",
        waiver_statement="PerBPOM baru",
        record=in_force,
    )
    refused(errors.UnnamedChangesError, waived, usual.BEGIN, follow)
    [adopted] = events(changed(waived, followed=(NAMED,)), usual.BEGIN, follow)
    assert adopted.changed_components == ("jangka_waktu",)
