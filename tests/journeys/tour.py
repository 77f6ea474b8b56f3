"""Every page that people see, one after the other, in every state that a case can have."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.intake.sample_files import photo
from tests.journeys.browser import COMPLAINT_STEPS, Visitor
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed
from tests.journeys.house import House
from tests.journeys.mentoring import Mentoring, OpenedCase

NOBODY = "0000-0000-0000"
TRIES = 10  # so many wrong codes a ticket may have at once
ANOTHER_ADDRESS = "127.0.0.77"  # whose tries are not counted against the browser's
COMPLAINT = "/complaints/new"
ANSWERS = {
    "text": "Baunya asam.",
    "district": "tarakan",
    "product.commodity": "pangan_olahan",
    "reporter.name": "Siti Rekaan",
}
FORMS = (COMPLAINT, "/consultations/new", "/mentoring-requests/new", "/track")
# The first page of each public area.
AREAS = ("/", "/complaints/new", "/track", "/certificates/", "/umkm/", "/integrity/", "/audit/")
# The public areas of the other services; what officials and applicants see there has tests of its own.
PUBLIC = (
    *("/certificates/", "/certificates/verify", "/certificates/register", "/certificates/fairness"),
    *("/umkm/", "/umkm/letters/", "/umkm/permits", "/umkm/statistics", "/umkm/trainings"),
    *("/integrity/", "/integrity/standards", "/integrity/surveys", "/integrity/forum", "/integrity/maklumat"),
    *("/integrity/registers", "/integrity/letters", "/integrity/compensation", "/security"),
    "/status",
)
LONG = "Sangatpanjangsekali" * 12


@dataclass(frozen=True)
class Cases:
    """One in each state, by its name; `guessed` is closed to everybody for a while."""

    filed: Filed
    questioned: Filed
    answered: Filed
    closed: Filed
    withdrawn: Filed
    erasure_asked: Filed
    erased: Filed
    guessed: Filed
    mentored: OpenedCase


def prepare(house: House, series: str) -> Cases:
    with house.client() as client:
        door = Door(client, house.staff)
        persons = [Citizen(number, series) for number in range(8)]
        filed, questioned, answered, closed, withdrawn, guessed, erasure_asked, erased = (
            door.file(person.body) for person in persons
        )
        for each in (questioned, answered):
            door.office(each, "acknowledge")
            door.office(each, "assign", {"officer": "officer"})
        door.office(questioned, "ask", {"text": LONG})
        door.office(answered, "answer", {"text": persons[2].texts["answer"]})
        door.all_steps(closed, persons[3].texts, photo())
        for each in (withdrawn, erasure_asked, erased):
            door.citizen(each, "withdraw")
        for each in (erasure_asked, erased):
            door.office(each, "ask-erasure", {"reason": "consent_withdrawn"})
        door.office(erased, "approve-erasure", person="supervisor")
        mentored = Mentoring(client, house.staff).requested(persons[0].texts["photo"])
    guess(house, guessed)
    return Cases(filed, questioned, answered, closed, withdrawn, erasure_asked, erased, guessed, mentored)


def guess(house: House, filed: Filed) -> None:
    with house.client(ANOTHER_ADDRESS) as client:
        for _ in range(TRIES):
            client.post("/track", data={"ticket": filed["ticket"], "code": NOBODY})


def tour(visitor: Visitor, cases: Cases) -> Iterator[str]:
    """The name of the page on which the visitor stands now."""
    yield from _front(visitor)
    yield from _forms_with_mistakes(visitor)
    yield from _steps_of_a_complaint(visitor)
    yield from _cases(visitor, cases)
    yield from _around(visitor)
    yield from _problems(visitor, cases)
    yield from _desk(visitor, cases)
    yield from _auditor(visitor, cases)


def _front(visitor: Visitor) -> Iterator[str]:
    for path in ("/", *FORMS):
        visitor.go(path)
        yield path


def _forms_with_mistakes(visitor: Visitor) -> Iterator[str]:
    for path in FORMS:
        visitor.go(path)
        if path == COMPLAINT:
            visitor.go_on()
        else:
            visitor.page.locator("main form button").last.click()
        yield f"{path} with mistakes"


def _steps_of_a_complaint(visitor: Visitor) -> Iterator[str]:
    visitor.go(COMPLAINT)
    for step in range(len(COMPLAINT_STEPS)):
        visitor.write_step(ANSWERS, step)
        yield f"{COMPLAINT}, step {step + 1}"
        visitor.go_on()
    yield f"{COMPLAINT}, the check of the answers"


def _cases(visitor: Visitor, cases: Cases) -> Iterator[str]:
    for state in ("filed", "questioned", "answered", "closed", "withdrawn", "erasure_asked", "erased"):
        case: Filed = getattr(cases, state)
        visitor.open_case(case["ticket"], case["code"])
        assert visitor.path == f"/track/{case['ticket']}"
        unfolded(visitor)
        yield f"tracking, {state}"
    visitor.open_case(cases.mentored["ticket"], cases.mentored["code"])
    unfolded(visitor)
    yield "tracking, mentored"
    visitor.page.locator('form[action$="/nib"] button').click()
    yield "tracking, mentored, without the number"
    visitor.open_case(cases.withdrawn["ticket"], cases.withdrawn["code"])
    visitor.read(f"/track/{cases.withdrawn['ticket']}/receipt")
    assert visitor.path.endswith("/receipt")
    unfolded(visitor)
    yield "receipt"
    visitor.go(f"/track/{cases.filed['ticket']}")
    yield "tracking, after the session"


def _around(visitor: Visitor) -> Iterator[str]:
    for path in (
        "/audit/",
        "/audit/verify",
        "/intake/api/docs",
        "/audit/api/docs",
        "/notify/api/docs",
        "/notify/mailbox",
        *PUBLIC,
    ):
        visitor.go(path)
        yield path
    visitor.go("/notify/mailbox")
    visitor.page.locator("main a").first.click()
    yield "mail"
    visitor.page.locator('.message a[href*="/notify/mail/"]').first.click()
    yield "mail to an address"


def _problems(visitor: Visitor, cases: Cases) -> Iterator[str]:
    expected = {"/nowhere": 404, "/audit/nowhere": 404, "/notify/mailbox/none": 404, "/sign-in/callback": 401}
    for path, status in expected.items():
        assert visitor.go(path).status == status
        yield f"{status} at {path}"
    yield from _refusals(visitor, cases)


def _refusals(visitor: Visitor, cases: Cases) -> Iterator[str]:
    visitor.go("/track")
    wrong: dict[str, str | float | bool] = {"ticket": cases.guessed["ticket"], "code": NOBODY}
    for _ in range(TRIES):  # on a slow machine wrong tries are forgiven as fast as a browser makes them
        for _ in range(TRIES):
            visitor.context.request.post(f"{visitor.origin}/track", form=wrong)
        visitor.write({name: str(value) for name, value in wrong.items()})
        with visitor.page.expect_response("**/track") as answer:
            visitor.page.locator("main form button").click()
        if answer.value.status == 429:
            break
    assert answer.value.status == 429
    yield "429"
    visitor.sign_in("mentor-2")
    yield "desk of somebody with several"
    assert visitor.go("/desk/cases/00000000").status == 403
    yield "403"


def _desk(visitor: Visitor, cases: Cases) -> Iterator[str]:
    visitor.context.clear_cookies(name="zi_staff")
    visitor.sign_in("officer")
    unfolded(visitor)
    yield "desk"
    visitor.go("/desk/?district=none")
    yield "desk, empty"
    for state in ("filed", "questioned", "answered", "closed"):
        visitor.go(f"/desk/cases/{getattr(cases, state)['ticket']}")
        unfolded(visitor)
        yield f"desk, {state}"
        visitor.page.locator('form[action$="/open"] button').click()
        yield f"desk, {state}, no purpose"
        visitor.write({"purpose": "handling"})
        visitor.page.locator('form[action$="/open"] button').click()
        yield f"desk, {state}, personal data"
    yield from _erasures(visitor, cases)
    visitor.page.locator(".person button").click()


def _erasures(visitor: Visitor, cases: Cases) -> Iterator[str]:
    visitor.go(f"/desk/cases/{cases.withdrawn['ticket']}")
    unfolded(visitor)
    visitor.page.locator('form[action$="/ask-erasure"] button').click()
    yield "desk, erasure without a reason"
    for person in ("officer", "supervisor"):
        visitor.context.clear_cookies(name="zi_staff")
        visitor.sign_in(person)
        for state in ("erasure_asked", "erased"):
            visitor.go(f"/desk/cases/{getattr(cases, state)['ticket']}")
            unfolded(visitor)
            yield f"desk of a {person}, {state}"
    visitor.go("/desk/?show=erasure")
    yield "desk, erasures to be decided"
    visitor.go("/desk/handover")
    yield "desk, handing over"
    for show in ("waiting", "settled"):
        visitor.read(f"/notify/desk/letters?show={show}")
        yield f"letters to print, {show}"


def _auditor(visitor: Visitor, cases: Cases) -> Iterator[str]:
    visitor.context.clear_cookies(name="zi_staff")
    visitor.sign_in("auditor")
    visitor.go("/audit/entries")
    yield "auditor, search"
    visitor.write({"purpose": "court", "case": cases.closed["ticket"]})
    visitor.page.locator("main form button").click()
    unfolded(visitor)
    yield "auditor, found"
    visitor.write({"name": "a closed case"})
    visitor.page.locator('form[action="/audit/queries"] button').click()
    yield "auditor, saved queries"
    for query in (
        "since=2026-02-02&until=2026-02-01",
        "case=NOBODYS00",
        "role=staff:officer&order=oldest&cursor=0",
    ):
        visitor.go(f"/audit/entries?{query}")
        unfolded(visitor)
        yield f"auditor, {query}"
    for state in ("closed", "erased"):
        visitor.go(f"/audit/cases/{getattr(cases, state)['ticket']}")
        yield f"auditor, case, {state}"
    visitor.page.locator(".timeline a[href^='/audit/actors/']").first.click()
    yield "auditor, actor"
    visitor.go("/audit/log-health")
    yield "auditor, health of the log"
    for page in ("anomalies", "anomalies/0", "senders/intake"):
        visitor.go(f"/audit/{page}")
        yield f"auditor, {page}"
    visitor.go("/audit/cases/NOBODYS00")
    yield "auditor, no such case"
    visitor.context.clear_cookies(name="zi_staff")
    visitor.sign_in("ops")
    visitor.go("/audit/house")
    yield "operator, state of the house"
    for page in ("deliveries", "channels", "templates", "templates/answered", "webhooks"):
        visitor.read(f"/notify/desk/{page}")
        yield f"operator, {page}"
    visitor.page.locator(".person button").click()


def unfolded(visitor: Visitor) -> None:
    """Open all that is folded away, also inside of each other, so that it is looked at; the first by its summary, as people do."""
    visitor.page.wait_for_load_state("domcontentloaded")
    folded = visitor.page.locator("details:not([open]) > summary:visible")
    if folded.count():
        opened = visitor.page.locator("details[open]")
        before = opened.count()
        folded.first.click()
        assert opened.count() > before, f"a summary opens nothing at {visitor.path}"
    visitor.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
