"""Readers of a confidential case: its handler, and for a while whoever asked with a reason and got the consent of a second person."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from tests.intake import acts
from tests.intake.acts import DAY, MONDAY, after, events, officer, supervisor
from tests.intake.front import COMPLAINT, NAME, Front
from tests.intake.lines import CONDUCT, CONFIDENTIAL, assigned, office_of_lines
from tests.intake.test_handling_api import enter

from zi_chassis.domain import Act, DomainError, ErasedError, WrongRoleError
from zi_chassis.storage.timers import TimerLoop
from zi_contracts.intake import DisclosureReason
from zi_contracts.vault import VaultRequest
from zi_intake.domain.case import disclosure_messages as disclosures
from zi_intake.domain.case import filings, messages, refusals
from zi_intake.domain.case.decide import decide
from zi_intake.domain.case.disclosure_decisions import may_read
from zi_intake.domain.case.state import evolve
from zi_intake.messaging.timers import Closing

CICI = "officer-cici"
AUDITOR = Act(at=MONDAY, actor="auditor-eka", role="staff:auditor")
OPEN = acts.OPEN.model_copy(update={"by": officer(CICI)})


def test_only_the_handler_opens_a_confidential_case() -> None:
    case = after(*acts.CONFIDENTIAL)
    assert decide(acts.OPEN, case)
    for by in (
        officer(CICI),
        supervisor(),
        acts.officer("auditor-eka").model_copy(update={"role": "staff:auditor"}),
    ):
        with pytest.raises(refusals.ConfidentialCaseError):
            decide(acts.OPEN.model_copy(update={"by": by}), case)
    mail = acts.OPEN.model_copy(update={"by": acts.desk(service="notify")})
    assert decide(mail, case)


@pytest.mark.parametrize("command", [acts.ASK, acts.ANSWER, acts.VISIT, acts.REFER])
def test_nobody_but_its_reader_speaks_with_a_confidential_reporter(command: messages.CaseCommands) -> None:
    """A supervisor who asks for a name in the office's voice would get it by another way than the case."""
    case = after(*acts.CONFIDENTIAL)
    by_supervisor = command.model_copy(update={"by": supervisor()})
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(by_supervisor, case)
    assert decide(command, case)
    assert decide(by_supervisor, after(*acts.ASSIGNED))


def test_nobody_but_its_reader_closes_a_confidential_case() -> None:
    case, plain = after(*acts.CONFIDENTIAL, acts.ANSWER), after(*acts.ANSWERED)
    by_supervisor = acts.CLOSE.model_copy(update={"by": supervisor()})
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(by_supervisor, case)
    assert decide(acts.CLOSE, case)
    assert decide(by_supervisor, plain)


def test_a_confidential_case_of_before_the_switches_is_closed_too() -> None:
    """A stored event of an earlier version, which has neither switch."""
    [stored, *_] = events(acts.confidential())
    old = stored.model_dump(mode="json", exclude={"anonymous", "confidential", "appointed_topic"})
    case = evolve(after(), filings.ComplaintFiled.model_validate(old))
    assert isinstance(case.filing, filings.ComplaintFiled)
    assert case.filing.is_confidential
    assert not case.filing.is_anonymous
    assert not may_read(case, CICI, MONDAY)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(OPEN, case)


@pytest.mark.parametrize(
    ("way", "anonymous", "confidential"), [("named", 0, 0), ("anonymous", 1, 0), ("confidential", 0, 1)]
)
def test_what_was_filed_before_has_one_switch_at_most(way: str, anonymous: int, confidential: int) -> None:
    filed = acts.complaint().model_copy(update={"confidentiality": way})
    [stored] = events(filed)
    assert isinstance(stored, filings.ComplaintFiled)
    old = stored.model_copy(update={"anonymous": None, "confidential": None})
    assert (old.is_anonymous, old.is_confidential) == (bool(anonymous), bool(confidential))


def test_whoever_lost_the_case_reads_it_no_more() -> None:
    elsewhere = acts.ASSIGN_BY_SUPERVISOR.model_copy(update={"officer": CICI})
    case = after(*acts.CONFIDENTIAL, acts.OPEN, elsewhere)
    assert decide(OPEN, case)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(acts.OPEN, case)


def test_nobody_takes_a_confidential_case_alone() -> None:
    free = after(acts.confidential(), acts.ACKNOWLEDGE)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(acts.ASSIGN, free)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(messages.Assign(by=supervisor(), officer="supervisor-budi"), free)
    take_over = acts.ASK_DISCLOSURE.model_copy(update={"by": officer(), "reason": "take_over"})
    agreed = after(take_over, acts.CONSENT, state=free)
    assert decide(acts.ASSIGN, agreed)


@pytest.mark.parametrize("reason", [each for each in get_args(DisclosureReason) if each != "take_over"])
def test_a_consent_for_another_reason_is_none_to_take_the_case(reason: DisclosureReason) -> None:
    budi = supervisor()
    request = acts.ASK_DISCLOSURE.model_copy(update={"by": budi, "reason": reason})
    consent = acts.CONSENT.model_copy(
        update={"by": supervisor().model_copy(update={"actor": "supervisor-dedi"})}
    )
    case = after(*acts.CONFIDENTIAL, request, consent)
    assert may_read(case, budi.actor, MONDAY)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(messages.Assign(by=budi, officer=budi.actor), case)


@pytest.mark.parametrize(
    ("by", "before", "refused"),
    [
        (officer(CICI), (acts.confidential(),), refusals.NotAcknowledgedError),
        (supervisor(), (*acts.CONFIDENTIAL, acts.WITHDRAW), refusals.WithdrawnError),
        (officer(CICI), acts.CONFIDENTIAL, refusals.NotYoursToAssignError),
        (AUDITOR, acts.CONFIDENTIAL, WrongRoleError),
    ],
)
def test_a_request_that_leads_nowhere_is_refused(
    by: Act, before: tuple[messages.CaseCommands, ...], refused: type[DomainError]
) -> None:
    request = acts.ASK_DISCLOSURE.model_copy(update={"by": by, "reason": "take_over"})
    with pytest.raises(refused):
        decide(request, after(*before))
    assert decide(request.model_copy(update={"by": supervisor()}), after(*acts.CONFIDENTIAL))


def test_who_is_appointed_takes_a_free_case_and_no_other() -> None:
    free = after(*acts.FOR_APPOINTED)
    assert decide(acts.ASSIGN_APPOINTED, free)
    taken = after(acts.ASSIGN_APPOINTED, state=free)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(messages.Assign(by=supervisor(), officer="supervisor-budi"), taken)
    unseen = acts.ASSIGN_BY_SUPERVISOR.model_copy(
        update={"officer": CICI, "topic": "conduct", "is_seen": False}
    )
    with pytest.raises(refusals.NotAppointedForTopicError):
        decide(unseen, free)


def test_a_case_for_appointed_people_changes_hands_with_a_consent() -> None:
    wati, cici = officer("officer-wati"), officer(CICI)
    taking = messages.Assign(by=cici, officer=CICI, topic="conduct")
    taken = after(*acts.FOR_APPOINTED, messages.Assign(by=wati, officer="officer-wati", topic="conduct"))
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(taking, taken)
    with pytest.raises(refusals.NotYoursToAssignError):
        decide(acts.ASSIGN_BY_SUPERVISOR.model_copy(update={"by": cici}), taken)
    request = acts.ASK_DISCLOSURE.model_copy(update={"by": cici, "reason": "take_over"})
    assert after(request, acts.CONSENT, taking, state=taken).officer == CICI


def test_a_consent_holds_for_who_asked_and_for_its_time() -> None:
    case = after(*acts.DISCLOSURE_ASKED, acts.CONSENT)
    assert decide(OPEN, case)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(OPEN.model_copy(update={"by": officer("officer-dodo")}), case)
    with pytest.raises(refusals.ConfidentialCaseError):
        decide(OPEN.model_copy(update={"by": officer(CICI, MONDAY + DAY)}), case)
    with pytest.raises(refusals.MayReadAlreadyError):
        decide(acts.ASK_DISCLOSURE, case)


@pytest.mark.parametrize("decision", [acts.CONSENT, acts.REFUSE_DISCLOSURE])
def test_a_second_person_is_another_person_of_another_line(decision: disclosures.DisclosureDecision) -> None:
    case = after(*acts.DISCLOSURE_ASKED)
    for change in ({"is_independent": False}, {"by": supervisor().model_copy(update={"actor": CICI})}):
        with pytest.raises(refusals.NotASecondPersonError):
            decide(decision.model_copy(update=change), case)
    assert decide(decision, case)


@pytest.mark.parametrize("ended", [acts.CONSENT, acts.REFUSE_DISCLOSURE, acts.EXPIRE_DISCLOSURE])
def test_a_request_is_decided_about_once(ended: messages.CaseCommands) -> None:
    case = after(*acts.DISCLOSURE_ASKED, ended)
    with pytest.raises(refusals.NoDisclosureAskedError):
        decide(acts.CONSENT, case)
    assert decide(acts.EXPIRE_DISCLOSURE, case) == []


def test_a_consent_that_comes_too_late_opens_nothing() -> None:
    case = after(*acts.DISCLOSURE_ASKED)
    late = acts.CONSENT.model_copy(update={"by": supervisor(MONDAY + 3 * DAY)})
    with pytest.raises(refusals.NoDisclosureAskedError):
        decide(late, case)


def test_a_citizen_is_not_bothered_by_one_request_after_the_other() -> None:
    case = after(*acts.DISCLOSURE_ASKED)
    again = acts.ASK_DISCLOSURE.model_copy(update={"disclosure": UUID(int=78)})
    assert decide(again, case) == []
    with pytest.raises(refusals.DisclosureAskedError):
        decide(again.model_copy(update={"reason": "inspection"}), case)
    refused = after(acts.REFUSE_DISCLOSURE, state=case)
    with pytest.raises(refusals.DisclosureAskedError):
        decide(again, refused)
    later = again.model_copy(update={"by": officer(CICI, MONDAY + 3 * DAY)})
    assert decide(later, refused)


def test_an_erasure_ends_what_waits() -> None:
    case = after(
        *acts.DISCLOSURE_ASKED,
        acts.ASK_ERASURE.model_copy(update={"reason": "lawful_order"}),
        acts.APPROVE_ERASURE,
    )
    assert not case.disclosures.waiting
    assert decide(acts.EXPIRE_DISCLOSURE, case) == []
    with pytest.raises(ErasedError):
        decide(acts.CONSENT, case)


def test_the_head_does_not_work_on_cases_that_others_see() -> None:
    head = officer("head-hana").model_copy(update={"role": "staff:head"})
    with pytest.raises(Exception, match="role"):
        decide(acts.ACKNOWLEDGE.model_copy(update={"by": head}), after(acts.complaint()))


# -- in the house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Front]:
    async with office_of_lines(tmp_path) as front:
        yield front


async def ask_disclosure(
    front: Front, filed: Any, sub: str = CICI, role: str = "officer", **headers: str
) -> UUID:
    done = await front.act(filed, "disclosures", {"reason": "audit"}, front.staff(sub, role) | headers)
    assert done.status_code == 200, done.text
    state = await front.office.state(filed["ticket"])
    return next(id for id, each in state.disclosures.waiting.items() if each.by.actor == sub)


async def decided(
    front: Front, filed: Any, disclosure: UUID, sub: str, role: str = "supervisor", how: str = "consent"
) -> int:
    answer = await front.act(filed, f"disclosures/{disclosure}/{how}", headers=front.staff(sub, role))
    return answer.status_code


async def opens(front: Front, filed: Any, sub: str = CICI, role: str = "officer") -> bool:
    answer = await front.act(filed, "personal-data", {"purpose": "supervision"}, front.staff(sub, role))
    return NAME in answer.text


async def test_a_supervisor_of_another_line_lets_a_colleague_see_it(house: Front) -> None:
    filed = await assigned(house)
    assert not await opens(house, filed)
    disclosure = await ask_disclosure(house, filed)
    assert await decided(house, filed, disclosure, "supervisor-budi") == 409  # the superior
    assert await decided(house, filed, disclosure, "head-hana", "head") in (
        403,
        409,
    )  # there is a second person
    assert not await opens(house, filed)
    assert await decided(house, filed, disclosure, "supervisor-dedi") == 200
    assert await opens(house, filed)
    house.clock.pass_by(hours=24)
    assert not await opens(house, filed)
    texts = [step["text"] for step in (await house.track(filed))["timeline"]]
    assert sum("orang kedua" in text.lower() for text in texts) >= 2, texts


async def test_where_nothing_says_who_the_superior_is_the_head_decides(house: Front) -> None:
    filed = await assigned(house)
    disclosure = await ask_disclosure(house, filed, "officer-new")
    assert await decided(house, filed, disclosure, "supervisor-dedi") == 403
    assert await decided(house, filed, disclosure, "head-hana", "head") == 200
    assert await opens(house, filed, "officer-new")


async def test_taking_it_is_a_request(house: Front) -> None:
    filed = await house.file(CONFIDENTIAL)
    await house.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    state = await house.office.state(filed["ticket"])
    assert state.officer is None
    [(disclosure, waiting)] = state.disclosures.waiting.items()
    assert (waiting.by.actor, waiting.reason) == ("officer-ani", "take_over")
    page = await house.client.post(
        f"/desk/cases/{filed['ticket']}/disclosure/{disclosure}/consent",
        data={},
        headers={"Accept": "text/html"} | house.staff("supervisor-dedi", "supervisor"),
    )
    assert page.status_code == 303
    await house.handled(filed, ("assign", {"officer": "officer-ani"}))
    assert await opens(house, filed, "officer-ani")


async def test_a_complaint_of_who_is_no_longer_appointed_is_taken_by_who_is(tmp_path: Path) -> None:
    """Without a second person: nobody who sees it has it."""
    wati = ("officer-wati", "officer")
    async with office_of_lines(tmp_path) as front:
        filed = await front.file(CONDUCT)
        for command, body in (("acknowledge", None), ("assign", {"officer": "officer-wati"})):
            assert (await front.act(filed, command, body, front.staff(*wati))).status_code == 200
    async with office_of_lines(tmp_path, appointed=False) as front:
        head = front.staff("head-hana", "head")
        page = await front.client.get(
            f"/desk/cases/{filed['ticket']}", headers={"Accept": "text/html"} | head
        )
        assert 'value="head-hana"' in page.text
        done = await front.act(filed, "assign", {"officer": "head-hana"}, head)
        assert done.status_code == 200, done.text
        assert (await front.office.state(filed["ticket"])).officer == "head-hana"
        assert (await front.act(filed, "answer", {"text": "!"}, head)).status_code == 200


async def test_the_head_decides_about_a_complaint_that_the_head_does_not_see(house: Front) -> None:
    """No supervisor is appointed, so that nobody else is a second person; the request is all that the head sees."""
    filed = await house.file(CONDUCT)
    disclosure = await ask_disclosure(house, filed, "auditor-eka", "auditor")
    head = {"Accept": "text/html"} | house.staff("head-hana", "head")
    case = f"/desk/cases/{filed['ticket']}"
    assert (await house.client.get(case, headers=head)).status_code == 404
    listed = await house.client.get("/desk/disclosures", headers=head)
    assert f"{case}/disclosure" in listed.text
    page = await house.client.get(f"{case}/disclosure", headers=head)
    assert f"{disclosure}/consent" in page.text
    assert f'action="{case}/disclosure"' not in page.text
    assert f'href="{case}"' not in page.text
    for person in (("supervisor-dedi", "supervisor"), (CICI, "officer")):
        assert await decided(house, filed, disclosure, *person) in (403, 404)
    agreed = await house.client.post(f"{case}/disclosure/{disclosure}/consent", data={}, headers=head)
    assert (agreed.status_code, agreed.headers["location"]) == (303, "/desk/disclosures")
    assert not (await house.office.state(filed["ticket"])).disclosures.waiting
    assert (await house.client.get(f"{case}/disclosure", headers=head)).status_code == 404


async def test_where_the_second_person_entered_the_case_the_head_decides(house: Front) -> None:
    dedi = ("supervisor-dedi", "supervisor")
    entry = {"road": "counter", "complaint": CONFIDENTIAL}
    filed = (await enter(house, entry, dedi[0], None, dedi[1])).json()
    disclosure = await ask_disclosure(house, filed)
    for person, decides in ((dedi, False), (("head-hana", "head"), True)):
        headers = house.staff(*person)
        page = await house.client.get(
            f"/desk/cases/{filed['ticket']}/disclosure", headers=headers | {"Accept": "text/html"}
        )
        [listed] = (await house.client.get("/intake/api/disclosures", headers=headers)).json()
        assert (f"{disclosure}/consent" in page.text, listed["may_decide"]) == (decides, decides), person
    assert await decided(house, filed, disclosure, *dedi) in (403, 409)
    assert not await opens(house, filed)
    assert await decided(house, filed, disclosure, "head-hana", "head") == 200
    assert await opens(house, filed)


async def test_nobody_is_offered_a_request_that_is_refused(house: Front) -> None:
    filed = await assigned(house)
    for person, offered in (((CICI, "officer"), True), (("head-hana", "head"), False)):
        headers = {"Accept": "text/html", "Accept-Language": "en"} | house.staff(*person)
        page = await house.client.get(f"/desk/cases/{filed['ticket']}/disclosure", headers=headers)
        assert ("Why do you need it?" in page.text) == offered, page.text
    taken = await house.act(filed, "assign", {"officer": CICI}, house.staff(CICI))
    assert taken.status_code == 409
    assert not (await house.office.state(filed["ticket"])).disclosures.waiting


async def test_an_auditors_evidence_leaves_it_out_until_a_second_person_agrees(house: Front) -> None:
    filed = await assigned(house)

    async def disclosed() -> str:
        token = house.staff("auditor-eka", "auditor")["Authorization"].removeprefix("Bearer ")
        fields = ("reporter.name", "text")
        request = VaultRequest(ticket=filed["ticket"], fields=fields, purpose="audit", token=token)
        return (await house.reading.answer("audit", request)).model_dump_json()

    assert NAME not in await disclosed()
    disclosure = await ask_disclosure(house, filed, "auditor-eka", "auditor")
    assert await decided(house, filed, disclosure, "supervisor-budi") == 200
    assert NAME in await disclosed()


async def test_a_request_that_nobody_answers_ends_by_its_timer(house: Front) -> None:
    filed = await assigned(house)
    disclosure = await ask_disclosure(house, filed)
    listed = await house.client.get(
        "/intake/api/disclosures", headers=house.staff("supervisor-dedi", "supervisor")
    )
    assert [(each["asked_by"], each["may_decide"]) for each in listed.json()] == [(CICI, True)]
    house.clock.pass_by(hours=72)
    assert await decided(house, filed, disclosure, "supervisor-dedi") == 409
    assert await TimerLoop(
        house.office.store, house.clock, Closing(house.office.store, house.office.terms)
    ).tick()
    assert not (await house.office.state(filed["ticket"])).disclosures.waiting
    listed = await house.client.get(
        "/intake/api/disclosures", headers=house.staff("supervisor-dedi", "supervisor")
    )
    assert listed.json() == []


async def test_the_list_of_requests_has_pages_and_a_search(house: Front) -> None:
    tickets = set()
    for _ in range(3):
        filed = await assigned(house)
        await ask_disclosure(house, filed)
        tickets.add(filed["ticket"])
    dedi = house.staff("supervisor-dedi", "supervisor")
    found, where = [], "/intake/api/disclosures?limit=2"
    while where:
        answer = await house.client.get(where, headers=dedi)
        assert answer.headers["X-Total-Count"] == "3"
        found += [each["ticket"] for each in answer.json()]
        where = answer.links.get("next", {}).get("url", "")
    assert (set(found), len(found)) == (tickets, 3)
    for text, many in ((found[1].lower(), 1), ("%", 0), (" ", 3)):
        listed = await house.client.get("/desk/disclosures", params={"text": text}, headers=dedi)
        assert sum(each in listed.text.partition("<tbody")[2] for each in tickets) == many, text
    nowhere = await house.client.get("/intake/api/disclosures?after=x", headers=dedi)
    assert len(nowhere.json()) == 3


async def test_a_repeat_asks_once(house: Front) -> None:
    filed = await assigned(house)
    key = str(uuid4())
    first = await ask_disclosure(house, filed, **{"Idempotency-Key": key})
    assert await ask_disclosure(house, filed, **{"Idempotency-Key": key}) == first
    state = await house.office.state(filed["ticket"])
    assert len(state.disclosures.waiting) == 1


async def test_a_named_case_stays_open_to_its_officers(house: Front) -> None:
    filed = await assigned(house, COMPLAINT)
    assert await opens(house, filed)
    refused = await house.act(filed, "disclosures", {"reason": "audit"}, house.staff(CICI))
    assert refused.status_code == 409
