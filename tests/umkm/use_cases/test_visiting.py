"""Visits as devices send them: nothing lost, nothing twice, and the case is assessed with the visit or not at all."""

import asyncio
from uuid import UUID, uuid4

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY, MONDAY, named

from zi_chassis.domain import Act
from zi_contracts.umkm import RuleVersion
from zi_umkm.domain import errors
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.rule_evaluation import version_of
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.cases import findings_of
from zi_umkm.read.visits import visits_of
from zi_umkm.use_cases.sync import SentAnswer
from zi_umkm.use_cases.visiting import NO_FILE, FilledItem, SentFile, Synced

VISIT = named("visit")


def answer(item: str, outcome: str = "yes", name: str = "", **more: object) -> SentAnswer:
    id = named(f"answer {item} {outcome} {name}")
    answer_value = {"id": id, "item": item, "outcome": outcome, "device_time": MONDAY - 400 * DAY}
    return SentAnswer.model_validate(answer_value | more)


async def sync(
    inside: Inside, request: MentoringRequest, *answers: SentAnswer, mentor: str = "mentor-ani"
) -> Synced:
    return await inside.office.visiting.sync(
        request, inside.mentor(mentor), VISIT, version_of(inside.checklist), answers
    )


def fates(synced: Synced) -> list[str]:
    return [each.fate for each in synced.fates]


async def test_what_is_sent_twice_is_known_and_kept_once(either: Inside) -> None:
    request = await either.mentored()
    sent = [answer("fifo"), answer("cuci_tangan", "no", grade="critical", note="Tanpa sabun")]
    assert fates(await sync(either, request, *sent)) == ["taken", "taken"]
    position = either.office.store.last()[0]
    assert fates(await sync(either, request, *sent)) == ["known", "known"]
    assert either.office.store.last()[0] == position
    assert either.vault.texts(request.ticket, "visit.note") == ["Tanpa sabun"]


async def test_one_answer_that_is_refused_refuses_only_itself(inside: Inside) -> None:
    request = await inside.mentored()
    await sync(inside, request, answer("fifo"))
    sent = [
        answer("fifo", "no", id=named("answer fifo yes "), note="Lain"),
        answer("no_such_item"),
        answer("air_diuji", "not_applicable"),
        answer("cuci_tangan", "no", grade="huge"),
        answer("cuci_tangan"),
    ]
    synced = await sync(inside, request, *sent)
    assert fates(synced) == ["refused", "refused", "refused", "refused", "taken"]
    kinds = [type(each.refused) for each in synced.fates[:4]]
    assert kinds == [errors.AnotherAnswerError, *[errors.UnfitAnswerError] * 3]
    assert set(synced.state.standing) == {"fifo", "cuci_tangan"}
    assert inside.vault.texts(request.ticket, "visit.note") == []


async def test_two_devices_at_once_lose_nothing_and_a_person_decides(either: Inside) -> None:
    request = await either.mentored()
    supervisor = either.staff("supervisor-eka", "supervisor")
    await either.office.mentoring.assign(request, supervisor, None, "mentor-dodi")
    first_answers = [answer(each.code, name="ani") for each in either.checklist.items]
    two = [answer(each.code, name="dodi") for each in either.checklist.items]
    two[0] = answer(two[0].item, "no", "dodi", grade=either.checklist.items[0].grades[0])
    await asyncio.gather(
        sync(either, request, *first_answers), sync(either, request, *two, mentor="mentor-dodi")
    )
    state = await either.office.visiting.state(request, VISIT)
    assert len(state.sent) == len(first_answers) + len(two)
    assert state.in_dispute == (two[0].item,)
    with pytest.raises(errors.InDisputeError):
        await either.office.visiting.finish(request, either.mentor(), VISIT)
    settled = await either.office.visiting.settle(
        request, either.mentor(), VISIT, two[0].item, first_answers[0].id
    )
    assert settled.state.in_dispute == ()


async def test_a_visit_and_the_assessment_of_its_case_come_together(either: Inside) -> None:
    request = await either.mentored()
    await either.visited(request)
    state = await either.state(request)
    assert state.status is MentoringStatus.ASSESSED
    assert {each.item for each in state.findings} == {"cuci_tangan", "fifo"}
    [row] = await either.office.store.query(lambda tx: visits_of(tx, request.mentoring))
    assert row.finished == either.clock.now()
    position = either.office.store.last()[0]
    again = await either.office.visiting.finish(request, either.mentor(), row.visit)
    assert (again.recorded, again.state.status) == ((), MentoringStatus.ASSESSED)
    assert either.office.store.last()[0] == position


async def test_who_answers_has_raised_the_findings_whoever_finishes_the_visit(either: Inside) -> None:
    request = await either.mentored()
    supervisor = either.staff("supervisor-eka", "supervisor")
    await either.office.mentoring.assign(request, supervisor, None, "mentor-dodi")
    await either.visited(request, finished_by="mentor-dodi")
    raised = {each.raised_by for each in (await either.state(request)).findings}
    assert raised == {frozenset({"mentor-ani", "mentor-dodi"})}
    listed = await either.office.store.query(lambda tx: findings_of(tx, request.mentoring))
    assert {each.raised_by for each in listed} == raised


async def test_who_answered_offline_has_raised_them_once_the_visit_is_finished_again(either: Inside) -> None:
    request = await either.mentored()
    for name in ("mentor-dodi", "mentor-ani"):
        await either.office.mentoring.assign(
            request, either.staff("supervisor-eka", "supervisor"), None, name
        )
    await either.visited(request)
    [row] = await either.office.store.query(lambda tx: visits_of(tx, request.mentoring))
    either.clock.pass_hours(1)
    first = either.checklist.items[0].code
    late = answer(first, "no" if first in ("cuci_tangan", "fifo") else "yes", "dodi")
    late = late.model_copy(
        update={"grade": either.checklist.items[0].grades[0] if late.outcome == "no" else None}
    )
    await either.office.visiting.sync(
        request, either.mentor("mentor-dodi"), row.visit, version_of(either.checklist), [late]
    )
    visited_at = await visited_at_of(either, request)
    for _ in range(2):
        await either.office.visiting.finish(request, either.mentor(), row.visit)
    raised = {each.raised_by for each in (await either.state(request)).findings}
    assert raised == {frozenset({"mentor-ani", "mentor-dodi"})}
    listed = await either.office.store.query(lambda tx: findings_of(tx, request.mentoring))
    assert {each.raised_by for each in listed} == raised
    assert await visited_at_of(either, request) == visited_at


async def visited_at_of(inside: Inside, request: MentoringRequest) -> str:
    [row] = await inside.office.store.query(
        lambda tx: tx.execute("SELECT visited_at FROM cases WHERE case_id = ?", str(request.mentoring))
    )
    return str(row["visited_at"])


async def test_what_the_case_refuses_leaves_the_visit_unfinished(inside: Inside) -> None:
    request = await inside.stated()
    await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    with pytest.raises(errors.NotTriagedError):
        await inside.visited(request)
    [row] = await inside.office.store.query(lambda tx: visits_of(tx, request.mentoring))
    assert row.finished is None
    await inside.office.mentoring.triage(request, inside.mentor(), None)
    done = await inside.office.visiting.finish(request, inside.mentor(), row.visit)
    assert done.state.status is MentoringStatus.ASSESSED


async def test_a_visit_is_finished_when_all_is_answered_and_both_have_signed(inside: Inside) -> None:
    request = await inside.mentored()
    with pytest.raises(errors.NoVisitError):
        await inside.office.visiting.finish(request, inside.mentor(), VISIT)
    await sync(inside, request, answer("fifo"))
    with pytest.raises(errors.UnansweredError) as refused:
        await inside.office.visiting.finish(request, inside.mentor(), VISIT)
    assert len(refused.value.items) == len(inside.checklist.items) - 1
    await sync(inside, request, *(answer(each.code) for each in inside.checklist.items))
    with pytest.raises(errors.NotSignedError):
        await inside.office.visiting.finish(request, inside.mentor(), VISIT)


async def test_what_comes_days_later_is_taken_also_when_the_case_has_ended(inside: Inside) -> None:
    request = await inside.mentored()
    await sync(inside, request, answer("fifo"))
    await inside.office.mentoring.close(request, inside.business(request), None, "business_stopped")
    assert fates(await sync(inside, request, answer("cuci_tangan"))) == ["taken"]


async def test_a_visit_stays_with_the_checklist_that_it_was_begun_with(inside: Inside) -> None:
    request, old = await inside.mentored(), RuleVersion(id="psb_2013", version=1)
    form = inside.office.rules.checklist(old)
    sent = [answer(form.items[0].code, "no")]
    begun = await inside.office.visiting.sync(request, inside.mentor(), VISIT, old, sent)
    assert fates(begun) == ["taken"]
    with pytest.raises(errors.AnotherVisitError):
        await sync(inside, request)
    unknown = RuleVersion(id="psb_2013", version=99)
    with pytest.raises(errors.UnknownChecklistError):
        await inside.office.visiting.sync(request, inside.mentor(), VISIT, unknown, [])


async def test_a_visit_pins_what_its_checklist_says_and_takes_nothing_that_was_asked_otherwise(
    inside: Inside,
) -> None:
    request, old = await inside.mentored(), RuleVersion(id="psb_2013", version=1)
    begun = await inside.office.visiting.sync(request, inside.mentor(), VISIT, old, [])
    assert begun.state.begun is not None
    assert begun.state.begun.checklist.digest == inside.office.rules.checklist(old).digest
    other = RuleVersion(id="psb_2013", version=1, digest="0" * 64)
    with pytest.raises(errors.UnknownChecklistError):
        await inside.office.visiting.sync(request, inside.mentor(), VISIT, other, [])


async def test_only_its_mentors_visit_a_business(inside: Inside) -> None:
    request = await inside.mentored()
    with pytest.raises(errors.NotTheMentorError):
        await sync(inside, request, mentor="mentor-dodi")
    first_sync = await inside.office.visiting.sync(
        request, inside.business(request), VISIT, version_of(inside.checklist), []
    )
    assert first_sync.state.begun is not None
    assert first_sync.state.begun.assessor == "business"


async def test_the_same_device_id_in_two_cases_is_two_visits(inside: Inside) -> None:
    first_answers, two = await inside.mentored("one"), await inside.mentored("two")
    await sync(inside, first_answers, answer("fifo"))
    assert fates(await sync(inside, two, answer("fifo"))) == ["taken"]
    assert len((await inside.office.visiting.state(first_answers, VISIT)).sent) == 1


# -- files


def photo(id: UUID | None = None, item: str | None = "fifo") -> SentFile:
    return SentFile(id=id or named("photo"), item=item, claimed_at=MONDAY)


async def test_a_photo_is_taken_once_whatever_it_is_of(inside: Inside) -> None:
    request, by = await inside.mentored(), inside.mentor()
    visiting = inside.office.visiting
    with pytest.raises(errors.NoVisitError):
        await visiting.refuse_file(request, by, VISIT, photo())
    await sync(inside, request)
    file = await inside.attached(request, "photo")
    first, again = [await visiting.add_file(request, by, VISIT, photo(), file) for _ in range(2)]
    assert (len(first.recorded), len(again.recorded)) == (1, 0)
    with pytest.raises(errors.AnotherAnswerError):
        await visiting.refuse_file(request, by, VISIT, photo(item="cuci_tangan"))
    with pytest.raises(errors.AnotherAnswerError):
        await visiting.add_file(request, by, VISIT, photo(), NO_FILE)
    with pytest.raises(errors.UnfitAnswerError):
        await visiting.refuse_file(request, by, VISIT, photo(uuid4(), "no_such_item"))


# -- forms


async def test_a_form_takes_the_place_of_what_the_same_person_said_before(inside: Inside) -> None:
    request, key = await inside.mentored(), uuid4()
    by = inside.business(request)
    first = {"fifo": FilledItem(outcome="no", grade="minor"), "cuci_tangan": FilledItem(outcome="yes")}
    for _ in range(2):
        filled = await inside.office.visiting.fill(request, by, VISIT, key, first)
    assert len(filled.state.sent) == 2
    other = {"fifo": FilledItem(outcome="yes"), "cuci_tangan": FilledItem(outcome="yes")}
    filled = await inside.office.visiting.fill(request, by, VISIT, uuid4(), other)
    assert len(filled.state.sent) == 3
    assert [each.said for each in filled.state.standing["fifo"]] == ["yes"]
    assert filled.state.in_dispute == ()


async def test_a_business_with_its_code_corrects_what_it_said_signed_in(inside: Inside) -> None:
    request = await inside.mentored()
    signed_in = Act(at=inside.clock.now(), actor="owner-1", role="applicant")
    for number, (by, answer_value) in enumerate([(signed_in, "yes"), (inside.business(request), "no")]):
        filled = {"fifo": FilledItem.model_validate({"outcome": answer_value})}
        synced = await inside.office.visiting.fill(request, by, VISIT, named(f"key {number}"), filled)
    [stands] = synced.state.standing["fifo"]
    assert (stands.said, synced.state.in_dispute) == ("no", ())
