from tests.intake.front import Front, code

from zi_chassis.storage.timers import TimerLoop
from zi_intake.messaging.timers import Closing


def loop(front: Front) -> TimerLoop:
    office = front.office
    return TimerLoop(office.store, front.clock, Closing(office.store, office.terms))


async def test_a_question_without_a_reply_closes_after_ten_working_days(front: Front) -> None:
    filed = await front.file()
    assigned = ("assign", {"officer": "officer-ani"})
    await front.handled(filed, ("acknowledge", None), assigned, ("ask", {"text": "Which batch?"}))
    assert await loop(front).tick() == 0
    front.clock.pass_days(15)
    assert await loop(front).tick() == 1
    case = await front.track(filed)
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert (case["state"], last["data"]["reason"], last["actor"]) == (
        "closed",
        "not_completed",
        "system:intake",
    )
    assert await loop(front).tick() == 0


async def test_silence_after_the_answer_closes_after_ten_working_days(front: Front) -> None:
    filed = await front.file()
    assigned = ("assign", {"officer": "officer-ani"})
    await front.handled(filed, ("acknowledge", None), assigned, ("answer", {"text": "Done."}))
    front.clock.pass_days(15)
    await loop(front).tick()
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert last["data"]["reason"] == "no_reaction"
    assert (await front.act(filed, "reopen", None, code(filed))).status_code == 200


async def test_a_reply_in_time_stops_the_timer(front: Front) -> None:
    filed = await front.file()
    assigned = ("assign", {"officer": "officer-ani"})
    await front.handled(filed, ("acknowledge", None), assigned, ("ask", {"text": "Which batch?"}))
    assert (await front.act(filed, "reply", {"text": "B-77"}, code(filed))).status_code == 200
    front.clock.pass_days(15)
    assert await loop(front).tick() == 0
    assert (await front.track(filed))["state"] == "assigned"
