"""The pages of requests for information, suggestions, incidents, illness, lost codes and figures, in the states that the tour of cases does not
make; for citizens, officers, supervisors and the head."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.journeys import mails
from tests.journeys.browser import Visitor
from tests.journeys.citizens import COMMODITY, Citizen
from tests.journeys.door import Door, Filed
from tests.journeys.house import House
from tests.journeys.incident_story import PublishedIncident, publish_incident
from tests.journeys.tour import unfolded

LONG = "Sangatpanjangsekali" * 12
TITLE = "Sambal botol berjamur di beberapa kios"
FORMS = ("/information-requests/new", "/suggestions/new", "/certificate-applications/new", "/lost-code")
# The pages of the desk with the role that sees them; on those that send something it is sent empty.
DESK = (
    *(("officer", each) for each in ("/desk/entries/new", "/desk/incidents", "/desk/information")),
    *(("supervisor", each) for each in ("/desk/lapor", "/desk/disclosures", "/desk/statistics")),
    ("head", "/desk/erasures"),
)
OF_CASES = "the tour of cases stands on it, and says so itself"
# The pages on which this tour does not stand, each with its reason; every other page of the routes is looked at here, or fails.
ELSEWHERE = {
    **dict.fromkeys(("/consultations/new", "/mentoring-requests/new", "/track"), OF_CASES),
    **dict.fromkeys(("/track/{ticket}/receipt", "/security"), OF_CASES),
    **dict.fromkeys(("/desk/", "/desk/handover", "/desk/cases/{ticket}"), OF_CASES),
}


@dataclass(frozen=True)
class Kinds:
    """One of each kind; `incident` has the case `ill` and is not published, `published` is."""

    extended: Filed
    refused: Filed
    objected: Filed
    suggested: Filed
    ill: Filed
    confidential: Filed
    incident: str
    published: PublishedIncident
    code_link: str


def prepare_kinds(house: House, series: str) -> Kinds:
    with house.client() as client:
        door, persons = Door(client, house.staff), [Citizen(number, series) for number in range(20, 26)]
        extended, refused, objected = (
            door.file(_request(each), to="information-requests") for each in persons[:3]
        )
        body = _request(persons[3]) | {"wants_answer": True}
        del body["purpose"]
        suggested = door.file(body, to="suggestions")
        ill = door.file(persons[4].body | {"illness": True})
        confidential = door.file(persons[5].body | {"confidentiality": "confidential"})
        for each in (extended, refused, objected, suggested, ill):
            door.office(each, "acknowledge")
            door.office(each, "assign", {"officer": "officer"})
        door.office(extended, "extend", {"extension_reason": LONG})
        for each in (refused, objected):
            door.office(each, "refuse-information", {"refusal": "not_held", "text": LONG})
        door.citizen(objected, "reopen", {"text": LONG})
        incident = door.office(ill, "link", {"title": TITLE, "link_reason": "x"})["incident"]
        published = publish_incident(door)
        address = persons[0].texts["email"]
        mails.confirm(client, address)
        link = mails.link_to_new_code(client, address, extended["ticket"])
    return Kinds(extended, refused, objected, suggested, ill, confidential, incident, published, link)


def _request(citizen: Citizen) -> dict[str, Any]:
    body = {name: citizen.body[name] for name in ("language", "district", "text", "reporter")}
    return body | {"purpose": LONG}


def citizens_tour(visitor: Visitor, kinds: Kinds) -> Iterator[str]:
    """The name of the page on which the visitor stands now."""
    for path in FORMS:
        yield from _with_mistakes(visitor, path)
    yield from _joining(visitor, kinds.published)
    for path in ("/complaints/new?illness=yes", "/lost-code/sent", "/statistics"):
        visitor.read(path)
        yield path
    visitor.read(kinds.code_link)
    yield "the link to a new code"
    for kind in ("extended", "refused", "objected", "suggested", "ill"):
        case: Filed = getattr(kinds, kind)
        visitor.open_case(case["ticket"], case["code"])
        unfolded(visitor)
        yield f"tracking, {kind}"
    visitor.read(kinds.code_link)
    visitor.page.locator('button[value="make"]').click()
    visitor.page.locator(".keep dd").nth(1).wait_for()
    yield "a new code"
    visitor.read(kinds.code_link)
    yield "a link that is over"


def _joining(visitor: Visitor, published: PublishedIncident) -> Iterator[str]:
    visitor.read("/complaints/new")
    visitor.answer({"text": LONG, "reporter.name": "Siti Rekaan"} | published.answers)
    visitor.choose("joins", published.incident)
    yield "the check of answers with what others have reported"
    visitor.page.locator("main form[action='/complaints'] button").last.click()
    visitor.page.locator(".keep dd").first.wait_for()
    yield "the receipt of a complaint that joined"


def _with_mistakes(visitor: Visitor, path: str) -> Iterator[str]:
    visitor.read(path)
    unfolded(visitor)
    yield path
    with visitor.page.expect_navigation(wait_until="domcontentloaded"):
        visitor.page.locator("main form[method=post] button").last.click()
    yield f"{path} with mistakes"


def desk_tour(visitor: Visitor, kinds: Kinds) -> Iterator[str]:
    for person in ("officer", "supervisor", "head"):
        visitor.context.clear_cookies(name="zi_staff")
        visitor.sign_in(person)
        for path in (path for role, path in DESK if role == person):
            visitor.read(path)
            yield path
        yield from DESKS[person](visitor, kinds)


def _officer(visitor: Visitor, kinds: Kinds) -> Iterator[str]:
    yield from _with_mistakes(visitor, f"/desk/incidents/{kinds.incident}")
    words = {"public_title": LONG[:100], "public_product": "Sambal", "commodity": COMMODITY}
    visitor.write(words | {"district": "tarakan", "days": "7"})
    visitor.page.locator("form[action$='/propose'] button").click()
    visitor.page.locator("form[action$='/end-publication']").wait_for()
    yield "an incident whose words wait"
    visitor.read(kinds.published.page)
    yield "a published incident"
    yield from _with_mistakes(visitor, "/desk/entries/new")
    yield from _with_mistakes(visitor, f"/desk/cases/{kinds.confidential['ticket']}/disclosure")
    yield from _with_mistakes(visitor, f"/desk/cases/{kinds.ill['ticket']}/move")
    visitor.read("/desk/moved")
    yield "/desk/moved"
    for kind in ("extended", "suggested", "ill"):
        visitor.read(f"/desk/cases/{getattr(kinds, kind)['ticket']}")
        unfolded(visitor)
        yield f"desk, {kind}"


def _supervisor(visitor: Visitor, kinds: Kinds) -> Iterator[str]:
    visitor.page.locator("main form button").last.click()
    yield "/desk/statistics of a period"
    yield from _with_mistakes(visitor, "/desk/lapor")
    visitor.read(f"/desk/incidents/{kinds.incident}")
    visitor.page.locator("form[action$='/publish'] button").click()
    yield "an incident of too few reports"


def _head(visitor: Visitor, kinds: Kinds) -> Iterator[str]:
    visitor.read(f"/desk/cases/{kinds.objected['ticket']}")
    unfolded(visitor)
    yield "desk of the head, objected"
    visitor.page.locator('form[action$="/decide-objection"] button').click()
    yield "desk of the head, objected, with mistakes"


DESKS = {"officer": _officer, "supervisor": _supervisor, "head": _head}
