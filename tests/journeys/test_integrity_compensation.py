"""A deadline passes while everything is down; the office says so when it is up, and the citizen gets the compensation it owes."""

import httpx
import pytest
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, opened
from tests.journeys.house import House, await_

pytestmark = pytest.mark.journey

PUBLIC, DESK = "/integrity/compensation", "/integrity/desk/compensation"
TEXT, PROOF, WHY = (
    "Maaf atas keterlambatan rekaan ini.",
    "Surat rekaan 12",
    "Penjaga cadangan rekaan ditunjuk.",
)


def html(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Accept": "text/html", "Accept-Language": "en"}


def test_a_breach_while_the_house_is_down_becomes_a_given_compensation(own_house: House) -> None:
    own_house.restart_later(0)
    with own_house.client() as client:
        door = Door(client, own_house.staff)
        filed = door.file(Citizen(1, "breach").body)
        own_house.restart_later(150)

        def page(path: str, who: dict[str, str]) -> str:
            answer = client.get(path, headers=html(who))
            assert answer.status_code == 200, answer.text
            return answer.text

        def send(person: str, path: str, **form: str) -> httpx.Response:
            answer = client.post(
                path, data=form, headers=html(own_house.staff(person)), follow_redirects=True
            )
            assert answer.status_code == 200, answer.text
            return answer

        ticket, owner = filed["ticket"], opened(client, filed)
        mine = f"{PUBLIC}/cases/{ticket}"
        await_(lambda: page(mine, owner).count("A letter of apology") == 2)
        listed = await_(lambda: page(f"{DESK}?ticket={ticket}", own_house.staff("zone")))
        assert "2 compensations" in listed
        assert "reported late" not in listed
        addresses = sorted({part.partition('"')[0] for part in listed.split(f'href="{DESK}/')[1:]})
        await_(lambda: "Compensation: what the office owes you" in page(f"/track/{ticket}", owner))

        for each in addresses:
            send("zone", f"{DESK}/{each}/offer", offer_text=TEXT)
            assert TEXT in page(mine, owner)
            client.post(f"{mine}/{each}", data={"answer": "accept"}, headers=html(owner))
            send("zone", f"{DESK}/{each}/give", proof="letter_sent", proof_text=PROOF)
            send("head", f"{DESK}/{each}/cause", cause="absence", cause_text=WHY)
        assert page(mine, owner).count(PROOF) == 2
        assert "2 compensations" in page(f"{DESK}?ticket={ticket}&show=closed", own_house.staff("head"))
        assert ticket not in page(PUBLIC, {})
        assert "Nothing is overdue." in page(PUBLIC, {})
