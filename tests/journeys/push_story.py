"""A citizen without address and number agrees to notices on the page of the case, with keys of a browser that this test keeps, until its push
service knows the browser no more."""

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from uuid import uuid4

import httpx
from tests.journeys.citizens import Citizen
from tests.journeys.door import Door, Filed, opened
from tests.journeys.house import House, await_
from tests.notify.push_service import Pushed, PushService, claims_of, new_reader
from tests.web.browsing import HTML

CHANNELS = """
version = 2
email = {{ retry_minutes = [1] }}
web_push = {{ retry_minutes = [1, 5], services = ["{origin}"] }}
"""
SWITCHES = "/notify/desk/channels/web_push"


def routing_at_any_hour() -> str:
    """Return the shipped routing under a higher version, without channels that wait for the morning: a test runs at any hour."""
    shipped = (files("zi_rules") / "data" / "notice_routing.toml").read_text()
    version = re.findall(r"(?m)^version = (\d+)$", shipped)[0]
    raised = shipped.replace(f"version = {version}\n", f"version = {int(version) + 1}\n", 1)
    return re.sub(r"(?m)^ringing = .*$", "ringing = []", raised)


class PushStory:
    def __init__(self, house: House, client: httpx.Client, service: PushService) -> None:
        self.house, self.client, self.service = house, client, service
        self.door, self.reader = Door(client, house.staff), new_reader()
        self.address = f"/{uuid4()}"
        citizen = Citizen(0, f"push {uuid4()}")
        self.filed: Filed = self.door.file(citizen.body | {"reporter": {"name": citizen.texts["name"]}})

    def agree(self) -> None:
        """As the script of the page does it: with the office's key, and what a browser made for that one."""
        fields = self.reader.subscription(f"{self.service.origin}{self.address}")
        page, form = self.page(), r'<form class="card" id="web-push" [^>]*action="([^"]+)" data-key="([^"]+)"'
        [(action, key)] = re.findall(form, page)
        self.key = self.client.get(key).text
        hidden = re.findall(r'name="key" value="([^"]+)"', page)[0]
        sent = self.client.post(action, data={"key": hidden, **fields}, headers=self.reading())
        assert sent.status_code == 303, sent.text
        assert self.ends_on_the_page()

    def page(self) -> str:
        page = self.client.get(f"/track/{self.filed['ticket']}", headers=self.reading())
        assert page.status_code == 200
        return page.text

    def reading(self) -> dict[str, str]:
        return opened(self.client, self.filed) | HTML

    def ends_on_the_page(self) -> bool:
        return f'action="/track/{self.filed["ticket"]}/web-push/end"' in self.page()

    def came(self) -> Sequence[Pushed]:
        return [each for each in self.service.came if each.path == self.address]

    def has_come(self, number: int) -> Pushed:
        """Wait until so many notices have come to the browser, and read the last of them; nothing in it leads to the case."""
        await_(lambda: len(self.came()) >= number)
        assert len(self.came()) == number
        last = self.came()[-1]
        notice = json.loads(self.reader.read(last.body))
        assert set(notice) == {"title", "text", "lang", "tag"}
        assert self.filed["ticket"] not in f"{notice} {last.headers}"
        assert claims_of(last.headers["authorization"], self.key)["aud"] == self.service.origin
        return last

    def is_told(self, *states: str) -> None:
        """Wait until the page of the case says so of each notice to a browser, in their order."""
        await_(lambda: self.states() == list(states))

    def states(self) -> list[str]:
        listed = self.door.track(self.filed)["deliveries"]
        return [each["state"] for each in listed if each["channel"] == "web_push"]

    def switch(self, to: str, person: str = "ops") -> int:
        headers = self.house.staff(person) | HTML
        answer = self.client.post(f"{SWITCHES}/{to}", data={"reason": "maintenance"}, headers=headers)
        return answer.status_code
