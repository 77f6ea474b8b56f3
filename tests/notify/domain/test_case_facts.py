"""A case as messages tell of it, and to whom a mail may name it: never more than the desk shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import pytest

from zi_contracts.message import Message
from zi_contracts.registry import MODELS, data_of
from zi_intake.read.visibility import CaseReader
from zi_notify.domain.case_facts import CaseFacts, MailAudience, facts_after
from zi_rules.people import ListedOfficial, People

EXAMPLES = Path(__file__).parents[2] / "contracts/examples"
TOPICS = frozenset({"conduct", "money"})
NOBODY = frozenset[str]()


def message(type_: str, role: str = "", actor: str = "", **data: Any) -> Message:
    known = json.loads((EXAMPLES / f"{type_}.json").read_bytes())
    by = {name: value for name, value in (("actorrole", role), ("actor", actor)) if value}
    return Message.parse(json.dumps(known | by | {"data": known["data"] | data}).encode())


def after(*messages: Message) -> CaseFacts:
    facts = CaseFacts(service="intake", ticket="0EXAMP1E0")
    for each in messages:
        facts = facts_after(facts, each, data_of(each))
    return facts


FILED = message("zi.intake.complaint_filed", "public", acknowledge_by="2026-12-04T07:30:00Z")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_case_is_first_to_be_acknowledged_and_then_to_be_answered() -> None:
    facts = after(FILED)
    assert (facts.kind, facts.deadline) == (FILED.data["kind"], moment("2026-12-04T07:30:00Z"))
    acknowledged = after(FILED, message("zi.intake.case_acknowledged"))
    assert acknowledged.deadline == moment(FILED.data["due"])


def test_a_claimed_emergency_is_first_to_be_judged() -> None:
    judge_by = "2026-12-02T07:30:00Z"
    claimed = message(FILED.type, "public", judge_by=judge_by, acknowledge_by="2026-12-04T07:30:00Z")
    assert after(claimed).deadline == after(claimed, message("zi.intake.case_acknowledged")).deadline
    assert after(claimed).deadline == moment(judge_by)
    judged = message("zi.intake.case_triaged")
    assert after(claimed, judged).deadline == moment(judged.data["due"])
    reopened = message("zi.intake.case_reopened")
    unjudged = after(claimed, message("zi.intake.case_answered"), reopened)
    assert unjudged.deadline == moment(reopened.data["due"])


def test_an_objection_leaves_nobody_with_the_case_and_names_who_was_involved() -> None:
    assigned = message("zi.intake.case_assigned", officer="ani")
    answered = message("zi.intake.case_answered", actor="chief", drafted_by="budi")
    objection = message("zi.intake.case_reopened", objection=True)
    case = after(assigned, answered, objection)
    assert (case.officer, case.is_objected) == (None, True)
    assert set(case.involved) == set(case.not_deciding) == {"ani", "chief", "budi"}
    reassigned = message("zi.intake.case_assigned", officer="cici")
    assert after(assigned, answered, objection, reassigned).not_deciding == case.not_deciding
    decided = message("zi.intake.case_answered", actor="head", objection="upheld")
    assert after(assigned, answered, objection, decided).not_deciding == ()
    assert after(assigned, answered, message("zi.intake.case_reopened")).officer == "ani"
    before = CaseFacts(service="intake", ticket="0EXAMP1E0", officer="ani")  # stored before this was noted
    assert facts_after(before, objection, data_of(objection)).not_deciding == ("ani",)


def test_nothing_is_due_while_the_office_waits_for_the_citizen_or_when_all_is_over() -> None:
    question = message("zi.intake.clarification_asked")
    assert question.data["holder"] == "citizen"
    assert after(FILED, question).deadline is None
    replied = message("zi.intake.citizen_replied")
    assert after(FILED, question, replied).deadline == moment(replied.data["due"])
    closed = after(FILED, message("zi.intake.case_closed"))
    assert (closed.is_open, closed.deadline) == (False, None)


def test_a_case_has_the_officer_whom_it_was_given_to_last() -> None:
    assigned = message("zi.intake.case_assigned")
    assert after(FILED, assigned).officer == assigned.data["officer"]
    taken = message("zi.certificates.application_taken", actor="evaluator-1")
    released = message("zi.certificates.application_released", officer="evaluator-1")
    assert (after(taken).officer, after(taken, released).officer) == ("evaluator-1", None)


def test_a_complaint_that_was_moved_is_nobodys_and_like_one_for_appointed_people() -> None:
    assigned = message("zi.intake.case_assigned")
    former = assigned.data["officer"]
    people = People.model_validate({"official": [{"account": former, "roles": ["officer", "supervisor"]}]})
    filed = message(FILED.type, "public", confidentiality="named", confidential=False)
    audience, before = MailAudience(people, TOPICS), after(filed, assigned)
    assert before.kind == "product"
    assert audience.may_be_told(former, before, NOBODY)
    moved = after(filed, assigned, message("zi.intake.moved_to_appointed"))
    assert (moved.officer, moved.deadline) == (None, before.deadline)
    assert not audience.may_be_told(former, moved, NOBODY)
    assert audience.may_reach((former,), (before,), {})
    assert not audience.may_reach((former,), (moved,), {})
    assert not moved.may_be_answered


def test_a_deadline_that_was_missed_tells_the_date_of_a_case_that_was_not_noted_before() -> None:
    missed = message("zi.intake.deadline_missed")
    assert after(missed).due == moment(missed.data["due"])
    assert after(FILED, missed).due == after(FILED).due


def test_the_business_and_who_filed_signed_in_are_known() -> None:
    drafted = message("zi.certificates.application_drafted")
    assert after(drafted).business == drafted.data["business_ref"]
    assert after(message("zi.intake.complaint_filed", "applicant", "somebody")).filed_by == "somebody"
    assert after(message("zi.intake.complaint_filed", "staff:officer", "somebody")).filed_by is None


@pytest.mark.parametrize(
    ("data", "is_confidential", "is_anonymous"),
    [
        ({"confidentiality": "named"}, False, False),
        ({"confidentiality": "confidential"}, True, False),
        ({"confidentiality": "anonymous"}, False, True),
        ({"confidentiality": "anonymous", "confidential": True, "anonymous": True}, True, True),
    ],
)
def test_both_switches_and_the_older_value_are_read(
    data: dict[str, Any], is_confidential: bool, is_anonymous: bool
) -> None:
    facts = after(message("zi.intake.consultation_filed", "public", **data))
    assert (facts.is_confidential, facts.is_anonymous, facts.kind) == (
        is_confidential,
        is_anonymous,
        "question",
    )


@pytest.mark.parametrize(
    ("type_", "kind"), [("certificate_requested", "application"), ("mentoring_requested", "mentoring")]
)
def test_what_intake_passes_on_is_known_by_its_kind_its_business_and_who_asked(type_: str, kind: str) -> None:
    """Else a request to erase its data would be told to nobody, and the letter about that shown to nobody."""
    request = message(f"zi.intake.{type_}", "applicant", "somebody")
    found = after(request, message("zi.intake.erasure_requested"))
    assert (found.kind, found.is_confidential, found.filed_by) == (kind, False, "somebody")
    assert (found.business, found.filed) == (request.data["business_ref"], request.time)
    assert found.is_printable
    assert MailAudience(UNAPPOINTED, TOPICS).supervisors(found, {}) == ("s",)


def test_the_number_of_a_business_tells_that_a_case_from_before_is_a_mentored_one() -> None:
    number_given = message("zi.intake.business_number_given", "applicant", "somebody")
    assert (after(number_given).kind, after(number_given).filed_by) == ("mentoring", None)


@pytest.mark.parametrize(
    ("kind", "is_anonymous", "is_printable"),
    [("unknown", False, False), ("product", True, False), ("product", False, True)],
)
def test_a_letter_is_printed_only_where_it_is_known_that_there_is_a_name(
    kind: Any, is_anonymous: bool, is_printable: bool
) -> None:
    assert facts(kind=kind, is_anonymous=is_anonymous).is_printable == is_printable


@pytest.mark.parametrize("type_", sorted(MODELS))
def test_every_message_is_read(type_: str) -> None:
    facts = after(message(type_))
    assert facts.service == "intake"
    if type_.startswith("zi.umkm."):
        assert facts.deadline is None


# -- to whom a mail may name a case


def officials() -> Iterator[ListedOfficial]:
    """One with each set of roles and each set of topics."""
    roles = [("officer",), ("supervisor",), ("officer", "supervisor"), ("head",), ("auditor",)]
    topics = chain.from_iterable(combinations(sorted(TOPICS), n) for n in range(3))
    for number, (role, topic) in enumerate(product(roles, topics)):
        if topic and role == ("auditor",):
            continue
        yield ListedOfficial(account=f"o{number}", roles=frozenset(role), appointed_for=frozenset(topic))


EVERYBODY = People.model_validate({"official": [dict(each) for each in officials()]})
UNAPPOINTED = People.model_validate(
    {"official": [{"account": "s", "roles": ["supervisor"]}, {"account": "h", "roles": ["head"]}]}
)


def facts(**more: Any) -> CaseFacts:
    return CaseFacts(service="intake", ticket="0EXAMP1E0", **more)


@pytest.mark.parametrize("people", [EVERYBODY, UNAPPOINTED], ids=["appointed", "nobody appointed"])
@pytest.mark.parametrize("kind", ["product", "service", "question", "unknown"])
def test_a_mail_names_a_case_only_to_whom_the_desk_shows_it(people: People, kind: Any) -> None:
    """Whatever the topic of a complaint about the service is: no message tells it."""
    audience = MailAudience(people, TOPICS)
    audience_found = [
        each for each in people.officials if audience.may_be_told(each.account, facts(kind=kind), NOBODY)
    ]
    topics = [*TOPICS, None] if kind == "service" else [None]
    for each in audience_found:
        taken = people.topics_taken if "head" in each.roles else None
        reader = CaseReader(each.account, each.roles, people.topics_of(each.account), taken)
        assert all(reader.sees(topic) for topic in topics)
        assert not each.roles.isdisjoint({"supervisor", "head"})
    assert bool(audience_found) == (kind != "unknown")


def test_an_officer_who_does_not_handle_a_case_learns_nothing_of_it() -> None:
    audience = MailAudience(EVERYBODY, TOPICS)
    officers = [each.account for each in EVERYBODY.officials if each.roles == {"officer"}]
    for kind in ("product", "service", "question", "application", "mentoring", "unknown"):
        case = facts(kind=kind, officer=officers[0], business="B")
        assert audience.may_be_told(officers[0], case, NOBODY)
        assert not any(audience.may_be_told(each, case, NOBODY) for each in officers[1:])


def test_nobody_is_told_of_what_they_filed_or_have_an_interest_in() -> None:
    audience = MailAudience(UNAPPOINTED, TOPICS)
    assert not audience.may_be_told("s", facts(kind="product", filed_by="s", officer="s"), NOBODY)
    case = facts(kind="application", business="B")
    assert audience.may_be_told("s", case, frozenset({"A"}))
    assert not audience.may_be_told("s", case, frozenset({"A", "B"}))
    assert not audience.may_be_told("s", facts(kind="application"), NOBODY)


def test_a_team_is_named_only_what_other_systems_are_told_and_none_of_its_members_is_barred_from() -> None:
    audience = MailAudience(UNAPPOINTED, TOPICS)
    plain = facts(kind="product", is_confidential=False)
    of_business = facts(kind="application", is_confidential=False, business="B")
    assert audience.may_reach(("s", "o"), [plain], {})
    assert audience.may_reach(("s", "o"), [plain.model_copy(update={"entered_by": "o"})], {})
    assert audience.may_reach(("s", "o"), [of_business], {"o": frozenset({"A"})})
    assert not audience.may_reach(("s", "o"), [of_business], {"o": frozenset({"B"})})
    for changed in (
        {"is_confidential": True},
        {"kind": "service"},
        {"kind": "unknown"},
        {"filed_by": "o"},
        {"is_objected": True, "involved": ("o",)},
        {"is_objected": True, "entered_by": "o"},
        {"kind": "application"},
    ):
        assert not audience.may_reach(("s", "o"), [plain.model_copy(update=changed)], {}), changed
    assert not audience.may_reach(("s", "o"), [], {})


def test_what_no_supervisor_may_be_told_is_the_head_s() -> None:
    audience = MailAudience(UNAPPOINTED, TOPICS)
    assert audience.supervisors(facts(kind="product"), {}) == ("s",)
    assert audience.supervisors(facts(kind="service"), {}) == ("h",)
    assert audience.supervisors(facts(kind="unknown"), {}) == ()
    assert audience.supervisors(facts(kind="question", involved=("s",), is_objected=True), {}) == ("h",)
    assert audience.supervisors(facts(kind="question", involved=("s",)), {}) == ("s",)
    assert audience.supervisors(facts(kind="mentoring", business="B"), {"s": frozenset("B")}) == ("h",)


@pytest.mark.parametrize("kind", ["product", "service", "question", "application", "mentoring", "unknown"])
def test_what_is_in_confidence_about_the_service_or_not_known_is_no_ordinary_case(kind: Any) -> None:
    assert facts(kind=kind, is_confidential=False).is_ordinary == (kind not in ("service", "unknown"))
    assert not facts(kind=kind).is_ordinary  # in confidence, as long as nothing says otherwise


@pytest.mark.parametrize("kind", ["product", "service", "question", "application", "mentoring", "unknown"])
def test_a_reply_reaches_everybody_at_the_office_only_in_an_ordinary_case_with_a_name(kind: Any) -> None:
    known = facts(kind=kind, is_confidential=False)
    assert known.may_be_answered == known.is_ordinary
    assert not facts(kind=kind, is_confidential=False, is_anonymous=True).may_be_answered
    assert not facts(kind=kind).may_be_answered


WITH_A_SYSTEM = People.model_validate(
    {
        "version": 2,
        "outside": ["agency"],
        "official": [
            {"account": "h", "roles": ["head"], "superior": "agency"},
            {"account": "s", "roles": ["supervisor"], "superior": "agency"},
            {"account": "t", "roles": ["supervisor"], "superior": "agency"},
            {"account": "o", "roles": ["officer"], "superior": "h"},
        ],
        "system": [
            {
                "code": "calls",
                "name": {"id": "C", "en": "C"},
                "account": "line",
                "keeper": "s",
                "entries_a_day": 9,
                "until": "2026-01-01",
            }
        ],
    }
)


@pytest.mark.parametrize(
    ("entered_by", "others"), [("line", {"t"}), ("s", {"t"}), ("o", {"s", "t"}), (None, {"s", "t"})]
)
def test_who_keeps_the_secret_of_a_system_leaves_what_it_entered_to_others(
    entered_by: str | None, others: set[str]
) -> None:
    """As whoever entered it: also of a system whose time is over. None is told of an erasure, an opening or an objection to decide about."""
    audience = MailAudience(WITH_A_SYSTEM, frozenset())
    case = facts(kind="product", is_confidential=False, entered_by=entered_by)
    objected = case.model_copy(update={"is_objected": True})
    assert set(audience.agreeing(case, "o", {})) == set(audience.second_persons(case, "h")) == others
    assert set(audience.supervisors(objected, {})) == others
    assert set(audience.supervisors(case, {})) == {"s", "t"}
    assert (audience.kept_from_deciding(case), audience.heads_agreeing(case, "o", {})) == (frozenset(), ())


def test_what_a_system_of_the_only_supervisor_entered_is_decided_by_the_head() -> None:
    alone = MailAudience(
        WITH_A_SYSTEM.model_copy(
            update={"officials": tuple(each for each in WITH_A_SYSTEM.officials if each.account != "t")}
        ),
        frozenset(),
    )
    case = facts(kind="product", is_confidential=False, entered_by="line")
    assert (alone.agreeing(case, "o", {}), alone.heads_agreeing(case, "o", {})) == ((), ("h",))
    assert list(alone.second_persons(case, "o")) == ["h"]
    assert alone.second_persons(None, "o") == {"s"}


def test_an_erasure_is_the_head_s_where_no_supervisor_may_agree_who_is_told_of_it() -> None:
    audience = MailAudience(UNAPPOINTED, TOPICS)

    def deciding(asker: str, **known: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        case = facts(**{"kind": "product", **known})
        return audience.agreeing(case, asker, {}), audience.heads_agreeing(case, asker, {})

    assert deciding("o") == (("s",), ())
    assert deciding("s") == ((), ("h",))
    assert deciding("o", entered_by="s") == deciding("o", filed_by="s") == ((), ("h",))
    assert deciding("o", kind="service") == ((), ("h",))
    assert (
        deciding("s", entered_by="h")
        == deciding("s", filed_by="h")
        == deciding("h", entered_by="s")
        == ((), ())
    )
