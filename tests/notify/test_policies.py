"""The messages that become a request for a delivery, and those that do not."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from tests.notify.shipped import shipped_routing

from zi_chassis.bus.lanes import Reaction
from zi_contracts.certificates import ApplicantsClock, ExpiryReason, PaymentRefusal
from zi_contracts.intake import ClosingReason
from zi_contracts.message import Message, UnreadableMessageError
from zi_contracts.registry import MODELS, data_of
from zi_contracts.umkm import EndReason
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import RequestDelivery
from zi_notify.domain.printed_letter import QueueLetter
from zi_notify.notices.policies import filer_reactions
from zi_notify.texts.letter import templates, wordings
from zi_notify.texts.short_message import phone_templates

EXAMPLES = Path(__file__).parents[1] / "contracts/examples"
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
STATUS = [
    *(
        "complaint_filed",
        "consultation_filed",
        "information_requested",
        "suggestion_made",
        "time_extended",
        "certificate_requested",
        "mentoring_requested",
        "case_acknowledged",
        "case_assigned",
        "case_triaged",
        "moved_to_appointed",
        "clarification_asked",
    ),
    *("citizen_replied", "case_answered", "case_closed", "case_reopened", "case_withdrawn"),
    *("erasure_requested", "erasure_refused", "disclosure_requested", "disclosure_consented"),
    *("disclosure_refused", "disclosure_expired"),
    *("code_requested", "code_replaced", "code_replacement_stopped"),
]
APPLICATION = [
    *("application_submitted", "application_paid", "payment_refused", "data_asked", "data_sent"),
    *("application_rejected", "application_resubmitted", "application_expired", "application_withdrawn"),
    *("letters_signed", "letter_sealed", "letter_suspended", "letter_reinstated", "letter_revoked"),
    *("letter_superseded", "amendment_called_for"),
    "deadline_near",
]
MENTORING = [
    *("business_restated", "products_triaged", "products_referred", "business_returned", "label_checked"),
    *("label_check_confirmed", "state_question_corrected", "revocation_dropped"),
    *("business_assessed", "action_agreed", "action_verified", "action_reopened", "action_overdue"),
    *("permit_applied", "permit_returned", "permit_issued"),
    *("revocation_announced", "permit_revoked", "permit_renewal_due", "permit_expired"),
    *("referral_questioned", "referral_refused"),
    *("state_question_recorded", "state_question_reminded", "state_question_missed"),
    *("registration_sent", "registration_returned", "number_obtained", "business_graduated"),
    "business_number_checked",
    *("mentoring_paused", "mentoring_resumed", "mentoring_closed"),
    *("visit_announced", "visit_called_off"),
]
DAILY = [
    "label_check_confirmed",
    *("business_restated", "label_checked", "action_agreed", "action_reopened", "action_overdue"),
    *("registration_sent", "referral_refused"),
]
OWN_ACTS = ["permit_applied", "number_obtained", "mentoring_closed"]
COMPENSATION = (
    *("compensation_opened", "compensation_offered", "compensation_accepted"),
    *("compensation_waived@open_until", "compensation_given"),
)
PRINTED = {
    *("zi.intake.clarification_asked", "zi.intake.case_answered"),
    *("zi.intake.erasure_refused", "zi.intake.time_extended"),
}
ZONE = ("participant_code_issued", "proposal_settled", "survey_invited", *COMPENSATION)
NOTIFIED = [
    *(f"zi.intake.{event}" for event in STATUS),
    *(f"zi.certificates.{event}" for event in APPLICATION),
    *(f"zi.umkm.{event}" for event in MENTORING),
    *(f"zi.integrity.{event}" for event in ZONE),
]


def example(type_: str, role: str = "", **data: Any) -> Message:
    """Of a citizen who is reachable by e-mail; `role` is that of whoever took the step."""
    known = json.loads((EXAMPLES / f"{type_}.json").read_bytes())
    data_fields = (
        known["data"] | ({"reachable_by": ["email"]} if "reachable_by" in known["data"] else {}) | data
    )
    by = {"actorrole": role} if role else {}
    return Message.parse(json.dumps(known | by | {"data": data_fields}).encode())


def react(message: Message, at: datetime) -> tuple[Reaction, ...]:
    """The deliveries to whoever filed the case, of which nothing else is known."""
    return tuple(filer_reactions(shipped_routing(), message, data_of(message), None, at))


def by_a_mentor(event: str, **data: Any) -> Message:
    return example(f"zi.umkm.{event}", "staff:mentor", **data)


def requested(message: Message) -> RequestDelivery:
    (reaction,) = react(message, NOW)
    assert isinstance(reaction.command, RequestDelivery)
    return reaction.command


@pytest.mark.parametrize("type_", NOTIFIED)
def test_a_status_message_requests_one_delivery(type_: str) -> None:
    message = example(type_, "staff:officer")
    command = requested(message)
    assert (command.ticket, command.cause) == (message.subject, message.id)
    assert command.language == message.data["language"]
    assert command.by.causation == str(message.id)
    assert command.template in wordings(templates().content, command.language)
    assert (command.template_version, command.template_digest) == (templates().version, templates().digest)


@pytest.mark.parametrize("type_", NOTIFIED)
def test_a_citizen_without_e_mail_gets_a_letter_where_the_data_says_so_and_else_nothing(type_: str) -> None:
    for reachable_by in (["phone"], []):
        message = example(type_, "staff:officer", reachable_by=reachable_by)
        known = CaseFacts(service="intake", ticket=message.subject, kind="product")
        reactions = filer_reactions(shipped_routing(), message, data_of(message), known, NOW)
        printed = [each.command for each in reactions]
        assert all(isinstance(each, QueueLetter) for each in printed)
        assert bool(printed) == (type_ in PRINTED)


def test_no_letter_is_printed_for_somebody_whom_nobody_knows() -> None:
    answered = example("zi.intake.case_answered", "staff:officer", reachable_by=[])
    unnamed = CaseFacts(service="intake", ticket=answered.subject, kind="product", is_anonymous=True)
    of_before = CaseFacts(service="intake", ticket=answered.subject)
    step, routing = data_of(answered), shipped_routing()
    for facts in (unnamed, of_before, None):
        assert not list(filer_reactions(routing, answered, step, facts, NOW))
    named = unnamed.model_copy(update={"is_anonymous": False})
    (reaction,) = filer_reactions(routing, answered, step, named, NOW)
    assert (reaction.command.ticket, reaction.command.cause) == (answered.subject, answered.id)  # type: ignore[attr-defined]


FILED = datetime(2026, 12, 1, 2, tzinfo=UTC)
WRITES = {"language": "en", "reachable_by": ("email",)}


@pytest.mark.parametrize(
    ("role", "later", "known", "count"),
    [
        ("public", timedelta(hours=2), {"filed": FILED, **WRITES}, 1),
        ("public", timedelta(minutes=5), {"filed": FILED, **WRITES}, 0),
        ("staff:officer", timedelta(hours=2), {"filed": FILED, **WRITES}, 0),
        ("public", timedelta(hours=2), WRITES, 0),
        ("public", timedelta(hours=2), {"filed": FILED}, 0),
    ],
    ids=["later", "while filing", "by an officer", "filed before this was noted", "no channel"],
)
def test_a_file_that_is_added_later_is_confirmed_once_a_day(
    role: str, later: timedelta, known: dict[str, Any], count: int
) -> None:
    added = example("zi.intake.attachment_added", role).model_copy(update={"time": FILED + later})
    facts = CaseFacts(service="intake", ticket=added.subject, **known)
    again = added.model_copy(update={"id": UUID(int=7)})
    reactions = [
        reaction
        for each in (added, again)
        for reaction in filer_reactions(shipped_routing(), each, data_of(each), facts, NOW)
    ]
    assert len({each.aggregate for each in reactions}) == count
    assert {each.command.template for each in reactions} <= {"attachment_received"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "template", "until"),
    [
        ({"state": "acknowledged"}, "moved_to_appointed", None),
        (
            {"state": "clarification_asked", "holder": "citizen", "reply_by": "2026-12-09T15:59:00Z"},
            "moved_to_appointed_asked",
            datetime(2026, 12, 9, 15, 59, tzinfo=UTC),
        ),
        (
            {"state": "answered", "holder": "citizen", "closes_on": "2026-12-11T15:59:00Z"},
            "moved_to_appointed_answered",
            datetime(2026, 12, 11, 15, 59, tzinfo=UTC),
        ),
    ],
)
def test_the_mail_about_moving_says_what_still_waits_for_the_citizen(
    data: dict[str, Any], template: str, until: datetime | None
) -> None:
    """Told to do nothing they would see their complaint closed for want of a reply."""
    command = requested(example("zi.intake.moved_to_appointed", "staff:officer", **data))
    assert (command.template, command.until) == (template, until)
    for language in ("en", "id"):
        text = wordings(templates().content, language)[template].text
        assert ("{until}" in text) == (until is not None)


WITH_CODES = ("zi.integrity.participant_code_issued",)


@pytest.mark.parametrize("type_", [each for each in NOTIFIED if each.startswith("zi.intake.")])
def test_whoever_gave_a_number_alone_is_told_by_the_office_s_channel_for_telephones(type_: str) -> None:
    def requests(*reachable_by: str) -> list[RequestDelivery]:
        message = example(type_, "staff:officer", reachable_by=reachable_by)
        reactions = filer_reactions(shipped_routing(), message, data_of(message), None, NOW, "sms")
        return [reaction.command for reaction in reactions if isinstance(reaction.command, RequestDelivery)]

    assert [each.channel for each in requests("email", "phone")] == ["email"]
    by_phone = requests("phone")
    assert [each.channel for each in by_phone] == ([] if type_ in WITH_CODES else ["sms"])
    assert all(each.template_digest == phone_templates().digest for each in by_phone)


LATE = datetime(2026, 12, 1, 15, 59, tzinfo=UTC)  # 23:59 in the office, when a case may close by itself
MORNING = datetime(2026, 12, 1, 22, tzinfo=UTC)


def quiet_waits(
    type_: str, role: str, at: datetime, *reachable_by: str, received: datetime | None = None
) -> dict[str, tuple[bool, datetime | None]]:
    """Return, by channel, whether the notice keeps the quiet hours, and when they end in which it came."""
    message = example(type_, role, reachable_by=reachable_by).model_copy(update={"time": at})
    step, routing = data_of(message), shipped_routing()
    reactions = filer_reactions(routing, message, step, None, received or at, "sms", by_browser=True)
    commands = [each.command for each in reactions]
    assert all(isinstance(each, RequestDelivery) for each in commands)
    return {each.channel: (each.keeps_quiet_hours, each.send_after) for each in commands}  # type: ignore[attr-defined]


def test_nobody_s_telephone_rings_at_night_for_what_others_did() -> None:
    for type_, role in {
        "zi.intake.case_closed": "system:intake",
        "zi.intake.case_answered": "staff:officer",
    }.items():
        assert quiet_waits(type_, role, LATE, "phone") == dict.fromkeys(("sms", "web_push"), (True, MORNING))
        assert quiet_waits(type_, role, NOW, "phone") == dict.fromkeys(("sms", "web_push"), (True, None))
        assert quiet_waits(type_, role, LATE, "email")["email"] == (False, None)


def test_what_answers_an_act_of_their_own_reaches_a_telephone_at_once() -> None:
    for type_ in ("zi.intake.complaint_filed", "zi.intake.code_requested"):
        found = quiet_waits(type_, "public", LATE, "phone")
        assert found
        assert set(found.values()) == {(False, None)}
    by_the_system = quiet_waits("zi.intake.code_requested", "system:intake", LATE, "phone")
    assert by_the_system["sms"] == (False, None)


def test_what_is_heard_of_too_late_does_not_ring_at_night() -> None:
    """As when the service was down in the evening."""
    for type_ in ("zi.intake.complaint_filed", "zi.intake.code_requested"):
        evening = NOW + timedelta(hours=7)
        found = quiet_waits(type_, "public", evening, "phone", received=LATE)
        assert set(found.values()) == {(True, None)}
        found = quiet_waits(type_, "public", LATE, "phone", received=LATE + timedelta(minutes=6))
        assert set(found.values()) == {(True, MORNING)}


@pytest.mark.parametrize("type_", sorted(set(MODELS) - set(NOTIFIED)))
def test_other_messages_cause_nothing(type_: str) -> None:
    assert react(example(type_, "staff:officer"), NOW) == ()


def test_a_status_message_that_breaks_its_type_blocks() -> None:
    with pytest.raises(UnreadableMessageError):
        react(example("zi.intake.case_answered", closes_on="soon"), NOW)


@pytest.mark.parametrize(
    ("type_", "prefix", "reasons"),
    [
        ("zi.intake.case_closed", "closed", ClosingReason),
        ("zi.certificates.payment_refused", "payment", PaymentRefusal),
        ("zi.certificates.application_expired", "application_expired", ExpiryReason),
        ("zi.umkm.mentoring_closed", "mentoring_closed", EndReason),
    ],
)
def test_each_reason_has_its_own_letter(type_: str, prefix: str, reasons: Any) -> None:
    codes = [reason for reason in get_args(reasons) if reason != "data_erased"]
    letters = [requested(example(type_, reason=reason)).template for reason in codes]
    assert letters == [f"{prefix}_{reason}" for reason in codes]
    assert set(letters) <= set(wordings(templates().content, "id"))


@pytest.mark.parametrize("event", ["accepted", "waived@open_until"])
def test_only_an_answer_that_others_recorded_is_sent(event: str) -> None:
    assert not react(example(f"zi.integrity.compensation_{event}", "public"), NOW)
    command = requested(example(f"zi.integrity.compensation_{event}", "staff:integrity"))
    assert command.until is not None


@pytest.mark.parametrize("clock", get_args(ApplicantsClock))
def test_each_clock_has_its_own_reminder_which_names_its_end(clock: str) -> None:
    command = requested(example("zi.certificates.deadline_near", "system:certificates", clock=clock))
    assert command.template == f"deadline_near_{clock}"
    assert command.until is not None
    assert all(
        "{until}" in wordings(templates().content, language)[command.template].text
        for language in ("en", "id")
    )


def test_whoever_is_rejected_reads_whether_another_try_is_left() -> None:
    rejected = "zi.certificates.application_rejected"
    letters = [requested(example(rejected, resubmissions_left=left)).template for left in (1, 0)]
    assert letters == ["application_rejected", "application_rejected_finally"]


def test_the_bill_and_its_end_stand_in_the_letter_about_it() -> None:
    billed = example("zi.certificates.application_submitted")
    command = requested(billed)
    assert command.amount == billed.data["amount"]
    assert command.until == datetime.fromisoformat(billed.data["pay_by"])


def sentences(template: str) -> list[str]:
    return [wordings(templates().content, language)[template].text for language in ("en", "id")]


@pytest.mark.parametrize(
    ("event", "until"),
    [
        ("revocation_announced", datetime(2027, 1, 15, 8, 30, tzinfo=UTC)),
        ("permit_renewal_due", datetime(2031, 12, 7, 15, 59, tzinfo=UTC)),
    ],
)
def test_what_threatens_a_permit_is_told_with_its_number_and_its_day(event: str, until: datetime) -> None:
    command = requested(example(f"zi.umkm.{event}", "system:umkm"))
    assert (command.number, command.until) == ("IPC-2026-000001", until)
    assert all("{until}" in text and "{number}" in text for text in sentences(command.template))


def test_only_a_number_that_was_not_found_is_written_about() -> None:
    checked = {
        "registration_number_checked": "number_refuted",
        "business_number_checked": "business_number_refuted",
    }
    for event, letter in checked.items():
        assert react(example(f"zi.umkm.{event}", "staff:officer", outcome="confirmed"), NOW) == ()
        command = requested(example(f"zi.umkm.{event}", "staff:officer", outcome="refuted"))
        assert command.template == letter
        assert all(("{number}" in text) == bool(command.number) for text in sentences(letter))


def test_a_revocation_without_a_time_for_objections_is_told_once() -> None:
    """The permit is revoked in the same step, and that is told."""
    announced = example("zi.umkm.revocation_announced", "staff:head", objection_until=None)
    assert react(announced, NOW) == ()
    assert requested(example("zi.umkm.permit_revoked", "staff:head")).number == "IPC-2026-000001"


def test_money_that_is_paid_back_is_told_if_the_application_is_unpaid_again() -> None:
    refunded, by = "zi.certificates.payment_refunded", "system:certificates"
    assert react(example(refunded, by), NOW) == ()
    for pay_by in (None, "2026-12-30T08:00:00Z"):
        command = requested(example(refunded, by, reversed=True, pay_by=pay_by))
        assert (command.template, command.amount) == ("payment_reversed", 100000)
        assert all("{amount}" in text and "{until}" not in text for text in sentences(command.template))


@pytest.mark.parametrize("type_", ["zi.certificates.letter_sealed", "zi.umkm.number_obtained"])
def test_a_letter_and_a_registered_product_are_told_by_their_number(type_: str) -> None:
    message = example(type_)
    assert requested(message).number == message.data["number"]


def test_the_letter_names_the_date_that_binds_the_citizen() -> None:
    request = requested(example("zi.intake.clarification_asked"))
    assert request.until == datetime(2026, 12, 15, 8, tzinfo=UTC)


def test_nobody_is_written_to_about_an_erasure_that_is_done() -> None:
    """There is no address any more; that it was asked for was told before."""
    assert react(example("zi.intake.data_subject_erased"), NOW) == ()
    assert react(example("zi.umkm.mentoring_closed", reason="data_erased"), NOW) == ()


@pytest.mark.parametrize("role", ["public", "applicant"])
@pytest.mark.parametrize("event", MENTORING)
def test_a_business_is_written_to_about_its_own_acts_only_where_they_begin_or_end_something(
    event: str, role: str
) -> None:
    """If only officials or timers act, there is no rule to test."""
    by_the_business = {"business_restated", "business_returned", "business_assessed", "action_agreed"}
    by_the_business |= {"registration_sent", "registration_returned", "mentoring_resumed"}
    by_the_business |= {"state_question_recorded", "state_question_corrected"}
    codes = bool(react(example(f"zi.umkm.{event}", role), NOW))
    assert codes == (event not in by_the_business)
    assert codes or event not in OWN_ACTS


@pytest.mark.parametrize("event", ["mentoring_paused", "mentoring_closed", "action_overdue"])
def test_what_falls_due_is_told(event: str) -> None:
    assert requested(example(f"zi.umkm.{event}", "system:umkm"))


@pytest.mark.parametrize("event", MENTORING)
def test_what_comes_in_rows_is_told_once_a_day(event: str) -> None:
    first, second = by_a_mentor(event), by_a_mentor(event)
    again = first.model_copy(update={"id": UUID(int=7), "time": first.time.replace(hour=15, minute=59)})
    deliveries = {reaction.aggregate for each in (first, second, again) for reaction in react(each, NOW)}
    assert len(deliveries) == (1 if event in DAILY else 2)


def aggregate_of(message: Message) -> UUID:
    (reaction,) = react(message, NOW)
    return reaction.aggregate


def test_the_day_is_the_office_s_and_each_case_and_kind_of_step_has_its_own() -> None:
    agreed = by_a_mentor("action_agreed")
    others = [
        agreed.model_copy(update={"time": agreed.time.replace(hour=16)}),  # midnight in WITA
        agreed.model_copy(update={"aggregate": UUID(int=7)}),
        by_a_mentor("action_reopened"),
    ]
    assert len({aggregate_of(each) for each in (agreed, *others)}) == 4


def test_corrections_are_told_as_verified_when_none_is_left_under_way() -> None:
    assert react(by_a_mentor("action_verified", state="correcting"), NOW) == ()
    assert requested(by_a_mentor("action_verified", state="corrected"))


def test_a_code_goes_to_an_address_that_is_not_confirmed_because_its_reader_asked_for_it() -> None:
    code, answer = (
        example(f"zi.integrity.{event}") for event in ("participant_code_issued", "proposal_settled")
    )
    assert (requested(code).solicited, requested(answer).solicited) == (True, False)
    for message in (code, answer):
        assert str(requested(message).contributor) == message.data["data_subject"]
    assert requested(example("zi.intake.case_acknowledged")).contributor is None


def test_an_answer_names_the_proposal_by_its_number() -> None:
    assert requested(example("zi.integrity.proposal_settled", proposal=12)).number == "12"


def test_an_invitation_is_about_a_case_and_holds_to_the_end_of_its_last_day() -> None:
    request = requested(example("zi.integrity.survey_invited", answer_until="2027-01-31"))
    assert request.contributor is None
    assert request.until is not None
    assert request.until.isoformat() == "2027-01-31T23:59:00+08:00"
