"""The desk of umkm for mentors, verifiers, evaluators and supervisors."""

import re
from datetime import timedelta

import httpx
import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.visiting import Visiting, disputed
from tests.web.browsing import Browser, hidden

from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.messaging.upstream import MentoringRequest

DESK = "/umkm/desk/"
LIMIT = 100_000


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


@pytest.fixture
def mentor(visiting: Visiting) -> Browser:
    return visiting.person("mentor-ani", "mentor", name="Ani Contoh")


@pytest.fixture
def officer(visiting: Visiting) -> Browser:
    return visiting.person("officer-budi", "officer")


@pytest.fixture
def evaluator(visiting: Visiting) -> Browser:
    return visiting.person("evaluator-citra", "evaluator")


@pytest.fixture
def supervisor(visiting: Visiting) -> Browser:
    return visiting.person("supervisor-eka", "supervisor")


def at_desk(request: MentoringRequest) -> str:
    return f"{DESK}cases/{request.ticket}"


async def done(browser: Browser, request: MentoringRequest, command: str, **form: str) -> httpx.Response:
    """As a person does: looks at the page, fills in the form, sends it."""
    page = await browser.get(at_desk(request))
    step = {"step": hidden(page, "step")} if 'name="step"' in page.text else {}
    return await browser.post(f"{at_desk(request)}/{command}", {"key": hidden(page), **step, **form})


# -- who comes in


async def test_whoever_is_not_signed_in_is_asked_to(visiting: Visiting) -> None:
    answer = await visiting.stranger().get(DESK)
    assert answer.headers["location"] == "/sign-in?next=%2Fumkm%2Fdesk%2F"


@pytest.mark.parametrize("role", ["applicant", "auditor", "signer"])
async def test_other_roles_do_not_come_to_the_desk(visiting: Visiting, role: str) -> None:
    assert (await visiting.person("somebody", role).get(DESK)).status_code == 403


async def test_only_a_supervisor_or_the_head_sees_the_board(visiting: Visiting, mentor: Browser) -> None:
    assert (await mentor.get(f"{DESK}board")).status_code == 403
    assert (await visiting.person("head-dewi", "head").get(f"{DESK}board")).status_code == 200


# -- mentors


async def test_a_mentor_takes_a_case_and_finds_it_among_the_trips(inside: Inside, mentor: Browser) -> None:
    request = await inside.stated("one", district="malinau")
    page = await mentor.get(DESK)
    assert "Nobody mentors them yet" in page.text
    assert request.ticket in page.text
    await done(mentor, request, "take")
    page = await mentor.get(DESK)
    assert "1 case, 1 not visited yet" in page.text
    assert "Every open case has its mentor." in page.text
    assert 'href="/umkm/visits/"' in page.text


async def test_the_district_with_most_to_see_comes_first(inside: Inside, mentor: Browser) -> None:
    await inside.mentored("one", district="tarakan")
    for name in ("two", "three"):
        await inside.mentored(name, district="nunukan")
    page = await mentor.get(DESK)
    assert page.text.index("Nunukan Regency") < page.text.index("Tarakan City")


async def test_the_way_is_decided_by_the_rules(inside: Inside, mentor: Browser) -> None:
    request = await inside.stated("one", FISH, SAMBAL)
    await done(mentor, request, "take")
    page = await done(mentor, request, "triage")
    assert "MD, registered at BPOM" in page.text
    page = await done(mentor, request, "refer", note="Mohon dibantu")
    assert "Open the letter" in page.text
    assert inside.vault.texts(request.ticket, "note") == ["Mohon dibantu"]


async def test_a_mentor_states_products_for_a_business_that_can_not(inside: Inside, mentor: Browser) -> None:
    request = await inside.requested()
    await done(mentor, request, "take")
    path = f"{at_desk(request)}/products/new"
    form = {"key": hidden(await mentor.get(path)), "name": "Abon Tuna", "kind": "dried_fish"}
    page = await mentor.post(path, form)
    assert "Dried and shredded fish" in page.text
    assert "Abon Tuna" not in page.text
    change = f"{at_desk(request)}/products/1/change"
    form = {"key": hidden(await mentor.get(change)), "kind": "drink", "traits.additives": "yes"}
    assert "Drinks" in (await mentor.post(change, form)).text
    form = {"key": hidden(await mentor.get(change))}
    assert "Drinks" not in (await mentor.post(f"{at_desk(request)}/products/1/remove", form)).text


async def test_somebody_else_than_its_mentor_decides_nothing(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    other = visiting.person("mentor-joko", "mentor")
    page = await other.get(at_desk(request))
    assert "Decide the ways by the rules" not in page.text
    page = await other.post(f"{at_desk(request)}/triage", {})
    assert "Only a mentor of this business does this" in page.text
    assert page.status_code in (200, 409)


async def test_the_label_is_looked_at_part_by_part(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    page = await mentor.get(at_desk(request))
    assert f'{at_desk(request)}/products/1/label"' in page.text


async def test_a_mentor_of_very_many_is_told_that_not_all_are_shown(inside: Inside, mentor: Browser) -> None:
    for number in range(26):
        request = await inside.requested(f"case {number}", district="malinau")
        if number < 17:
            await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    page = await mentor.get(DESK)
    assert "These are 3 of 17." in page.text
    assert "These are 3 of 9." in page.text
    assert len(page.content) < LIMIT


# -- personal data


async def test_personal_data_is_closed_until_it_is_opened_and_recorded(
    inside: Inside, mentor: Browser
) -> None:
    request = await inside.mentored()
    page = await mentor.get(at_desk(request))
    assert "Bunga Contoh" not in page.text
    assert FISH.name is not None
    assert FISH.name not in page.text
    opened = await done(mentor, request, "open")
    assert "Bunga Contoh" in opened.text
    assert FISH.name in opened.text
    assert "Bunga Contoh" not in (await mentor.get(at_desk(request))).text


async def test_a_vault_that_is_away_is_said_and_the_case_stays_to_be_seen(
    inside: Inside, mentor: Browser
) -> None:
    request = await inside.mentored()
    inside.vault.is_away = True
    page = await mentor.post(f"{at_desk(request)}/open", {})
    assert page.status_code == 503
    assert "Case " + request.ticket in page.text


async def test_an_official_who_opens_too_much_is_told_to_wait(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    inside.vault.refusal = "too_many"
    page = await mentor.post(f"{at_desk(request)}/open", {})
    assert page.status_code == 429
    assert "as often as the office allows" in page.text
    assert FISH.name not in page.text


# -- verification by somebody else


async def test_whoever_agreed_or_gave_evidence_never_verifies(
    visiting: Visiting, inside: Inside, mentor: Browser, officer: Browser
) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await done(mentor, request, "agree", item="cuci_tangan", **{"plan.cuci_tangan": "Pasang pipa"})
    await inside.evidenced(request)
    assert "Nothing waits for you." in (await mentor.get(DESK)).text
    page = await mentor.get(at_desk(request))
    assert "somebody else has to look" in page.text
    refused = await done(mentor, request, "verify", item="cuci_tangan")
    assert refused.status_code == 409
    assert f"{at_desk(request)}#finding-cuci_tangan" in (await officer.get(DESK)).text
    opened = await done(officer, request, "open")
    assert "Pasang pipa" in opened.text
    page = await done(officer, request, "verify", item="cuci_tangan", **{"means.cuci_tangan": "on_site"})
    assert page.status_code == 200
    assert (await inside.state(request)).blocking == ()


async def test_what_is_not_put_right_is_opened_again_with_words(inside: Inside, officer: Browser) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.put_right(request)
    form = {"item": "cuci_tangan", "reopen.cuci_tangan": "Sabunnya belum ada"}
    await done(officer, request, "reopen", **form)
    assert (await inside.state(request)).blocking == ("cuci_tangan",)
    assert inside.vault.texts(request.ticket, "note") == ["Sabunnya belum ada"]


# -- visits


async def test_both_answers_to_one_item_are_shown_until_somebody_decides(
    inside: Inside, mentor: Browser
) -> None:
    request = await inside.mentored()
    await inside.office.mentoring.assign(request, inside.mentor("mentor-joko"), None, "mentor-joko")
    visit = await disputed(inside, request)
    page = await mentor.get(at_desk(request))
    assert "There are different answers." in page.text
    answer = re.search(r'name="answer" value="([^"]+)"', page.text)
    assert answer
    form = {"visit": str(visit), "item": "fifo", "answer": answer[1]}
    page = await done(mentor, request, "settle", **form)
    assert "There are different answers." not in page.text


async def test_differences_of_both_sides_stand_beside_each_other(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    await inside.assessed_itself(request, wrong=("ventilasi",))
    await inside.visited(request, wrong=("fifo",))
    page = await mentor.get(at_desk(request))
    assert "Where the business and the officer saw different things" in page.text


# -- permits


async def test_an_evaluator_passes_a_permit_on_to_be_signed_or_returns_it_with_words(
    visiting: Visiting, inside: Inside, evaluator: Browser
) -> None:
    request = await inside.evaluated()
    assert request.ticket in (await evaluator.get(DESK)).text
    refused = await done(evaluator, request, "return-permit", permit="")
    assert refused.status_code == 422
    assert "This field is needed." in refused.text
    await done(evaluator, request, "return-permit", permit="Denah belum berskala")
    assert (await inside.state(request)).status is MentoringStatus.CORRECTED
    await inside.office.permits.apply(request, inside.business(request), None)
    page = await done(evaluator, request, "find-fit")
    assert "It is to be signed" in page.text
    assert f"{request.ticket}#permit" not in (await evaluator.get(DESK)).text
    head = visiting.person("head-gita", "head")
    assert f"{request.ticket}#permit" in (await head.get(DESK)).text
    page = await done(head, request, "issue-permit")
    assert "Permit issued" in page.text
    assert "IPC-2026-000001" in page.text


async def test_a_mentor_of_the_business_is_never_its_evaluator(visiting: Visiting, inside: Inside) -> None:
    request = await inside.evaluated()
    both = visiting.person("mentor-ani", "mentor", "evaluator")
    page = await both.get(at_desk(request))
    assert "You may not decide about this permit" in page.text
    refused = await done(both, request, "find-fit")
    assert refused.status_code == 409
    assert (await inside.state(request)).status is MentoringStatus.PERMIT_APPLIED


# -- to the end


async def test_a_mentor_records_what_the_business_says_and_lets_it_go(
    inside: Inside, mentor: Browser
) -> None:
    request = await inside.permitted()
    await done(mentor, request, "send-registration", product="1")
    refused = await done(mentor, request, "record-number", product="1", **{"number.1": ""})
    assert refused.status_code == 422
    page = await done(mentor, request, "record-number", product="1", **{"number.1": "MD 123456789012"})
    assert "Number obtained" in page.text
    refused = await done(mentor, request, "graduate")
    assert "The last visit comes first" in refused.text
    await inside.visited(request, wrong=(), visit="last")
    refused = await done(mentor, request, "graduate")
    assert "The check of its numbers comes first" in refused.text
    checker = inside.staff("officer-budi", "officer")
    await inside.office.numbers.check(request, checker, None, 1, "MD 123456789012", "confirmed")
    page = await done(mentor, request, "graduate")
    assert "Graduated" in page.text


async def test_a_registration_that_lacks_something_is_refused_on_the_page(
    inside: Inside, mentor: Browser
) -> None:
    request = await inside.mentored()
    page = await done(mentor, request, "send-registration", product="1")
    assert page.status_code == 409
    assert "comes first" in page.text


async def test_a_case_is_closed_with_a_reason(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    refused = await done(mentor, request, "close", reason="")
    assert refused.status_code == 422
    page = await done(mentor, request, "close", reason="business_stopped")
    assert "the business has stopped" in page.text


async def test_nobody_finds_what_is_not_there(mentor: Browser, inside: Inside) -> None:
    request = await inside.stated()
    assert (await mentor.get(f"{DESK}find?wanted=nothing")).status_code == 404
    assert (await mentor.get(f"{DESK}find?wanted={request.ticket.lower()}")).status_code == 200
    assert (await mentor.get(f"{DESK}cases/3C7K9M2QX")).status_code == 404
    assert (await mentor.post(f"{at_desk(request)}/nonsense", {})).status_code == 404


# -- supervisors


async def test_a_supervisor_gives_a_case_to_a_mentor(inside: Inside, supervisor: Browser) -> None:
    request = await inside.stated()
    refused = await done(supervisor, request, "assign", mentor="Ani Contoh")
    assert refused.status_code == 422
    assert 'value="Ani Contoh"' in refused.text
    await done(supervisor, request, "assign", mentor="mentor-joko")
    assert (await inside.state(request)).mentors == ("mentor-joko",)


async def test_the_board_shows_load_stuck_cases_and_what_each_district_gets(
    inside: Inside, supervisor: Browser
) -> None:
    slow = await inside.mentored("one", district="nunukan")
    await inside.stated("two", district="tarakan")
    inside.clock.at += timedelta(days=12)
    page = await supervisor.get(f"{DESK}board")
    assert page.text.count("<svg") >= 2
    for text in ("mentor-ani", "Nobody yet", "Never visited", "12 days", slow.ticket):
        assert text in page.text
    page = await supervisor.get(f"{DESK}board?district=tarakan")
    assert slow.ticket not in page.text.partition('id="stuck"')[2]


@pytest.mark.parametrize(
    "query",
    [
        "since=nonsense&after=x",
        "status=nonsense",
        "holder=1",
        "district=a%09b",
        "since=0001-01-01T00:00:00%2B14:00",
    ],
)
async def test_the_board_takes_any_question(inside: Inside, supervisor: Browser, query: str) -> None:
    await inside.mentored()
    assert (await supervisor.get(f"{DESK}board?{query}")).status_code == 200


async def test_stuck_cases_go_on_on_the_next_page(inside: Inside, supervisor: Browser) -> None:
    requests = []
    for number in range(32):
        requests.append(await inside.requested(f"case {number}"))
        inside.clock.at += timedelta(minutes=1)
    page = await supervisor.get(f"{DESK}board")
    onward = re.search(r'href="(/umkm/desk/board\?since[^"#]+)', page.text)
    assert onward
    assert requests[-1].ticket not in page.text
    page = await supervisor.get(onward[1].replace("&amp;", "&"))
    assert requests[-1].ticket in page.text
    assert requests[0].ticket not in page.text


async def test_who_waits_to_be_verified_is_named_without_the_business_itself(
    inside: Inside, supervisor: Browser
) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.office.mentoring.agree(request, inside.mentor(), None, "cuci_tangan")
    await inside.evidenced(request)
    page = (await supervisor.get(f"{DESK}board")).text.partition("Waiting for somebody to look")[2]
    assert "mentor-ani" in page
    assert str(request.data_subject) not in page


async def test_whoever_raised_a_critical_finding_is_named_among_those_who_never_verify_it(
    inside: Inside, supervisor: Browser
) -> None:
    """The board said that every official may look, where the finding's own page refused its mentor."""
    request = await inside.mentored()
    await inside.visited(request)
    for item in ("cuci_tangan", "fifo"):
        await inside.office.mentoring.agree(request, inside.business(request), None, item)
        await inside.evidenced(request, item)
    page = (await supervisor.get(f"{DESK}board")).text.partition("Waiting for somebody to look")[2]
    critical, light = (part for part in page.split("</tr>") if "#finding-" in part)
    assert "mentor-ani" in critical
    assert "every official may look" in light
    assert str(request.data_subject) not in page


# -- trainings


async def test_a_training_goes_from_its_plan_to_its_scores(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    page = await mentor.get(f"{DESK}trainings")
    form = {"topic": "label", "district": "nunukan", "begins": "2026-12-20T09:00", "places": "20"}
    page = await mentor.post(f"{DESK}trainings", {"key": hidden(page), **form})
    assert "The label and what it has to say" in page.text
    path = page.url.path
    page = await mentor.post(f"{path}/enrol", {"ticket": request.ticket})
    offered = (f"It came ({request.ticket})", "The training is over")
    assert not any(each in page.text for each in offered)
    form = {"case": request.ticket, f"before.{request.ticket}": "40", f"after.{request.ticket}": "85"}
    page = await mentor.post(f"{path}/attend", form)
    assert page.status_code == 409
    assert "The training has not begun yet" in page.text
    inside.clock.at += timedelta(days=14)
    page = await mentor.get(path)
    assert all(each in page.text for each in offered)
    page = await mentor.post(f"{path}/attend", form)
    assert "before 40, after 85" in page.text
    page = await mentor.post(f"{path}/conclude", {})
    assert "Mean scores" in page.text
    public = await mentor.get("/umkm/statistics")
    assert ">85<" not in public.text  # of one who came


async def test_a_training_that_lacks_something_is_asked_for_and_keeps_the_rest(mentor: Browser) -> None:
    page = await mentor.get(f"{DESK}trainings")
    form = {"key": hidden(page), "topic": "label", "district": "", "begins": "", "places": "many"}
    page = await mentor.post(f"{DESK}trainings", form)
    assert page.status_code == 422
    assert 'value="label" selected' in page.text


async def test_a_score_is_of_a_hundred(inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    path = await planned(inside, mentor)
    await mentor.post(f"{path}/enrol", {"ticket": request.ticket})
    inside.clock.at += timedelta(days=30)
    form = {"case": request.ticket, f"before.{request.ticket}": "140"}
    page = await mentor.post(f"{path}/attend", form)
    assert page.status_code == 422
    assert 'value="140"' in page.text


async def test_nobody_is_enrolled_who_is_not_known(inside: Inside, mentor: Browser) -> None:
    path = await planned(inside, mentor)
    for ticket in ("nonsense", "3C7K9M2QM"):
        page = await mentor.post(f"{path}/enrol", {"ticket": ticket})
        assert page.status_code in (404, 422)
        assert f'value="{ticket}"' in page.text


async def planned(inside: Inside, mentor: Browser) -> str:
    by, begins = inside.mentor(), inside.clock.now() + timedelta(days=5)
    training, _ = await inside.office.teaching.plan(by, None, "nunukan", "hygiene", begins, 10)
    return f"{DESK}trainings/{training}"


async def test_a_business_sees_its_trainings(visiting: Visiting, inside: Inside, mentor: Browser) -> None:
    request = await inside.mentored()
    path = await planned(inside, mentor)
    await mentor.post(f"{path}/enrol", {"ticket": request.ticket})
    page = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")
    assert "Clean hands, tools and rooms" in page.text


@pytest.mark.parametrize("language", ["id", "en"])
async def test_every_page_of_the_desk_is_light(visiting: Visiting, inside: Inside, language: str) -> None:
    request = await inside.numbered()
    everything = visiting.person("mentor-ani", "mentor", "supervisor", "evaluator", "officer")
    for path in (DESK, f"{DESK}board", at_desk(request), f"{DESK}trainings"):
        page = await everything.get(f"{path}?lang={language}")
        assert page.status_code == 200, path
        assert len(page.content) < LIMIT, path
