"""A question is promised what the head adopted a moment ago; the one before keeps its own, and so does everybody once it was a mistake."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.journeys.house import House, await_
from tests.web.browsing import hidden_fields

from zi_integrity.domain.standard.terms import written
from zi_integrity.web.standard_forms import form_of
from zi_rules.standard import ServiceKind, load_standards
from zi_rules.standard_draft import draft_from_standard

pytestmark = pytest.mark.journey

DESK = "/integrity/desk/standards"
QUESTION = {
    "confidentiality": "anonymous",
    "language": "en",
    "district": "nunukan",
    "topic": "registration",
    "text": "How do I register a sambal?",
}
[SHIPPED] = [each for each in load_standards() if each.service == ServiceKind.CONSULTATION]


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def sent(house: House, client: httpx.Client, person: str, path: str, **form: str) -> httpx.Response:
    """As the person's browser does, with English pages."""
    headers = house.staff(person) | {"Accept": "text/html", "Accept-Language": "en"}
    answer = client.post(path, data=form, headers=headers, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:2_000]
    return answer


def amended() -> dict[str, str]:
    """The form of the draft with all 14 components and one working day less for information."""
    form = dict(form_of(written(draft_from_standard(SHIPPED))).values)
    missing = {
        name: "Sebagaimana disepakati." for name, text in form.items() if "component." in name and not text
    }
    days = int(form["period.tiers.information.amount"]) - 1
    return form | missing | {"period.tiers.information.amount": str(days)}


def promised(client: httpx.Client) -> dict[str, Any]:
    """File a question and return what it is promised."""
    filed = client.post(
        "/intake/api/consultations", json=QUESTION, headers={"Idempotency-Key": str(uuid4())}
    ).json()
    case = client.get(f"/intake/api/cases/{filed['ticket']}", headers={"X-Case-Code": filed["code"]}).json()
    return {"due": case["due"], "id": filed["ticket"], **case["standard"]}


def test_the_next_question_is_promised_what_was_adopted(house: House, client: httpx.Client) -> None:
    before = promised(client)
    begun = sent(house, client, "zone", DESK, service="consultation", key=str(uuid4()))
    draft = begun.url.path
    text = hidden_fields(begun)["before"]
    saved = sent(house, client, "zone", f"{draft}/text", before=text, **amended())
    today = datetime.now(ZoneInfo("Asia/Makassar")).date().isoformat()
    adopted = sent(
        house,
        client,
        "head",
        f"{draft}/adopt",
        before=hidden_fields(saved)["before"],
        effective_from=today,
        waiver="higher_law",
        waiver_statement="Peraturan rekaan tentang jangka waktu.",
    )
    assert "SP-" in adopted.text
    await_(lambda: promised(client)["number"])
    after = promised(client)
    assert (before["version"], after["version"]) == (1, 2)
    assert after["due"] < before["due"]
    assert str(after["number"]) in client.get("/", headers={"Accept-Language": "en"}).text
    sent(house, client, "head", f"{draft}/withdraw", standard_end="issued_in_error")
    await_(lambda: promised(client)["version"] == 1)
