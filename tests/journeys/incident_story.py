"""Two officials publish an incident of two reports, so that whoever reports the same can join it."""

import re
from dataclasses import dataclass
from uuid import uuid4

from tests.journeys.citizens import COMMODITY, Citizen
from tests.journeys.door import Door

PAGES = {"Accept": "text/html", "Accept-Language": "en"}
DISTRICT = "tarakan"


@dataclass(frozen=True)
class PublishedIncident:
    """`answers` are those of a complaint to which it is offered."""

    incident: str
    title: str
    answers: dict[str, str]

    @property
    def page(self) -> str:
        return f"/desk/incidents/{self.incident}"


def publish_incident(door: Door) -> PublishedIncident:
    """Of a product of which nobody else has reported anything."""
    first, second = (Citizen(number, f"incident {uuid4()}") for number in (0, 1))
    product = first.texts["product"]
    title, incident = f"{product} berjamur", ""
    for reporter in (first, second):
        body = reporter.body | {"district": DISTRICT}
        filed = door.file(body | {"product": {"commodity": COMMODITY, "name": product}})
        door.office(filed, "acknowledge")
        door.office(filed, "assign", {"officer": "officer"})
        named = {"incident": incident} if incident else {"title": title}
        incident = door.office(filed, "link", named | {"link_reason": "Produk yang sama."})["incident"]
    words = {
        "public_title": title,
        "public_product": product,
        "district": DISTRICT,
        "commodity": COMMODITY,
        "days": "7",
    }
    published = PublishedIncident(
        incident, title, {"district": DISTRICT, "product.commodity": COMMODITY, "product.name": product}
    )
    _send(door, "officer", f"{published.page}/propose", words)
    waiting = door.client.get(published.page, headers=door.staff("supervisor") | PAGES).text
    [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', waiting)
    _send(door, "supervisor", f"{published.page}/publish", {"digest": digest})
    return published


def _send(door: Door, person: str, path: str, form: dict[str, str]) -> None:
    answer = door.client.post(path, data=form, headers=door.staff(person) | PAGES)
    assert answer.status_code == 303, answer.text
