"""The forms on the pages of a case are those acts that its decider takes from whoever reads the page, at each stop of its way."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html import unescape

import httpx
from tests.umkm.inside import SAMBAL, Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import HIDDEN

from zi_chassis.storage.database import Tx
from zi_umkm.domain.case.offers import BUSINESS_ACTS, Offer, OfferFacts, PageReader, desk_acts, offers
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.mentorships import evaluators_of, mentors_of
from zi_umkm.read.number_checks import checkers_of
from zi_umkm.web.pages import desk_commands, workspace
from zi_umkm.web.pages.assessment import fillable

FORM = re.compile(r'<form method="post" action="([^"#]+)[^>]*>(.*?)</form>', re.DOTALL)
ABOUT = ("product", "item", "question", "letter", "outcome", "to")
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "mentor-ani": ("mentor",),
    "officer-budi": ("officer", "mentor"),
    "somebody": ("mentor", "officer", "evaluator", "supervisor", "head"),
}
# Forms that read something or act on a visit, and acts that have a link or a page of their own.
READING = {"open", "referral-letter", "dossier.zip"}
OWN_ROUTE = {"renew-referral-code"}
OF_VISITS = {"settle", "finish"}
RENAMED = {"business": "state-products", "documents": "add-document"}
ELSEWHERE = {"state-products", "assess", "check-label", "photo-of-label", "confirm-label"}


async def stops(inside: Inside) -> AsyncIterator[tuple[str, MentoringRequest]]:
    """One business on its whole way, and others that left it."""
    yield "asked", await inside.requested("asked", nib=False)
    request = await inside.mentored("whole")
    await inside.given_number(request, "whole")
    yield "triaged", request
    await inside.visited(request)
    yield "assessed", request
    await inside.office.mentoring.agree(request, inside.business(request), None, "cuci_tangan")
    await inside.evidenced(request)
    yield "evidenced", request
    await inside.office.mentoring.verify(
        request, inside.staff("officer-budi", "officer"), None, "cuci_tangan", "on_site"
    )
    await inside.complete(request)
    yield "put right", request
    await inside.office.permits.apply(request, inside.business(request), None)
    yield "applied", request
    officer, by = inside.staff("officer-budi", "officer"), inside.business(request)
    await inside.office.permits.verify_account(request, officer, None)
    await inside.office.permits.find_fit(request, inside.staff("evaluator-citra", "evaluator"), None)
    yield "found fit", request
    await inside.signed(request)
    yield "permitted", request
    await inside.office.mentoring.send_registration(request, by, None, 1)
    due = inside.clock.now() + timedelta(days=9)
    await inside.office.state_questions.record(request, by, None, 1, due, None)
    yield "sent", request
    await inside.office.numbers.record(request, by, None, 1, "MD 123456789012")
    await inside.office.permits.propose_revocation(request, officer, None, "production_moved", "Pindah")
    yield "numbered, with a revocation", request
    referred = await inside.mentored("referred", SAMBAL)
    await inside.refer(referred)
    yield "referred", referred
    await inside.office.mentoring.close(referred, inside.mentor(), None, "business_stopped")
    yield "closed", referred
    sleeping = await inside.mentored("sleeping")
    await inside.given_number(sleeping, "sleeping")
    await inside.visited(sleeping)
    await inside.slept()
    yield "asleep", sleeping


async def test_the_forms_of_a_case_are_the_acts_that_its_decider_takes(visiting: Visiting) -> None:
    inside = visiting.inside
    async for name, request in stops(inside):
        state = await inside.state(request)
        facts = await inside.office.store.query(lambda tx, state=state: facts_of(inside, tx, state))
        for person, roles in PEOPLE.items():
            page = await visiting.person(person, *roles).get(f"/umkm/desk/cases/{request.ticket}")
            reader = PageReader(person, inside.clock.now(), frozenset(roles))
            taken = written(offers(reader, state, facts), ELSEWHERE)
            assert on(page) - of_visits(page) == taken, (name, person)
        await own_pages(visiting, request, state, facts, name)


async def own_pages(
    visiting: Visiting, request: MentoringRequest, state: MentoringCase, facts: OfferFacts, name: str
) -> None:
    """Every page of the business, with its products and findings."""
    reader = PageReader(str(request.data_subject), visiting.inside.clock.now(), role="public")
    taken = written(offers(reader, state, facts), {"assess"})
    browser, here = visiting.owner(request), f"/umkm/cases/{request.ticket}"
    forms: set[tuple[str, ...]] = set()
    for path in ("", "/business", "/documents"):
        forms |= {(RENAMED.get(each[0], each[0]), *each[1:]) for each in on(await browser.get(here + path))}
    for product in sorted(state.products):
        found = on(await browser.get(f"{here}/products/{product}"))
        forms |= {each if each[-1] in questions_of(state) else (each[0], str(product)) for each in found}
    for each in state.findings:
        found = on(await browser.get(f"{here}/findings/{each.item}"))
        forms |= {(act, each.item) for act, *_ in found}
    assert forms - {("enrol",)} <= taken, name
    # The page asks for all that can be put right before it offers to apply.
    assert taken - forms <= {("apply-for-permit",)}, name
    assert not fillable(state) or ("assess",) in offers(reader, state, facts), name


def questions_of(state: MentoringCase) -> set[str]:
    return {str(each.question) for each in state.state_questions}


def facts_of(inside: Inside, tx: Tx, state: MentoringCase) -> OfferFacts:
    business = state.business_ref
    return OfferFacts(mentors_of(tx, business), evaluators_of(tx, business), checkers_of(tx, business))


def on(page: httpx.Response) -> set[tuple[str, ...]]:
    """The acts that the forms of the page are for, with what they are about."""
    assert page.status_code == 200, page.text
    found = set()
    for action, body in FORM.findall(page.text):
        act, fields = action.rpartition("/")[2], {name: unescape(text) for name, text in HIDDEN.findall(body)}
        if (
            "/cases/" in action
            and act not in READING
            and "/files/" not in action
            and "/letters/" not in action
        ):
            found.add((act, *(fields[each] for each in ABOUT if each in fields)))
    return found


def of_visits(page: httpx.Response) -> set[tuple[str, ...]]:
    return {each for each in on(page) if each[0] in OF_VISITS}


def written(found: frozenset[Offer], elsewhere: set[str]) -> set[tuple[str, ...]]:
    return {tuple(map(str, each)) for each in found if each[0] not in elsewhere}


def test_every_form_has_a_row_among_the_offers() -> None:
    assert (
        desk_commands.COMMANDS.keys() - OF_VISITS == desk_acts(MentoringCase()).keys() - ELSEWHERE - OWN_ROUTE
    )
    assert workspace.COMMANDS.keys() - {"enrol"} <= BUSINESS_ACTS.keys()
