"""Nobody agrees alone to the erasure that they asked for: where no other person could, the head does."""

from pathlib import Path

import pytest
from tests.intake.front import COMPLAINT, Front
from tests.intake.lines import CONDUCT, HEAD_ALONE, PEOPLE, office_of_lines
from tests.intake.test_handling import get, post
from tests.intake.test_handling_api import enter, kind_of

HANA = ("head-hana", "head")
LIST = "/desk/erasures"
DEDI, BUDI = "supervisor-dedi", "supervisor-budi"
ENTRY = {"road": "counter", "complaint": CONDUCT}


async def requested(front: Front) -> str:
    """File a complaint about conduct whose erasure its appointed officer asks for."""
    filed, wati = await front.file(CONDUCT), front.staff("officer-wati")
    answer = await front.act(filed, "ask-erasure", {"reason": "lawful_order"}, wati)
    assert answer.status_code == 200, answer.text
    ticket: str = filed["ticket"]
    return ticket


async def test_the_head_decides_and_sees_the_request_alone(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path) as house:
        first, second = await requested(house), await requested(house)
        hana = house.staff(*HANA)
        page = (await get(house, LIST, hana)).text
        assert ("2 requests wait" in page, first in page, second in page) == (True, True, True)
        assert (await get(house, f"/desk/cases/{first}", hana)).status_code == 404
        assert (await get(house, LIST, house.staff("supervisor-budi", "supervisor"))).status_code == 403
        nothing_said = await post(house, f"{LIST}/{first}/refuse", {}, hana)
        assert nothing_said.status_code == 422
        refused = await post(house, f"{LIST}/{first}/refuse", {"refusal": "legal_hold"}, hana)
        assert refused.status_code == 303, refused.text
        approved = await post(house, f"{LIST}/{second}/approve", {}, hana)
        assert approved.status_code == 303, approved.text
        states = [await house.office.state(each) for each in (first, second)]
        assert [each.erased is not None for each in states] == [False, True]
        again = await post(house, f"{LIST}/{second}/approve", {}, hana)
        assert again.status_code == 404
        assert "No request waits for you." in (await get(house, LIST, hana)).text


async def test_where_another_appointed_person_can_agree_the_head_does_not(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path, supervised=True) as house:
        ticket, hana = await requested(house), house.staff(*HANA)
        assert ticket not in (await get(house, LIST, hana)).text
        assert (await post(house, f"{LIST}/{ticket}/approve", {}, hana)).status_code == 404


async def test_the_head_decides_about_no_ordinary_case_that_a_supervisor_could(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path, appointed=False) as house:
        alone, hana = await house.file(CONDUCT), house.staff(*HANA)
        page = (await get(house, f"/desk/cases/{alone['ticket']}", hana)).text
        assert "nobody else who sees this case could agree" in page, "the only head, who would ask"
        filed = await house.file()
        await house.act(filed, "ask-erasure", {"reason": "lawful_order"}, house.staff(DEDI, "supervisor"))
        assert filed["ticket"] not in (await get(house, LIST, hana)).text
        assert (await post(house, f"{LIST}/{filed['ticket']}/approve", {}, hana)).status_code == 404
        for decision, body in (("approve-erasure", {}), ("refuse-erasure", {"reason": "still_needed"})):
            assert kind_of(await house.act(filed, decision, body, hana)) == (409, "wrong_role")


@pytest.mark.parametrize("decision", ["approve", "refuse"])
async def test_the_head_decides_where_one_supervisor_asked_and_the_other_entered_the_case(
    tmp_path: Path, decision: str
) -> None:
    async with office_of_lines(tmp_path) as house:
        hana, dedi = house.staff(*HANA), house.staff(DEDI, "supervisor")
        entered = (
            await enter(house, {"road": "counter", "complaint": COMPLAINT}, BUDI, None, "supervisor")
        ).json()
        await house.act(entered, "ask-erasure", {"reason": "lawful_order"}, dedi)
        desk = (await get(house, f"/desk/cases/{entered['ticket']}", dedi)).text
        assert "where there is none, the head" in desk
        for person in (dedi, house.staff(BUDI, "supervisor")):
            assert (await house.act(entered, "approve-erasure", {}, person)).status_code == 409
        assert entered["ticket"] in (await get(house, LIST, hana)).text
        decided = await post(
            house, f"{LIST}/{entered['ticket']}/{decision}", {"refusal": "still_needed"}, hana
        )
        assert decided.status_code == 303, decided.text
        state = await house.office.state(entered["ticket"])
        assert (state.erasure, state.erased is not None) == (None, decision == "approve")


async def test_where_the_office_names_nobody_the_head_decides_about_no_ordinary_case(front: Front) -> None:
    filed, head = await front.file(), front.staff("head-hana", "head")
    await front.act(
        filed, "ask-erasure", {"reason": "lawful_order"}, front.staff("supervisor-siti", "supervisor")
    )
    assert filed["ticket"] not in (await get(front, LIST, head)).text
    assert kind_of(await front.act(filed, "approve-erasure", {}, head)) == (409, "wrong_role")


async def test_the_head_decides_where_whoever_could_agree_entered_the_case(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path, supervised=True) as house:
        dedi, hana = house.staff(DEDI, "supervisor"), house.staff(*HANA)
        entered = (await enter(house, ENTRY, DEDI, None, "supervisor")).json()
        answer = await house.act(
            entered, "ask-erasure", {"reason": "lawful_order"}, house.staff("officer-wati")
        )
        assert answer.status_code == 200, answer.text
        case = f"/desk/cases/{entered['ticket']}"
        assert "Erase for good" not in (await get(house, case, dedi)).text
        refused = await house.act(entered, "approve-erasure", {}, dedi)
        assert (refused.status_code, "entered_yourself" in refused.text) == (409, True)
        assert entered["ticket"] in (await get(house, LIST, hana)).text
        approved = await post(house, f"{LIST}/{entered['ticket']}/approve", {}, hana)
        assert approved.status_code == 303, approved.text
        assert (await house.office.state(entered["ticket"])).erased is not None


async def test_where_the_office_names_no_supervisor_the_head_decides_about_no_ordinary_case(
    tmp_path: Path,
) -> None:
    async with office_of_lines(tmp_path, people=HEAD_ALONE) as house:
        filed, hana = await house.file(), house.staff(*HANA)
        answer = await house.act(filed, "ask-erasure", {"reason": "lawful_order"}, house.staff("officer-ani"))
        assert answer.status_code == 200, answer.text
        assert filed["ticket"] not in (await get(house, LIST, hana)).text
        assert (await post(house, f"{LIST}/{filed['ticket']}/approve", {}, hana)).status_code == 404
        assert kind_of(await house.act(filed, "approve-erasure", {}, hana)) == (409, "wrong_role")


async def test_the_head_decides_where_one_supervisor_asked_and_the_other_filed_it(tmp_path: Path) -> None:
    async with office_of_lines(tmp_path) as house:
        filed, hana = await house.request(house.staff(BUDI, "applicant")), house.staff(*HANA)
        await house.act(filed, "ask-erasure", {"reason": "lawful_order"}, house.staff(DEDI, "supervisor"))
        assert filed["ticket"] in (await get(house, LIST, hana)).text
        refused = await post(house, f"{LIST}/{filed['ticket']}/refuse", {"refusal": "still_needed"}, hana)
        assert refused.status_code == 303, refused.text


async def test_the_head_is_shown_no_erasure_of_what_they_filed_themselves(tmp_path: Path) -> None:
    one_supervisor = PEOPLE.replace(
        '"supervisor-dedi", roles = ["supervisor"]', '"officer-dedi", roles = ["officer"]'
    )
    one_supervisor = one_supervisor.replace('superior = "supervisor-dedi"', 'superior = "head-hana"')
    async with office_of_lines(tmp_path, people=one_supervisor) as house:
        filed = await house.request(house.staff(HANA[0], "applicant"))
        other = await house.request()
        for each in (filed, other):
            reason = {"reason": "lawful_order"}
            await house.act(each, "ask-erasure", reason, house.staff(BUDI, "supervisor"))
        page = (await get(house, LIST, house.staff(*HANA))).text
        assert (filed["ticket"] in page, other["ticket"] in page) == (False, True)
